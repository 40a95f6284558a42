"""What the shop shows of a listing, in our terms. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from adapters.contract import Canonical, Facet, ListingState, Observed, ObservedOffer, Price
from adapters.tiktokshop.client import instant, objects, whole
from adapters.tiktokshop.mapping import dump
from adapters.tiktokshop.words import STATES

Row = Mapping[str, Any]

COMPARED = ("title", "description", "category", "parcel")
"""Read back as they were written. Attributes come back under ids, brands with names of the marketplace's, pictures as
uris."""


def statuses(row: Row) -> tuple[str, ...]:
    """The status on each storefront; on TikTok Shop there may be none (facts, section 7.6)."""
    others = [str(p.get("status") or "") for p in objects(row.get("integrated_platform_statuses"))]
    return tuple(s for s in (str(row.get("status") or ""), *others) if s)


def state_of(row: Row) -> ListingState:
    """The state of a product, whatever its stock."""
    said = statuses(row)
    return next((state for status, state in STATES.items() if status in said), ListingState.hidden)


def audit_of(row: Row) -> str:
    """The status of a product's audit; '' = none is told."""
    audit = row.get("audit")
    return str(audit.get("status") or "") if isinstance(audit, dict) else ""


def reasons(row: Row) -> str:
    """Why an audit failed, storefront by storefront (facts, section 7.7)."""
    said = []
    for one in objects(row.get("audit_failed_reasons")):
        words = [str(w) for key in ("reasons", "suggestions") for w in one.get(key) or []]
        where = " ".join(str(one[key]) for key in ("listing_platform", "position") if one.get(key))
        said.append(f"{where}: {'; '.join(words)}" if where else "; ".join(words))
    return " | ".join(s for s in said if s)


def off_storefronts(row: Row) -> tuple[str, ...]:
    """Storefronts on which a product that is on sale elsewhere is not (facts, section 7.2)."""
    shown = [(str(p.get("platform")), p.get("status")) for p in objects(row.get("integrated_platform_statuses"))]
    if row.get("status"):
        shown.insert(0, ("TIKTOK_SHOP", row["status"]))
    off = tuple(dict.fromkeys(name for name, status in shown if status != "ACTIVATE"))
    return off if any(status == "ACTIVATE" for _, status in shown) else ()


# --- a listing ------------------------------------------------------------------------------------------------------


def observed(row: Row, warehouse: str | None, seen_at: datetime, receipt: str | None = None) -> Observed:
    """One listing from get_product. `warehouse` = the one that our stock lies in; None = all of them together."""
    skus = objects(row.get("skus"))
    offers = tuple(_offer(sku, warehouse) for sku in skus)
    first = objects(skus[0].get("sales_attributes")) if skus else []
    state = state_of(row)
    if state is ListingState.live and offers and all(o.sellable == 0 for o in offers):
        state = ListingState.live_oos
    raw = {"skus": skus, "category": _category(row), "statuses": list(statuses(row)), "audit": audit_of(row)}
    return Observed(
        external_id=str(row["id"]),
        code=str(row.get("external_product_id") or "") or None,
        title=str(row.get("title") or ""),
        state=state,
        created_at=instant(row.get("create_time")),
        updated_at=instant(row.get("update_time")),
        seen_at=seen_at,
        options=tuple(str(o.get("name") or "") for o in first),
        offers=offers,
        content=_content(row, bool(first)),
        raw=dump(raw),
        receipt=receipt,
    )


def _offer(sku: Row, warehouse: str | None) -> ObservedOffer:
    stocks = {str(s.get("warehouse_id") or ""): whole(s.get("quantity")) for s in objects(sku.get("inventory"))}
    counts = [pieces for pieces in stocks.values() if pieces is not None]
    barcode = sku.get("identifier_code")
    return ObservedOffer(
        external_id=str(sku.get("id")),
        sku=str(sku.get("seller_sku") or "") or None,
        options=tuple(str(o.get("value_name") or "") for o in objects(sku.get("sales_attributes"))),
        price=_price(sku.get("price")),
        stock=stocks.get(warehouse) if warehouse and set(stocks) != {""} else (sum(counts) if counts else None),
        sellable=sum(counts) if counts else None,
        barcode=str(barcode.get("code") or "") or None if isinstance(barcode, dict) else None,
    )


