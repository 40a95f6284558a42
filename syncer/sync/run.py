"""One pass over one channel, from the catalogue to the report: the run.

A run repeats one short round until nothing is left that it may or can do: plan from what is stored, look, send call
by call. Every round plans anew, so whatever changed meanwhile (an order, the catalogue, another answer) is in it.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, col, select

from adapters.contract import (
    Accepted,
    Applied,
    AuthError,
    Call,
    Cause,
    Change,
    Deferred,
    Effect,
    Facet,
    Locked,
    MarketplaceError,
    Outcome,
    Rejected,
    Structure,
    Unknown,
)
from syncer.catalogue.products import load
from syncer.channels.shop import Shop, authorise_again, said, unauthorised
from syncer.errors import AuthorisationNeeded, ChannelStopped
from syncer.listing.canonical import to_text
from syncer.listing.render import render
from syncer.store.tables import ChannelRow, FacetRow, ListingRow, ProductRow, RunRow
from syncer.sync import intents, orders, track, trial
from syncer.sync.beside import Errand, at_once, beside
from syncer.sync.diff import key_of
from syncer.sync.guard import Thresholds
from syncer.sync.lease import Lease, LeaseLost, hold
from syncer.sync.note import note
from syncer.sync.plan import Pair, Plan, Wish, make_plan
from syncer.sync.push import Flight, Sent, carries_stock, conclude, prepare
from syncer.sync.readback import disturbed, read_back
from syncer.sync.shown import other_options, shown_structure, taken_options
from syncer.sync.state import Selection, batches, due_listings, history, mark_changed, views
from syncer.sync.view import Key, Standing
from syncer.texts import kept, told

DEAD_AFTER = 3
"""So many calls in a row that the line or the shop failed, and the channel is left alone until the next run."""

READS_MOST = 20
"""A listing that is disturbed again and again is read so often in one run; then the next run goes on with it."""

STOPS_CHANNEL = frozenset({Cause.auth, Cause.quota, Cause.clock, Cause.binding})
"""What is wrong with the shop, not with a product: further calls would meet the same."""

SLICE_S = 0.25
"""How long a waiting run sleeps at most before it looks whether it is wanted elsewhere."""

FOLLOWED = (Standing.begun, Standing.accepted, Standing.deferred, Standing.unknown)


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked for. `wait_s` = how long it follows open changes, waiting for another run included."""

    trigger: str
    wish: Wish
    locks: Path
    as_of: datetime
    thresholds: Thresholds = field(default_factory=Thresholds)
    skus: frozenset[str] | None = None
    wait_s: float = 60.0
    hand_over: bool = True
    """Whether a run that holds the channel is asked to end early (a person waits)."""

    @property
    def selection(self) -> Selection:
        """Which listings the request is about."""
        return Selection(self.skus, self.wish.force, self.wish.patient)


@dataclass(frozen=True, slots=True)
class Progress:
    """What a watcher is told: how much of the present round is done."""

    done: int
    total: int
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended. `status` is about our worker; `outcomes` counts what the marketplace said, by result."""

    channel: str
    run_id: int
    status: str
    outcomes: dict[str, int]
    changes: tuple[tuple[Change, Outcome], ...]
    open: int
    failed: int
    held: int
    blocked: int
    message: str = ""
    cause: Cause | None = None
    """Why the run ended early, when the shop or the line was the reason."""
    needs_authorisation: bool = False
    """A person must authorise the shop again."""
    waits: bool = False
    """The channel is on trial, and its few listings do not show yet what we want: the others wait for them."""

    @property
    def exit_code(self) -> int:
        """4 needs authorisation, 1 something failed, 3 something is held, 0 all well (DESIGN 8)."""
        if self.needs_authorisation:
            return 4
        if self.status in ("failed", "stopped", "cancelled") or self.failed or self.blocked:
            return 1
        return 3 if self.held else 0


Tell = Callable[[Progress], None]
Stop = Callable[[], bool]


@dataclass(slots=True)
class Course:
    """What a run remembers while it runs. The only mutable thing of the engine, and it dies with the run."""

    shop: Shop
    lease: Lease
    run_id: int
    request: Request
    tell: Tell
    stop: Stop
    ends_at: float
    round_began: datetime
    tried: set[tuple[int, Key]] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)
    reads: Counter[int] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    changes: list[tuple[Change, Outcome]] = field(default_factory=list)
    rises: bool = True
    stock: bool = True
    failures: int = 0
    trouble: MarketplaceError | None = None
    message: str = ""
    waits: bool = False

    @property
    def wish(self) -> Wish:
        """The request's wish, as far as this run has come."""
        return replace(self.request.wish, tried=frozenset(self.tried), rises=self.rises, stock=self.stock)


