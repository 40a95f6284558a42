"""What the facts of Shopee leave open, how the adapter answers it, and which answers of a shop settle it.

Numbers are sections of the facts. The first position is the adapter's own; with the others it gets along as well,
so a contradicted one is no failure, but a sign that our picture of the shop is not right and somebody should look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.contract import Assumption, Cause, Noticed
from adapters.noticing import Vocabulary, answer_of, known_fields, values_at
from adapters.shopee.causes import normalise
from adapters.shopee.mapping import STATES

__all__ = ["ASSUMPTIONS", "shown", "vocabulary"]

ASSUMPTIONS: tuple[Assumption, ...] = (
    Assumption("shopee.refresh_replay", ("refused", "accepted"),
               "A refresh token whose reply was lost may be refused the second time.", "2.2"),
    Assumption("shopee.future_skew", ("refused", "accepted"),
               "A timestamp ahead of Shopee's clock is refused.", "1.2"),
    Assumption("shopee.error_status", ("200", "4xx"), "A refusal at the gateway comes with HTTP 200.", "5"),
    Assumption("shopee.stock_drops_at", ("paid", "unpaid"), "An order takes its pieces when it is paid.", "4.3"),
    Assumption("shopee.empty_lists", ("missing", "null", "empty"),
               "A success or failure list without rows is left out.", "8"),
    Assumption("shopee.search_sku", ("exact", "prefix"), "A search by SKU finds just that SKU.", "3.4"),
    Assumption("shopee.search_covers_models", ("no", "yes"), "A search by SKU does not find a model's SKU.", "3.4"),
    Assumption("shopee.shop_signed_upload", ("accepted", "refused"),
               "A picture may be uploaded with the shop's signature too.", "3.10"),
    Assumption("shopee.shop_signed_push", ("refused", "accepted"),
               "Calls about pushes bear the app's signature; none is made, as everything is polled.", "4.4"),
    Assumption("shopee.early_variation_error", ("error_item_not_found", "error_busi"),
               "Variations that come too early after a create are refused as if the item were not there.", "7.1"),
    Assumption("shopee.mixed_order_batch", ("refused", "partial"),
               "One unknown order among known ones spoils the whole read.", "4.2"),
    Assumption("shopee.location_in_reads", ("id", "empty", "absent"),
               "The stock of an ordinary shop is read back with the id of a location.", "3.4"),
    Assumption("shopee.repeats", ("accepted", "refused"), "The same create twice makes two items.", "3.1"),
    Assumption("shopee.unknown_model", ("row", "call"), "A model that is not there fails its own row only.", "3.7"),
    Assumption("shopee.delete_twice", ("error_item_not_found", "error_cannot_delete_item"),
               "Deleting what is deleted is refused as not found.", "3.3"),
    Assumption("shopee.throttle_status", ("200", "429"), "A refusal for speed comes with HTTP 200.", "6"),
    Assumption("shopee.code_prefix", ("module", "none", "common"),
               "A module's code has the module's name before it, the gateway's has none.", "5"),
    Assumption("shopee.reserved_floor", ("row", "call"), "Stock below the reserved pieces fails its own row only.",
               "3.7"),
    Assumption("shopee.holiday_error", ("error_holiday_mode_change_stock", "error_auth"),
               "A stock write during the shop's holiday is refused by a code of its own.", "3.7, 5"),
    Assumption("shopee.search_default", ("normal", "all"),
               "A search without a status covers normal items only.", "3.4"),
    Assumption("shopee.add_model_repeat", ("error_model_duplicate_tier_variation_index", "error_param"),
               "Adding a model that is there is refused as a duplicate.", "3.5"),
    Assumption("shopee.page_end_offset", ("zero", "count"), "The last page of a list names 0 as the next one.", "8"),
    Assumption("shopee.echo_location", ("absent", "empty"),
               "The echo of a stock write names no location where none was sent.", "8"),
    Assumption("shopee.inflated_price", ("taxed", "equal"), "Buyers may see a price above ours: with tax.", "3.6"),
    Assumption("shopee.length_counts", ("bytes", "utf16", "points"), "The length of a text counts its bytes.", "3.8"),
    Assumption("shopee.gtin_rule_place", ("beside", "inside"), "The rule for GTINs stands beside the answer.", "3.8"),
    Assumption("shopee.update_echo", ("unreliable", "true"), "The echo of an edit does not tell the status.", "3.2"),
)  # fmt: skip

MODULES = frozenset({"product", "order", "warehouse", "media_space", "shop", "logistics"})
GATEWAY = ("error_sign", "error_auth", "invalid_access_token")
"""Codes of the gateway, whose HTTP status is an open question."""

OWN_CODES = frozenset({
    "error_param", "error_limit", "error_rate_limit", "shop_no_linked", "shop_access_expired", "error_server",
    "error_network", "error_inner", "error_system_busy", "error_data", "error_permission",
})  # fmt: skip
"""Further codes that come without a module's name: they tell nothing of the prefix."""

ORDER_STATUSES = frozenset({
    "UNPAID", "READY_TO_SHIP", "PROCESSED", "RETRY_SHIP", "SHIPPED", "TO_CONFIRM_RECEIVE", "IN_CANCEL", "CANCELLED",
    "TO_RETURN", "COMPLETED", "INVOICE_PENDING", "PENDING",
})  # fmt: skip
"""4.1, and the reference's page of get_order_list, seen in 2025."""


