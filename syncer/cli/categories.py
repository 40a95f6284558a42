"""`category suggest` and `category check`: our categories against a marketplace's tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from syncer.cli.options import JsonOption, opened, print_json, tell

if TYPE_CHECKING:
    from syncer.channels.category_faults import Fault, Sold
    from syncer.channels.shop import Shop
    from syncer.channels.suggesting import Candidate
    from syncer.settings import ChannelSettings, Settings
    from syncer.store.database import Database

T = TypeVar("T")

VALUES_MOST = 8

category = typer.Typer(
    help="Our categories against each marketplace's tree.", rich_markup_mode=None, no_args_is_help=True
)
AnewOption = Annotated[bool, typer.Option("--anew", help="Read the tree now, even if it was read today.")]


def register(app: typer.Typer) -> None:
    """Add the family to `app`."""
    category.command("suggest")(suggest)
    category.command("check")(check)
    app.add_typer(category, name="category")


def suggest(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(help="The channel.")],
    ours: Annotated[
        list[str] | None, typer.Option("--category", help="This category of ours, mapped or not; may be repeated.")
    ] = None,
    sku: Annotated[list[str] | None, typer.Option("--sku", help="The categories of these SKUs.")] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Add the best to the categories file, behind a # until a person removes it.")
    ] = False,
    anew: AnewOption = False,
    json_: JsonOption = False,
) -> None:
    """Candidates for our categories that have no line, as lines for the categories file."""
    from syncer.channels.suggesting import append, candidates
    from syncer.channels.trees import read_tree
    from syncer.texts import _

    with opened(context) as (settings, database):
        one = settings.channel(channel)
        shop = _shop(settings, one, database)
        wanted = _wanted(shop, database, ours, sku)

        def ask() -> dict[str, list[Candidate]]:
            return candidates(shop, read_tree(shop, anew), wanted)

        found = _asked(one, ask)
        added = append(settings.categories, one.marketplace, found) if write else []
    if json_:
        print_json({"channel": one.name, "marketplace": one.marketplace, "categories": _found_json(found),
                    "added": added})  # fmt: skip
    else:
        _show_found(one.marketplace, found)
    if not found:
        tell(_("{channel}: every category that is sold there has a line").format(channel=one.name))
    for name in added:
        text = _("{file}: a line for '{category}' was added; look at it, then take the # away")
        tell(text.format(file=settings.categories, category=name))


def check(
    context: typer.Context,
    channel: Annotated[str | None, typer.Argument(help="One channel; all active ones without it.")] = None,
    anew: AnewOption = False,
    json_: JsonOption = False,
) -> None:
    """Whether each line of the categories file still holds: the leaf, its attributes, values, brands, couriers."""
    from syncer.channels.assortment import unknown_names
    from syncer.cli.running import chosen, each
    from syncer.texts import _

    with opened(context) as (settings, database):
        wanted = chosen(settings, channel)

        def checked(one: ChannelSettings) -> Checked:
            return Checked(one.name, len(_mapped(settings, one)), _faults(settings, one, database, anew))

        rows, code = each(wanted, checked, _("{channel}: the shop could not be read: {error}; {action}"))
        with database.read() as session:
            strange = [text for one in wanted for text in unknown_names(session, one)]
    if json_:
        print_json({"channels": list(map(_checked_json, rows)), "warnings": strange})
    else:
        for row in rows:
            _show_checked(row)
    for text in strange:
        tell(text)
    raise typer.Exit(code or (1 if any(row.faults for row in rows) else 0))


def _mapped(settings: Settings, one: ChannelSettings) -> Mapping[str, Any]:
    from syncer.channels.categories import read_categories

    return read_categories(settings.categories, one.marketplace)


def _shop(settings: Settings, one: ChannelSettings, database: Database) -> Shop:
    from adapters.clock import SystemClock
    from syncer.channels.opening import open_shop

    return open_shop(settings, one, database, SystemClock())


def _wanted(
    shop: Shop, database: Database, ours: Sequence[str] | None, skus: Sequence[str] | None
) -> dict[str, list[str]]:
    """{our category: titles of products in it}: those asked for, else those that are sold here without a line."""
    from syncer.channels.category_faults import sold

    rules = shop.rules()
    with database.read() as session:
        serves = sold(session, rules)
        asked = [*(ours or ()), *_categories_of(session, skus or ())]
    names = asked or [name for name in serves if name not in rules.categories]
    return {name: [one.title for one in _below(serves, name)] for name in dict.fromkeys(names)}


def _below(serves: Mapping[str, Sequence[Sold]], name: str) -> list[Sold]:
    from syncer.listing.rules import within

    return [one for category_, products in serves.items() if within(category_, name) for one in products]


def _categories_of(session: Any, skus: Sequence[str]) -> list[str]:
    from syncer.catalogue.products import ids_of, load
    from syncer.errors import UsageError
    from syncer.texts import _

    known = ids_of(session, skus=skus) if skus else {}
    for sku in skus:
        if sku not in known:
            text = _("SKU '{sku}' is not in the catalogue; correct it, or import the product first")
            raise UsageError(text.format(sku=sku))
    return [product.category for product in load(session, sorted(set(known.values()))).values()]


def _faults(settings: Settings, one: ChannelSettings, database: Database, anew: bool) -> list[Fault]:
    from adapters.contract import Classifier
    from syncer.channels.category_faults import faults
    from syncer.channels.trees import known_leaves, read_tree

    shop = _shop(settings, one, database)
    tree = read_tree(shop, anew) if isinstance(shop.adapter, Classifier) else None
    (shop.relearn if anew else shop.learn)()
    return faults(shop, tree or known_leaves(shop), shop.rules())


def _asked(one: ChannelSettings, ask: Callable[[], T]) -> T:
    """What the marketplace answers to `ask`; that it does not answer is one sentence with what to do."""
    from adapters.contract import MarketplaceError
    from syncer.channels.authorisation import ends_it
    from syncer.channels.shop import said
    from syncer.errors import AuthorisationNeeded, Failed
    from syncer.report.causes import advice_on_error
    from syncer.texts import _, told

    try:
        return ask()
    except MarketplaceError as error:
        text = _("{channel}: the shop could not be read: {error}; {action}")
        action = advice_on_error(error, one.marketplace).action
        kind = AuthorisationNeeded if ends_it(error) else Failed
        raise kind(text.format(channel=one.name, error=told(said(error)), action=action)) from None


# --- showing ---------------------------------------------------------------------------------------------------------


def _show_found(marketplace: str, found: Mapping[str, Sequence[Candidate]]) -> None:
    """The first candidate as a line, the others as lines behind a #; what each is stands above it."""
    from syncer.channels.suggesting import WAITS, line
    from syncer.texts import _

    for name, nodes in found.items():
        if not nodes:
            print(WAITS + _("{category}: nothing in the tree is called alike").format(category=name))
        for place, candidate in enumerate(nodes):
            print(WAITS + _about(candidate))
            print(("" if place == 0 else WAITS) + line(name, marketplace, candidate))