class Ended(Exception):
    """The run ends early; `status` says why."""

    def __init__(self, status: str, message: str = "") -> None:
        super().__init__(message)
        self.status, self.message = status, message


def run(shop: Shop, request: Request, tell: Tell = lambda _: None, stop: Stop = lambda: False) -> Result:
    """Make the channel show what it should, as far as that can be done now.

    Raises:
        ChannelBusy: another run holds the channel for longer than `request.wait_s`.
        ChannelStopped: the channel is paused, closed, or held back by its first contact.
        AuthorisationNeeded: the shop has ended its authorisation; only a person's run asks it again.
    """
    ends_at = shop.clock.monotonic() + request.wait_s
    if (why := shop.stopped()) is not None:
        raise ChannelStopped(told(why))
    if request.wish.patient and unauthorised(shop):
        raise AuthorisationNeeded(authorise_again(shop.name))
    hand_over = request.hand_over
    with hold(shop.database, shop.id, shop.name, request.locks, shop.clock, request.wait_s, hand_over) as lease:
        course = Course(shop, lease, _open(shop, lease, request), request, tell, stop, ends_at, shop.clock.now())
        status = _finish(course)
        return _close(course, status)


def plan(shop: Shop, request: Request) -> Plan:
    """What `run` would push first. Calls nothing and writes nothing but what marks listings due."""
    with shop.database.write() as session:
        mark_changed(session, shop.id, shop.clock.now())
    return _plan(shop, request, request.wish)


# --- the run ---------------------------------------------------------------------------------------------------------


def _finish(course: Course) -> str:
    try:
        _enter(course.shop)
        course.shop.contact.begin_trial()
        while _round(course) or _wait(course):
            pass
        _verify(course)
        _judge_trial(course)
    except Ended as ended:
        course.message = ended.message
        return ended.status
    except LeaseLost as lost:
        course.message = str(lost)
        return "stopped"
    except MarketplaceError as error:
        course.trouble, course.message = error, said(error)
        return "failed"
    return "done"


def _enter(shop: Shop) -> None:
    """Learn the shop's facts; one that let us in no more is asked in any case: "nothing to do" would prove nothing."""
    if shop.authorisation.refusal() is None:
        shop.learn()
    else:
        shop.relearn()


def _round(course: Course) -> bool:
    """One round; True when something was sent or learnt, so that another may find more to do."""
    shop = course.shop
    course.round_began = shop.clock.now()
    with shop.database.write() as session:
        course.lease.check(session)
        mark_changed(session, shop.id, shop.clock.now())
    # Where calls go side by side the queues are asked about beside them, and here only when nothing is to be sent.
    side_by_side = shop.lanes() > 1
    if (not side_by_side and at_once(_asking(course))) or _read_disturbed(course):
        return True
    planned = _plan(shop, course.request, course.wish)
    if _needs_orders(course, planned) and _pull_orders(course):
        return True
    _note(course, planned)
    if _look(course, planned):
        return True
    seen = _sendable(course, planned)
    fit = [change for change in seen if not _shows_other_options(course, planned, change)]
    ready = [change for change in fit if not _refused_for_options(course, planned, change)]
    calls = shop.adapter.calls(ready)
    return _send_all(course, planned, calls) or len(ready) < len(seen) or (side_by_side and at_once(_asking(course)))


