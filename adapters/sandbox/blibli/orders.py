"""Orders, read by the seller's software and made by buyers. One row = one line of an order (facts, section 10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.sandbox.blibli.context import Answer, Ask, Context, page_of, paged, tree
from adapters.sandbox.blibli.errors import absent, invalid
from adapters.sandbox.blibli.queue import ms
from adapters.sandbox.blibli.shape import Shape, checked
from adapters.sandbox.blibli.state import Order, OrderRow, Product, Variant
from adapters.sandbox.blibli.variants import item_name
from adapters.sandbox.market import NowhereError
from adapters.sandbox.selling import give_back, take

STATUSES = ("FP", "PF", "PU", "CX", "D", "X")
MORE = ("BP", "OS", "CR")
"""Statuses that one client knows, and no list of statuses that a filter takes (facts, section 10)."""

CANCELLED = ("X", "OS", "CR")
WORDS = {
    "paid": "FP", "packed": "PF", "pick_up": "PU", "shipped": "CX", "delivered": "D", "returned": "D",
    "cancelled": "X", "failed": "X",
}  # fmt: skip
"""SANDBOX.md's words, as Blibli shows them where it knows no more than six statuses; no source shows a status of a
return, so that it stays delivered."""

V2_MOST, CAP, YEAR_S, CANCEL_S = 50, 100, 365 * 86_400, 2 * 86_400
LIST_V2: Shape = {
    "filter": {"statusFPDateRange": {"start": "whole", "end": "whole"}, "orderItemStatuses": "texts",
               "orderOrOrderItemIds": "texts"},
    "sorting": {"by": "text", "direction": "text"}, "paging": {"page": "whole", "size": "whole"},
}  # fmt: skip
LIST_V1 = frozenset({"status", "filterStartDate", "filterEndDate", "page", "size", "orderBy", "sortBy"})
DETAIL_V1 = frozenset({"orderNo", "orderItemNo"})
BUYER = "Pembeli Uji"

Pair = tuple[Order, OrderRow]


# --- reads -----------------------------------------------------------------------------------------------------------


def orders_v2(here: Context, ask: Ask) -> Answer:
    """POST orders/packages/filter: by the time of payment, at most a year back."""
    body = checked(ask.body, LIST_V2)
    wanted, sorting = body.get("filter", {}), body.get("sorting", {})
    span = wanted.get("statusFPDateRange", {})
    if "start" in span and span["start"] < ms(here.now - YEAR_S):
        raise invalid("statusFPDateRange starts more than a year ago")
    if sorting.get("by", "statusFPUpdatedTimestamp") != "statusFPUpdatedTimestamp":
        raise invalid("sorting is by statusFPUpdatedTimestamp")
    known = _statuses(here)
    if any(status not in known for status in wanted.get("orderItemStatuses", ())):
        raise invalid(f"orderItemStatuses are {', '.join(known)}")
    page, size = page_of(body.get("paging", {}), V2_MOST, V2_MOST)
    found = [pair for pair in _paid(here) if _wanted(pair, wanted, span)]
    found.sort(
        key=lambda pair: pair[0].paid_at or 0.0, reverse=sorting.get("direction", "ASC").upper().startswith("DESC")
    )
    packages = _packed(here, found)
    if here.on("order_cap", "100"):
        packages = packages[:CAP]
    answer = paged(here, packages, page, size)
    _read(here, {order["order"]["id"] for package in answer.content for order in package["orderItems"]})
    return answer


def _statuses(here: Context) -> tuple[str, ...]:
    return STATUSES + MORE if here.on("order_statuses", "nine") else STATUSES


def _paid(here: Context) -> Iterator[Pair]:
    """What was paid at one time or other: an unpaid order is not shown."""
    return ((order, row) for order in here.shop.orders.values() if order.paid_at is not None for row in order.rows)


def _wanted(pair: Pair, wanted: Mapping[str, Any], span: Mapping[str, int]) -> bool:
    order, row = pair
    paid = ms(order.paid_at or 0.0)
    ids = wanted.get("orderOrOrderItemIds")
    return (
        span.get("start", 0) <= paid <= span.get("end", paid)
        and (not wanted.get("orderItemStatuses") or row.status in wanted["orderItemStatuses"])
        and (not ids or order.id in ids or row.id in ids)
    )


def _packed(here: Context, found: list[Pair]) -> list[dict[str, Any]]:
    packages: dict[str, list[dict[str, Any]]] = {}
    for order, row in found:
        packages.setdefault(row.package, []).append(_row_v2(here, order, row))
    return [{"packageId": package, "orderItems": rows} for package, rows in packages.items()]


def _row_v2(here: Context, order: Order, row: OrderRow) -> dict[str, Any]:
    product = here.shop.products.get(row.product)
    point = product.pickup if product is not None else ""
    paid = ms(order.paid_at or order.created)
    options = row.name.removeprefix(product.name).strip() if product is not None else ""
    return {
        "createdDate": ms(order.created),
        "order": {"id": order.id, "itemId": row.id, "itemStatus": row.status, "quantity": row.quantity,
                  "date": ms(order.created), "customerFullName": BUYER, "statusFPUpdatedTimestamp": paid,
                  "autoCancelTimestamp": ms(order.created + CANCEL_S), "type": "SINGLE"},
        "product": {"blibliSku": row.gdn, "sellerSku": row.sku, "itemName": row.name, "price": row.price,
                    "finalPrice": row.sale, "type": "REGULAR", "variantName": options},
        "logistic": {"awbNumber": None}, "pickupPoint": {"code": point, "name": _point(point)}, "preOrder": None,
        "sellerDeliveryType": "DROP_OFF", "storeCode": here.shop.store,
    }  # fmt: skip


def _point(code: str) -> str:
    return next((point["name"] for point in tree()["pickup_points"] if point["code"] == code), "")


def order_v2(here: Context, ask: Ask) -> Answer:
    """GET orders/items/{order-item-id}."""
    order, row = _pair(here, ask.ids["order-item-id"])
    _read(here, {order.id})
    return Answer({
        "id": order.id, "itemId": row.id, "status": row.status, "packageId": row.package, "quantity": row.quantity,
        "timestamp": ms(order.created),
        "histories": [{"status": name, "timestamp": ms(at)} for name, at in row.history],
        "amount": {"item": row.sale, "itemTotal": row.sale * row.quantity, "seller": row.sale * row.quantity,
                   "shipping": {"cost": 0}},
        "recipient": {"name": BUYER}, "product": {"blibliSku": row.gdn, "sellerSku": row.sku, "name": row.name},
        "partialFulfillment": False,
    })  # fmt: skip


def _pair(here: Context, item_id: str) -> Pair:
    for order, row in _paid(here):
        if row.id == item_id:
            return order, row
    raise absent(f"there is no order item {item_id}")


def orders_v1(here: Context, ask: Ask) -> Answer:
    """GET orderList: times are Jakarta's, as text; the fields of its rows are invented."""
    status = ask.query.get("status")
    if status is not None and status not in STATUSES:
        raise invalid(f"status is one of {', '.join(STATUSES)}")
    start, end = (_jakarta(ask.query.get(name)) for name in ("filterStartDate", "filterEndDate"))
    page, size = page_of(ask.query, 100)
    found = [
        pair for pair in _paid(here)
        if status in (None, pair[1].status) and (start or 0.0) <= (pair[0].paid_at or 0.0) <= (end or here.now)
    ]  # fmt: skip
    found.sort(key=lambda pair: pair[0].paid_at or 0.0, reverse=ask.query.get("sortBy", "asc") == "desc")
    answer = paged(here, [_row_v1(*pair) for pair in found], page, size)
    _read(here, {row["orderNo"] for row in answer.content})
    return answer


