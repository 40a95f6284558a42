"""Error codes of Tokopedia & TikTok Shop as causes: one ordered table, the first match wins.

Codes are numbers, each with one meaning but for a few whose message decides (facts, section 5). A code that no source
names keeps its raw text under the cause `unknown`.
"""

from __future__ import annotations

from functools import lru_cache

from adapters.causes import Row, first
from adapters.contract import Cause

THROTTLED = "36009002"
OUT_OF_STOCK_RANGE = "12052055"
PRICE_RANGE = "12052073"
DUPLICATE_SKU = "12052553"
CHECK_FAILED = "12052990"
"""Says nothing itself: what failed stands in `extra_errors` (facts, section 5)."""
TOKEN_ENDED = "105002"
OTHER_CIPHER = "101000"
LISTING_LIMIT = "12052093"
EXTERNAL_ID_TAKEN = "12052996"
NOT_FOUND = "12052260"
STOREFRONT = frozenset({"12052330", "12052358", "12052994"})
"""Refused for what concerns Tokopedia as a storefront (facts, section 5)."""
WAREHOUSES = frozenset({"12052530", "12052531"})
"""Refused for the warehouses that a row lists: perhaps one of them was left out (facts, sections 5 and 7.3)."""

C = Cause
CAUSES: tuple[Row, ...] = (
    # operation, HTTP status, code, detail, message -> cause, field of Content
    # --- speed and quota (5, 6); the body's code says more than the status
    Row("*", 0, THROTTLED, None, None, C.throttled),
    Row("*", 0, "12052109", None, None, C.throttled),
    Row("*", 0, LISTING_LIMIT, None, None, C.quota),
    Row("*", 429, "*", None, None, C.throttled),
    Row("*edit_product", 0, "*", None, r"daily|per day|a day", C.quota),  # re-listings a day (7.2), no code known
    # --- 36009004 is any invalid parameter: the message decides (5); clock before all others
    Row("*", 0, "36009004", None, r"timestamp", C.clock),
    Row("*", 0, "36009004", None, r"access_token", C.auth),
    Row("*", 0, "36009004", None, r"app_key|\bsign\b", C.config),
    Row("*", 0, "36009004", None, r"shop_cipher", C.binding),
    # --- tokens and consent (4, 5)
    Row("*", 0, TOKEN_ENDED, None, None, C.auth),
    Row("*", 0, "36004001", None, None, C.auth),
    Row("*", 0, "36004004", None, None, C.auth),
    Row("*", 0, "36004005", None, None, C.auth),
    Row("*", 0, "3600400*", None, None, C.auth),
    Row("*", 0, "36009043", None, None, C.auth),
    Row("*", 0, "36009044", None, None, C.auth),
    Row("*", 0, "12052700", None, None, C.auth),
    # --- the app itself (5)
    Row("*", 0, "105005", None, None, C.config),
    Row("*", 0, "106001", None, None, C.config),
    Row("*", 0, "106013", None, None, C.config),
    Row("*", 0, "1010000", None, None, C.config),
    Row("*", 0, "36009009", None, None, C.config),
    Row("*", 0, "36009010", None, None, C.config),
    Row("*", 0, "36009033", None, None, C.config),
    Row("*", 0, "12052995", None, None, C.config),
    Row("*", 0, "12052084", None, None, C.config),
    # --- which shop, which warehouse (5)
    Row("*", 0, OTHER_CIPHER, None, None, C.binding),
    Row("*", 0, "12052097", None, None, C.binding),
    Row("*", 0, "12052530", None, None, C.binding),
    Row("*", 0, "12052531", None, None, C.binding),
    Row("*", 0, "12052382", None, None, C.binding),
    # --- the line and the server (5)
    Row("*", 0, "36009003", None, None, C.transient),
    Row("*", 0, "36009007", None, None, C.transient),
    Row("*", 0, "12001000", None, None, C.transient),
    Row("*", 0, "12052881", None, None, C.transient),
    Row("*", 0, "33001002", None, None, C.transient),
    Row("*", 0, "12052372", None, None, C.transient),
    # --- what holds a listing for a while (5, 7.4, 11); promotions and reviews have no code in any source
    Row("*", 0, "12052332", None, None, C.locked),
    Row("*", 0, "*", None, r"promotion|campaign|flash sale|activity", C.locked),
    Row("update_price", 0, "*", None, r"product status|not activate|under review|audit", C.review),
    Row("*", 0, "*", None, r"under review|in audit|auditing", C.review),
    # --- creates that are there already, and what is gone (5, 11)
    Row("*", 0, EXTERNAL_ID_TAKEN, None, None, C.duplicate),
    Row("*", 0, NOT_FOUND, None, None, C.missing),
    Row("*", 0, "12052557", None, None, C.missing),
    # --- categories (5): our mapping, or the app's version of it
    Row("*", 0, "12052023", None, None, C.config, "category"),
    Row("*", 0, "12052024", None, None, C.config, "category"),
    Row("*", 0, "12052025", None, None, C.config, "category"),
    Row("*", 0, "12052217", None, None, C.config, "category"),
    Row("*", 0, "12052330", None, None, C.config),
    Row("*", 0, "12052358", None, None, C.config),
    Row("*", 0, "12052994", None, None, C.config),
    # --- fields of content (5)
    Row("*", 0, "12052104", None, None, C.rejected, "attributes"),
    Row("*", 0, "1205230[0-6]", None, None, C.rejected, "pictures"),
    Row("*", 0, "12052910", None, r"\btitle\b", C.rejected, "title"),
    Row("*", 0, "12052910", None, r"\bdescription\b", C.rejected, "description"),
    Row("*", 0, "12052910", None, r"\bbrand\b", C.rejected, "brand"),
    Row("*", 0, "12052910", None, r"\bpackage\b", C.rejected, "parcel"),
    Row("*", 0, "12052910", None, r"\bimage\b", C.rejected, "pictures"),
    # --- permanent for this payload (5)
    Row("*", 0, "12052050", None, None, C.rejected),
    Row("*", 0, OUT_OF_STOCK_RANGE, None, None, C.rejected),
    Row("*", 0, PRICE_RANGE, None, None, C.rejected),
    Row("*", 0, "12052570", None, None, C.rejected),
    Row("*", 0, DUPLICATE_SKU, None, None, C.rejected),
    Row("*", 0, "12019059", None, None, C.rejected),
    Row("*", 0, "12052910", None, None, C.rejected),
    Row("*", 0, CHECK_FAILED, None, None, C.rejected),
    Row("*", 0, "98001004", None, None, C.rejected),
    Row("*", 0, "36009004", None, None, C.rejected),
    # --- by the status alone
    Row("*", 401, "*", None, None, C.auth),
    # --- no code at all: the edge, or the line
    Row("*", 5, "", None, None, C.transient),
    Row("*", 2, "", None, None, C.transient),
    Row("*", 0, "", None, None, C.transient),
)  # fmt: skip


@lru_cache(maxsize=4096)
def row_for(operation: str, status: int, code: str, message: str) -> Row | None:
    """The first row that matches; None = a code nobody has seen."""
    return first(CAUSES, operation, status, code, message)


def cause_of(operation: str, status: int, code: str, message: str) -> Cause:
    """The cause of an answer; unknown codes are `unknown`, unless the server itself failed with them."""
    row = row_for(operation, status, code, message)
    if row is None:
        return Cause.transient if status // 100 == 5 else Cause.unknown
    return row.cause