def _send_all(course: Course, planned: Plan, calls: Sequence[Call]) -> bool:
    """Send `calls` in their order, as many at once as the shop's allowance needs; whatever left also lands."""
    waiting, landed, ended = deque(calls), 0, None
    with Flight(course.shop) as flight, beside(_errands(course)) as errands:
        while waiting or flight.airborne:
            try:
                lanes = course.shop.lanes()
                if lanes > 1 and errands.turn():
                    waiting.clear()
                if waiting and flight.has_room(waiting[0], lanes):
                    if _another_round(course, waiting[0], landed):
                        waiting.clear()
                        continue
                    call = waiting.popleft()
                    flight.launch(call, lanes, prepare(course.shop, course.lease, planned, call))
                    continue
                if not flight.airborne:
                    continue
                sent = flight.land()
                landed += 1
                _landed(course, planned, sent, Progress(landed, len(calls), sent.call.operation))
            except Ended as end:
                ended = ended or end
                waiting.clear()
    if ended is not None:
        raise ended
    return bool(calls)


def _another_round(course: Course, call: Call, landed: int) -> bool:
    """Whether to plan anew before `call`: its stock may be sold by now, or the catalogue has moved meanwhile."""
    _mind(course)
    return (carries_stock(call) and _orders_stale(course)) or (landed > 0 and _catalogue_moved(course))


def _cancelled_by(course: Course) -> str | None:
    with course.shop.database.read() as session:
        return session.get_one(RunRow, course.run_id).cancelled_by


def _landed(course: Course, planned: Plan, sent: Sent, progress: Progress) -> None:
    with course.shop.database.write() as session:
        conclude(session, course.shop, course.lease, course.run_id, planned, sent)
        row = session.get_one(RunRow, course.run_id)
        row.done, row.total, row.doing = progress.done, progress.total, progress.text
        session.add(row)
    course.tell(progress)
    _remember(course, planned, sent)


def _mind(course: Course) -> None:
    """Between two calls: end when told to, when another run waits, or when the shop is not to be reached.

    On trial also when the shop's answers were not what we believed.
    """
    if course.shop.contact.limit() is not None:
        course.shop.contact.take_notice()
    if course.stop():
        raise Ended("stopped", kept("told to stop; the call in flight was finished and recorded"))
    if (who := _cancelled_by(course)) is not None:
        raise Ended("cancelled", kept("ended by {who}; the call in flight was finished and recorded", who=who))
    if (why := course.shop.stopped()) is not None:
        raise Ended("stopped", why)
    if not course.request.hand_over:
        _make_room(course)
    if course.failures >= DEAD_AFTER:
        text = kept("{calls} calls in a row failed; the rest is left for the next run", calls=course.failures)
        raise Ended("failed", text)


def _remember(course: Course, planned: Plan, sent: Sent) -> None:
    troubled = False
    for change, outcome in sent.pairs:
        listing_id = planned.listing_ids[change.code]
        if not change.creates and not isinstance(outcome, Accepted):  # a finished create is read back by itself
            course.touched.add(listing_id)
        course.outcomes[type(outcome).__name__.lower()] += 1
        course.changes.append((change, outcome))
        forced = course.request.wish.force and isinstance(outcome, Applied)
        if forced or isinstance(outcome, Rejected | Locked):
            course.tried.add((listing_id, key_of(change)))
        if isinstance(outcome, Rejected | Locked | Deferred) and outcome.cause in STOPS_CHANNEL:
            course.trouble = MarketplaceError(outcome.cause, outcome.code, outcome.text)
            raise Ended("failed", outcome.text)
        troubled = troubled or isinstance(outcome, Deferred | Unknown)
    course.failures = course.failures + 1 if troubled else 0


def _wait(course: Course) -> bool:
    """Wait until a followed change can go on; False when none can within the request's time."""
    clock = course.shop.clock
    moment = _next_followed(course)
    if moment is None:
        return False
    left = course.ends_at - clock.monotonic()
    pause = max((moment - clock.now()).total_seconds(), 0.0)
    if pause > left:
        return False
    until = clock.monotonic() + pause
    while (rest := until - clock.monotonic()) > 0 and not _catalogue_moved(course):
        _mind(course)
        _make_room(course)  # while it only waits, also one person for another
        clock.sleep(min(rest, SLICE_S))
    return True


