"""Lazada's error codes as causes: one ordered table, the first match wins (facts, sections 3, 4, 5 and 7).

An answer is judged by its outer code, and an umbrella (500, 501, 503, 504) by each row of its `detail`, which is looked
up by its own words under the umbrella's code.
"""

from __future__ import annotations

import re
from functools import lru_cache

from adapters.causes import Row, first
from adapters.contract import Cause

UMBRELLAS = frozenset({"500", "501", "503", "504"})
"""Codes that say only that a call failed: what for stands in `detail` (facts, section 4)."""

_NUMBERED = re.compile(r"E?0*(\d+)")
_PREFIX = re.compile(r"^\s*E0*(\d+)\s*:")


def normalise(code: str) -> str:
    """The code as the table spells it: E0901, E901 and 901 are one (facts, section 5)."""
    found = _NUMBERED.fullmatch(code.strip())
    return found.group(1) if found else code.strip()


def outer(code: str, message: str) -> str:
    """The code that says most: the message of an umbrella may begin with one that is none (facts, section 4)."""
    plain, named = normalise(code), _PREFIX.match(message)
    if plain in UMBRELLAS and named is not None and named.group(1) not in UMBRELLAS:
        return named.group(1)
    return plain


C = Cause
GONE = r"(ITEM|SKU)_NOT_FOUND|EDIT_ITEM_NOT_BELONG_SELLER|\b(item|product|sku)\b[^,.]*not (exist|found)"
PICTURES = r"image|picture|photo"
CAUSES: tuple[Row, ...] = (
    # operation, HTTP status, code, detail, message -> cause, field of Content
    # --- speed (5, 6)
    Row("*", 0, "ApiCallLimit", None, None, C.throttled),
    Row("*", 0, "SellerCallLimit", None, None, C.throttled),
    Row("*", 0, "AppApiCallLimit", None, None, C.throttled),
    Row("*", 0, "HOT_KEY_BLOCK_EXCEPTION", None, None, C.throttled),
    Row("*", 0, "901", None, None, C.throttled),
    Row("*", 0, "1002", None, r"flow|limit|sentinel|frequen", C.throttled),
    Row("*", 0, "*", r"E0?901\b|ApiCallLimit", None, C.throttled),
    Row("*", 429, "*", None, None, C.throttled),
    # --- a throttle that comes under code 0 (4.1, one weak witness): only where nothing else is said
    Row("*", 0, "0", None, r"frequency exceeds|too (many|frequent)|E0?901|ApiCallLimit", C.throttled),
    # --- clock (11, no. 12; the name is not confirmed)
    Row("*", 0, "IllegalTimestamp", None, None, C.clock),
    Row("*", 0, "InvalidTimestamp", None, None, C.clock),
    Row("*", 0, "*", None, r"timestamp .*(invalid|expired|illegal)|(invalid|illegal) timestamp", C.clock),
    # --- tokens and consent (3)
    Row("*", 0, "IllegalAccessToken", None, None, C.auth),
    Row("*", 0, "InvalidAccessToken", None, None, C.auth),
    Row("*", 0, "InvalidCode", None, None, C.auth),
    Row("*", 0, "IllegalRefreshToken", None, None, C.auth),
    Row("*", 0, "InvalidRefreshToken", None, None, C.auth),
    Row("*", 0, "AUTH_TYPE_UNSUPPORTED", None, None, C.auth),
    # --- the app, and what this seller may do (1, 3, 5, 7.3)
    Row("*", 0, "IncompleteSignature", None, None, C.config),
    Row("*", 0, "MissingParameter", None, None, C.config),
    Row("*", 0, "InvalidAppKey", None, None, C.config),
    Row("*", 0, "UnsupportedHTTPMethod", None, None, C.config),
    Row("*", 0, "InsufficientPermission", None, None, C.config),
    Row("*", 0, "SELLER_NOT_PERMITTED", None, None, C.config),
    Row("*", 0, "*", r"SELLER_NOT_PERMITTED", None, C.config),
    Row("*", 0, "4225", None, None, C.config),
    Row("*", 0, "SellerNotActive", None, None, C.config),
    Row("*", 0, "SellerNotVerified", None, None, C.config),
    # --- a second one (7.1); before the transient 4135
    Row("*", 0, "4105", None, None, C.duplicate),
    Row("*", 0, "4126", None, None, C.duplicate),
    Row("*", 0, "4141", None, None, C.duplicate),
    Row("*", 0, "4135", r"INFRA_PRODUCT_036", None, C.duplicate),
    Row("*", 0, "4135", None, r"INFRA_PRODUCT_036", C.duplicate),
    Row("*", 0, "*", r"INFRA_PRODUCT_036", None, C.duplicate),
    Row("*", 0, "50?", r"seller ?sku.*(exist|duplicat)|duplicat.*seller ?sku", None, C.duplicate),
    # --- campaigns, penalties (5; 11, no. 6)
    Row("*", 0, "4170", None, None, C.locked),
    Row("*", 0, "4155", None, None, C.locked),
    Row("*", 0, "4162", None, None, C.locked),
    Row("*", 0, "4218", None, None, C.locked),
    Row("*", 0, "212", None, None, C.locked),
    Row("*", 0, "INV_NEGATIVE_SELLABLE", None, None, C.locked),
    Row("*", 0, "*", r"ABILITY_PG_00[34]|INV_NEGATIVE_SELLABLE|negative sellable|campaign", None, C.locked),
    Row("*", 0, "*ABILITY_PG_00[34]*", None, None, C.locked),
    Row("*", 0, "*", None, r"ABILITY_PG_003|ABILITY_PG_004|negative sellable", C.locked),
    # --- more listings than the shop may have (11, no. 13)
    Row("*", 0, "4148", None, None, C.locked),
    Row("*", 0, "*LISTING_LIMIT*", None, None, C.locked),
    Row("*", 0, "*", r"LISTING_LIMIT|\b4148\b", None, C.locked),
    Row("*", 0, "*", None, r"LISTING_LIMIT", C.locked),
    # --- not there (5, 7.9, 8)
    Row("*", 0, "4136", None, None, C.missing),
    Row("*", 0, "4137", None, None, C.missing),
    Row("*", 0, "207", None, None, C.missing),
    Row("*", 0, "208", None, None, C.missing),
    Row("GetCategorySuggestion", 0, "701", None, None, C.missing),
    Row("DeactivateProduct", 0, "2", None, None, C.missing),
    Row("DeactivateProduct", 0, "3", None, None, C.missing),
    Row("*", 0, "EDIT_ITEM_NOT_BELONG_SELLER", None, None, C.missing),
    Row("*", 0, "*", GONE, None, C.missing),
    # --- in Lazada's review (7.1, 7.2; the words are ours)
    Row("*", 0, "50?", r"pending qc|under review|in review", None, C.review),
    # --- our mapping (5, 8)
    Row("*", 0, "57", None, None, C.config, "category"),
    Row("*", 0, "4134", None, None, C.config, "category"),
    Row("*", 0, "4227", None, None, C.config, "category"),
    Row("*", 0, "4228", None, None, C.config, "category"),
    Row("*", 0, "*", r"category is inactive|\bcategory\b.*(inactive|not leaf|invalid)", None, C.config, "category"),
    # --- pictures (7.1, 9)
    Row("*", 0, "203", None, None, C.rejected, "pictures"),
    Row("*", 0, "300", None, None, C.rejected, "pictures"),
    Row("*", 0, "301", None, None, C.rejected, "pictures"),
    Row("*", 0, "302", None, None, C.rejected, "pictures"),
    Row("*", 0, "303", None, None, C.rejected, "pictures"),
    Row("*", 0, "304", None, None, C.rejected, "pictures"),
    Row("UploadImage", 0, "30", None, None, C.rejected, "pictures"),
    Row("*", 0, "4116", None, None, C.rejected, "pictures"),
    Row("*", 0, "4138", None, None, C.rejected, "pictures"),
    Row("*", 0, "4139", None, None, C.rejected, "pictures"),
    Row("*", 0, "4153", None, None, C.rejected, "pictures"),
    Row("*", 0, "4158", None, None, C.rejected, "pictures"),
    Row("*", 0, "4169", None, None, C.rejected, "pictures"),
    # --- our data (5, 7.1)
    Row("*", 0, "4160", None, None, C.rejected, "title"),
    Row("*", 0, "4142", None, None, C.rejected, "brand"),
    Row("*", 0, "4164", None, None, C.rejected, "parcel"),
    Row("*", 0, "4165", None, None, C.rejected, "parcel"),
    Row("*", 0, "4104", None, None, C.rejected),
    Row("*", 0, "4121", None, None, C.rejected),
    Row("*", 0, "4118", None, None, C.rejected),
    Row("*", 0, "4119", None, None, C.rejected),
    Row("*", 0, "4157", None, None, C.rejected),
    Row("*", 0, "4152", None, None, C.rejected),
    Row("*", 0, "209", None, None, C.rejected),
    Row("*", 0, "4112", None, None, C.rejected),
    Row("*", 0, "4133", None, None, C.rejected),
    Row("*", 0, "414[345]", None, None, C.rejected),
    Row("*", 0, "VARIATION_*", None, None, C.rejected),
    Row("*", 0, "OPTIONS_SIZE_LIMIT", None, None, C.rejected),
    Row("*", 0, "SKU_VARIATION_OPTION_NOT_EXIST", None, None, C.rejected),
    Row("*", 0, "*", r"VARIATION_|OPTIONS_SIZE_LIMIT", None, C.rejected),
    # --- a call of ours that is wrong (5): never said again unchanged
    Row("*", 0, "5", None, None, C.config),
    Row("*", 0, "204", None, None, C.config),
    Row("*", 0, "1001", None, None, C.config),
    Row("*", 0, "4171", None, None, C.config),
    Row("*", 0, "4193", None, None, C.config),
    Row("*", 0, "4216", None, None, C.config),
    Row("DeactivateProduct", 0, "1", None, None, C.config),
    # --- transient (5)
    Row("*", 0, "998", None, None, C.transient),
    Row("*", 0, "4147", None, None, C.transient),
    Row("*", 0, "ServiceTimeout", None, None, C.transient),
    Row("*", 0, "513", None, None, C.transient),
    Row("*", 0, "6", None, None, C.transient),
    Row("*", 0, "15", None, None, C.transient),
    Row("*", 0, "506", None, None, C.transient),
    Row("*", 0, "1000", None, None, C.transient),
    Row("*", 0, "4135", None, None, C.transient),
    Row("*", 0, "4154", None, None, C.transient),
    Row("*", 0, "4159", None, None, C.transient),
    Row("*", 0, "SYS_ERROR", None, None, C.transient),
    Row("*", 0, "THIRD_SERVICE_ERROR", None, None, C.transient),
    Row("*", 0, "SELLER_SERVICE_FAIL", None, None, C.transient),
    Row("*", 0, "*", r"SYS_ERROR|THIRD_SERVICE_ERROR|SELLER_SERVICE_FAIL|SERVICE_TIMEOUT", None, C.transient),
    # --- the words of an umbrella's detail, once every code has had its say (4)
    Row("*", 0, "50?", r"CHK_BASIC_REQUIRED|cannot be blank|mandatory", None, C.rejected, "attributes"),
    Row("*", 0, "4108", None, None, C.rejected, "attributes"),
    Row("*", 0, "50?", PICTURES, None, C.rejected, "pictures"),
    Row("*", 0, "50?", r"\bbrand", None, C.rejected, "brand"),
    Row("*", 0, "50?", r"description", None, C.rejected, "description"),
    Row("*", 0, "50?", r"package|weight", None, C.rejected, "parcel"),
    Row("*", 0, "50?", r"\b(product )?(name|title)\b", None, C.rejected, "title"),
    # A project that was tried on live shops takes every other 501 for a business rule, whatever its type (4).
    Row("*", 0, "501", r"\S", None, C.rejected),
    Row("*", 0, "500", r"\S", None, C.rejected),
    Row("*", 0, "501", None, None, C.rejected),
    # --- no code of Lazada's at all: the edge, or the line
    Row("*", 5, "*", None, None, C.transient),
    Row("*", 2, "", None, None, C.transient),
    Row("*", 3, "", None, None, C.transient),
)  # fmt: skip


@lru_cache(maxsize=4096)
def row_for(operation: str, status: int, code: str, message: str, detail: str = "") -> Row | None:
    """The first row that matches, `code` as `outer` gives it; None = a refusal that nobody has seen."""
    return first(CAUSES, operation, status, code, message, detail)


def cause_of(operation: str, status: int, code: str, message: str, detail: str = "") -> Cause:
    """The cause of an answer; unknown codes are `unknown`."""
    row = row_for(operation, status, code, message, detail)
    return row.cause if row else Cause.unknown
