"""One channel kept in step, turn by turn: what is due now is done, and when to look again is said.

A turn never waits for anybody: a channel that another run holds is looked at again soon, a shop that does not answer
is left alone for longer and longer, and its outage is written down until it answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import func
from sqlmodel import Session, col, select

from adapters.contract import MarketplaceError
from syncer.channels.authorisation import ends_it
from syncer.channels.shop import Shop, said, unauthorised
from syncer.errors import AuthorisationNeeded, ChannelBusy, ChannelStopped
from syncer.store.tables import ChannelRow, GapRow, ProductRow
from syncer.sync import orders
from syncer.sync.lease import hold
from syncer.sync.run import Request, Result, Tell, run
from syncer.sync.state import Selection, due_listings, next_due
from syncer.texts import kept

LOOK_AT_LEAST_S = 60.0
"""A channel is looked at this often even if nothing seems due."""

BUSY_S = 1.0
"""Another run holds the channel: look again."""

REST_S, REST_MOST_S = 30.0, 900.0
"""A shop that failed is left alone for so long, twice as long after each further failure, at most a quarter hour."""


CANCELLED_S = 60.0
"""A person ended the channel's run: nothing is begun there for so long. `channel pause` keeps it away for longer."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn did, and when the next one is due (seconds from now)."""

    again_in_s: float
    result: Result | None = None
    pulled: orders.Pulled | None = None
    trouble: str = ""
    unauthorised: bool = False
    """The shop lets us in no more: nothing is sent until its secrets in the config are others, or a person tries."""

    @property
    def changed(self) -> bool:
        """Whether anything happened that a report would show."""
        ran = self.result is not None and (bool(self.result.outcomes) or self.result.status in ("failed", "cancelled"))
        return ran or bool(self.trouble) or bool(self.pulled and self.pulled.movements)


@dataclass(slots=True)
class Keeper:
    """A channel in the daemon's care. `request` makes a scheduled run's request for now."""

    shop: Shop
    request: Callable[[], Request]
    orders_every_s: float
    tell: Tell = lambda _: None
    stop: Callable[[], bool] = lambda: False
    _orders_at: float = field(default=0.0)
    _rests_until: float = field(default=0.0)
    _failures: int = field(default=0)

    def turn(self) -> Turn:
        """Read the orders if that is due, then push if anything is due."""
        now = self.shop.clock.monotonic()
        if self.shop.stopped() is not None:
            return Turn(LOOK_AT_LEAST_S)
        if unauthorised(self.shop):
            return Turn(LOOK_AT_LEAST_S, unauthorised=True)
        if now < self._rests_until:
            return Turn(self._rests_until - now)
        try:
            self._ask_again()
            pulled = self._pull(now)
            result = run(self.shop, self.request(), self.tell, self.stop) if self._is_due() else None
        except ChannelBusy:
            return Turn(BUSY_S)
        except ChannelStopped:
            return Turn(LOOK_AT_LEAST_S)
        except AuthorisationNeeded as error:
            return self._locked_out(str(error))
        except MarketplaceError as error:
            if ends_it(error):
                return self._locked_out(said(error))
            return self._rest(kept("the shop could not be read: {error}", error=said(error)))
        if result is not None and result.needs_authorisation:
            return self._locked_out(result.message, result, pulled)
        if result is not None and result.status == "failed":
            return self._rest(result.message, result, pulled)
        self._recovered()
        if result is not None and result.status == "cancelled":
            self._rests_until = self.shop.clock.monotonic() + CANCELLED_S
            return Turn(CANCELLED_S, result, pulled)
        if result is not None and result.waits:  # the others are due all the while, and are not to be tried yet
            return Turn(LOOK_AT_LEAST_S, result, pulled)
        return Turn(self._again_in_s(), result, pulled)

    def _ask_again(self) -> None:
        """A shop that let us in no more is asked once with the config's new secrets, before anything else."""
        if self.shop.authorisation.refusal() is not None:
            self.shop.relearn()

    def _pull(self, now: float) -> orders.Pulled | None:
        if self.shop.orders is None or now < self._orders_at:
            return None
        shop, request = self.shop, self.request()
        with hold(shop.database, shop.id, shop.name, request.locks, shop.clock, 0.0, hand_over=False) as lease:
            pulled = orders.pull(shop, lease)
        self._orders_at = shop.clock.monotonic() + self.orders_every_s
        return pulled

    def _is_due(self) -> bool:
        with self.shop.database.read() as session:
            return is_due(session, self.shop)

    def _again_in_s(self) -> float:
        """Until the next orders, the next instant at which something becomes due by itself, or the next look."""
        clock = self.shop.clock
        waits = [LOOK_AT_LEAST_S]
        if self.shop.orders is not None:
            waits.append(self._orders_at - clock.monotonic())
        with self.shop.database.read() as session:
            due = next_due(session, self.shop.id)
        if due is not None:
            waits.append((due - clock.now()).total_seconds())
        return max(0.0, min(waits))

    # --- a shop that does not answer ---------------------------------------------------------------------------------

    def _rest(self, why: str, result: Result | None = None, pulled: orders.Pulled | None = None) -> Turn:
        rest = min(REST_MOST_S, REST_S * 2 ** min(self._failures, 10))
        self._failures += 1
        self._rests_until = self.shop.clock.monotonic() + rest
        with self.shop.database.write() as session:
            if _open_gap(session, self.shop.id) is None:
                session.add(
                    GapRow(channel_id=self.shop.id, kind="shop", began_at=self.shop.clock.now(), note=why)
                )  # fmt: skip
        return Turn(rest, result, pulled, why)

    def _locked_out(self, why: str, result: Result | None = None, pulled: orders.Pulled | None = None) -> Turn:
        """The shop answers, so there is no outage, but it lets us in no more (written down where it was met)."""
        self._recovered()
        return Turn(LOOK_AT_LEAST_S, result, pulled, why, unauthorised=True)

    def _recovered(self) -> None:
        """The shop answers (again): an outage that stands open ends now."""
        self._failures, self._rests_until = 0, 0.0
        with self.shop.database.read() as session:
            if _open_gap(session, self.shop.id) is None:
                return
        with self.shop.database.write() as session:
            gap = _open_gap(session, self.shop.id)
            if gap is not None:
                gap.ended_at = self.shop.clock.now()
                session.add(gap)


def is_due(session: Session, shop: Shop) -> bool:
    """Whether a run would find anything to look at: its cost is that of the due rows, never of the catalogue."""
    latest = session.exec(select(func.max(ProductRow.changed_seq))).one() or 0
    if latest > session.get_one(ChannelRow, shop.id).catalogue_seq:
        return True
    return bool(due_listings(session, shop.id, Selection(), shop.clock.now()))


def _open_gap(session: Session, channel_id: int) -> GapRow | None:
    return session.exec(
        select(GapRow).where(GapRow.channel_id == channel_id, GapRow.kind == "shop", col(GapRow.ended_at).is_(None))
    ).first()
