"""Blibli's rows as what the engine knows: listings, submissions, rejections, orders. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.blibli.client import instant
from adapters.blibli.mapping import dump, listing_of, whole
from adapters.contract import (
    Canonical,
    Facet,
    Ids,
    ListingState,
    Observed,
    ObservedOffer,
    Order,
    OrderLine,
    OrderState,
    Price,
)

Row = Mapping[str, Any]

SHOWN = (ListingState.live, ListingState.live_oos)
HIDDEN = (ListingState.hidden, ListingState.archived)
SUBMISSION_STATES = {
    "IN_PROGRESS": ListingState.in_review,
    "NEED_CORRECTION": ListingState.needs_correction,
}


# --- listings from the list by variants (facts, section 8, list V2) --------------------------------------------------


def by_listing(rows: Iterable[Row], point: str | None) -> dict[str, list[Row]]:
    """Rows of list V2 by product (L3), one row a variant: at our pickup point where it lies at several."""
    best: dict[str, Row] = {}
    for row in rows:
        offer = str(row.get("gdnSku") or "")
        if offer and (offer not in best or (point is not None and row.get("pickupPointCode") == point)):
            best[offer] = row
    grouped: dict[str, list[Row]] = defaultdict(list)
    for offer, row in best.items():
        grouped[str(row.get("productSku") or listing_of(offer))].append(row)
    return grouped


def listing_from(l3: str, rows: Sequence[Row], seen_at: datetime, suspended: bool = False) -> Observed:
    """One listing from the rows of its variants. Its options and words are not in this list."""
    offers = tuple(sorted((_offer(row) for row in rows), key=lambda o: o.external_id))
    titles = {str(row.get("productName") or "") for row in rows}
    created = [at for row in rows if (at := instant(row.get("createdDate"))) is not None]
    title = min(titles, key=lambda text: (len(text), text))
    return Observed(
        external_id=l3,
        code=None,
        title=title,
        state=ListingState.banned if suspended else _state(rows, offers),
        created_at=min(created, default=None),
        updated_at=None,
        seen_at=seen_at,
        offers=offers,
        # Rows of one product that bear several names show names of variants, not the product's.
        content={"title": title} if len(titles) == 1 else {},
        raw=dump({"codes": sorted({str(r["productItemCode"]) for r in rows if r.get("productItemCode")})}),
    )


def _state(rows: Sequence[Row], offers: Sequence[ObservedOffer]) -> ListingState:
    if all(row.get("isArchive") for row in rows):
        return ListingState.archived
    on_sale = any(row.get("buyable", True) for row in rows)
    if not on_sale:
        return ListingState.in_review if any(row.get("review") for row in rows) else ListingState.hidden
    counts = [o.sellable for o in offers if o.sellable is not None]
    return ListingState.live_oos if counts and not any(counts) else ListingState.live


def _offer(row: Row) -> ObservedOffer:
    """Lv2 is the seller's own stock; what Lv1 holds is an open question (facts, section 8)."""
    stock = whole(row.get("stockAvailableLv2"))
    return ObservedOffer(
        external_id=str(row.get("gdnSku")),
        sku=str(row["merchantSku"]) if row.get("merchantSku") else None,
        price=price_of(row),
        stock=stock,
        sellable=stock,
        reserved=whole(row.get("stockReservedLv2")),
    )


def price_of(row: Row) -> Price | None:
    """The pair of prices of a row of list V2; a sale price that is the list price is none."""
    listed, current = whole(row.get("regularPrice")), whole(row.get("sellingPrice"))
    if listed is None:
        return None
    return Price(listed, current if current is not None and current != listed else None)


def without_variants(row: Row, state: ListingState, seen_at: datetime) -> Observed:
    """A row of list V3 whose variants no other list shows."""
    product = row.get("product") or {}
    return Observed(
        str(product.get("sku") or product.get("code")), None, str(product.get("name") or ""), state,
        instant(row.get("createdDate")), instant(row.get("updatedDate")), seen_at,
    )  # fmt: skip


# --- submissions -----------------------------------------------------------------------------------------------------


