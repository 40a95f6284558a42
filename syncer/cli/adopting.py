"""`adopt`: link listings that a shop has already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from syncer.cli.options import JsonOption, opened, print_json, tell

if TYPE_CHECKING:
    from syncer.sync.adopt import Adoption
    from syncer.sync.matching import Matching, Open, Pair

PAIRS_SHOWN = 200


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("adopt")(adopt)


def adopt(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(help="The channel.")],
    map_: Annotated[
        Path | None,
        typer.Option("--map", help="A spreadsheet that says which offer is which SKU; with --dry-run it is written."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show; link nothing.")] = False,
    wait: Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for another run.")] = 60.0,
    json_: JsonOption = False,
) -> None:
    """Link the listings that a shop has already, by SKU and by a map; writes nothing to the shop."""
    from adapters.contract import MarketplaceError
    from syncer.channels.opening import lock_folder
    from syncer.cli.adoption_map import read_map, write_map
    from syncer.cli.running import chosen, shop_of
    from syncer.errors import AuthorisationNeeded, Failed, UsageError
    from syncer.report.causes import advice
    from syncer.sync.adopt import adopt as link
    from syncer.texts import _

    if map_ is not None and not map_.exists() and not dry_run:
        text = _("{path} does not exist; `syncer adopt {channel} --dry-run --map {path}` writes it")
        raise UsageError(text.format(path=map_, channel=channel))
    named = read_map(map_) if map_ is not None and map_.exists() else {}
    with opened(context) as (settings, database):
        (one,) = chosen(settings, channel)
        shop = shop_of(settings, one, database)
        try:
            found = link(shop, lock_folder(settings, database), named, dry_run, wait)
        except MarketplaceError as error:
            text = _("{channel}: the shop could not be read, so nothing was linked: {error}; {action}")
            kind = AuthorisationNeeded if error.cause.value == "auth" else Failed
            raise kind(text.format(channel=channel, error=error, action=advice(error.cause).action)) from None
    if map_ is not None and dry_run and not map_.exists():
        rows = write_map(map_, found.matching, found.ours)
        text = _("{path}: {rows} rows written; fill in the column 'sku' ('-' = not ours) and give the file to --map")
        tell(text.format(path=map_, rows=rows))
    if json_:
        print_json(_json(found))
    else:
        _show(found)
    raise typer.Exit(found.exit_code)


def _json(found: Adoption) -> dict[str, Any]:
    matching = found.matching
    return {
        "channel": found.channel, "done": found.done, "seen": found.seen, "linked_before": found.linked_before,
        "linked": [_pair_json(pair) for pair in matching.pairs],
        "undecided": [_open_json(one) for one in matching.open],
        "left_alone": [listing.external_id for listing in matching.strangers],
    }  # fmt: skip


def _pair_json(pair: Pair) -> dict[str, Any]:
    differences = [
        {"kind": one.remark.value, "sku": one.sku or None, "ours": one.ours, "theirs": one.theirs}
        for one in pair.differences
    ]
    return {"product": pair.ours.code, "listing": pair.seen.external_id, "differences": differences}


def _open_json(one: Open) -> dict[str, Any]:
    return {"why": one.doubt.value, "products": list(one.codes),
            "listings": [listing.external_id for listing in one.listings], "skus": list(one.skus)}  # fmt: skip


# --- for people ------------------------------------------------------------------------------------------------------


def _show(found: Adoption) -> None:
    from syncer.texts import _

    matching = found.matching
    for pair in matching.pairs[:PAIRS_SHOWN]:
        print(_pair_line(pair))
    if len(matching.pairs) > PAIRS_SHOWN:
        print(_("… and {n} more").format(n=len(matching.pairs) - PAIRS_SHOWN))
    for one in matching.open:
        print(_open_line(one))
    print(_summary(found, matching))


def _summary(found: Adoption, matching: Matching) -> str:
    from syncer.texts import _

    text = (
        _("{channel}: {seen} listings seen, {linked} linked now, {before} before, {open} undecided, {alone} left alone")
        if found.done
        else _("{channel}: {seen} listings seen, {linked} would be linked, {before} are, {open} undecided, "
               "{alone} would be left alone; nothing was changed")
    )  # fmt: skip
    return text.format(channel=found.channel, seen=found.seen, linked=len(matching.pairs), before=found.linked_before,
                       open=len(matching.open), alone=len(matching.strangers))  # fmt: skip


def _pair_line(pair: Pair) -> str:
    from syncer.texts import _

    words = {
        "price": _("price: ours {ours}, there {theirs}"), "stock": _("stock: ours {ours}, there {theirs}"),
        "title": _("title there: '{theirs}'"), "extra": _("variant that is not ours stays: {theirs}"),
        "absent": _("variant to be added"),
    }  # fmt: skip
    differences = [
        f"{one.sku} " * bool(one.sku) + words[one.remark.value].format(ours=one.ours, theirs=one.theirs or one.sku)
        for one in pair.differences
    ]
    line = _("{product} = listing {listing}").format(product=pair.ours.code, listing=pair.seen.external_id)
    return f"{line}: {'; '.join(differences)}" if differences else line


def _open_line(one: Open) -> str:
    from syncer.sync.matching import why
    from syncer.texts import _, told

    listings = ", ".join(f"{listing.external_id} '{listing.title}'" for listing in one.listings)
    about = ", ".join(one.codes or one.skus)
    return _("UNDECIDED {about}: {listings}: {why}").format(about=about, listings=listings, why=told(why(one.doubt)))
