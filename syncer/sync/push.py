"""Calls on their way: arm the lease, mark creates as sent, send, record. Nothing is sent inside a transaction.

The engine commits before and after every call, so whatever kills it leaves a record from which the next run goes on.
Several calls may be in flight at once; the database is touched by the run's own thread alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from sqlmodel import Session

from adapters.contract import Call, Change, Facet, Outcome
from syncer.channels.shop import Shop
from syncer.sync.intents import mark_sent
from syncer.sync.lease import Lease
from syncer.sync.plan import Plan
from syncer.sync.record import Place, record

LANES_MOST = 32
"""More calls in flight than this no shop has ever asked for."""

Send = Callable[[Call], list[Outcome]]


@dataclass(frozen=True, slots=True)
class Sent:
    """One call and what became of each of its changes."""

    call: Call
    outcomes: tuple[Outcome, ...]

    @property
    def pairs(self) -> Sequence[tuple[Change, Outcome]]:
        """Each change with its outcome."""
        return list(zip(self.call.changes, self.outcomes, strict=True))


def prepare(shop: Shop, lease: Lease, plan: Plan, call: Call) -> None:
    """Before `call` leaves: the channel is still ours, others know until when the call may last, creates are marked.

    Raises:
        LeaseLost: another run has the channel; nothing may be sent.
    """
    with shop.database.write() as session:
        lease.arm(session, shop.adapter.limits.deadline_s)
        mark_sent(session, lease, call, plan.listing_ids, shop.clock.now())


def conclude(session: Session, shop: Shop, lease: Lease, run_id: int, plan: Plan, sent: Sent) -> None:
    """When a call has landed: record what became of each of its changes, in the caller's write transaction.

    Raises:
        LeaseLost: another run has taken the channel over; nothing may be written.
    """
    now = shop.clock.now()
    lease.check(session)
    for change, outcome in sent.pairs:
        rendered = plan.renders[change.code]
        place = Place(run_id, shop.id, plan.listing_ids[change.code], now, rendered.sources or {})
        record(session, place, change, outcome)


def carries_stock(call: Call) -> bool:
    """Whether `call` writes a number of pieces: a stock write, a create, or a new variant."""
    return any(change.facet in (Facet.stock, Facet.structure) for change in call.changes)


@dataclass(slots=True)
class Flight:
    """The calls in flight. One at a time is sent by the caller's own thread; more, each by one of its own."""

    send: Send
    _pool: ThreadPoolExecutor | None = None
    _airborne: dict[Future[list[Outcome]], Call] = field(default_factory=dict)

    def __enter__(self) -> Flight:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    @property
    def airborne(self) -> bool:
        """Whether a call has left that has not landed."""
        return bool(self._airborne)

    def has_room(self, call: Call, lanes: int) -> bool:
        """Whether `call` may leave now: a lane is free, and no call about one of its listings is in flight."""
        if len(self._airborne) >= min(lanes, LANES_MOST):
            return False
        codes = {change.code for change in call.changes}
        return not any(change.code in codes for other in self._airborne.values() for change in other.changes)

    def launch(self, call: Call, lanes: int) -> None:
        """Send `call`; it lands with `land`."""
        if lanes <= 1 and self._pool is None:
            landed: Future[list[Outcome]] = Future()
            landed.set_result(self.send(call))
            self._airborne[landed] = call
            return
        self._pool = self._pool or ThreadPoolExecutor(LANES_MOST, thread_name_prefix="call")
        self._airborne[self._pool.submit(self.send, call)] = call

    def land(self) -> Sent:
        """The next call that has landed; waits for one."""
        done, _ = wait(self._airborne, return_when=FIRST_COMPLETED)
        first = next(future for future in self._airborne if future in done)
        return Sent(self._airborne.pop(first), tuple(first.result()))