def submission(row: Row, receipt: str, created_at: datetime | None, seen_at: datetime) -> Observed:
    """A product in review or in need of correction. It has no offers yet: their ids come when it is live."""
    product = row.get("product") or {}
    return Observed(
        external_id=str(product.get("sku") or product.get("code")),
        code=None,
        title=str(product.get("name") or ""),
        state=SUBMISSION_STATES.get(str(product.get("state")), ListingState.in_review),
        created_at=instant(row.get("createdDate") or product.get("createdDate")) or created_at,
        updated_at=None,
        seen_at=seen_at,
        receipt=receipt,
    )


def in_queue(
    code: str, title: str, state: ListingState, at: datetime | None, receipt: str, seen_at: datetime
) -> Observed:
    """A product that stands in a queue, or was refused there or in review."""
    return Observed(code, None, title, state, at, None, seen_at, receipt=receipt)


def ids_for(skus: Sequence[str], listing: Observed) -> Ids:
    """The ids of a listing in our spelling of its SKUs: the list may spell them in another case."""
    offers = {o.sku.casefold(): o.external_id for o in listing.offers if o.sku}
    return Ids(listing.external_id, {sku: offers[sku.casefold()] for sku in skus if sku.casefold() in offers})


# --- comparing -------------------------------------------------------------------------------------------------------


def comparable(facet: Facet, observed: Observed) -> Canonical | None:
    """A facet of what was observed in our terms; None where nothing may be compared, never zero.

    Options are not in the list that shows stock, so structure is never compared; of content only the title is.
    """
    if facet is Facet.visibility:
        shown = observed.state in SHOWN
        return {"visible": shown} if shown or observed.state in HIDDEN else None
    if facet is Facet.price:
        return {o.sku: o.price.list for o in observed.offers if o.sku and o.price} or None
    if facet is Facet.stock:
        return {o.sku: o.stock for o in observed.offers if o.sku and o.stock is not None} or None
    return dict(observed.content) or None if facet is Facet.content else None


# --- orders (facts, section 10) --------------------------------------------------------------------------------------

CANCELLED = ("X", "OS", "CR")
ORDER_STATES = {
    **dict.fromkeys(("FP", "PF", "BP", "PU"), OrderState.open),
    **dict.fromkeys(("CX", "D"), OrderState.closed),
    **dict.fromkeys(CANCELLED, OrderState.cancelled),
}


def orders_from(packages: Iterable[Row]) -> list[Order]:
    """Orders from rows of packages: one row is one line of an order. Oldest change first; nothing of the buyer."""
    lines: dict[str, dict[str, Row]] = defaultdict(dict)
    for package in packages:
        for row in package.get("orderItems") or []:
            order = row.get("order") or {}
            if order.get("id") is not None:
                lines[str(order["id"])][str(order.get("itemId") or len(lines))] = row
    found = [_order(number, list(rows.values())) for number, rows in lines.items()]
    return sorted(found, key=lambda o: (o.updated_at, o.id))


def _order(number: str, rows: Sequence[Row]) -> Order:
    states = [_line_state(row) for row in rows]
    order = next((s for s in (OrderState.open, OrderState.closed) if s in states), OrderState.cancelled)
    placed = [at for row in rows if (at := instant(row["order"].get("date") or row.get("createdDate")))]
    changed = [at for row in rows if (at := instant(row["order"].get("statusFPUpdatedTimestamp")))]
    first = min(placed or changed, default=datetime.fromtimestamp(0, UTC))
    return Order(number, order, first, max([*placed, *changed], default=first), _lines(rows))


def _line_state(row: Row) -> OrderState:
    """A status that nobody has seen holds its pieces: too little on sale is the lesser harm."""
    return ORDER_STATES.get(str(row["order"].get("itemStatus")), OrderState.open)


def _lines(rows: Sequence[Row]) -> tuple[OrderLine, ...]:
    taken: dict[tuple[str, str | None], int] = defaultdict(int)
    for row in rows:
        product = row.get("product") or {}
        offer, sku = str(product.get("blibliSku") or ""), product.get("sellerSku")
        gone = _line_state(row) is OrderState.cancelled
        taken[offer, str(sku) if sku else None] += 0 if gone else int(row["order"].get("quantity") or 0)
    return tuple(OrderLine(listing_of(offer), offer, sku, pieces) for (offer, sku), pieces in taken.items())