def _make_room(course: Course) -> None:
    if course.lease.wanted():
        raise Ended("handed_over", kept("another run asked for the channel"))


def _verify(course: Course) -> None:
    """Read back what this run touched: *fresh* is said only of what the shop was seen to show."""
    if course.touched:
        read_back(course.shop, course.lease, sorted(course.touched))


def _judge_trial(course: Course) -> None:
    """Where the few listings of a trial show what we want, and nothing surprised us, the channel goes one step on."""
    shop, request = course.shop, course.request
    number = shop.contact.limit()
    if number is None:
        return
    with shop.database.read() as session:
        tried = trial.chosen(session, shop.id, shop.rules(), request.as_of, number).tried
    amiss = trial.amiss(shop, course.lease, tried)
    shop.contact.take_notice()
    if (why := shop.stopped()) is not None:
        raise Ended("stopped", why)
    course.waits = bool(amiss) or not tried
    if course.waits:
        course.message = trial.waits_for(number, tried, amiss)
    else:
        course.message = trial.went_on(number, shop.contact.advance())


# --- parts of a round ------------------------------------------------------------------------------------------------


def _plan(shop: Shop, request: Request, wish: Wish) -> Plan:
    now, rules = shop.clock.now(), shop.rules()
    with shop.database.read() as session:
        listing_ids = due_listings(session, shop.id, request.selection, now)
        if (number := shop.contact.limit()) is not None:
            pushed = trial.chosen(session, shop.id, rules, request.as_of, number).pushed
            listing_ids = [listing for listing in listing_ids if listing in pushed]
        known = views(session, listing_ids)
        products = load(session, sorted(known))
        pairs: list[Pair] = [(view, render(products[key], rules, request.as_of)) for key, view in known.items()]
        floors = {sku: (r.floors or {}).get(sku, 0) for v, r in pairs for sku in v.offers}
        paused = [p.code for p in products.values() if p.producer.paused or not rules.open]
        memory = history(session, shop.id, floors, paused, now)
    return make_plan(shop.name, pairs, memory, request.thresholds, wish, now)


def _note(course: Course, planned: Plan) -> None:
    with course.shop.database.write() as session:
        course.lease.check(session)
        note(session, course.shop.id, course.run_id, planned)


def _errands(course: Course) -> list[Errand]:
    """What is read beside the calls. Where the orders cannot be read, the run has seen that already."""
    asking = _asking(course)
    return [orders.Refresh(course.shop, course.lease), asking] if course.rises else [asking]


def _asking(course: Course) -> Errand:
    told = partial(_learnt, course)
    return track.Ask(course.shop, course.lease, course.run_id, course.request.skus, told)


def _learnt(course: Course, learnt: track.Learnt) -> bool:
    """Take in what queues and reviews have said; True when an end was learnt."""
    ended = [(pending, outcome) for pending, outcome in learnt if not isinstance(outcome, Accepted)]
    for pending, outcome in ended:
        course.outcomes[type(outcome).__name__.lower()] += 1
        course.changes.append((pending.change, outcome))
        if not pending.change.creates:
            course.touched.add(pending.listing_id)
    return bool(ended)


def _read_disturbed(course: Course) -> bool:
    shop, now = course.shop, course.shop.clock.now()
    with shop.database.read() as session:
        due = due_listings(session, shop.id, course.request.selection, now)
        unsure = [listing for listing in disturbed(session, due, now) if course.reads[listing] < READS_MOST]
    if not unsure:
        return False
    course.reads.update(unsure)
    read_back(shop, course.lease, unsure)
    return True


def _needs_orders(course: Course, planned: Plan) -> bool:
    writes_stock = any(c.facet in (Facet.stock, Facet.structure) for c in (*planned.changes, *planned.withheld))
    return writes_stock and course.rises and _orders_stale(course)


