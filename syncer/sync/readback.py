"""Reading the shop: what it shows now, stored as *observed*, and taken as acknowledged where a write left it unsure.

*Fresh* is said only of what was read back here, never of what was sent, and only of the values that an answer held.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from adapters.contract import Canonical, Cause, Facet, ListingState, Observed
from syncer.channels.shop import Shop
from syncer.store.tables import FacetRow, ListingRow, OfferRow, ProductRow
from syncer.sync.intents import settle_found
from syncer.sync.lease import Lease
from syncer.sync.state import batches, views
from syncer.sync.view import ListingView, Standing

STANDING = (ListingState.live, ListingState.live_oos, ListingState.hidden)
"""States in which a shop shows all variants of a listing."""


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What was read: {external id: listing as shown}, and the ids that the shop no longer has."""

    seen: Mapping[str, Observed]
    gone: frozenset[str]


def read_back(shop: Shop, lease: Lease, listing_ids: Sequence[int]) -> ReadBack:
    """Read these listings in the shop and store what it shows.

    Raises:
        MarketplaceError: not all could be read; nothing is concluded from what is missing.
    """
    with shop.database.read() as session:
        externals = _externals(session, listing_ids)
    if not externals:
        return ReadBack({}, frozenset())
    seen = {observed.external_id: observed for observed in shop.lister.observe(ids=list(externals))}
    for external_id in _short(shop, externals, seen) if len(externals) > 1 else ():
        seen.update((one.external_id, one) for one in shop.lister.observe(ids=[external_id]))
    gone = frozenset(externals) - frozenset(seen)
    now = shop.clock.now()
    with shop.database.write() as session:
        lease.check(session)
        for external_id, listing_id in externals.items():
            if external_id in seen:
                seen[external_id] = _named(session, listing_id, seen[external_id])
            _store(session, shop, listing_id, seen.get(external_id), now)
    return ReadBack(seen, gone)


def _short(shop: Shop, externals: Mapping[str, int], seen: Mapping[str, Observed]) -> list[str]:
    """Listings of which a variant of ours was not shown among many: read alone before that is believed."""
    found = []
    with shop.database.read() as session:
        for part in batches(sorted(seen)):
            ids = {externals[external_id]: external_id for external_id in part if external_id in externals}
            shown = {external_id: {offer.external_id for offer in seen[external_id].offers} for external_id in part}
            offers = select(OfferRow).where(
                col(OfferRow.listing_id).in_(list(ids)), col(OfferRow.external_id).is_not(None),
                col(OfferRow.removed_at).is_(None),
            )  # fmt: skip
            missing = [ids[o.listing_id] for o in session.exec(offers) if o.external_id not in shown[ids[o.listing_id]]]
            found += list(dict.fromkeys(missing))
    return found


def _named(session: Session, listing_id: int, seen: Observed) -> Observed:
    """`seen` with our SKUs on the offers whose ids we know."""
    offers = session.exec(select(OfferRow).where(OfferRow.listing_id == listing_id))
    return seen.named({offer.sku: offer.external_id for offer in offers if offer.external_id is not None})


def disturbed(session: Session, listing_ids: Sequence[int], now: datetime) -> list[int]:
    """Those of `listing_ids` that the shop changed by itself, or whose write of unknown fate has settled."""
    found: list[int] = []
    for part in batches(listing_ids):
        known = views(session, part)
        found += [
            view.id
            for view in known.values()
            if view.disturbed and view.external_id is not None and _settled(view, now)
        ]
    return sorted(found)


def _settled(view: ListingView, now: datetime) -> bool:
    unknown = [facet.not_before for facet in view.facets.values() if facet.standing is Standing.unknown]
    return all(moment is None or moment <= now for moment in unknown)


