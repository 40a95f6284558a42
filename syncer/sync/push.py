"""Calls on their way: arm the lease, mark creates as sent, send, record. Nothing is sent inside a transaction.

The engine commits before and after every call, so whatever kills it leaves a record from which the next run goes on.
Several calls may be in flight at once; the database is touched by the run's own thread alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from sqlmodel import Session

from adapters.contract import Call, Cause, Change, Deferred, Facet, Outcome
from syncer.channels.shop import Shop
from syncer.sync.intents import mark_sent
from syncer.sync.lease import Lease
from syncer.sync.plan import Plan
from syncer.sync.record import Place, record
from syncer.texts import kept

LANES_MOST = 32
"""More calls in flight than this no shop has ever asked for."""

ARMED_S = 1.0
"""A call leaves within this time after the lease was armed for it, or not at all: a process that was suspended in
between may have been given up on, and what it would send another run may have sent."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One call and what became of each of its changes."""

    call: Call
    outcomes: tuple[Outcome, ...]

    @property
    def pairs(self) -> Sequence[tuple[Change, Outcome]]:
        """Each change with its outcome."""
        return list(zip(self.call.changes, self.outcomes, strict=True))


def prepare(shop: Shop, lease: Lease, plan: Plan, call: Call) -> float:
    """Before `call` leaves: the channel is still ours, others know until when the call may last, creates are marked.

    Gives the moment (monotonic) from which the call may be on its way.

    Raises:
        LeaseLost: another run has the channel; nothing may be sent.
    """
    with shop.database.write() as session:
        # Reads and a token's refresh may go before the write, each with a deadline of its own.
        lease.arm(session, ARMED_S + 2 * shop.adapter.limits.deadline_s)
        armed_at = shop.clock.monotonic()
        mark_sent(session, lease, call, plan.listing_ids, shop.clock.now())
    return armed_at


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

    shop: Shop
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

    def launch(self, call: Call, lanes: int, armed_at: float) -> None:
        """Send `call`, for which the lease was armed at `armed_at` (monotonic); it lands with `land`."""
        if lanes <= 1 and self._pool is None:
            landed: Future[list[Outcome]] = Future()
            landed.set_result(self._send(call, armed_at))
            self._airborne[landed] = call
            return
        self._pool = self._pool or ThreadPoolExecutor(LANES_MOST, thread_name_prefix="call")
        self._airborne[self._pool.submit(self._send, call, armed_at)] = call

    def _send(self, call: Call, armed_at: float) -> list[Outcome]:
        if self.shop.clock.monotonic() - armed_at > ARMED_S:
            text = kept("the process stood still before the call left; it was not sent")
            return [Deferred(self.shop.clock.now(), Cause.transient, "not_sent", text)] * len(call.changes)
        return self.shop.adapter.send(call)

    def land(self) -> Sent:
        """The next call that has landed; waits for one."""
        done, _ = wait(self._airborne, return_when=FIRST_COMPLETED)
        first = next(future for future in self._airborne if future in done)
        return Sent(self._airborne.pop(first), tuple(first.result()))
