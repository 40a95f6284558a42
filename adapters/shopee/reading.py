"""What may be compared of a listing, and until when promotions lock it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from adapters.comparing import as_shown
from adapters.contract import Canonical, Cause, Facet, ListingState, Locked, MarketplaceError, Observed
from adapters.shopee.client import IDS_PER_READ, ShopeeClient
from adapters.shopee.mapping import instant

# Read back as they were written. Attributes are not: dates come back in another form, and closed lists in
# other words (facts, section 3.9); a brand that Shopee does not know is sent as none; pictures come back as
# ids.
COMPARED = ("title", "description", "category", "parcel", "preorder_days")


def comparable(facet: Facet, observed: Observed) -> Canonical | None:
    """A facet of what was observed in comparable terms; None where nothing may be compared, never zero.

    Price: {SKU: whole rupiah, untaxed}. Stock: {SKU: pieces a stock write sets}, without offers of which a
    promotion reserves some. Structure: {SKU: option values}. Content: by field. Visibility: {"visible":
    bool}.
    """
    if observed.state is ListingState.gone:
        return None
    if facet is Facet.stock:
        return _stock(observed)
    return _visibility(observed) if facet is Facet.visibility else as_shown(facet, observed, COMPARED)


def _stock(observed: Observed) -> Canonical | None:
    # A promotion takes its stock out of the seller's and gives it back at its end (facts, section 3.7).
    shown = {o.sku: o.stock for o in observed.offers if o.sku and o.stock is not None and not o.reserved}
    return shown or None


def _visibility(observed: Observed) -> Canonical | None:
    if observed.state in (ListingState.live, ListingState.live_oos):
        return {"visible": True}
    return {"visible": False} if observed.state is ListingState.hidden else None


def by_promotion(outcome: Locked) -> bool:
    """True if a promotion locks it, not a holiday or a penalty."""
    words = f"{outcome.code} {outcome.text}".lower()
    return outcome.cause is Cause.locked and any(w in words for w in ("promotion", "reserve", "slash", "sale"))


def promotion_ends(client: ShopeeClient, items: Sequence[str], now: datetime) -> Mapping[str, datetime]:
    """{item: end of its last promotion that runs or is planned}; empty where it cannot be read."""
    ends: dict[str, datetime] = {}
    try:
        reply = client.read("get_item_promotion", [("item_id_list", ",".join(items[:IDS_PER_READ]))])
        for row in reply.rows("success_list"):
            found = [instant(p.get("end_time")) for p in row.get("promotion") or []]
            later = [end for end in found if end is not None and end > now]
            if later:
                ends[str(row["item_id"])] = max(later)
    except (MarketplaceError, KeyError, TypeError, ValueError):
        return {}
    return ends
