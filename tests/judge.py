"""The judge between adapter and sandbox: recorded traffic against the official reference.

What the reference says stands in `adapters/sandbox/shopee/reference.json`; where the fact sheet contradicts it, the
sheet wins, and each such exception stands here or in `reference.py` with the section that says so.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.sandbox.shopee.reference import OPTIONAL_REQUEST, reference, request_fields

COMMON_QUERY = frozenset({"partner_id", "timestamp", "sign", "access_token", "shop_id"})
MODULES = ("product.", "order.", "common.", "warehouse.", "media_space.", "shop.", "logistics.", "public.", "auth.")
UNDOCUMENTED_HERE = frozenset({"/api/v2/shop/auth_partner"})
"""The consent page is no API call of the reference (section 2.1)."""

RESPONSE_EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("/api/v2/product/get_item_base_info", "response.item_list.stock_info_v2"): "3.4: stock is stock_info_v2, per item",
    ("/api/v2/product/get_item_base_info", "response.item_list.description_type"): "3.4: description_type, per item",
    ("*", "error"): "5: the envelope; error == '' is the only success test",
    ("*", "message"): "5: the envelope",
    ("*", "warning"): "5: the envelope",
    ("*", "request_id"): "5: the envelope",
}
CODE_EXCEPTIONS: dict[tuple[str, str], str] = {
    ("*", "error_auth"): "2.3 and 5: combined error of wrong partner or shop, and of a spent refresh token",
    ("*", "error_rate_limit"): "5 and 6: the burst limit, on every call",
    ("*", "invalid_acceess_token"): "2.3: token ended, on every shop call",
    ("*", "shop_no_linked"): "2.3: consent withdrawn",
    ("*", "shop_access_expired"): "2.3: consent ended",
    ("/api/v2/product/init_tier_variation", "error_item_not_found"): "7.1: the error to return before 5 s",
    ("/api/v2/product/update_price", "error_update_price_fail"): "3.6: all rows failed",
    ("/api/v2/product/update_stock", "error_busi_update_stock_failed"): "3.7: all rows failed",
}


SHOPEE, TIKTOK_TOKENS = "/api/v2/", "/api/v2/token/"
Exceptions = Mapping[tuple[str, str], str]
"""{(path or "*", field or code): section and words of the fact sheet that allow it}."""


@dataclass(slots=True)
class Judgement:
    """What the judge found."""

    calls: int = 0
    endpoints: set[str] = field(default_factory=set)
    unknown_request: Counter[str] = field(default_factory=Counter)
    missing_request: Counter[str] = field(default_factory=Counter)
    unknown_response: Counter[str] = field(default_factory=Counter)
    unknown_codes: Counter[str] = field(default_factory=Counter)
    exceptions: Counter[str] = field(default_factory=Counter)

    @property
    def good(self) -> bool:
        """Nothing was found, and there was something to find it in."""
        found = (self.unknown_request, self.missing_request, self.unknown_response, self.unknown_codes)
        return self.calls > 0 and not any(found)

    def findings(self) -> Iterator[str]:
        """Each finding in a line."""
        kinds = (("unknown request field", self.unknown_request), ("missing request field", self.missing_request),
                 ("response field not in the reference", self.unknown_response),
                 ("undocumented code", self.unknown_codes))  # fmt: skip
        for kind, counter in kinds:
            yield from (f"{kind}: {what} ({count} times)" for what, count in sorted(counter.items()))


def judge_file(path: Path) -> Judgement:
    """Judge a record of the sandbox: Shopee's calls, for which there is a whole reference."""
    with path.open(encoding="utf-8") as file:
        lines = (json.loads(line) for line in file)
        return judge(line for line in lines if is_shopees(line["path"]))


def is_shopees(path: str) -> bool:
    """Whether a recorded call is Shopee's: another marketplace's token calls begin alike."""
    return path.startswith(SHOPEE) and not path.startswith(TIKTOK_TOKENS)


def judge(lines: Iterable[Mapping[str, Any]]) -> Judgement:
    """Judge recorded calls."""
    found = Judgement()
    for line in lines:
        path = line["path"]
        if path in UNDOCUMENTED_HERE:
            continue
        found.calls += 1
        found.endpoints.add(path)
        spec = reference()["operations"].get(path)
        if spec is None:
            found.unknown_request[f"{path}: no such endpoint"] += 1
            continue
        _request(found, path, line)
        if isinstance(line["response"], dict):
            answered(found, path, line["response"], spec["response"], RESPONSE_EXCEPTIONS)
            _code(found, path, line["response"].get("error") or "", spec)
    return found


def _request(found: Judgement, path: str, line: Mapping[str, Any]) -> None:
    fields = request_fields(path)
    if line["method"] == "GET":
        given: Mapping[str, Any] = {key: value for key, value in line["query"].items() if key not in COMMON_QUERY}
        requested(found, path, given, fields, OPTIONAL_REQUEST.get(path, frozenset()), nested=False)
    elif isinstance(line["body"], dict):
        requested(found, path, line["body"], fields, OPTIONAL_REQUEST.get(path, frozenset()))


def requested(
    found: Judgement, path: str, given: Mapping[str, Any], fields: Mapping[str, Any],
    optional: frozenset[str] = frozenset(), where: str = "", nested: bool = True,
) -> None:  # fmt: skip
    """Judge what was sent: fields nobody knows, and required ones that are missing (but for `optional` at the top)."""
    for name in given:
        if name not in fields:
            found.unknown_request[f"{path}: {where}{name}"] += 1
    for name, spec in fields.items():
        if name not in given:
            if spec[1] and (where or name not in optional):
                found.missing_request[f"{path}: {where}{name}"] += 1
            continue
        for value in _objects(given[name]) if nested and len(spec) > 2 else ():
            requested(found, path, value, spec[2], optional, f"{where}{name}.", nested)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        yield from (row for row in value if isinstance(row, dict))


def answered(
    found: Judgement, path: str, given: Mapping[str, Any], fields: Mapping[str, Any], exceptions: Exceptions,
    where: str = "",
) -> None:  # fmt: skip
    """Judge what was answered: fields that neither the reference nor an exception knows."""
    for name, value in given.items():
        place = f"{where}{name}"
        if name not in fields:
            reason = exceptions.get((path, place)) or exceptions.get(("*", place))
            if reason is None:
                found.unknown_response[f"{path}: {place}"] += 1
            else:
                found.exceptions[reason] += 1
            continue
        if len(fields[name]) > 1:
            for inner in _objects(value):
                answered(found, path, inner, fields[name][1], exceptions, f"{place}.")


def normalised(code: str) -> str:
    """A code without its module's name and without a trailing dot (section 5)."""
    code = code.rstrip(".")
    return next((code.removeprefix(module) for module in MODULES if code.startswith(module)), code)


def _code(found: Judgement, path: str, raw: str, spec: Mapping[str, Any]) -> None:
    code = normalised(raw)
    if not code or code in spec["errors"] or code in reference()["common_errors"]:
        return
    reason = CODE_EXCEPTIONS.get((path, code)) or CODE_EXCEPTIONS.get(("*", code))
    if reason is None:
        found.unknown_codes[f"{path}: {code}"] += 1
    else:
        found.exceptions[reason] += 1
