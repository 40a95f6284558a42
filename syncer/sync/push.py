"""One call: arm the lease, mark creates as sent, send, record. Nothing is sent inside a transaction.

The engine commits after every send, so whatever kills it leaves a record from which the next run goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.contract import Call, Change, Facet, Outcome
from syncer.channels.shop import Shop
from syncer.sync.intents import mark_sent
from syncer.sync.lease import Lease
from syncer.sync.plan import Plan
from syncer.sync.record import Place, record


@dataclass(frozen=True, slots=True)
class Sent:
    """One call and what became of each of its changes."""

    call: Call
    outcomes: tuple[Outcome, ...]

    @property
    def pairs(self) -> Sequence[tuple[Change, Outcome]]:
        """Each change with its outcome."""
        return list(zip(self.call.changes, self.outcomes, strict=True))


def push(shop: Shop, lease: Lease, run_id: int, plan: Plan, call: Call) -> Sent:
    """Send `call` and record its outcomes.

    Raises:
        LeaseLost: another run has the channel; before the call nothing was sent, after it nothing was written.
    """
    with shop.database.write() as session:
        lease.arm(session, shop.adapter.limits.deadline_s)
        mark_sent(session, lease, call, plan.listing_ids, shop.clock.now())
    outcomes = tuple(shop.adapter.send(call))
    now = shop.clock.now()
    with shop.database.write() as session:
        lease.check(session)
        for change, outcome in zip(call.changes, outcomes, strict=True):
            rendered = plan.renders[change.code]
            place = Place(run_id, shop.id, plan.listing_ids[change.code], now, rendered.sources or {})
            record(session, place, change, outcome)
    return Sent(call, outcomes)


def carries_stock(call: Call) -> bool:
    """Whether `call` writes a number of pieces: a stock write, a create, or a new variant."""
    return any(change.facet in (Facet.stock, Facet.structure) for change in call.changes)