def vocabulary() -> Vocabulary:
    """What the reference and the facts name."""
    items = frozenset(STATES)
    return Vocabulary(
        known_fields(__package__),
        {
            "get_item_base_info": {"response.item_list.item_status": items},
            "get_item_list": {"response.item.item_status": items},
            "get_order_detail": {"response.order_list.order_status": ORDER_STATUSES},
            "get_shop_info": {"status": frozenset({"NORMAL", "BANNED", "FROZEN"})},
        },
    )


def shown(operation: str, status: int, body: Any, code: str, cause: Cause | None) -> Iterator[Noticed]:
    """What one answer says of the open questions. `code` as the client reads it, '' for success."""
    if not isinstance(body, Mapping):
        return
    found = _of_refusal(operation, status, str(body.get("error") or ""), code, cause) if code else _of(operation, body)
    for question, position, evidence in found:
        yield answer_of(f"shopee.{question}", position, operation, evidence)


Answer = tuple[str, str, str]


def _of_refusal(operation: str, status: int, raw: str, code: str, cause: Cause | None) -> Iterator[Answer]:
    said = f"HTTP {status}, {raw}"
    plain = normalise(code)
    head, dot, _ = raw.partition(".")
    if dot and head in MODULES:
        yield "code_prefix", "module", said
    elif dot and head == "common":
        yield "code_prefix", "common", said
    elif not dot and plain not in OWN_CODES and plain not in GATEWAY:
        yield "code_prefix", "none", said
    if plain in GATEWAY and head not in MODULES:
        yield "error_status", "200" if status == 200 else "4xx", said
    if plain == "error_rate_limit":
        yield "throttle_status", str(status), said
    if plain == "error_repeated_mtsku":
        yield "repeats", "refused", said
    if operation == "init_tier_variation" and plain in ("error_item_not_found", "error_busi"):
        yield "early_variation_error", plain, said
    if operation == "add_model" and cause is Cause.duplicate:
        yield "add_model_repeat", plain, said
    if operation == "update_stock" and plain == "error_holiday_mode_change_stock":
        yield "holiday_error", plain, said
    if operation in ("update_price", "update_stock") and cause is Cause.missing and "model" in plain:
        yield "unknown_model", "call", said


def _of(operation: str, body: Mapping[str, Any]) -> Iterator[Answer]:
    if reader := _READERS.get(operation):
        yield from reader(body)


def _lists(body: Mapping[str, Any]) -> Iterator[Answer]:
    """Of an answer with both lists, the one without rows."""
    response = body.get("response")
    if not isinstance(response, Mapping) or not any(response.get(name) for name in ("success_list", "failure_list")):
        return
    for name in ("success_list", "failure_list"):
        if not response.get(name):
            position = "missing" if name not in response else "null" if response[name] is None else "empty"
            yield "empty_lists", position, name


def _stock_written(body: Mapping[str, Any]) -> Iterator[Answer]:
    yield from _lists(body)
    for row in values_at(body, ("response", "success_list")):
        if isinstance(row, Mapping) and not row.get("location_id"):
            yield "echo_location", "empty" if "location_id" in row else "absent", "success_list.location_id"


def _items(body: Mapping[str, Any]) -> Iterator[Answer]:
    yield from _prices_and_stocks(body, ("response", "item_list"))


def _models(body: Mapping[str, Any]) -> Iterator[Answer]:
    yield from _prices_and_stocks(body, ("response", "model"))


def _prices_and_stocks(body: Mapping[str, Any], rows: tuple[str, ...]) -> Iterator[Answer]:
    for stock in values_at(body, (*rows, "stock_info_v2", "seller_stock")):
        if isinstance(stock, Mapping):
            position = "absent" if "location_id" not in stock else "id" if stock["location_id"] else "empty"
            yield "location_in_reads", position, "seller_stock.location_id"
    for price in values_at(body, (*rows, "price_info")):
        if isinstance(price, Mapping) and (seen := price.get("inflated_price_of_current_price")) is not None:
            yield "inflated_price", "equal" if seen == price.get("current_price") else "taxed", "price_info"


def _list_page(body: Mapping[str, Any]) -> Iterator[Answer]:
    response = body.get("response")
    if not isinstance(response, Mapping) or response.get("has_next_page") or not response.get("total_count"):
        return
    following = response.get("next_offset")
    if following in (0, response["total_count"]):
        yield "page_end_offset", "count" if following else "zero", f"next_offset {following}"


def _limits(body: Mapping[str, Any]) -> Iterator[Answer]:
    if body.get("gtin_limit"):
        yield "gtin_rule_place", "beside", "gtin_limit"
    elif any(values_at(body, ("response", "gtin_limit"))):
        yield "gtin_rule_place", "inside", "gtin_limit"


_READERS = {
    "update_price": _lists, "unlist_item": _lists, "update_stock": _stock_written, "get_item_base_info": _items,
    "get_model_list": _models, "get_item_list": _list_page, "get_item_limit": _limits,
}  # fmt: skip