def _externals(session: Session, listing_ids: Sequence[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in batches(listing_ids):
        rows = select(ListingRow).where(col(ListingRow.id).in_(part), col(ListingRow.external_id).is_not(None))
        found.update({row.external_id: row.id for row in session.exec(rows) if row.external_id and row.id})
    return found


def _store(session: Session, shop: Shop, listing_id: int, seen: Observed | None, now: datetime) -> None:
    listing = session.get_one(ListingRow, listing_id)
    state = ListingState.gone if seen is None else seen.state
    if listing.state != state.value:
        listing.state, listing.state_since = state.value, now
    listing.observed_at = now
    listing.reason = (seen.reason if seen is not None else "") or None
    session.add(listing)
    if seen is None or state is ListingState.gone:
        # A listing that disappears is never created again by itself (DESIGN 6).
        listing.disturbed = False
        return
    if not listing.created:
        code = session.get_one(ProductRow, listing.product_id).code
        view = next(v for v in views(session, [listing_id]).values() if v.code == code)
        if not settle_found(session, listing, view, seen, now):
            return
    _observed(session, shop, listing, seen, now)


def _observed(session: Session, shop: Shop, listing: ListingRow, seen: Observed, now: datetime) -> None:
    compare = shop.adapter.comparable
    trust = listing.disturbed
    visible = compare(Facet.visibility, seen)
    if visible is not None:
        listing.visibility_observed, listing.visibility_observed_at = bool(visible["visible"]), now
        if trust:
            listing.visibility_acknowledged = listing.visibility_observed
    _observe_words(listing, _text(compare(Facet.content, seen)), _text(compare(Facet.structure, seen)), now)
    listing.disturbed = False
    session.add(listing)
    ids = seen.ids().offers
    prices, stocks = compare(Facet.price, seen) or {}, compare(Facet.stock, seen) or {}
    shown = frozenset(offer.external_id for offer in seen.offers)
    lately = now - timedelta(seconds=shop.adapter.limits.settle_s)
    for offer in session.exec(select(OfferRow).where(OfferRow.listing_id == listing.id)):
        if _presence(session, offer, ids, shown if seen.state in STANDING else frozenset(), lately, now):
            listing.due_at = now
        _observe_offer(offer, ids, prices, stocks, trust, now)
        session.add(offer)


def _presence(
    session: Session, offer: OfferRow, ids: Mapping[str, str], shown: frozenset[str], lately: datetime, now: datetime
) -> bool:
    """Whether our variant stands in the shop, and under which id; True when that is news.

    Not looked for where no variant is shown at all, nor for one that came so `lately` that reads may lag behind.
    """
    if offer.external_id is None or not shown:
        return False
    if offer.external_id in shown:
        back, offer.removed_at = offer.removed_at is not None, None
        return back
    if offer.sku in ids:
        # A product without options to which somebody added a variant: what it was goes on under another id.
        offer.external_id, offer.removed_at = ids[offer.sku], None
        _try_again(session, offer)
        return True
    confirmed = offer.stock_acknowledged_at
    if offer.removed_at is not None or (confirmed is not None and confirmed > lately):
        return False
    offer.removed_at = now
    return True


def _try_again(session: Session, offer: OfferRow) -> None:
    """What was refused because the old id is gone is tried under the new one."""
    missing = select(FacetRow).where(
        FacetRow.listing_id == offer.listing_id, FacetRow.sku == offer.sku, FacetRow.cause == Cause.missing.value
    )
    for row in session.exec(missing):
        session.delete(row)


def _observe_words(listing: ListingRow, content: str | None, structure: str | None, now: datetime) -> None:
    if content is not None:
        listing.content_observed, listing.content_observed_at = content, now
    if structure is not None:
        listing.structure_observed, listing.structure_observed_at = structure, now


def _observe_offer(
    offer: OfferRow, ids: Mapping[str, str], prices: Canonical, stocks: Canonical, trust: bool, now: datetime
) -> None:
    if offer.sku in ids and offer.external_id is None:
        offer.external_id, offer.external_sku = ids[offer.sku], offer.sku
    price, stock = prices.get(offer.sku), stocks.get(offer.sku)
    if isinstance(price, int):
        offer.price_observed, offer.price_observed_at = price, now
        if trust:
            offer.price_acknowledged, offer.price_acknowledged_at = price, now
    if isinstance(stock, int):
        offer.stock_observed, offer.stock_observed_at = stock, now
        if trust:
            offer.stock_acknowledged, offer.stock_acknowledged_at = stock, now


def _text(canonical: Canonical | None) -> str | None:
    return None if canonical is None else json.dumps(canonical, ensure_ascii=False, sort_keys=True, default=str)
