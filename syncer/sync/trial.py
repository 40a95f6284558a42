"""A new channel on trial: which few listings are pushed, and whether the shop shows them as we want them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from sqlmodel import Session, col, select

from syncer.catalogue.products import load
from syncer.channels.shop import Shop
from syncer.listing.render import Rendered, render
from syncer.listing.rules import ChannelRules
from syncer.store.tables import FacetRow, ListingRow, OfferRow, ProductRow
from syncer.sync.lease import Lease
from syncer.sync.readback import read_back

SHOWN = ("live", "live_oos")
LOOK = 25
"""So many products are rendered at a time in search of those that can be listed."""


def chosen(session: Session, channel_id: int, rules: ChannelRules, as_of: datetime, number: int) -> list[int]:
    """The first `number` listings that the channel should show and can: those that stand in the shop first, by code.

    Nothing of the choice is stored. What was begun stands in the shop from then on, so the next choice begins with it.
    New ones of which a variant has no stock come last: a marketplace that takes no 0 keeps those off sale, and a trial
    would wait for the stock.
    """
    rows = session.exec(
        select(ListingRow.id, ListingRow.product_id, ListingRow.external_id, ProductRow.code)
        .join(ProductRow, col(ListingRow.product_id) == ProductRow.id)
        .where(ListingRow.channel_id == channel_id)
    ).all()
    ordered = sorted(rows, key=lambda row: (row[2] is None, row[3]))
    found: list[int] = []
    sold_out: list[int] = []
    waiting = iter(ordered)
    while len(found) < number and (part := list(islice(waiting, LOOK))):
        products = load(session, sorted(product for _, product, _, _ in part))
        for listing, product, external, _code in part:
            rendered = render(products[product], rules, as_of)
            if rendered.wanted and listing is not None and (external is not None or not rendered.blocked):
                (sold_out if external is None and _lacks(rendered) else found).append(listing)
    return [*found, *sold_out][:number]


def _lacks(rendered: Rendered) -> bool:
    return rendered.listing is not None and 0 in rendered.listing.stocks.values()


def stands(shop: Shop, lease: Lease, listing_ids: Sequence[int]) -> bool:
    """Read these listings back; True when there are any and each one is live, in step, and shows our numbers."""
    if not listing_ids:
        return False
    read_back(shop, lease, listing_ids)
    with shop.database.read() as session:
        busy = session.exec(select(FacetRow.id).where(col(FacetRow.listing_id).in_(listing_ids))).first()
        listings = session.exec(select(ListingRow).where(col(ListingRow.id).in_(listing_ids))).all()
        offers = session.exec(select(OfferRow).where(col(OfferRow.listing_id).in_(listing_ids))).all()
        return busy is None and all(map(_is_live, listings)) and all(map(_is_right, offers))


def _is_live(row: ListingRow) -> bool:
    return row.created and not row.disturbed and row.state in SHOWN and row.visibility_observed is True


def _is_right(row: OfferRow) -> bool:
    """What was seen is what we want; an offer that the shop does not know yet is not."""
    return (
        row.external_id is not None
        and (row.price_observed, row.stock_observed) == (row.price_desired, row.stock_desired)
        and row.price_observed is not None
    )
