"""The official reference as a compact table: what a request may and must hold, what an answer may hold."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def reference() -> dict[str, Any]:
    """{operations: {path: {method, class, request, response, errors}}, common_errors}; its source stands in it."""
    table: dict[str, Any] = json.loads((files(__package__) / "reference.json").read_text(encoding="utf-8"))
    return table


# Where the fact sheet contradicts or completes the reference, the sheet wins. Each line names where it says so.
MORE_REQUEST: dict[str, dict[str, list[Any]]] = {
    # 3.2: the table omits logistic_info, the official sample has it; treat as accepted.
    "/api/v2/product/update_item": {
        # 3.1, 3.2: image ids are plain strings, as in add_item; the table of update_item alone prints object[].
        "image": ["object", 0, {"image_id_list": ["string[]", 1], "image_ratio": ["string", 0]}],
        "logistic_info": ["object[]", 0, {"logistic_id": ["int32", 1], "enabled": ["boolean", 1],
                                          "is_free": ["boolean", 0], "size_id": ["int32", 0],
                                          "shipping_fee": ["float", 0]}],
    },
    # 3.5: the older form was marked deprecated on 2025-09-12, but guides and SDKs still send it; accept both.
    "/api/v2/product/init_tier_variation": {
        "tier_variation": ["object[]", 0, {"name": ["string", 1], "option_list": ["object[]", 1, {
            "option": ["string", 1], "image": ["object", 0, {"image_id": ["string", 1]}]}]}],
    },
    "/api/v2/product/update_tier_variation": {
        "tier_variation": ["object[]", 0, {"name": ["string", 1], "option_list": ["object[]", 1, {
            "option": ["string", 1], "image": ["object", 0, {"image_id": ["string", 1]}]}]}],
    },
}  # fmt: skip

# Marked required in one place and optional in prose of the same page, or by form: not demanded here.
OPTIONAL_REQUEST: dict[str, frozenset[str]] = {
    # 3.5: either form of the tiers will do.
    "/api/v2/product/init_tier_variation": frozenset({"standardise_tier_variation"}),
    "/api/v2/product/update_tier_variation": frozenset({"standardise_tier_variation"}),
    # 3.4: one of item_name, item_sku and attribute_status; offset is "" or absent on the first page.
    "/api/v2/product/search_item": frozenset({"offset"}),
}


def request_fields(path: str) -> dict[str, list[Any]]:
    """What a request to `path` may hold, by the reference and the fact sheet."""
    table: dict[str, list[Any]] = reference()["operations"][path]["request"]
    return {**table, **MORE_REQUEST.get(path, {})}