def _jakarta(text: str | None) -> float | None:
    if not text:
        return None
    try:
        return (datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) - timedelta(hours=7)).timestamp()
    except ValueError:
        raise invalid("dates are yyyy-MM-dd HH:mm:ss") from None


def _row_v1(order: Order, row: OrderRow) -> dict[str, Any]:
    return {
        "orderNo": order.id, "orderItemNo": row.id, "qty": row.quantity, "orderDate": ms(order.created),
        "orderStatus": row.status, "gdnSku": row.gdn, "merchantSku": row.sku, "productName": row.name,
        "productPrice": float(row.price), "finalPrice": float(row.sale), "packageId": row.package,
        "statusFPUpdatedTimestamp": ms(order.paid_at or order.created),
        "autoCancelDate": ms(order.created + CANCEL_S), "customerFullName": BUYER,
    }  # fmt: skip


def order_v1(here: Context, ask: Ask) -> Answer:
    """GET orderDetail?orderNo=&orderItemNo=."""
    order, row = _pair(here, ask.query.get("orderItemNo", ""))
    if order.id != ask.query.get("orderNo"):
        raise absent("there is no such order")
    _read(here, {order.id})
    return Answer(_row_v1(order, row))


def create_package(here: Context, ask: Ask) -> Answer:
    """POST createPackage: paid rows of one order go into a parcel."""
    ids = checked(ask.body, {"orderItemIds!": "texts"})["orderItemIds"]
    pairs = [_pair(here, item_id) for item_id in ids]
    if not pairs or any(row.status != "FP" for _, row in pairs):
        raise invalid("only order items that are new and paid can be packed")
    if len({order.id for order, _ in pairs}) > 1:
        raise invalid("order items of several orders do not go into one package")
    package = f"SIM-PKG-{here.shop.number()}"
    for _, row in pairs:
        row.package = package
        _becomes(here, row, "PF")
    return Answer({"packageId": package})


