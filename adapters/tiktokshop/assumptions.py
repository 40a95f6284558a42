"""What is left open about Tokopedia & TikTok Shop, what the adapter makes of it, and which answers settle it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.contract import Assumption, Noticed
from adapters.noticing import Vocabulary, answer_of, known_fields, values_at
from adapters.tiktokshop.causes import (
    DUPLICATE_SKU,
    LISTING_LIMIT,
    OUT_OF_STOCK_RANGE,
    PRICE_RANGE,
    THROTTLED,
    WAREHOUSES,
)
from adapters.tiktokshop.words import AUDITS_DONE, AUDITS_FAILED, AUDITS_OPEN, ORDER_STATES, STATES
from adapters.transport import Answer

__all__ = ["ASSUMPTIONS", "Assumed", "shown", "vocabulary"]

ASSUMPTIONS = (
    Assumption(
        "tiktokshop.zero_quantity", ("refused", "accepted"),
        "Stock 0 is tried; once it was refused, what is out of stock is taken off sale as a whole listing.",
        "facts, section 7.3: the documented range begins at 1, an older one and live shops show 0",
    ),
    Assumption(
        "tiktokshop.omitted_warehouse", ("refused", "untouched"),
        "A stock write must list every warehouse of a SKU; the others are read and repeated once it was refused.",
        "facts, section 7.3: nothing says what becomes of a warehouse that is left out",
    ),
    Assumption(
        "tiktokshop.unlisted", ("untouched", "applied"),
        "What a partly failed call does not name as failed is not taken as applied: it is sent again.",
        "facts, section 5.1: the vendor words it as applied; nobody has tried it",
    ),
    Assumption(
        "tiktokshop.quantity_scale", ("available", "total"),
        "A stock write sets what can still be sold, without the pieces that orders have taken.",
        "facts, section 7.3: reads are on this scale; that writes are is the natural reading",
    ),
    Assumption(
        "tiktokshop.refused_price", ("applied", "untouched"),
        "Of a price call that failed nothing is known; its prices are sent again in halves.",
        "facts, section 7.4: no list of failed SKUs is documented",
    ),
    Assumption(
        "tiktokshop.repeated_key", ("error", "original", "forgotten"),
        "An idempotency_key is not relied upon: a lost create is looked for before it is sent again.",
        "facts, section 11.1: neither retention nor the answer to a repeated key is documented",
    ),
    Assumption(
        "tiktokshop.same_seller_sku", ("accepted", "refused"),
        "The same seller_sku may stand on two products, so only looking first prevents a second one.",
        "facts, section 11.1: 12052553 is about one payload only",
    ),
    Assumption(
        "tiktokshop.own_option_id", ("refused", "accepted"),
        "An option or value that is none of the category goes by its name, also where the shop has given it an id.",
        "facts, section 7.1: either has an id or a name; whether an own one's id may be written is not said",
    ),
    Assumption(
        "tiktokshop.edit_of_hidden", ("lists", "keeps"),
        "An edit may put a listing that was taken off sale on sale again, so its visibility is looked at after one.",
        "facts, section 7.2: save_mode LISTING says nothing of a product that the seller took down",
    ),
    Assumption(
        "tiktokshop.platform_statuses", ("others", "all"),
        "TikTok Shop's own status stands in `status`, the list of integrated platforms names the others.",
        "facts, section 7.6: the list is shown with Tokopedia in it; whether TikTok Shop may stand there is not said",
    ),
    Assumption(
        "tiktokshop.activation", ("review", "live"),
        "A product that is put on sale again may be audited first; until then it is shown as in review.",
        "facts, section 7.5: nothing is said",
    ),
    Assumption(
        "tiktokshop.deleted_in_all", ("listed", "absent"),
        "A search for status ALL may list deleted products; they count as gone.",
        "facts, section 7.6: ALL is not defined",
    ),
    Assumption(
        "tiktokshop.required_spelling", ("is_requried", "is_required"),
        "The flag of a required attribute is read under both spellings.",
        "facts, section 8",
    ),
    Assumption(
        "tiktokshop.unused_image", ("expires", "kept"),
        "An uploaded picture may be gone before it is used; a refusal for pictures uploads them anew, once.",
        "facts, section 8: how long an unused uri lives is not documented",
    ),
    Assumption(
        "tiktokshop.orders_page", ("50", "100"),
        "A page of orders has at most 50.",
        "facts, section 9: projects use up to 100",
    ),
    Assumption(
        "tiktokshop.old_access_token", ("voided", "lives"),
        "After a refresh the old access token is dead.",
        "facts, section 4: whether there is a grace period is not documented",
    ),
    Assumption(
        "tiktokshop.old_refresh_token", ("voided", "lives"),
        "A refresh token serves once, so the new pair is stored before it is used.",
        "facts, section 4",
    ),
    Assumption(
        "tiktokshop.error_status", ("200", "400"),
        "A refusal is known by the code in its body, whatever its HTTP status.",
        "facts, section 5: both were seen, by other codes",
    ),
    Assumption(
        "tiktokshop.error_data", ("missing", "null"),
        "A refusal may come without data, or with null.",
        "facts, section 5",
    ),
    Assumption(
        "tiktokshop.retry_after", ("absent", "present"),
        "A refusal for speed need not say for how long; our own pace goes down by half.",
        "facts, sections 5 and 6: honoured where it is given, never shown",
    ),
    Assumption(
        "tiktokshop.hourly_cap", ("none", "1000", "100"),
        "A live shop has no cap an hour; a development shop's shows as refusals for speed.",
        "facts, section 6: reported by projects only",
    ),
    Assumption(
        "tiktokshop.unknown_fields", ("refused", "ignored"),
        "Only fields of the vendor's own models are sent.",
        "facts, section 7: what becomes of another is not said",
    ),
    Assumption(
        "tiktokshop.price_floor", ("1000", "1"),
        "No lowest price is assumed: the shop's refusal names it.",
        "facts, section 7.4: the page of price bounds was not seen",
    ),
    Assumption(
        "tiktokshop.price_fraction", ("refused", "accepted"),
        "An amount is whole rupiah without decimals.",
        "facts, section 7.4",
    ),
    Assumption(
        "tiktokshop.relistings", ("10", "unbounded"),
        "Content is written only where it differs, as edits a day are limited; a refusal for that waits.",
        "facts, section 7.2: the number is not documented",
    ),
    Assumption(
        "tiktokshop.order_ids", ("50", "unbounded"),
        "Orders are read from the search, which shows their lines; the detail call is not used.",
        "facts, section 9: the most ids a call are not in the models",
    ),
    Assumption(
        "tiktokshop.committed_at", ("unpaid", "paid"),
        "An order that is not paid yet counts as one that takes pieces.",
        "facts, sections 7.3 and 9: when an order takes available stock is not said",
    ),
    Assumption(
        "tiktokshop.webhook_retry", ("none", "three"),
        "Nothing relies on webhooks: everything is polled.",
        "facts, section 10",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assumed:
    """Where this shop's answers stand, as far as what we do depends on them; the defaults are the careful ones.

    `zero` None = not known: 0 is tried, and a refusal is remembered.
    """

    zero: bool | None = None
    total_scale: bool = False
    every_warehouse: bool = False
    orders_page: int = 50

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Assumed:
        """From the positions in the channel's config."""
        zero = said.get("tiktokshop.zero_quantity")
        page = said.get("tiktokshop.orders_page", "50")
        return cls(
            None if zero is None else zero == "accepted",
            said.get("tiktokshop.quantity_scale") == "total",
            said.get("tiktokshop.omitted_warehouse") == "refused",
            100 if page == "100" else 50,
        )


