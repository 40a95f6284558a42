"""Buyers' orders: how they take stock, and give it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.sandbox import selling
from adapters.sandbox.bukalapak.context import Context
from adapters.sandbox.bukalapak.state import Line, Order, Product, Sku
from adapters.sandbox.market import NowhereError

ADVANCED = {
    "unpaid": "pending", "paid": "paid", "accepted": "accepted", "shipped": "delivered", "delivered": "received",
    "remitted": "remitted", "cancelled": "cancelled", "returned": "refunded", "rejected": "rejected",
    "failed": "expired",
}  # fmt: skip
"""SANDBOX.md's words, and three of Bukalapak's own, to the states of facts, section 4.6: there, `delivered` says that
the seller handed the parcel over, and `received` that the buyer has it."""

TAKES = frozenset({"paid", "accepted", "delivered", "received", "remitted"})
GIVES_BACK = frozenset({"cancelled", "expired", "rejected"})


def buy(here: Context, body: Mapping[str, Any]) -> dict[str, Any]:
    """A buyer's order of what is on sale; ValueError when it cannot be bought."""
    if here.on("era", "closed"):
        raise ValueError("the marketplace is closed: nobody orders physical goods any more (facts, section 0)")
    lines = [_bought(here, line) for line in body["lines"]]
    state = "paid" if body.get("paid", True) else "pending"
    number = here.shop.new_id()
    order = Order(number, state, here.now, here.now, lines, {state: here.now})
    here.shop.orders[str(number)] = order
    if state == "paid":
        _take(here, order)
    return {"id": str(number), "status": state}


def advance(here: Context, number: str, word: str) -> dict[str, Any]:
    """Move an order on; NowhereError for an order that does not exist, ValueError for a word that is none."""
    order = here.shop.orders.get(number)
    if order is None:
        raise NowhereError(f"there is no order {number}")
    if word not in ADVANCED:
        raise ValueError(f"an order cannot become '{word}': {', '.join(ADVANCED)}")
    move(here, order, ADVANCED[word])
    return {"id": number, "status": order.state}


def move(here: Context, order: Order, state: str) -> None:
    """Put an order into a state, with what that does to the stock."""
    order.state, order.updated = state, here.now
    order.changed[state] = here.now
    if state in TAKES and not order.took:
        _take(here, order)
    if state in GIVES_BACK and order.took:
        _give_back(here, order)


def read(here: Context, order: Order) -> None:
    """The seller's software knows of this order now: it may write numbers from here on that count it in."""
    if order.told:
        return
    order.told = True
    for line in order.lines:
        _, sku = _found(here, line)
        if sku is not None:
            sku.unseen -= line.quantity


def _bought(here: Context, line: Mapping[str, Any]) -> Line:
    product, sku = _on_sale(here, line)
    quantity = int(line["quantity"])
    if quantity < 1:
        raise ValueError("a buyer buys at least one piece")
    if sku.stock < quantity:
        raise ValueError(f"{product.name}: only {sku.stock} left")
    price = sku.sale_price or sku.price
    return Line(product.id, sku.sku_id, product.name, sku.name, sku.sku_name, quantity, price, product.weight)


def _on_sale(here: Context, line: Mapping[str, Any]) -> tuple[Product, Sku]:
    """The variant on sale that a line names, by SKU or, where the shop holds none, by external id."""
    if "external_id" not in line and "sku" not in line:
        raise ValueError("a line names a sku or an external_id")
    for product in here.shop.products.values():
        for sku in product.skus:
            if here.for_sale(product) and names(product, sku, line):
                return product, sku
    raise ValueError(f"nothing on sale answers to {line.get('sku') or line.get('external_id')}")


def names(product: Product, sku: Sku, wanted: Mapping[str, Any]) -> bool:
    """Whether `wanted` names this variant, by its SKU or by an external id; the product's id means its first.

    Under `sku` an external id does, too: where the shop holds no SKU a caller has nothing else to say.
    """
    said = {str(wanted[key]) for key in ("sku", "external_id") if wanted.get(key) is not None}
    if sku.sku_name in said or f"{product.id};{sku.sku_id}" in said:
        return True
    return product.id in said and sku is product.skus[0]


def _take(here: Context, order: Order) -> None:
    order.took, order.told = True, False
    for line in order.lines:
        product, sku = _found(here, line)
        if product is None or sku is None:
            continue
        here.remember(product)
        sku.zeroed = None if sku.zeroed is None else sku.zeroed - line.quantity
        selling.take(here.shop, sku, line.quantity)
        here.touch(product)


def _give_back(here: Context, order: Order) -> None:
    order.took = False
    for line in order.lines:
        product, sku = _found(here, line)
        if product is None or sku is None:
            continue
        here.remember(product)
        sku.zeroed = None if sku.zeroed is None else sku.zeroed + line.quantity
        selling.give_back(sku, line.quantity, line.quantity, order.told)
        here.touch(product)
    order.told = True


def _found(here: Context, line: Line) -> tuple[Product | None, Sku | None]:
    product = here.shop.products.get(line.product_id)
    if product is None or product.deleted:
        return None, None
    return product, next((sku for sku in product.skus if sku.sku_id == line.sku_id), None)