def _price(price: Any) -> Price | None:
    """The untaxed price, as it is written (facts, section 7.6); what a promotion makes of it stands beside it."""
    listed = whole(price.get("tax_exclusive_price")) if isinstance(price, dict) else None
    if listed is None:
        return None
    sale = whole(price.get("sale_price"))
    return Price(listed, sale if sale not in (None, listed) else None)


def _category(row: Row) -> str:
    leaf = [c for c in objects(row.get("category_chains")) if c.get("is_leaf")]
    return str(leaf[-1].get("id") or "") if leaf else ""


def _content(row: Row, has_options: bool) -> dict[str, object]:
    content: dict[str, object] = {"title": str(row.get("title") or "")}
    if row.get("description") is not None:
        content["description"] = from_html(str(row["description"]))
    if category := _category(row):
        content["category"] = category
    if not has_options and (parcel := _parcel(row)):
        content["parcel"] = parcel
    return content


def _parcel(row: Row) -> tuple[int, tuple[int, int, int]] | None:
    weight, sizes = row.get("package_weight") or {}, row.get("package_dimensions") or {}
    if weight.get("unit") != "KILOGRAM" or sizes.get("unit") != "CENTIMETER":
        return None
    try:
        grams = round(float(weight["value"]) * 1000)
        return grams, (int(float(sizes["length"])), int(float(sizes["width"])), int(float(sizes["height"])))
    except (KeyError, TypeError, ValueError):
        return None


def from_html(text: str) -> str:
    """The plain text of a description, as `mapping.to_html` wrote it."""
    text = re.sub(r"<br\s*/?>", "\n", text)
    text = re.sub(r"</p>\s*<p[^>]*>", "\n\n", text)
    return html.unescape(re.sub(r"<[^>]+>", "", text)).strip()


# --- comparing ------------------------------------------------------------------------------------------------------


def comparable(facet: Facet, seen: Observed, zero_taken: bool) -> Canonical | None:
    """A facet of what was observed in comparable terms; None where nothing may be compared, never zero.

    Price: {SKU: whole rupiah, untaxed}. Stock: {SKU: pieces a stock write sets}. Structure: {SKU: option values}.
    Content: by field. Visibility: {"visible": bool}.
    """
    if seen.state is ListingState.gone:
        return None
    if facet is Facet.price:
        return {o.sku: o.price.list for o in seen.offers if o.sku and o.price} or None
    if facet is Facet.stock:
        return _stock(seen, zero_taken)
    if facet is Facet.structure:
        return {o.sku: o.options for o in seen.offers if o.sku} or None
    if facet is Facet.content:
        return {name: seen.content[name] for name in COMPARED if name in seen.content} or None
    return _visible(seen)


def _stock(seen: Observed, zero_taken: bool) -> Canonical | None:
    # Where 0 may be refused, what is off sale may keep an old number of what is out of stock, which nobody can buy.
    if not zero_taken and seen.state is ListingState.hidden:
        return None
    return {o.sku: o.stock for o in seen.offers if o.sku and o.stock is not None} or None


def _visible(seen: Observed) -> Canonical | None:
    if seen.state in (ListingState.live, ListingState.live_oos):
        return {"visible": True}
    return {"visible": False} if seen.state is ListingState.hidden else None


def numbers_shown(rows: Sequence[Row]) -> dict[str, dict[str, tuple[int, int]]]:
    """{SKU id: {warehouse: (available, committed)}} of an inventory search."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for sku in (s for row in rows for s in objects(row.get("skus"))):
        found[str(sku.get("id"))] = {
            str(w.get("warehouse_id")): (
                whole(w.get("available_quantity")) or 0, whole(w.get("committed_quantity")) or 0,
            )
            for w in objects(sku.get("warehouse_inventory"))
        }  # fmt: skip
    return found


def set_aside(rows: Sequence[Row]) -> dict[str, int]:
    """{SKU id: pieces that campaigns and creators keep beside what can be sold} of an inventory search (facts, 7.3)."""
    found: dict[str, int] = {}
    for sku in (s for row in rows for s in objects(row.get("skus"))):
        parts = sku.get("total_available_inventory_distribution")
        if isinstance(parts, dict):
            kept = [one for name in ("campaign_inventory", "creator_inventory") for one in objects(parts.get(name))]
            found[str(sku.get("id"))] = sum(whole(one.get("quantity")) or 0 for one in kept)
    return found
