"""Stock and prices: at once, never audited (facts, sections 7.3 and 7.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.selling import set_stock
from adapters.sandbox.tiktokshop.context import Ask, Context
from adapters.sandbox.tiktokshop.errors import (
    CHECK_FAILED,
    DILAYANI,
    INVALID,
    NO_SKU,
    NO_WAREHOUSE,
    PRICE,
    QUANTITY,
    WAREHOUSE_MISSING,
    Refusal,
    failed,
    invalid,
)
from adapters.sandbox.tiktokshop.judging import amount
from adapters.sandbox.tiktokshop.state import Offer, Product, Shelf

QUANTITY_MOST = 99_999
FROZEN = "FREEZE"
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Write:
    """What one SKU's rows would set: quantities by warehouse."""

    offer: Offer
    quantities: Mapping[str, int]


def update_inventory(here: Context, ask: Ask) -> dict[str, Any]:
    """POST inventory/update: absolute numbers; what fails is told SKU by SKU under code 0."""
    product = here.product(ask.ids["product_id"])
    if FROZEN in product.fronts.values():
        raise invalid("the product is frozen")
    if not ask.body["skus"]:
        raise invalid("skus is empty")
    writes: list[Write] = []
    errors: list[dict[str, Any]] = []
    for number, row in enumerate(ask.body["skus"]):
        if here.row_omitted(number):
            continue
        found = _row(here, product, number, row)
        if isinstance(found, Write):
            writes.append(found)
        else:
            errors.append(found)
    if writes and (not errors or here.on("unlisted", "applied") or here.fault in ("reject_row", "partial_batch")):
        here.remember(product)
        for write in writes:
            set_quantities(here, write.offer, write.quantities)
        product.updated = here.now
    return {"errors": errors} if errors else {}


def _row(here: Context, product: Product, number: int, row: Mapping[str, Any]) -> Write | dict[str, Any]:
    """What a row would set, or its line in `data.errors`."""
    why, offer = here.row_refused(number), product.offers.get(row["id"])
    if why is not None:
        return failed(CHECK_FAILED, "check failed", _detail(row["id"], [("", INVALID, why)]))
    if offer is None:
        return failed(NO_SKU, "sku does not belong to the product", _detail(row["id"], []))
    wrong = list(_wrong(here, offer, row["inventory"]))
    if wrong:
        return failed(CHECK_FAILED, "check failed", _detail(row["id"], wrong))
    return Write(offer, _by_warehouse(offer, row["inventory"]))


def _detail(sku: str, extra: Sequence[tuple[str, int, str]]) -> dict[str, Any]:
    rows = [{"warehouse_id": place, "code": code, "message": text} for place, code, text in extra]
    return {"sku_id": sku, "extra_errors": rows}


def _by_warehouse(offer: Offer, rows: Rows) -> dict[str, int]:
    only = next(iter(offer.shelves))
    return {row.get("warehouse_id", only): row["quantity"] for row in rows}


def _wrong(here: Context, offer: Offer, rows: Rows) -> Iterator[tuple[str, int, str]]:
    """What is wrong with the rows of a SKU that exists: warehouse, code, text."""
    places = [row.get("warehouse_id", "") for row in rows]
    if len(set(places)) < len(places):
        yield places[0], WAREHOUSE_MISSING, "a warehouse is named twice"
    for row, place in zip(rows, places, strict=True):
        wrong = _misplaced(here, offer, place) or _quantity(here, row.get("quantity", 0))
        if wrong is not None:
            yield place, *wrong
    named = offer.shelves.keys() if "" in places and len(offer.shelves) == 1 else places
    if here.on("omitted_warehouse", "refused") or not rows:
        for place in offer.shelves:
            if place in named:
                continue
            yield place, WAREHOUSE_MISSING, "an assigned warehouse is missing"


def _misplaced(here: Context, offer: Offer, place: str) -> tuple[int, str] | None:
    """Why a warehouse cannot be named for an offer; '' = none was named, which is good with a single one."""
    if here.is_dilayani(place):
        return DILAYANI, "the quantity of a Dilayani Tokopedia warehouse cannot be edited"
    if place == "" and len(offer.shelves) == 1:
        return None
    return None if place in offer.shelves else (NO_WAREHOUSE, "warehouse not exist")


def _quantity(here: Context, quantity: int) -> tuple[int, str] | None:
    least = 1 if here.on("zero_quantity", "refused") else 0
    return None if least <= quantity <= QUANTITY_MOST else (QUANTITY, f"quantity must be {least} to {QUANTITY_MOST}")


def set_quantities(here: Context, offer: Offer, quantities: Mapping[str, int]) -> None:
    """Set what can be sold; on the other scale, what is committed is a part of the number."""
    total = here.on("quantity_scale", "total")
    for place, quantity in quantities.items():
        shelf = offer.shelves[place]
        set_stock(here.shop, shelf, max(0, quantity - shelf.committed) if total else quantity)


# --- within create and edit ------------------------------------------------------------------------------------------


def new_offer(here: Context, sku: Mapping[str, Any]) -> Offer:
    """The offer of a new SKU: the warehouses that it names are assigned to it.

    Raises:
        Refusal: price, warehouse or quantity are wrong.
    """
    if "price" not in sku or not sku.get("inventory"):
        raise invalid("a new SKU has a price and an inventory")
    named = {row.get("warehouse_id") for row in sku["inventory"]}
    shelves = {place: Shelf(0) for place in here.sales_warehouses() if place in named}
    offer = Offer(amount(here, sku["price"]), None, shelves)
    demand(here, offer, sku["inventory"])
    for place, quantity in _by_warehouse(offer, [{"quantity": 0, **row} for row in sku["inventory"]]).items():
        offer.shelves[place].stock = quantity
    return offer


def demand(here: Context, offer: Offer, rows: Rows) -> dict[str, int]:
    """Quantities by warehouse, for a call that fails as a whole.

    Raises:
        Refusal: the first thing that is wrong with them.
    """
    for _, code, text in _wrong(here, offer, rows):
        raise Refusal(code, text)
    return _by_warehouse(offer, [{"quantity": 0, **row} for row in rows])


# --- prices ----------------------------------------------------------------------------------------------------------


def update_price(here: Context, ask: Ask) -> dict[str, Any]:
    """POST prices/update: no list of failures, so that one bad SKU fails the call; what of the rest is open."""
    product = here.product(ask.ids["product_id"])
    if "ACTIVATE" not in product.fronts.values():
        raise invalid("prices can be edited of products in status ACTIVATE")
    if not ask.body["skus"]:
        raise invalid("skus is empty")
    prices: dict[str, int] = {}
    refused: list[Refusal] = []
    for row in ask.body["skus"]:
        try:
            prices[row["id"]] = new_price(here, product, row["id"], row["price"])
        except Refusal as refusal:
            refused.append(refusal)
    if prices and (not refused or here.on("refused_price", "applied")):
        here.remember(product)
        for sku, price in prices.items():
            product.offers[sku].price = price
        product.updated = here.now
    if refused:
        raise refused[0]
    return {}


def new_price(here: Context, product: Product, sku: str, price: Mapping[str, Any]) -> int:
    """The price that a SKU would have.

    Raises:
        Refusal: no such SKU, no such price, or a promotion holds it (trap 10; the code is invented).
    """
    offer = product.offers.get(sku)
    if offer is None:
        raise Refusal(NO_SKU, "sku does not belong to the product")
    wanted = amount(here, price)
    if any("price" in one.locks for one in here.promotions(product.id, sku)) and wanted != offer.price:
        raise Refusal(PRICE, "the price of a SKU in a promotion cannot be edited")
    return wanted
