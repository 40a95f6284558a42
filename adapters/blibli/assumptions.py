"""What the facts of Blibli leave open, how the adapter answers it, and which answers of a store settle it.

Numbers are sections of the facts. The first position is the adapter's own, careful one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.contract import Assumption, Cause, Noticed
from adapters.noticing import Vocabulary, answer_of, known_fields, values_at

__all__ = ["ASSUMPTIONS", "shown", "vocabulary"]

ASSUMPTIONS: tuple[Assumption, ...] = (
    Assumption("blibli.delete_signature", ("json", "empty", "get"),
               "A DELETE is signed as one with a JSON body (the adapter sends none).", "3.3"),
    Assumption("blibli.path_id_in_query", ("demanded", "optional"), "The id of the path is wanted in the query too.",
               "2"),
    Assumption("blibli.error_status", ("200", "4xx"), "A call refused for what it says comes with HTTP 200.", "5"),
    Assumption("blibli.unbound_status", ("400", "200"), "A store that is not bound is refused with HTTP 400.", "13"),
    Assumption("blibli.no_error", ("missing", "null", "empty"), "An answer of success has no errorCode at all.", "12"),
    Assumption("blibli.seller_success", ("absent", "present"), "The newer family does not say success.", "5"),
    Assumption("blibli.throttle_body", ("html", "json", "empty"), "A 429 is no JSON.", "5"),
    Assumption("blibli.retry_after", ("absent", "present"), "A 429 does not say when to come again.", "5"),
    Assumption("blibli.same_sku", ("accepted", "refused"), "A second product with the same seller SKU is taken.", "4"),
    Assumption("blibli.same_request", ("accepted", "first"), "A create again under its request id makes a second one.",
               "12"),
    Assumption("blibli.create_body", ("list", "single"), "A create carries a list of products.", "7.2"),
    Assumption("blibli.v3_status", ("202", "200"), "A create V3 answers 202 (the adapter creates by V2).", "7.1"),
    Assumption("blibli.v3_weight", ("g", "kg"), "A create V3 weighs in grams (the adapter creates by V2).", "1, 15"),
    Assumption("blibli.v3_variant_field", ("attributesMap", "variantAttribute"),
               "A create V3 has options in attributesMap (the adapter creates by V2).", "7.1"),
    Assumption("blibli.l3_in_review", ("absent", "present"), "What was never live has no product SKU.", "4"),
    Assumption("blibli.bulk_queue_id", ("requestId", "queueFeedId"), "A bulk update's queue is its request id.", "7.5"),
    Assumption("blibli.detail_path", ("products", "bare"), "The detail update lies below products.", "7.8"),
    Assumption("blibli.detail_fields", ("create", "revision"), "A detail update names fields as a create does.", "7.8"),
    Assumption("blibli.detail_v2_body", ("product", "whole"),
               "The product detail V2 shows the product alone (the adapter does not read it).", "8"),
    Assumption("blibli.price_floor", ("1000", "1"), "The lowest price is 1,000 rupiah.", "6"),
    Assumption("blibli.name_length", ("150", "unbounded"), "A name has at most 150 characters.", "6"),
    Assumption("blibli.stock_answer", ("204", "200"), "A single stock write is answered without a body.", "7.6"),
    Assumption("blibli.archived_stock", ("refused", "accepted"), "An archived product takes no stock.", "7.6"),
    Assumption("blibli.archive_in_review", ("refused", "accepted"), "What is in review cannot be archived.", "7.10"),
    Assumption("blibli.unarchived", ("hidden", "buyable"), "What comes out of the archive is not on sale yet.", "7.10"),
    Assumption("blibli.variant_images", ("demanded", "optional"), "A new variant must bring its pictures.", "7.9"),
    Assumption("blibli.level1_stock", ("zero", "same"), "The seller's stock is that of level 2; level 1 shows 0.", "8"),
    Assumption("blibli.edit_review", ("prelive", "postlive"), "A content edit takes the product offline.", "7.8"),
    Assumption("blibli.order_statuses", ("six", "nine"), "A filter of orders knows six states.", "10"),
    Assumption("blibli.order_cap", ("100", "none"), "A filter of orders finds at most 100 records.", "10"),
)  # fmt: skip

ORDER_STATES = frozenset({"FP", "PF", "BP", "PU", "CX", "D", "X", "OS", "CR"})
"""10."""
SUBMISSION_STATES = frozenset({"IN_PROGRESS", "NEED_CORRECTION"})
"""7.3."""
UNBOUND = "ERR-PA400054"
REFUSED = (Cause.rejected, Cause.missing, Cause.config, Cause.duplicate, Cause.binding)


def vocabulary() -> Vocabulary:
    """What the facts name, and what the sandbox had to invent where they only describe."""
    return Vocabulary(
        known_fields(__package__),
        {
            "orders": {"content.orderItems.order.itemStatus": ORDER_STATES},
            "submissions": {"content.product.state": SUBMISSION_STATES},
        },
    )


def shown(
    operation: str, mta: bool, status: int, body: Any, retry_after: float | None, ok: bool, code: str,
    cause: Cause | None,
) -> Iterator[Noticed]:  # fmt: skip
    """What one answer says of the open questions; `mta` = it is the older family's."""
    rows = body if isinstance(body, Mapping) else {}
    found: tuple[Answer, ...]
    if status == 429:
        found = tuple(_of_throttle(body, retry_after))
    elif ok:
        found = (*_of_success(mta, status, rows), *_of(operation, status, rows))
    else:
        found = tuple(_of_refusal(status, code, cause))
    for question, position, evidence in found:
        yield answer_of(f"blibli.{question}", position, operation, evidence)


