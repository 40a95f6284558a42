"""Orders, row by row: one row is one variant of one order (facts, section 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.sandbox.blibli.context import STORE, Context, Refusal, tree
from adapters.sandbox.blibli.reading import page_of, paged, paging
from adapters.sandbox.blibli.state import Line, Variant
from adapters.sandbox.market import NowhereError

Json = Mapping[str, Any]
STATUS = {"unpaid": "BP", "paid": "FP", "packed": "PF", "shipped": "CX", "delivered": "D", "cancelled": "X",
          "returned": "D", "failed": "X"}  # fmt: skip
"""The sandbox's words; BP before payment is the sandbox's own reading (its meaning is UNCONFIRMED)."""

CAP = 100
BACK = ("cancelled", "failed")


def buy(here: Context, body: Json) -> dict[str, str]:
    """A buyer's checkout: the pieces go at once, paid or not."""
    found = [_offer(here, str(line["sku"])) for line in body["lines"]]
    order = str(12_000_000_000 + here.store.next())
    for variant, line in zip(found, body["lines"], strict=True):
        quantity = int(line["quantity"])
        if quantity > variant.stock:
            raise ValueError(f"{variant.sku}: only {variant.stock} there")
        number = str(12_000_000_000 + here.store.next())
        status = STATUS["paid" if body.get("paid", True) else "unpaid"]
        here.store.lines[number] = Line(
            id=number, order=order, package=f"SIM-PKG-{order}", l4=variant.l4 or "", sku=variant.sku, name=variant.name,
            quantity=quantity, price=variant.sale, status=status, placed=here.now, changed=here.now,
        )  # fmt: skip
        _take(here, variant, quantity)
    return {"id": order}


def advance(here: Context, order: str, word: str) -> dict[str, str]:
    """What becomes of an order; cancelled and failed ones give their pieces back."""
    rows = [line for line in here.store.lines.values() if line.order == order]
    if not rows:
        raise NowhereError(f"there is no order {order}")
    if word not in STATUS:
        raise ValueError(f"an order does not become '{word}': {', '.join(STATUS)}")
    for line in rows:
        if line.status != "X" and word in BACK:
            found = here.store.of_l4(line.l4)
            if found is not None:
                found[1].stock += line.quantity
                found[1].unseen = max(0, found[1].unseen - line.quantity)
        line.status, line.changed = STATUS[word], here.now
    return {"status": word}


def _offer(here: Context, sku: str) -> Variant:
    for product, variant in here.store.variants():
        if variant.sku == sku and product.live and variant.l4:
            if product.archived or product.suspended or not variant.buyable or here.store.holiday:
                raise ValueError(f"{sku} is not on sale")
            product.ordered = True
            return variant
    raise ValueError(f"no listing answers to {sku}")


def _take(here: Context, variant: Variant, quantity: int) -> None:
    variant.stock -= quantity
    variant.unseen += quantity
    over = max(0, min(quantity, variant.phantom - max(0, variant.stock)))
    here.store.oversold += over
    variant.phantom -= over


# --- reading ---------------------------------------------------------------------------------------------------------


def listed(here: Context, body: Json) -> tuple[list[Json], dict[str, int]]:
    """Packages whose status changed in a window; one filter gives about a hundred rows at most (switch)."""
    ask = body.get("filter") or {}
    dates = ask.get("statusFPDateRange") or {}
    page, size = page_of(body, 50)
    start, end = int(dates.get("start", 0)) / 1000, int(dates.get("end", 2**53)) / 1000
    lines = sorted((line for line in here.store.lines.values() if start <= line.changed <= end),
                   key=lambda line: line.changed)  # fmt: skip
    if ask.get("orderItemStatuses"):
        lines = [line for line in lines if line.status in ask["orderItemStatuses"]]
    if here.on("order_cap", "100"):
        lines = lines[:CAP]
    lines = [] if here.fault == "empty_page" else lines
    for line in lines:
        _seen(here, line)
    rows = [{"packageId": line.package, "orderItems": [_row(line)]} for line in lines]
    return paged(rows, page, size), paging(len(rows), page, size)


def detail(here: Context, number: str) -> dict[str, Any]:
    """One row."""
    line = here.store.lines.get(number)
    if line is None:
        raise Refusal("ERR-PA404030", "(invented) order item is not found", 404)
    _seen(here, line)
    return {"id": line.order, "itemId": line.id, "status": line.status, "packageId": line.package,
            "quantity": line.quantity, "timestamp": int(line.changed * 1000)}  # fmt: skip


def listed_v1(here: Context, status: str, page: int, size: int) -> tuple[list[Json], dict[str, int]]:
    """The older list."""
    lines: Sequence[Line] = [line for line in here.store.lines.values() if line.status == status]
    rows = [{"orderNo": line.order, "orderItemNo": line.id, "qty": line.quantity, "gdnSku": line.l4,
             "merchantSku": line.sku, "orderStatus": line.status} for line in lines]  # fmt: skip
    return paged(rows, page, size), {"pageSize": size, "pageNumber": page, "totalRecords": len(rows)}


def _seen(here: Context, line: Line) -> None:
    found = here.store.of_l4(line.l4)
    if found is not None:
        found[1].unseen = 0


def _row(line: Line) -> dict[str, Any]:
    return {
        "createdDate": int(line.placed * 1000),
        "order": {
            "id": line.order, "itemId": line.id, "itemStatus": line.status, "quantity": line.quantity,
            "date": int(line.placed * 1000), "customerFullName": "Pembeli Uji",
            "statusFPUpdatedTimestamp": int(line.changed * 1000),
            "autoCancelTimestamp": int((line.placed + 172_800) * 1000), "type": "SINGLE",
        },
        "product": {"blibliSku": line.l4, "sellerSku": line.sku, "itemName": line.name, "price": line.price,
                    "finalPrice": line.price, "type": "REGULAR", "variantName": ""},
        "logistic": {"awbNumber": None},
        "pickupPoint": {"code": tree()["pickup_points"][0]["code"], "name": tree()["pickup_points"][0]["name"]},
        "preOrder": None, "sellerDeliveryType": "DROP_OFF", "storeCode": STORE,
    }  # fmt: skip


def package(here: Context, body: Json) -> str:
    """Pack rows of one order."""
    rows = [here.store.lines.get(str(number)) for number in body.get("orderItemIds") or []]
    if not rows or any(row is None for row in rows):
        raise Refusal("ERR-MA404003", "(invented) order item is not found", 404)
    for row in rows:
        if row is not None:
            row.status, row.changed = "PF", here.now
    return next(row.package for row in rows if row is not None)
