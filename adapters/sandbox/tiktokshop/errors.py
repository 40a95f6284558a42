"""How a call fails: the code, the text, and the HTTP status of the gateway's own refusals (facts, section 5)."""

from __future__ import annotations

from typing import Any

STATUS = {
    36009002: 429, 36009003: 500, 36009004: 400, 36009009: 404, 36009010: 405, 36009043: 403,
    105002: 401, 105005: 401, 106001: 401, 106013: 400, 101000: 401, 1010000: 401,
}  # fmt: skip
"""Seen are 401 with 105005, 400 with 36009004 and 429 with 36009002; the others follow their kin (invented)."""

NOT_FOUND = 12052260
NO_SKU = 12052557
NO_WAREHOUSE = 12052097
WAREHOUSE_MISSING = 12052530
QUANTITY = 12052055
PRICE = 12052073
CURRENCY = 12052084
CATEGORY = 12052023
CATEGORY_VERSION = 12052217
ATTRIBUTE = 12052104
IMAGE = 12052300
TOO_MANY_SKUS = 12052050
DUPLICATE_SKU = 12052553
SELLER_SKU = 12019059
EXTERNAL_ID = 12052996
PLATFORM = 12052330
PLATFORM_CATEGORY = 12052358
MERGING = 12052332
DILAYANI = 12052382
LISTING_LIMIT = 12052093
INVALID = 12052910
CHECK_FAILED = 12052990


class Refusal(Exception):
    """A call that is refused as a whole."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text

    @property
    def status(self) -> int | None:
        """The HTTP status of a refusal at the gate, None = that of the product domain, which is open."""
        return STATUS.get(self.code)


def parameter(text: str) -> Refusal:
    """A parameter is missing, unknown or of another type."""
    return Refusal(36009004, f"Invalid parameter: {text}")


def invalid(text: str) -> Refusal:
    """A product call that says something that cannot be."""
    return Refusal(INVALID, text)


def failed(code: int, text: str, detail: dict[str, Any]) -> dict[str, Any]:
    """One row of `data.errors` (facts, section 5.1)."""
    return {"code": code, "message": text, "detail": detail}
