"""`plan`, `resync`, `audit`, `orders pull`: the manual resync, what goes before it, and what comes after."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from syncer.cli.options import ChannelOption, JsonOption, SkuOption, opened, print_json, tell

if TYPE_CHECKING:
    from adapters.contract import Change, MarketplaceError
    from syncer.channels.shop import Shop
    from syncer.errors import SyncerError
    from syncer.settings import ChannelSettings, Settings
    from syncer.store.database import Database
    from syncer.sync.audit import Audit
    from syncer.sync.plan import Plan, Waiting
    from syncer.sync.run import Request, Result

FACETS = ("structure", "content", "price", "stock", "visibility")
ORDER = (2, 4, 5, 1, 3, 0)
"""The exit code is the first of these that applies (DESIGN 8)."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what would keep a run from it. `stopped` = a kept text; `listings_most` = on trial, how many."""

    plan: Plan
    stopped: str | None
    listings_most: int | None


orders = typer.Typer(help="Buyers' orders.", rich_markup_mode=None, no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the family to `app`."""
    app.command("plan")(plan)
    app.command("resync")(resync)
    app.command("audit")(audit)
    orders.command("pull")(pull)
    app.add_typer(orders, name="orders")


def plan(
    context: typer.Context,
    channel: ChannelOption = None,
    sku: SkuOption = None,
    at: Annotated[str | None, typer.Option("--at", help="Plan as of this day or instant.")] = None,
    json_: JsonOption = False,
) -> None:
    """Show what would be pushed, why, and what holds it. Calls nothing."""
    from syncer.sync.run import plan as make
    from syncer.texts import _

    with opened(context) as (settings, database):
        request = _request(settings, database, sku=sku, at=at)

        def planned(one: ChannelSettings) -> Planned:
            shop = shop_of(settings, one, database)
            return Planned(make(shop, request), shop.stopped(), shop.contact.limit())

        text = _("{channel}: the shop could not be read: {error}; {action}")
        plans, code = each(chosen(settings, channel), planned, text)
        _tell_unknown_names(settings, database, channel)
    if json_:
        print_json({"channels": [_plan_json(one) for one in plans]})
    else:
        for one in plans:
            _show_plan(one)
    raise typer.Exit(code)


def resync(
    context: typer.Context,
    channel: ChannelOption = None,
    sku: SkuOption = None,
    facet: Annotated[list[str] | None, typer.Option("--facet", help="Only these: " + ", ".join(FACETS))] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only what failed, rejected changes included.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also what is acknowledged already.")] = False,
    wait: Annotated[float, typer.Option("--wait", min=0, help="Seconds to follow open changes, in all.")] = 60.0,
    json_: JsonOption = False,
) -> None:
    """Push now what differs, with live progress; waits while another run works on the channel."""
    with opened(context) as (settings, database):
        request = _request(settings, database, sku=sku, facet=facet, failed=failed, force=force, wait=wait)
        wanted = chosen(settings, channel)
        _remember(database, request, [one.name for one in wanted])
        ended = [_run(settings, one, database, request) for one in wanted]
    results = [one for one in ended if not isinstance(one, Exception)]
    errors = [one for one in ended if isinstance(one, Exception)]
    if json_:
        print_json({"channels": [_result_json(one) for one in results], "errors": [str(one) for one in errors]})
    for result in results:
        _show_result(result, quiet=json_)
    for error in errors:
        tell(f"syncer: {error}")
    codes = {*(one.exit_code for one in results), *(one.exit_code for one in errors)}
    raise typer.Exit(next((code for code in ORDER if code in codes), 0))


def audit(
    context: typer.Context,
    channel: ChannelOption = None,
    repair: Annotated[bool, typer.Option("--repair", help="Let the next run compare anew what drifted.")] = False,
    wait: Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for another run.")] = 60.0,
    json_: JsonOption = False,
) -> None:
    """Read back what was pushed, and show what the shops show otherwise, each with a verdict. Writes nothing there."""
    from syncer.channels.opening import lock_folder
    from syncer.sync.audit import audit as look
    from syncer.texts import _

    with opened(context) as (settings, database):
        locks = lock_folder(settings, database)

        def audited(one: ChannelSettings) -> Audit:
            return look(shop_of(settings, one, database), locks, wait, repair)

        text = _("{channel}: the shop could not be read: {error}; {action}")
        found, code = each(chosen(settings, channel), audited, text)
    if json_:
        print_json({"channels": [asdict(one) for one in found]})
    else:
        for ended in found:
            _show_audit(ended)
    raise typer.Exit(code)


def pull(context: typer.Context, channel: ChannelOption = None, json_: JsonOption = False) -> None:
    """Read orders and cancellations into the stock ledger, each exactly once."""
    from syncer.channels.opening import lock_folder
    from syncer.sync.lease import hold
    from syncer.sync.orders import pull as read
    from syncer.texts import _

    with opened(context) as (settings, database):
        locks = lock_folder(settings, database)

        def pulled(one: ChannelSettings) -> dict[str, Any]:
            shop = shop_of(settings, one, database)
            with hold(database, shop.id, shop.name, locks, shop.clock, 60.0) as lease:
                found = read(shop, lease)
            return {"channel": shop.name, "orders": found.orders, "movements": found.movements,
                    "unmatched": list(found.unmatched)}  # fmt: skip

        text = _("{channel}: orders could not be read: {error}; {action}")
        lines, code = each(chosen(settings, channel), pulled, text)
    if json_:
        print_json({"channels": lines})
    else:
        for line in lines:
            print(_("{channel}: {orders} orders read, {movements} stock movements booked").format(**line))
    raise typer.Exit(code)


# --- what the commands share -----------------------------------------------------------------------------------------


def each(channels: Sequence[ChannelSettings], work: Callable[[ChannelSettings], T], text: str) -> tuple[list[T], int]:
    """What `work` gives for each channel, and the exit code; what stops one is told, and stops no other.

    `text` says that a shop did not answer, with places for {channel}, {error} and {action}.
    """
    from adapters.contract import MarketplaceError
    from syncer.errors import SyncerError

    found: list[T] = []
    codes = {0}
    for one in channels:
        try:
            found.append(work(one))
        except SyncerError as error:
            tell(f"syncer: {error}")
            codes.add(error.exit_code)
        except MarketplaceError as error:
            codes.add(_tell_unread(one, error, text))
    return found, next(code for code in ORDER if code in codes)


def _tell_unread(channel: ChannelSettings, error: MarketplaceError, text: str) -> int:
    """Say what went wrong with a shop and what to do; the exit code."""
    from syncer.channels.authorisation import ends_it
    from syncer.channels.shop import said
    from syncer.report.causes import advice_on_error
    from syncer.texts import told

    action = advice_on_error(error, channel.marketplace).action
    tell("syncer: " + text.format(channel=channel.name, error=told(said(error)), action=action))
    return 4 if ends_it(error) else 1


def chosen(settings: Settings, name: str | None) -> list[ChannelSettings]:
    """The named channel, or all that are active.

    Raises:
        ConfigError: there is none.
    """
    from syncer.errors import ConfigError
    from syncer.texts import _

    if name is not None:
        return [settings.channel(name)]
    active = [one for one in settings.channels.values() if one.at_work]
    if not active:
        text = _('{file}: no channel is active; set state = "active" in one of them')
        raise ConfigError(text.format(file=settings.file))
    return active


def shop_of(settings: Settings, channel: ChannelSettings, database: Database) -> Shop:
    from adapters.clock import SystemClock
    from syncer.channels.opening import open_shop

    return open_shop(settings, channel, database, SystemClock())


def _request(
    settings: Settings, database: Database, *, sku: Sequence[str] | None = None, facet: Sequence[str] | None = None,
    failed: bool = False, force: bool = False, wait: float = 60.0, at: str | None = None,
) -> Request:  # fmt: skip
    from adapters.clock import SystemClock
    from adapters.contract import Facet
    from syncer.channels.opening import lock_folder
    from syncer.sync.guard import Thresholds
    from syncer.sync.plan import Wish
    from syncer.sync.run import Request

    facets = frozenset(_facet(name) for name in facet or ())
    return Request(
        trigger="manual",
        wish=Wish(manual=True, patient=False, failed=failed, force=force, facets=frozenset(map(Facet, facets))),
        locks=lock_folder(settings, database),
        as_of=_as_of(at) or SystemClock().now(),
        thresholds=Thresholds.of(settings.guard),
        skus=frozenset(_known_skus(database, sku)) if sku else None,
        wait_s=wait,
    )


def _facet(name: str) -> str:
    from syncer.errors import UsageError
    from syncer.texts import _

    if name not in FACETS:
        text = _("--facet '{facet}' is not one of: {known}")
        raise UsageError(text.format(facet=name, known=", ".join(FACETS)))
    return name


def _as_of(text: str | None) -> datetime | None:
    from datetime import time

    from syncer.catalogue.importing import WIB
    from syncer.cli.catalogue import _moment

    moment = _moment(text)
    return moment if moment is None or isinstance(moment, datetime) else datetime.combine(moment, time(12), WIB)


def _known_skus(database: Database, skus: Sequence[str]) -> Sequence[str]:
    from syncer.catalogue.ledger import UnknownSku, variants_of
    from syncer.errors import UsageError
    from syncer.texts import _

    with database.read() as session:
        try:
            variants_of(session, skus)
        except UnknownSku as error:
            text = _("SKU '{sku}' is not in the catalogue; correct it, or import the product first")
            raise UsageError(text.format(sku=error)) from None
    return skus


def _run(settings: Settings, channel: ChannelSettings, database: Database, request: Request) -> Result | SyncerError:
    """One channel; what stops it stops no other."""
    from syncer.cli.progress import bar
    from syncer.errors import SyncerError
    from syncer.sync.run import Progress, run

    stop = stop_on_signals()
    try:
        shop = shop_of(settings, channel, database)
        with bar(channel.name) as step:

            def told(progress: Progress) -> None:
                step(progress.done, progress.total, progress.text)

            return run(shop, request, tell=told, stop=stop.is_set)
    except SyncerError as error:
        return error


def _remember(database: Database, request: Request, channels: Sequence[str]) -> None:
    """Who resynced what, for the journal."""
    from syncer.store import journal

    wish = request.wish
    words = [*(["--failed"] if wish.failed else []), *(["--force"] if wish.force else []), *sorted(request.skus or ())]
    with database.write() as session:
        for channel in channels:
            journal.write(session, request.as_of, "resync", " ".join(words), channel)


def stop_on_signals() -> threading.Event:
    """Set by Ctrl-C and SIGTERM: the call in flight is finished and recorded, then the run ends."""
    event = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: event.set())
    return event


# --- showing ---------------------------------------------------------------------------------------------------------


def change_json(change: Change) -> dict[str, Any]:
    """A change as scripts read it."""
    from syncer.listing.canonical import shown

    return {
        "product": change.code, "sku": change.sku, "facet": "create" if change.creates else change.facet.value,
        "from": shown(change.before), "to": shown(change.to), "urgency": change.urgency.value,
    }  # fmt: skip


def _plan_json(planned: Planned) -> dict[str, Any]:
    from syncer.texts import told

    plan = planned.plan
    return {
        "channel": plan.channel,
        "stopped": None if planned.stopped is None else told(planned.stopped),
        "listings_most": planned.listings_most,
        "changes": [change_json(change) for change in plan.changes],
        "held": [
            {"rule": hold.rule, "message": told(hold.message), "changes": [change_json(c) for c in hold.changes]}
            for hold in plan.holds
        ],
        "waiting": [
            {**change_json(w.change), "standing": w.view.standing.value, "message": told(w.view.message),
             "until": w.until}
            for w in plan.waiting
        ],
        "blocked": [
            {"product": b.code, "facet": b.block.facet.value, "sku": b.block.sku or None, "cause": b.block.cause.value,
             "code": b.block.code, "message": told(b.block.message)}
            for b in plan.blocked
        ],
        "warnings": [
            {"product": code, "sku": w.sku or None, "code": w.code, "message": told(w.message)}
            for code, w in plan.warnings
        ],
    }  # fmt: skip


def _show_plan(planned: Planned) -> None:
    from syncer.texts import _, told

    plan = planned.plan
    if planned.stopped is not None:
        print(f"{plan.channel}  " + _("nothing is pushed now: {why}").format(why=told(planned.stopped)))
    elif planned.listings_most is not None:
        text = _("on trial: at most {number} listings are pushed until they show what we want")
        print(f"{plan.channel}  " + text.format(number=planned.listings_most))
    for change in plan.changes:
        print(f"{plan.channel}  {line_of(change)}")
    for hold in plan.holds:
        print(f"{plan.channel}  " + _("held: {message}").format(message=told(hold.message)))
    for waiting in plan.waiting:
        print(f"{plan.channel}  {line_of(waiting.change)}  " + _("waits: {why}").format(why=_why(waiting)))
    for message, count in Counter(blocked.block.message for blocked in plan.blocked).items():
        # A category that was closed is one thing to do, however many products stand in it.
        more = " " + _("({count} products)").format(count=count) if count > 1 else ""
        print(f"{plan.channel}  " + _("blocked: {message}").format(message=told(message)) + more)
    for _code, warned in plan.warnings:
        print(f"{plan.channel}  " + _("warning: {message}").format(message=told(warned.message)))
    text = _("{channel}: {changes} changes, {held} held, {waiting} waiting, {blocked} blocked; nothing was called")
    held = sum(len(hold.changes) for hold in plan.holds)
    print(text.format(channel=plan.channel, changes=len(plan.changes), held=held, waiting=len(plan.waiting),
                      blocked=len(plan.blocked)))  # fmt: skip


def _tell_unknown_names(settings: Settings, database: Database, channel: str | None) -> None:
    """Producers and categories of the config that the catalogue does not have: said, and nothing stopped."""
    from syncer.channels.assortment import unknown_names

    with database.read() as session:
        for one in chosen(settings, channel):
            for text in unknown_names(session, one):
                tell(text)


def _why(waiting: Waiting) -> str:
    """Why a change waits: what was said of it, else what it waits in, and until when."""
    from syncer.report.dates import local
    from syncer.report.words import word
    from syncer.sync.plan import NOT_ASKED, TRIED
    from syncer.texts import _, told

    view = waiting.view
    own = {NOT_ASKED: _("not asked for this time"), TRIED: _("pushed already")}
    why = own.get(view.code) or told(view.message) or word(view.standing.value)
    return why if waiting.until is None else _("{why}, until {when}").format(why=why, when=local(waiting.until))


def _show_audit(found: Audit) -> None:
    from syncer.report.words import facet_value, facet_word, verdict_word
    from syncer.texts import _

    for drift in found.drifts:
        before, after = facet_value(drift.facet, drift.acknowledged), facet_value(drift.facet, drift.observed)
        name, verdict = drift.sku or drift.code, verdict_word(drift.verdict.value)
        print(f"{found.channel}  {facet_word(drift.facet)} {name}: {before} -> {after}  {verdict}")
    for own in found.strangers:
        text = _("{channel}  {product}: {sku} is a variant of the seller's own; it stays")
        print(text.format(channel=found.channel, product=own.code, sku=own.sku or own.offer))
    text = _("{channel}: {listings} listings read, {compared} values compared, {drifts} differ; {unseen} are not shown")
    print(text.format(channel=found.channel, listings=found.listings, compared=sum(found.compared.values()),
                      drifts=len(found.drifts), unseen=sum(found.unseen.values())))  # fmt: skip
    if not found.whole:
        tell(_("{channel}: another run was let in before the end; audit again").format(channel=found.channel))


def line_of(change: Change) -> str:
    """A change in one line: what, where, from, to."""
    from syncer.listing.canonical import shown
    from syncer.report.words import facet_value, facet_word
    from syncer.texts import _

    if change.creates:
        return _("create {product}").format(product=change.code)
    facet = change.facet.value
    if facet in ("structure", "content"):
        return f"{facet_word(facet)} {change.code}"
    before, after = facet_value(facet, shown(change.before)), facet_value(facet, shown(change.to))
    return f"{facet_word(facet)} {change.sku or change.code}: {before} -> {after}"


def _result_json(result: Result) -> dict[str, Any]:
    from syncer.texts import told

    return {
        "channel": result.channel, "run": result.run_id, "status": result.status, "outcomes": result.outcomes,
        "changes": [
            {**change_json(change), "result": type(outcome).__name__.lower(), "code": getattr(outcome, "code", ""),
             "message": told(getattr(outcome, "text", ""))}
            for change, outcome in result.changes
        ],
        "open": result.open, "failed": result.failed, "held": result.held, "blocked": result.blocked,
        "message": told(result.message),
    }  # fmt: skip


def _show_result(result: Result, quiet: bool) -> None:
    from syncer.report.causes import advice, advice_on
    from syncer.report.sentences import what_came
    from syncer.report.words import word
    from syncer.texts import _, told

    counts = what_came(dict(sorted(result.outcomes.items())), result.status)
    text = _("{channel}: {status}: {counts}; open {open}, failed {failed}, blocked {blocked}, held {held}")
    line = text.format(channel=result.channel, status=word(result.status), counts=counts, open=result.open,
                       failed=result.failed, blocked=result.blocked, held=result.held)  # fmt: skip
    if result.message:
        line += f"; {told(result.message)}"
    if result.needs_authorisation:
        line += f"; {advice_on('channel_unauthorised').action}"
    elif result.cause is not None:
        line += f"; {advice(result.cause).action}"
    if quiet or result.exit_code:
        tell(line)
    else:
        print(line)