def _orders_stale(course: Course) -> bool:
    if course.shop.orders is None or not course.rises:
        return False
    with course.shop.database.read() as session:
        return orders.stale(session, course.shop, course.shop.clock.now())


def _pull_orders(course: Course) -> bool:
    """Read the orders; when that fails, stock may only fall, and only below what the shop is seen to show now."""
    try:
        orders.pull(course.shop, course.lease)
    except AuthError:
        raise
    except MarketplaceError as error:
        course.rises, course.message = False, kept("orders could not be read: {error}", error=said(error))
        _see_stock(course)
    return True


def _see_stock(course: Course) -> None:
    planned = _plan(course.shop, course.request, course.wish)
    stocked = [c for c in (*planned.changes, *planned.withheld) if c.facet is Facet.stock]
    if not stocked:
        return
    listing_ids = sorted({planned.listing_ids[c.code] for c in stocked})
    with course.shop.database.write() as session:
        course.lease.check(session)
        for part in batches(listing_ids):
            for row in session.exec(select(ListingRow).where(col(ListingRow.id).in_(part))):
                row.disturbed = True
                session.add(row)
    try:
        read_back(course.shop, course.lease, listing_ids)
    except MarketplaceError:
        course.stock = False  # neither orders nor stock can be read: no number is written at all


def _look(course: Course, planned: Plan) -> bool:
    """Open the intents of new creates and look for them; True when that changed what is known."""
    shop = course.shop
    creates = [c for c in planned.changes if c.creates and c.ids is None]
    unwritten = [c for c in planned.changes if c.creates and c.intent is None]
    if creates and shop.refused is not None:
        raise Ended("failed", shop.refused)
    if unwritten:
        with shop.database.write() as session:
            intents.open_intents(
                session, course.lease, unwritten, planned.listing_ids, planned.renders, shop.clock.now()
            )
    if not creates:
        return bool(unwritten)
    looked = intents.look(shop, course.lease, course.run_id, [planned.listing_ids[c.code] for c in creates])
    course.tried |= {(listing_id, (Facet.structure, "")) for listing_id in looked.refused}
    return looked.learnt


def _sendable(course: Course, planned: Plan) -> list[Change]:
    """The plan's changes, less creates that must first be looked for; with what a continued step needs to see."""
    shop, now = course.shop, course.shop.clock.now()
    creates = [planned.listing_ids[c.code] for c in planned.changes if c.creates]
    with shop.database.read() as session:
        known = {view.code: view for view in views(session, creates).values()}
    ready = [c for c in planned.changes if not c.creates or intents.may_send(known[c.code], now)]
    return [_with_sight(course, planned, change) for change in ready]


def _shows_other_options(course: Course, planned: Plan, change: Change) -> bool:
    """Whether somebody changed the options at the shop's app: what is shown is noted, and guarded before a write."""
    if change.observed is None or not isinstance(change.to, Structure) or change.next_step is not None:
        return False
    if course.shop.adapter.comparable(Facet.structure, change.observed) is None:
        return False  # this shop does not show options: nothing says that they are others
    known = change.before if isinstance(change.before, Structure) else None
    if not other_options(known, change.observed):
        return False
    with course.shop.database.write() as session:
        course.lease.check(session)
        row = session.get_one(ListingRow, planned.listing_ids[change.code])
        row.structure_acknowledged = to_text(shown_structure(change.to, change.observed))
        row.due_at = course.shop.clock.now()
        session.add(row)
    return True


def _refused_for_options(course: Course, planned: Plan, change: Change) -> bool:
    """Whether a variant of the seller's own has the options of one of ours: theirs stays, ours waits."""
    if change.observed is None or change.ids is None or not isinstance(change.to, Structure):
        return False
    taken = taken_options(change.to, change.ids.offers, change.observed)
    if taken is None:
        return False
    text = kept("{sku}: its options are those of {other}, a variant of the seller's own; theirs stays",
                sku=taken[0], other=taken[1])  # fmt: skip
    sent = Sent(Call("options_taken", Effect.write, "", (change,)), (Rejected(Cause.config, "options_taken", text),))
    with course.shop.database.write() as session:
        conclude(session, course.shop, course.lease, course.run_id, planned, sent)
    _remember(course, planned, sent)
    return True


