"""The judge of TikTok Shop's traffic, by the vendor's models and the codes of the fact sheet.

The models (`tests/reference/tiktokshop.json`) hold bodies and answers; the parameters of a query stand here, with the
section that names them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.judge import Exceptions, Judgement, answered, requested

REFERENCE = Path(__file__).parent / "reference" / "tiktokshop.json"
TOKENS = "/api/v2/token/"
OURS = re.compile(r"^/[a-z_]+/20\d{4}/")
SYSTEM = frozenset({"app_key", "timestamp", "sign"})
"""2: on every business call; `shop_cipher` only where the model says so."""

QUERY: Mapping[str, frozenset[str]] = {
    "POST /product/202502/products/search": frozenset({"page_size", "page_token"}),  # 7.6
    "POST /order/202309/orders/search": frozenset({"page_size", "page_token", "sort_field", "sort_order"}),  # 9
    "GET /order/202507/orders": frozenset({"ids"}),  # 9
    "GET /product/202309/categories": frozenset({"locale", "category_version", "listing_platform", "keyword"}),  # 8
    "GET /product/202309/categories/{category_id}/attributes": frozenset({"locale", "category_version"}),  # 8
    "GET /product/202309/categories/{category_id}/rules": frozenset({"locale", "category_version"}),  # 8
    "GET /product/202309/brands": frozenset(
        {"category_id", "page_size", "page_token", "brand_name", "category_version"}
    ),
    "GET /product/202309/products/{product_id}": frozenset(
        {"return_under_review_version", "return_draft_version", "locale"}
    ),
    "GET /product/202405/products/diagnoses": frozenset({"product_ids"}),
}  # fmt: skip
TOKEN_QUERY: Mapping[str, frozenset[str]] = {
    "get": frozenset({"app_key", "app_secret", "auth_code", "grant_type"}),  # 4
    "refresh": frozenset({"app_key", "app_secret", "refresh_token", "grant_type"}),  # 4
}
TOKEN_ANSWER: Mapping[str, Any] = {
    "code": ["integer"], "message": ["string"], "request_id": ["string"],
    "data": ["object", {
        name: ["any"] for name in (
            "access_token", "access_token_expire_in", "refresh_token", "refresh_token_expire_in", "open_id",
            "seller_name", "seller_base_region", "user_type", "granted_scopes")}],
}  # fmt: skip
NO_EXCEPTIONS: Exceptions = {}
"""The fact sheet adds no field to the models."""

CODES = frozenset({
    0,
    # 4: tokens
    36004001, 36004004, 36004005,
    # 5: every call
    36009002, 36009003, 36009004, 36009007, 36009009, 36009010, 36009033, 36009043, 36009044, 105002, 105005, 106001,
    106013, 101000, 1010000,
    # 5: the product's, later
    12001000, 12052881, 33001002, 12052372, 12052109,
    # 5: the product's, for good
    12052023, 12052024, 12052025, 12052217, 12052050, 12052055, 12052073, 12052570, 12052084, 12052093, 12052097,
    12052530, 12052531, 12052104, 12052260, 12052300, 12052301, 12052302, 12052303, 12052304, 12052305, 12052306,
    12052330, 12052358, 12052994, 12052332, 12052382, 12052553, 12052557, 12052700, 12052910, 12052990, 12052995,
    12052996, 12019059, 98001004,
})  # fmt: skip


@cache
def operations() -> Mapping[str, Any]:
    """{verb and path: {shop_cipher, request, response}} of the models."""
    table: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))["operations"]
    return table


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(re.sub(r"\\{\w+\\}", r"[^/]+", re.escape(call))), call) for call in operations())


def call_of(method: str, path: str) -> str | None:
    """The call of the models that this is; a path of its own goes before one with a place in it."""
    exact = f"{method} {path}"
    if exact in operations():
        return exact
    return next((call for pattern, call in _patterns() if pattern.fullmatch(exact)), None)


def is_tiktokshops(path: str) -> bool:
    """Whether a recorded call is TikTok Shop's."""
    return path.startswith(TOKENS) or OURS.match(path) is not None


def judge(lines: Iterable[Mapping[str, Any]]) -> Judgement:
    """Judge recorded calls of TikTok Shop."""
    found = Judgement()
    for line in lines:
        found.calls += 1
        if line["path"].startswith(TOKENS):
            _token(found, line)
            continue
        call = call_of(line["method"], line["path"])
        found.endpoints.add(call or line["path"])
        if call is None:
            found.unknown_request[f"{line['method']} {line['path']}: no such call"] += 1
            continue
        spec = operations()[call]
        _query(found, call, set(line["query"]), bool(spec["shop_cipher"]))
        if isinstance(line["body"], dict):
            requested(found, call, line["body"], spec["request"])
        if isinstance(line["response"], dict):
            answered(found, call, line["response"], spec["response"], NO_EXCEPTIONS)
            _codes(found, call, line["response"])
    return found


def _token(found: Judgement, line: Mapping[str, Any]) -> None:
    name = line["path"].removeprefix(TOKENS)
    known = TOKEN_QUERY.get(name, frozenset())
    found.endpoints.add(line["path"])
    _names(found, line["path"], set(line["query"]), known, known)
    if isinstance(line["response"], dict):
        answered(found, line["path"], line["response"], TOKEN_ANSWER, NO_EXCEPTIONS)
        _codes(found, line["path"], line["response"])


def _query(found: Judgement, call: str, given: set[str], cipher: bool) -> None:
    needed = SYSTEM | ({"shop_cipher"} if cipher else frozenset[str]())
    _names(found, call, given, needed, needed | QUERY.get(call, frozenset()))


def _names(found: Judgement, call: str, given: set[str], needed: frozenset[str], known: frozenset[str]) -> None:
    for name in given - known:
        found.unknown_request[f"{call}: ?{name}"] += 1
    for name in needed - given:
        found.missing_request[f"{call}: ?{name}"] += 1


def _codes(found: Judgement, call: str, response: Mapping[str, Any]) -> None:
    """The envelope's own code, and those of a partial failure (section 5.1)."""
    for code in _codes_in(response):
        if code not in CODES:
            found.unknown_codes[f"{call}: {code!r}"] += 1


def _codes_in(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [code for row in value for code in _codes_in(row)]
    if not isinstance(value, dict):
        return []
    own = [value["code"]] if "code" in value and "message" in value else []
    nested = ("data", "errors", "detail", "extra_errors")
    return own + [code for name in nested for code in _codes_in(value.get(name))]
