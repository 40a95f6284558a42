"""Orders into the stock ledger, exactly once.

What an order holds of a variant is stored beside it; a pull books only the difference, so reading an order twice, in
any order, changes nothing. A buyer's order also changes what the shop shows, so its listing is read back before its
stock is compared again: whether the shop has already taken the pieces is for the shop to say (UNCONFIRMED for
Shopee, facts section 4.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session, col, select

from adapters.contract import MarketplaceError, Order, OrderLine, OrderSource, OrderState
from syncer.catalogue.ledger import book
from syncer.catalogue.model import Movement, MovementKind
from syncer.channels.shop import Shop
from syncer.store.tables import ChannelRow, ListingRow, OfferRow, OrderLineRow, VariantRow
from syncer.sync.lease import Lease

OVERLAP = timedelta(minutes=10)
"""Read again what the last pull may have missed: orders are indexed late, and clocks differ."""

FIRST_PULL = timedelta(days=15) - timedelta(minutes=10)
"""How far back the first pull reads: just within the longest window that a marketplace gives at once (Shopee, facts
section 4.1), so that it is one call.
"""

PAGE = 50

AGEING = 0.75
"""From this share of their greatest age on the orders are read again beside the calls, so that none has to wait."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull found: orders read, stock movements booked, lines that no SKU of ours answers to."""

    orders: int = 0
    movements: int = 0
    unmatched: tuple[str, ...] = ()


def stale(session: Session, shop: Shop, now: datetime) -> bool:
    """Whether the channel's orders were read too long ago for a stock write."""
    pulled = session.get_one(ChannelRow, shop.id).orders_pulled_at
    return pulled is None or now - pulled > timedelta(seconds=shop.orders_max_age_s) or pulled > now


def pull(shop: Shop, lease: Lease) -> Pulled:
    """Read every order changed since the last pull and book what it takes or gives back.

    Raises:
        ChannelStopped: the channel is new, and was not checked yet.
        MarketplaceError: not all could be read; what was read is booked, and the pull does not count as done.
    """
    shop.contact.must_be_read()
    if shop.orders is None:
        return Pulled()
    began = shop.clock.now()
    with shop.authorisation.watched():
        return _book(shop, lease, shop.orders.orders(_since(shop, began)), began)


def _since(shop: Shop, began: datetime) -> datetime:
    with shop.database.read() as session:
        return session.get_one(ChannelRow, shop.id).orders_since or began - FIRST_PULL


def _book(shop: Shop, lease: Lease, orders: Iterable[Order], began: datetime) -> Pulled:
    """Book `orders` page by page; only then does the pull that `began` then count as done."""
    total = Pulled()
    for page in _pages(orders):
        total = _plus(total, _store(shop, lease, page, began))
    with shop.database.write() as session:
        lease.check(session)
        channel = session.get_one(ChannelRow, shop.id)
        channel.orders_pulled_at, channel.orders_since = began, began - OVERLAP
        session.add(channel)
    shop.contact.take_notice()
    return total


@dataclass(slots=True)
class Refresh:
    """The errand of reading the orders once more before they are too old for a stock write.

    A reading that failed is not repeated: once the orders are too old the run reads them itself, and says so.
    """

    shop: Shop
    lease: Lease
    _began: datetime = field(init=False)
    _failed: MarketplaceError | None = None

    def begin(self) -> Callable[[], list[Order]] | None:
        """See `Errand`."""
        source, now = self.shop.orders, self.shop.clock.now()
        if source is None or self._failed is not None or not self._ageing(now):
            return None
        self._began = now
        return partial(_all, source, _since(self.shop, now))

    def conclude(self, read: list[Order]) -> bool:
        """See `Errand`: a sale puts the planned stocks out of date."""
        return _book(self.shop, self.lease, read, self._began).movements > 0

    def failed(self, error: MarketplaceError) -> None:
        """See `Errand`."""
        self._failed = error

    def _ageing(self, now: datetime) -> bool:
        with self.shop.database.read() as session:
            pulled = session.get_one(ChannelRow, self.shop.id).orders_pulled_at
        return pulled is not None and now - pulled > AGEING * timedelta(seconds=self.shop.orders_max_age_s)


def _all(source: OrderSource, since: datetime) -> list[Order]:
    return list(source.orders(since))


def _pages(orders: Iterable[Order]) -> Iterable[list[Order]]:
    page: list[Order] = []
    for order in orders:
        page.append(order)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