def _with_sight(course: Course, planned: Plan, change: Change) -> Change:
    """A structure write, and a create whose next step was lost, carry what the shop shows just now (DESIGN 5)."""
    lost_step = change.creates and change.ids is not None and change.next_step is None
    if not lost_step and (change.creates or change.facet is not Facet.structure):
        return change
    if change.ids is None:
        return change
    found = read_back(course.shop, course.lease, [planned.listing_ids[change.code]])
    return replace(change, observed=found.seen.get(change.ids.listing))


def _next_followed(course: Course) -> datetime | None:
    shop = course.shop
    with shop.database.read() as session:
        rows = session.exec(
            select(FacetRow).where(
                FacetRow.channel_id == shop.id, col(FacetRow.standing).in_([s.value for s in FOLLOWED])
            )
        ).all()
        moments = [row.not_before for row in rows if row.not_before and _asked_for(course, row)]
        creating = [row.listing_id for row in rows if row.facet == Facet.structure.value]
        moments += [due for view in views(session, creating).values() if (due := intents.look_due(shop, view))]
    # What was due before the last round began was in it; following it again would be a loop without progress.
    return min((moment for moment in moments if moment > course.round_began), default=None)


def _asked_for(course: Course, row: FacetRow) -> bool:
    return (row.listing_id, (Facet(row.facet), row.sku)) not in course.tried


def _catalogue_moved(course: Course) -> bool:
    """Whether the catalogue changed since this round planned: a falling stock must not wait behind creates."""
    with course.shop.database.read() as session:
        latest = session.exec(select(func.max(ProductRow.changed_seq))).one() or 0
        return latest > session.get_one(ChannelRow, course.shop.id).catalogue_seq


# --- the run's own record --------------------------------------------------------------------------------------------


def _open(shop: Shop, lease: Lease, request: Request) -> int:
    with shop.database.write() as session:
        lease.check(session)
        _bury(session, shop, shop.clock.now())
        row = RunRow(
            channel_id=shop.id, fence=lease.fence, trigger=request.trigger, as_of=request.as_of,
            started_at=shop.clock.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        if row.id is None:
            raise LookupError("the database gave the run no number")
        intents.take_over(session, shop, row.id, shop.clock.now())
        return row.id


def _bury(session: Session, shop: Shop, now: datetime) -> None:
    """Runs that never ended were killed: say so, rather than let them run for ever."""
    for row in session.exec(select(RunRow).where(RunRow.channel_id == shop.id, col(RunRow.ended_at).is_(None))):
        row.ended_at, row.status = now, "killed"
        row.message = kept("ended without a word; the next run went on from there")
        session.add(row)


def _close(course: Course, status: str) -> Result:
    shop = course.shop
    if course.trouble is not None:
        shop.authorisation.met(course.trouble)
    shop.contact.take_notice()
    with shop.database.write() as session:
        row = session.get_one(RunRow, course.run_id)
        row.ended_at, row.status, row.message = shop.clock.now(), status, course.message
        row.counts_json = json.dumps(dict(sorted(course.outcomes.items())))
        session.add(row)
        standings = Counter(r.standing for r in session.exec(select(FacetRow).where(FacetRow.channel_id == shop.id)))
    open_ = sum(standings[s.value] for s in (*FOLLOWED, Standing.locked))
    return Result(
        channel=shop.name,
        run_id=course.run_id,
        status=status,
        outcomes=dict(course.outcomes),
        changes=tuple(course.changes),
        open=open_,
        failed=standings[Standing.failed.value],
        held=standings[Standing.held.value],
        blocked=standings[Standing.blocked.value],
        message=course.message,
        cause=None if course.trouble is None else course.trouble.cause,
        needs_authorisation=course.trouble is not None and unauthorised(shop),
        waits=course.waits,
    )
