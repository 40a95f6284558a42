"""The questions that the facts leave open, how this adapter answers them, and which answers of a shop settle them.

Ids are those of the sandbox's switches. Most are answered either way without being told; `ShopAssumed` holds the few
whose position changes what is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.contract import Assumption, Cause, Noticed
from adapters.lazada.words import ORDER_STATUSES, PRODUCT_STATUSES, plain
from adapters.noticing import Vocabulary, answer_of, known_fields, values_at

__all__ = ["ASSUMPTIONS", "ShopAssumed", "answer", "shown", "vocabulary"]

NAME_BYTES, PAGE = 255, 50
"""The most bytes of a title, and products of a page, by the careful reading of the facts (sections 7.1 and 7.8)."""


@dataclass(frozen=True, slots=True)
class ShopAssumed:
    """Where this shop's answers stand; the defaults are the careful ones.

    `tags`: which element names the stock of a warehouse; both are sent until one is known. `associated`: what a new
    variant joins a product by, tried first. `autofill`: where the switch against filled in attributes stands.
    `weight_decimals`, `picture_bytes`, `page`: the most that is sent or asked for.
    """

    tags: tuple[str, ...] = ("SellableQuantity", "Quantity")
    associated: str = "SkuId"
    autofill: str = "product"
    weight_decimals: int = 2
    picture_bytes: int = 1024 * 1024
    page: int = PAGE

    @classmethod
    def of(cls, assumptions: Mapping[str, str]) -> ShopAssumed:
        """From the positions in the channel's config."""
        tag = assumptions.get("lazada.warehouse_tag")
        return cls(
            (tag,) if tag else ("SellableQuantity", "Quantity"),
            assumptions.get("lazada.associated_sku", "SkuId"),
            assumptions.get("lazada.autofill_off", "product"),
            3 if assumptions.get("lazada.weight_decimals") == "3" else 2,
            3_145_727 if assumptions.get("lazada.image_size") == "3 MB" else 1024 * 1024,
            100 if assumptions.get("lazada.list_limit") == "100" else PAGE,
        )


def _open(name: str, positions: str, text: str, source: str) -> Assumption:
    return Assumption(f"lazada.{name}", tuple(positions.split("|")), text, f"facts, section {source}")


ASSUMPTIONS: tuple[Assumption, ...] = (
    _open("stock_json", "refused|accepted", "Stock takes XML only, so it is sent as XML.", "1"),
    _open("one_sku_object", "refused|accepted", "Several SKUs are an array; prices are sent as XML, without it.", "1"),
    _open("throttle_zero", "absent|present", "A throttle may come under code 0; it is read as one.", "4.1"),
    _open("old_refresh_token", "voided|lives", "A refresh token is spent by its use, and never used twice.", "3"),
    _open("old_access_token", "voided|lives", "The old access token dies with a refresh.", "3"),
    _open("user_info", "list|object", "The shops of a consent are a list; an object by country is read too.", "3"),
    _open("token_code", "IllegalAccessToken|InvalidAccessToken", "Both codes mean a dead access token.", "3"),
    _open("clock_code", "IllegalTimestamp|InvalidTimestamp", "Both codes mean a clock that is off.", "11, no. 12"),
    _open("refused_rest", "applied|untouched", "What a refused call says nothing of is read back.", "4.1"),
    _open("not_permitted_price", "refused|accepted", "Prices that are not permitted go by UpdateProduct.", "7.3"),
    _open("price_jump", "review|live", "A price that moves by more than 80 % is reviewed again.", "7.3"),
    _open("sale_price_zero", "refused|removes", "A sale price is the seller's, and is never written.", "7.1"),
    _open("price_fraction", "refused|accepted", "A price has no decimals, not even zeros.", "7.1"),
    _open("warehouse_tag", "Quantity|SellableQuantity", "Both names of a warehouse's stock are sent.", "7.4"),
    _open("warehouse_delta", "refused|accepted", "Stock is never sent as a difference.", "7.5"),
    _open("missing_status", "activates|keeps", "A SKU without its status goes on sale, so it is always sent.", "7.2"),
    _open("edit_review", "pending|live", "An edit of texts or pictures is reviewed again.", "7.2"),
    _open("sku_rename", "refused|ignored", "The SellerSku of what exists is never changed.", "7.2"),
    _open("update_adds_sku", "refused|accepted", "New variants are made by CreateProduct, not by an update.", "7.2"),
    _open("package_on_update", "mandatory|optional", "Every SKU of an update carries its parcel.", "7.2"),
    _open("item_status", "absent|present", "The answer to a write need not tell the listing's status.", "7.1, 7.2"),
    _open("sku_scope", "store|item", "A SellerSku is unique in the whole store.", "7.1"),
    _open("deleted_sku", "taken|free", "The SellerSku of something deleted is not free again.", "11, no. 1"),
    _open("duplicate_code", "4135|4105|4126|4141", "Four codes mean a duplicate SellerSku.", "7.1"),
    _open("associated_sku", "SkuId|SellerSku", "A new variant joins by a SkuId; refused, by a SellerSku.", "7.1"),
    _open("autofill_off", "product|attributes", "Filled in attributes are switched off at the product.", "7.1"),
    _open("weight_decimals", "2|3", "A weight has two decimals of a kilogram, rounded up.", "7.1"),
    _open("name_length", "bytes|characters", "A title has 255 bytes; Lazada's refusal says where it is longer.", "7.1"),
    _open("list_limit", "50|100", "A page of the list has 50 products.", "7.8"),
    _open("total_products", "absent|present", "A short page is the last one, unless a total says more.", "7.8"),
    _open("item_keys", "snake|camel", "The keys of one product are read in both spellings.", "7.9"),
    _open("image_size", "1 MB|3 MB", "A picture has at most 1 MB.", "9"),
    _open("image_order", "shuffled|sent", "Pictures are uploaded one by one, so no order is relied on.", "9"),
    _open("warehouse_module", "list|object", "Warehouses are read from a list or an object.", "10.1"),
    _open("order_number", "string|number", "Order ids are read as text, whichever they are.", "10.3"),
)