def _store(shop: Shop, lease: Lease, orders: Sequence[Order], now: datetime) -> Pulled:
    with shop.database.write() as session:
        lease.check(session)
        booked, unmatched = 0, []
        for order in orders:
            movements, strangers = _difference(session, shop, order)
            book(session, movements, now)
            booked += len(movements)
            unmatched += strangers
        return Pulled(len(orders), booked, tuple(unmatched))


def _plus(one: Pulled, other: Pulled) -> Pulled:
    return Pulled(one.orders + other.orders, one.movements + other.movements, tuple({*one.unmatched, *other.unmatched}))


def _difference(session: Session, shop: Shop, order: Order) -> tuple[list[Movement], list[str]]:
    """The movements that make the ledger agree with `order`, and the lines that are nobody's."""
    stored = {
        row.sku: row
        for row in session.exec(
            select(OrderLineRow).where(OrderLineRow.channel_id == shop.id, OrderLineRow.order_id == order.id)
        )
    }
    taken: dict[str, int] = {}
    strangers: list[str] = []
    for line in order.lines:
        sku = _sku_of(session, shop, line)
        if sku is None:
            strangers.append(f"{order.id}: {line.sku or line.offer_id}")
            _keep_stranger(session, shop, order, line, stored)
            continue
        taken[sku] = taken.get(sku, 0) + (0 if order.state is OrderState.cancelled else line.taken)
    moved_on = any(row.state != order.state.value for row in stored.values())
    movements = [m for sku, pieces in taken.items() if (m := _line(session, shop, order, sku, pieces, stored))]
    if movements or moved_on:
        _disturb(session, shop, list(taken), shop.clock.now())
    return movements, strangers


def _sku_of(session: Session, shop: Shop, line: OrderLine) -> str | None:
    """Our SKU of an order's line: by the offer's external id, else by the SKU that the shop shows."""
    by_id = session.exec(
        select(OfferRow.sku).where(OfferRow.channel_id == shop.id, OfferRow.external_id == line.offer_id)
    ).first()
    if by_id is not None or line.sku is None:
        return by_id
    return session.exec(select(VariantRow.sku).where(VariantRow.sku_key == line.sku.casefold())).first()


def _line(
    session: Session, shop: Shop, order: Order, sku: str, pieces: int, stored: dict[str, OrderLineRow]
) -> Movement | None:
    row = stored.get(sku) or OrderLineRow(
        channel_id=shop.id, order_id=order.id, sku=sku, placed_at=order.placed_at, state="", updated_at=order.updated_at
    )
    if row.id is not None and row.updated_at > order.updated_at:
        return None  # an older answer that arrived later
    first = row.id is None or not row.matched  # the ledger has booked nothing of a line that was nobody's
    delta = (0 if first else row.taken) - pieces
    row.taken, row.state, row.updated_at, row.matched = pieces, order.state.value, order.updated_at, True
    session.add(row)
    if delta == 0:
        return None
    session.flush()
    return Movement(
        sku=sku,
        kind=MovementKind.sale if delta < 0 else MovementKind.cancellation,
        at=order.placed_at if first else max(order.placed_at, order.updated_at),
        delta=delta,
        reason=f"{shop.name} {order.state.value}",
        reference=f"{shop.name}:{order.id}:{sku}:{pieces}:{int(order.updated_at.timestamp())}",
    )


def _keep_stranger(
    session: Session, shop: Shop, order: Order, line: OrderLine, stored: dict[str, OrderLineRow]
) -> None:
    """A line of nobody's is kept for the report: a person must see it, and no ledger can hold it."""
    name = line.sku or line.offer_id
    if name not in stored:
        stored[name] = OrderLineRow(
            channel_id=shop.id, order_id=order.id, sku=name, taken=line.taken, state=order.state.value,
            placed_at=order.placed_at, updated_at=order.updated_at, matched=False,
        )  # fmt: skip
        session.add(stored[name])


def _disturb(session: Session, shop: Shop, skus: Sequence[str], now: datetime) -> None:
    rows = session.exec(
        select(ListingRow)
        .join(OfferRow, col(OfferRow.listing_id) == ListingRow.id)
        .where(OfferRow.channel_id == shop.id, col(OfferRow.sku).in_(skus))
    )
    for listing in rows:
        listing.disturbed, listing.due_at = True, now
        session.add(listing)