def _read(here: Context, ids: set[str]) -> None:
    """The seller's software knows of these orders now: what it writes from here on counts them in."""
    for order_id in ids:
        order = here.shop.orders[order_id]
        if order.told:
            continue
        order.told = True
        for row in order.rows:
            found = _variant(here, row)
            if found is not None and row.took:
                found.unseen -= row.quantity


# --- buyers ----------------------------------------------------------------------------------------------------------


def buy(here: Context, body: Mapping[str, Any]) -> dict[str, Any]:
    """A buyer's order of what is on sale; ValueError when it cannot be bought."""
    bought = [_bought(here, line) for line in body["lines"]]
    paid = bool(body.get("paid", True))
    number = here.shop.number()
    order = Order(str(12_000_000_000 + number), here.now, [])
    for product, variant, quantity in bought:
        order.rows.append(OrderRow(
            str(12_500_000_000 + here.shop.number()), product.number, variant.number, item_name(product, variant),
            variant.sku, product.gdn(variant), quantity, variant.price, variant.sale, "", f"SIM-PKG-{number}", here.now,
        ))  # fmt: skip
        product.ordered = True
    here.shop.orders[order.id] = order
    if paid:
        _pay(here, order)
    return {"id": order.id, "status": "FP" if paid else "unpaid", "rows": [row.id for row in order.rows]}


def _bought(here: Context, line: Mapping[str, Any]) -> tuple[Product, Variant, int]:
    product, variant = on_sale(here, str(line["sku"]))
    quantity = int(line["quantity"])
    if quantity < 1:
        raise ValueError("a buyer buys at least one piece")
    if variant.stock < quantity:
        raise ValueError(f"{line['sku']}: only {variant.stock} left")
    return product, variant, quantity


def on_sale(here: Context, sku: str) -> tuple[Product, Variant]:
    """The offer with this seller SKU; ValueError when nothing on sale has it."""
    if here.shop.holiday:
        raise ValueError("the store is on holiday")
    for product in here.shop.products.values():
        if product.shown not in ("ACTIVE", "OOS"):
            continue
        for variant in product.variants:
            if variant.sku == sku and variant.live and variant.buyable:
                return product, variant
    raise ValueError(f"nothing on sale has SKU {sku}")


def _pay(here: Context, order: Order) -> None:
    order.paid_at, order.told = here.now, False
    for row in order.rows:
        _becomes(here, row, "FP")
        _take(here, row)


def _take(here: Context, row: OrderRow) -> None:
    found = _variant(here, row)
    row.took = True
    if found is None:
        return
    here.remember(here.shop.products[row.product])
    take(here.shop, found, row.quantity)


def _give_back(here: Context, order: Order, row: OrderRow) -> None:
    found = _variant(here, row)
    row.took = False
    if found is not None:
        give_back(found, row.quantity, row.quantity, order.told)


def advance(here: Context, order_id: str, word: str, item_id: str | None = None) -> dict[str, Any]:
    """Move an order on, or one row of it; NowhereError for what is not there, ValueError for a word that is none."""
    order = here.shop.orders.get(order_id)
    if order is None or (item_id is not None and item_id not in [row.id for row in order.rows]):
        raise NowhereError(f"there is no order {order_id} {item_id or ''}")
    known = _statuses(here)
    if word not in WORDS and word not in known:
        raise ValueError(f"an order cannot become '{word}': {', '.join((*WORDS, *known))}")
    # What fails is out of stock where that has a status of its own.
    status = "OS" if word == "failed" and "OS" in known else WORDS.get(word, word)
    if order.paid_at is None and status not in CANCELLED:
        _pay(here, order)
    for row in order.rows:
        if item_id in (None, row.id):
            _becomes(here, row, status)
            if status in CANCELLED and row.took:
                _give_back(here, order, row)
    return {"id": order.id, "status": status}


def _becomes(here: Context, row: OrderRow, status: str) -> None:
    if row.status != status:
        row.status, row.updated = status, here.now
        row.history.append([status, here.now])


def _variant(here: Context, row: OrderRow) -> Variant | None:
    product = here.shop.products.get(row.product)
    if product is None:
        return None
    return next((variant for variant in product.variants if variant.number == row.variant), None)