# --- what answers show ----------------------------------------------------------------------------------------------


def vocabulary() -> Vocabulary:
    """What the vendor's models and the facts name."""
    products, audits = frozenset({*STATES, ""}), AUDITS_DONE | AUDITS_FAILED | AUDITS_OPEN
    fronts = "integrated_platform_statuses.status"
    return Vocabulary(
        known_fields(__package__),
        {
            "get_product": {"data.status": products, f"data.{fronts}": products, "data.audit.status": audits},
            "search_products": {
                "data.products.status": products, f"data.products.{fronts}": products,
                "data.products.audit.status": audits,
            },
            "partial_edit_product": {"data.audit.status": audits},
            "edit_product": {"data.audit.status": audits},
            "get_order_list": {"data.orders.status": frozenset(ORDER_STATES)},
            "get_warehouse_list": {
                "data.warehouses.type": frozenset({"SALES_WAREHOUSE", "RETURN_WAREHOUSE"}),
                "data.warehouses.effect_status": frozenset({"ENABLED", "DISABLED", "RESTRICTED"}),
            },
            "get_categories": {
                "data.categories.permission_statuses": frozenset({
                    "AVAILABLE", "INVITE_ONLY", "NON_MAIN_CATEGORY", "PROHIBITED",
                })
            },
        },
    )  # fmt: skip


def shown(operation: str, answer: Answer, sent: str | None) -> Iterator[Noticed]:
    """What one answer says of the open questions. `sent` = the JSON text of the call, None where it had none."""
    body = answer.json
    if not isinstance(body, Mapping) or "code" not in body:
        return
    wrote = json.loads(sent) if sent else {}
    code = str(body["code"])
    found = _of_success(operation, body, wrote) if code == "0" else _of_refusal(operation, answer, code, wrote)
    for question, position, evidence in found:
        yield answer_of(f"tiktokshop.{question}", position, operation, evidence)


Said = tuple[str, str, str]
Json = Mapping[str, Any]
EDITS = ("edit_product", "partial_edit_product")
FLOOR = 1000
"""The lowest price by the first position of `price_floor`, in rupiah."""