def _about(candidate: Candidate) -> str:
    from syncer.listing.rules import LEVEL
    from syncer.texts import _

    how = _("proposed by the marketplace") if candidate.proposed else _("by its name")
    kind = _("leaf") if candidate.node.leaf else _("no leaf")
    demanded = candidate.bounds.required_attributes if candidate.bounds is not None else ()
    needs = ", ".join(f"{name} ({key}{_takes(candidate, key)})" for key, name in demanded) or _("nothing")
    text = _("{path} ({kind}; {how}); demands: {needs}")
    return text.format(path=LEVEL.join(candidate.node.path), kind=kind, how=how, needs=needs)


def _takes(candidate: Candidate, key: str) -> str:
    """The values of a closed list, as many as a line bears; '' where an attribute takes anything."""
    values = candidate.bounds.closed_values.get(key, ()) if candidate.bounds is not None else ()
    return ": " + ", ".join(values[:VALUES_MOST]) + (" …" if len(values) > VALUES_MOST else "") if values else ""


def _found_json(found: Mapping[str, Sequence[Candidate]]) -> list[dict[str, Any]]:
    return [{"category": name, "candidates": [_candidate_json(one) for one in nodes]} for name, nodes in found.items()]


def _candidate_json(one: Candidate) -> dict[str, Any]:
    demanded = one.bounds.required_attributes if one.bounds is not None else ()
    return {
        "external_id": one.node.id, "path": list(one.node.path), "leaf": one.node.leaf, "proposed": one.proposed,
        "required_attributes": [{"id": key, "name": name} for key, name in demanded], "attributes": one.attributes,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """What `category check` found on one channel; `lines` = how many lines of the categories file were looked at."""

    channel: str
    lines: int
    faults: Sequence[Fault]


def _show_checked(row: Checked) -> None:
    from syncer.texts import _, told

    for fault in row.faults:
        print(f"{row.channel}  {told(fault.message)}")
    text = _("{channel}: {lines} lines, {faults} to correct")
    print(text.format(channel=row.channel, lines=row.lines, faults=len(row.faults)))


def _checked_json(row: Checked) -> dict[str, Any]:
    return {"channel": row.channel, "faults": list(map(_fault_json, row.faults))}


def _fault_json(fault: Fault) -> dict[str, Any]:
    from syncer.texts import told

    return {"category": fault.category, "external_id": fault.external_id or None, "code": fault.code,
            "message": told(fault.message)}  # fmt: skip