def vocabulary() -> Vocabulary:
    """What the documentation and the facts name."""
    products, orders = frozenset(PRODUCT_STATUSES), frozenset(ORDER_STATUSES)
    return Vocabulary(
        known_fields(__package__),
        {
            "CreateProduct": {"data.item_status": products},
            "UpdateProduct": {"data.item_status": products},
            "GetProducts": {"data.products.status": products},
            "GetProductItem": {"data.status": products},
            "GetOrders": {"data.orders.statuses": orders},
            "GetMultipleOrderItems": {"data.order_items.status": orders},
            "GetSeller": {"data.status": frozenset({"active", "inactive", "deleted"})},
        },
        spelling=plain,
    )


# --- what one answer shows -------------------------------------------------------------------------------------------

Answer = tuple[str, str, str]
ONE_OF_TWO = {
    "IllegalAccessToken": "token_code", "InvalidAccessToken": "token_code",
    "IllegalTimestamp": "clock_code", "InvalidTimestamp": "clock_code",
}  # fmt: skip
"""Codes of which one answers an open question."""
DUPLICATES = frozenset({"4135", "4105", "4126", "4141"})


def answer(question: str, position: str, operation: str, evidence: str = "") -> Noticed:
    """That an open question was answered; `question` without the marketplace's name."""
    return answer_of(f"lazada.{question}", position, operation, evidence)


def shown(operation: str, body: Any, code: str, cause: Cause | None) -> Iterator[Noticed]:
    """What one answer says of the open questions. `code` as the client reads it; `cause` None for a success."""
    if not isinstance(body, Mapping):
        return
    found = _of_refusal(operation, code, cause) if cause is not None else _of(operation, body)
    for question, position, evidence in found:
        yield answer(question, position, operation, evidence)


def _of_refusal(operation: str, code: str, cause: Cause) -> Iterator[Answer]:
    if (question := ONE_OF_TWO.get(code)) is not None:
        yield question, code, f"code {code}"
    if code in DUPLICATES and cause is Cause.duplicate:
        yield "duplicate_code", code, f"code {code}"
    if code == "0" and cause is Cause.throttled:
        yield "throttle_zero", "present", "a throttle under code 0"
    if operation == "UpdatePriceQuantity" and code == "SELLER_NOT_PERMITTED":
        yield "not_permitted_price", "refused", f"code {code}"


def _of(operation: str, body: Mapping[str, Any]) -> Iterator[Answer]:
    if reader := _READERS.get(operation):
        yield from reader(body)


def _created(body: Mapping[str, Any]) -> Iterator[Answer]:
    status = next(values_at(body, ("data", "item_status")), None)
    yield "item_status", "present" if status else "absent", str(status or "item_status")


def _updated(body: Mapping[str, Any]) -> Iterator[Answer]:
    """The answer of an update need not tell the status; where it does, an edit in review is told as pending."""
    yield from _created(body)
    if status := next(values_at(body, ("data", "item_status")), None):
        yield "edit_review", "pending" if plain(status).startswith("pending") else "live", str(status)


def _listed(body: Mapping[str, Any]) -> Iterator[Answer]:
    data = body.get("data")
    if not isinstance(data, Mapping) or "products" not in data:
        return
    yield "total_products", "present" if "total_products" in data else "absent", "total_products beside products"
    if isinstance(data["products"], list) and len(data["products"]) > PAGE:
        yield "list_limit", "100", f"a page of {len(data['products'])}"
    yield from _products(body, ("data", "products"))


def _one(body: Mapping[str, Any]) -> Iterator[Answer]:
    data = body.get("data")
    if isinstance(data, Mapping) and ("itemId" in data or "item_id" in data):
        yield "item_keys", "camel" if "itemId" in data else "snake", "the key of the item's id"
    yield from _products(body, ("data",))


def _products(body: Mapping[str, Any], rows: tuple[str, ...]) -> Iterator[Answer]:
    """What stands in the shop was accepted: a title longer than 255 bytes, a weight in single grams."""
    for name in values_at(body, (*rows, "attributes", "name")):
        if (size := len(str(name).encode())) > NAME_BYTES:
            yield "name_length", "characters", f"a title of {size} bytes"
    for weight in values_at(body, (*rows, "skus", "package_weight")):
        if len(str(weight).partition(".")[2].rstrip("0")) == 3:
            yield "weight_decimals", "3", f"a weight of {weight} kg"


def _warehouses(body: Mapping[str, Any]) -> Iterator[Answer]:
    result = body.get("result")
    if isinstance(result, Mapping) and "module" in result:
        yield "warehouse_module", "list" if isinstance(result["module"], list) else "object", "result.module"


def _orders(body: Mapping[str, Any]) -> Iterator[Answer]:
    for number in values_at(body, ("data", "orders", "order_number")):
        yield "order_number", "string" if isinstance(number, str) else "number", "order_number"


def _token(body: Mapping[str, Any]) -> Iterator[Answer]:
    if shops := body.get("country_user_info") or body.get("country_user_info_list"):
        yield "user_info", "list" if isinstance(shops, list) else "object", "the shops of a consent"


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Answer]]] = {
    "CreateProduct": _created, "UpdateProduct": _updated, "GetProducts": _listed, "GetProductItem": _one,
    "GetWarehouseBySellerId": _warehouses, "GetOrders": _orders, "GenerateAccessToken": _token,
    "RefreshAccessToken": _token,
}  # fmt: skip