def _of_refusal(operation: str, answer: Answer, code: str, wrote: Json) -> Iterator[Said]:
    body, status = answer.json, answer.status
    if code == THROTTLED:
        yield "retry_after", "absent" if answer.retry_after is None else "present", f"HTTP {status}"
        return
    if not (code.startswith("12") and len(code) == len(THROTTLED)):
        return  # the product domain's codes have eight digits; how those of the gateway come is known
    yield "error_status", "200" if status < 400 else "400", f"{code} came with HTTP {status}"
    if body.get("data") is None:
        yield "error_data", "null" if "data" in body else "missing", f"{code} came without content"
    if operation == "create_product" and "idempotency" in str(body.get("message")):
        yield "repeated_key", "error", code
    if operation in EDITS and code == LISTING_LIMIT:
        yield "relistings", "10", f"{code}: edits a day are limited"
    if code == DUPLICATE_SKU and not _repeated(values_at(wrote, ("skus", "seller_sku"))):
        yield "same_seller_sku", "refused", f"{code}, though no SKU stood in the call twice"
    if code == PRICE_RANGE and 0 < _lowest(wrote) < FLOOR:
        yield "price_floor", "1000", f"{code} for {_lowest(wrote)}"
    yield from _of_stock(code, wrote.get("skus"))


def _of_stock(code: str, rows: Any) -> Iterator[Said]:
    """Of rows of a call that were refused: for a 0, or for a warehouse that was left out."""
    if code == OUT_OF_STOCK_RANGE and 0 in values_at(rows, ("inventory", "quantity")):
        yield "zero_quantity", "refused", f"{code} for a stock of 0"
    if code in WAREHOUSES and all(len(one) < 2 for one in _inventories(rows)):
        yield "omitted_warehouse", "refused", f"{code} for rows with one warehouse"


def _inventories(rows: Any) -> Iterator[list[Any]]:
    for row in rows if isinstance(rows, list) else []:
        if isinstance(found := row.get("inventory"), list):
            yield found


def _of_success(operation: str, body: Json, wrote: Json) -> Iterator[Said]:
    if operation in ("update_inventory", "create_product"):
        yield from _numbers_taken(body, wrote)
    if operation in ("update_price", "create_product") and 0 < _lowest(wrote) < FLOOR:
        yield "price_floor", "1", f"a price of {_lowest(wrote)} was taken"
    if operation == "get_category_attributes":
        yield from _spelt(body)
    if operation == "search_products":
        yield from _searched(body, wrote)
    if operation in ("search_products", "get_product"):
        yield from _storefronts(body)


def _numbers_taken(body: Json, wrote: Json) -> Iterator[Said]:
    """A stock call; `code` 0 may list what failed all the same (facts, section 5.1)."""
    failed = [row for row in values_at(body, ("data", "errors")) if isinstance(row, Mapping)]
    if not failed and 0 in values_at(wrote, ("skus", "inventory", "quantity")):
        yield "zero_quantity", "accepted", "a stock of 0 was taken"
    for row in failed:
        sku = next(values_at(row, ("detail", "sku_id")), None)
        rows = [one for one in wrote.get("skus", []) if one.get("id") == sku]
        for code in (row.get("code"), *values_at(row, ("detail", "extra_errors", "code"))):
            yield from _of_stock(str(code), rows)


def _spelt(body: Json) -> Iterator[Said]:
    names = {name for row in values_at(body, ("data", "attributes")) if isinstance(row, Mapping) for name in row}
    for spelling in sorted(names & {"is_requried", "is_required"}):
        yield "required_spelling", spelling, f"{spelling} stands on attributes"


def _searched(body: Json, wrote: Json) -> Iterator[Said]:
    rows = [row for row in values_at(body, ("data", "products")) if isinstance(row, Mapping)]
    deleted = [row for row in rows if row.get("status") == "DELETED"]
    if deleted and wrote.get("status") == "ALL":
        yield "deleted_in_all", "listed", "a search for ALL lists a deleted product"
    if _repeated(sku for row in rows if row not in deleted for sku in set(values_at(row, ("skus", "seller_sku")))):
        yield "same_seller_sku", "accepted", "two products carry one seller_sku"


def _storefronts(body: Json) -> Iterator[Said]:
    name = "integrated_platform_statuses"
    for path in (("data",), ("data", "products")):
        named = set(values_at(body, (*path, name, "platform")))
        if "TIKTOK_SHOP" in named:
            yield "platform_statuses", "all", f"{name} names TIKTOK_SHOP"
        elif named and any(values_at(body, (*path, "status"))):
            yield "platform_statuses", "others", f"{name} does not name TIKTOK_SHOP"


def _repeated(values: Iterator[Any]) -> bool:
    return any(count > 1 for value, count in Counter(values).items() if value)


def _lowest(wrote: Json) -> int:
    """The lowest price of a call in whole rupiah; 0 where it has none."""
    amounts = [str(one) for one in values_at(wrote, ("skus", "price", "amount"))]
    return min((int(one) for one in amounts if one.isdecimal()), default=0)