Answer = tuple[str, str, str]


def _of_throttle(body: Any, retry_after: float | None) -> Iterator[Answer]:
    # What is no JSON may be a page or nothing: neither is kept, so the two cannot be told apart here.
    if isinstance(body, Mapping):
        yield "throttle_body", "json", "HTTP 429"
    yield "retry_after", "absent" if retry_after is None else "present", "HTTP 429"


def _of_refusal(status: int, code: str, cause: Cause | None) -> Iterator[Answer]:
    said = f"HTTP {status}, {code}"
    if code == UNBOUND:
        yield "unbound_status", str(status), said
    elif code and cause in REFUSED:
        yield "error_status", "200" if status == 200 else "4xx", said


def _of_success(mta: bool, status: int, body: Mapping[str, Any]) -> Iterator[Answer]:
    if status == 204 or not body:
        return
    if not body.get("errorCode"):
        position = "missing" if "errorCode" not in body else "null" if body["errorCode"] is None else "empty"
        yield "no_error", position, "errorCode"
    if not mta:
        yield "seller_success", "present" if "success" in body else "absent", "success"


def _of(operation: str, status: int, body: Mapping[str, Any]) -> Iterator[Answer]:
    if operation == "stock":
        yield "stock_answer", str(status), f"HTTP {status}"
    elif operation == "bulk_update":
        named = next(values_at(body, ("value", "queueFeedId")), None)
        yield "bulk_queue_id", "queueFeedId" if named else "requestId", "value.queueFeedId"
    elif operation in ("detail_update", "detail_update_bare"):
        yield "detail_path", "products" if operation == "detail_update" else "bare", f"HTTP {status}"
    elif operation == "list_v2":
        yield from _level_one(body)
    elif operation == "submissions":
        # An edit in review shows its product SKU anyway, so only a missing one tells something.
        for product in values_at(body, ("content", "product")):
            if isinstance(product, Mapping) and product.get("state") == "IN_PROGRESS" and not product.get("sku"):
                yield "l3_in_review", "absent", "product.sku"


def _level_one(body: Mapping[str, Any]) -> Iterator[Answer]:
    """Only where there is stock can the two levels be told apart."""
    for row in (*values_at(body, ("content",)), *values_at(body, ("value",))):
        one, two = (row.get(f"stockAvailableLv{level}") for level in (1, 2)) if isinstance(row, Mapping) else (0, 0)
        if isinstance(one, int) and isinstance(two, int) and two > 0 and one in (0, two):
            yield "level1_stock", "same" if one else "zero", f"level 1 {one}, level 2 {two}"
