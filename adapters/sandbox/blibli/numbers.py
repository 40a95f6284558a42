"""Stock, prices and flags: in bulk through the queue, singly at once; what promotions say about prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.sandbox.blibli import queue
from adapters.sandbox.blibli.context import Answer, Ask, Context
from adapters.sandbox.blibli.errors import invalid
from adapters.sandbox.blibli.judging import price_problems
from adapters.sandbox.blibli.products import editable
from adapters.sandbox.blibli.shape import Shape, checked
from adapters.sandbox.blibli.state import FeedRow, Product, Variant
from adapters.sandbox.selling import set_stock

ROWS_MOST = 100
ROW: Shape = {
    "gdnSku!": "text", "stock": "whole", "exactStock": "whole", "minimumStock": "whole", "price": "number",
    "salePrice": "number", "buyable": "flag", "displayable": "flag", "pickupPointCode": "text",
}  # fmt: skip
STOCK_QUERY = frozenset({"pickupPointCode"})


def bulk_update(here: Context, ask: Ask) -> Answer:
    """POST updateProduct: success means queued; where it tells the queue's id is open (facts, section 7.5)."""
    body = checked(ask.body, {"merchantCode!": "text", "productRequests!": [ROW]})
    rows = body["productRequests"]
    if body["merchantCode"] != here.shop.store:
        raise invalid("merchantCode is not that of the store")
    if not 1 <= len(rows) <= ROWS_MOST:
        raise invalid(f"1 to {ROWS_MOST} SKUs a call")
    if len({row["gdnSku"] for row in rows}) < len(rows):
        raise invalid("a gdnSku is given twice")
    feed = queue.submit(here, "updateProduct", [{"do": "update", "row": row} for row in rows])
    if here.on("bulk_queue_id", "queueFeedId"):
        return Answer(queue.header(feed))
    return Answer(None, request_id=feed.id)


def updated(here: Context, row: FeedRow, job: Mapping[str, Any]) -> str | None:
    """A row of an update comes out of the queue: all of it is applied, or nothing. Gives a warning, if any."""
    sent = job["row"]
    row.gdn, row.value = sent["gdnSku"], dict(sent)
    product, variant = here.by_gdn(sent["gdnSku"])
    editable(product)
    at_its_place(here, product, sent.get("pickupPointCode"))
    stock, warning = _stock_after(sent, variant)
    if ("price" in sent) != ("salePrice" in sent):
        raise invalid("price and salePrice must be given together")
    if sent.get("minimumStock", 1) < 1:
        raise invalid("minimumStock must be 1 or more")
    here.remember(product)
    if "price" in sent:
        warning = set_price(here, product, variant, sent["price"], sent["salePrice"]) or warning
    if stock is not None:
        set_stock(here.shop, variant, stock, absolute="exactStock" in sent)
    variant.minimum = sent.get("minimumStock", variant.minimum)
    variant.buyable = sent.get("buyable", variant.buyable)
    product.updated = here.now
    return warning


def _stock_after(sent: Mapping[str, Any], variant: Variant) -> tuple[int | None, str | None]:
    """The stock after a row: `stock` adds, `exactStock` sets, never both; adding 0 is ignored with a warning."""
    if "stock" in sent and "exactStock" in sent:
        raise invalid("stock and exactStock must not be given together")
    if "exactStock" in sent:
        after = sent["exactStock"]
    elif "stock" in sent:
        if sent["stock"] == 0:
            return None, "stock 0 is ignored, as it changes nothing"
        after = variant.stock + sent["stock"]
    else:
        return None, None
    if after < 0:
        raise invalid("stock must be 0 or more")
    return int(after), None


def put_stock(here: Context, ask: Ask) -> Answer:
    """PUT products/{blibli-sku}/stock: absolute, at once (facts, section 7.6)."""
    body = checked(ask.body, {"availableStock!": "whole", "pickupPointCode": "text"})
    product, variant = here.by_gdn(ask.ids["blibli-sku"])
    at_its_place(here, product, body.get("pickupPointCode") or ask.query.get("pickupPointCode"))
    if not (product.archived and here.on("archived_stock", "accepted")):
        editable(product)
    if body["availableStock"] < 0:
        raise invalid("availableStock must be 0 or more")
    here.remember(product)
    set_stock(here.shop, variant, body["availableStock"])
    product.updated = here.now
    if here.on("stock_answer", "204"):
        return Answer(status=204)
    return Answer({"blibliSku": ask.ids["blibli-sku"], "availableStock": variant.stock})


def put_price(here: Context, ask: Ask) -> Answer:
    """PUT products/{blibli-sku}: the price of one SKU, at once (facts, section 7.7); without `sale` it is `regular`."""
    shape: Shape = {"price!": {"regular!": "number", "sale": "number"}, "sellerSku": "text", "buyable": "flag",
                    "pickupPointCode": "text"}  # fmt: skip
    body = checked(ask.body, shape)
    product, variant = here.by_gdn(ask.ids["blibli-sku"])
    at_its_place(here, product, body.get("pickupPointCode") or ask.query.get("pickupPointCode"))
    editable(product)
    here.remember(product)
    price = body["price"]["regular"]
    warning = set_price(here, product, variant, price, body["price"].get("sale", price))
    variant.sku, variant.buyable = body.get("sellerSku", variant.sku), body.get("buyable", variant.buyable)
    product.updated = here.now
    return Answer({"blibliSku": ask.ids["blibli-sku"], "warning": warning})


def at_its_place(here: Context, product: Product, code: str | None) -> None:
    """Whether a write is for the pickup point at which the SKU lies.

    Raises:
        Refusal: the point is not named although there are several, or it is another.
    """
    if here.pickup(code or (product.pickup if here.shop.points == 1 else None)) != product.pickup:
        raise invalid(f"the SKU is not at pickup point {code}")


def set_price(here: Context, product: Product, variant: Variant, price: float, sale: float) -> str | None:
    """Set both; a promotion may refuse it, or let the product go with a warning (facts, section 7.5).

    Raises:
        Refusal: the prices are wrong, or a promotion holds them.
    """
    wrong = next(price_problems(here, price, sale), None)
    if wrong is not None:
        raise invalid(wrong)
    warning = None if (price, sale) == (variant.price, variant.sale) else _promoted(here, product, variant, sale)
    variant.price, variant.sale = int(price), int(sale)
    return warning


def _promoted(here: Context, product: Product, variant: Variant, sale: float) -> str | None:
    promotion = here.promotion(product, variant)
    if promotion is None or "price" not in promotion.locks:
        return None
    if here.now >= promotion.start:
        raise invalid("the price cannot change during a promotion")
    if promotion.low <= sale <= promotion.high:
        return None
    if here.now >= promotion.review or promotion.kind == "FLASH":
        raise invalid("the price is out of the promotion's range")
    here.shop.promotions.remove(promotion)
    return "the price is out of the promotion's range: the product was dropped from the promotion"
