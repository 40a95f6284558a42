"""Every call and every field that is answered stands in the public reference, with its type, or here with a reason.

reference.json: names and types of the calls, as the public OpenAPI fragments have them. They contradict the fact sheet
in places; where they do, the facts win, and the place is named below.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.lazada.paths import OPERATIONS
from tests.sandbox.lazada.client import CATEGORY, Client

REFERENCE: dict[str, Any] = json.loads(Path(__file__).with_name("reference.json").read_text("utf-8"))["calls"]
TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
}
FACTS = {
    "account_id": "3: may be null", "country_user_info_list": "3: the refresh page's name of the list",
    "refresh_expires_in": "3: text on create, number on refresh", "images": "7.8: a list",
    "marketImages": "7.8: a list",
    "variation": "7.8: there too", "module": "10.1: untyped", "success": "10.1: a boolean",
    "order_id": "10.3: number or text", "order_number": "10.3: number or text", "product_id": "10.3",
    "Variation1": "7.8",
}  # fmt: skip
"""Fields whose name or type the facts know better."""


def strange(value: Any, known: Any, at: str) -> Iterator[str]:
    """Where an answer differs from the reference."""
    name = at.rpartition(".")[2]
    if name in FACTS:
        return
    if isinstance(known, dict):
        if not isinstance(value, dict):
            yield f"{at}: an object is wanted"
            return
        for key, one in value.items():
            if key not in known and key not in FACTS:
                yield f"{at}.{key}: unknown"
            yield from strange(one, known.get(key), f"{at}.{key}")
    elif isinstance(known, list):
        for one in value if isinstance(value, list) else ():
            yield from strange(one, known[0], at)
        if not isinstance(value, list):
            yield f"{at}: a list is wanted"
    elif known is not None and not TYPES[known](value):
        yield f"{at}: {known} is wanted, not {value!r}"


def test_every_call_and_parameter_is_known() -> None:
    for operation in OPERATIONS:
        known = REFERENCE[operation.path]
        assert operation.parameters <= set(known["parameters"]), operation.path
        refused = {"GET"} if operation.path == "/product/stock/sellable/update" else set()  # facts, section 7.4
        assert operation.methods == set(known["methods"]) - refused
    assert set(REFERENCE) == {operation.path for operation in OPERATIONS}


@pytest.fixture
def answers(client: Client) -> dict[str, dict[str, Any]]:
    """One good answer of each call that says more than that it was done."""
    item, _ = client.live("KP-1", "KP-2")
    client.clock.advance(60)
    order = client.buy("KP-1", 2)
    client.shop.control("POST", "promotions", {"sku": "KP-1", "reserve": 1, "locks": False})
    client.shop.control("POST", "edit", {"sku": "KP-1", "sale_price": 80_000})
    asked: dict[str, dict[str, str]] = {
        "/seller/get": {}, "/rc/warehouse/get": {}, "/rc/warehouse/detail/get": {}, "/product/seller/item/limit": {},
        "/category/tree/get": {}, "/category/attributes/get": {"primary_category_id": CATEGORY},
        "/category/brands/query": {"startRow": "0", "pageSize": "5"}, "/product/item/get": {"item_id": item},
        "/product/category/suggestion/get": {"product_name": "Cincin"}, "/products/get": {"filter": "all"},
        "/product/unfilled/attribute/get": {"page_index": "1", "page_size": "5", "attribute_tag": "x",
                                            "language_code": "id_ID"},
        "/orders/get": {"created_after": "2026-11-24T00:00:00+0700"}, "/order/get": {"order_id": order},
        "/order/items/get": {"order_id": order}, "/orders/items/get": {"order_ids": f"[{order}]"},
    }  # fmt: skip
    found = {}
    for path, parameters in asked.items():
        client.get(path, **parameters)
        found[path] = client.answer
    client.shop.control("POST", "category", {"close": CATEGORY})
    client.get("/product/qc/alert/list", offset="0", limit="10")
    found["/product/qc/alert/list"] = client.answer
    client.call("GET", "/auth/token/refresh", {"refresh_token": client.keys["refresh_token"]}, token=False)
    return {**found, "/auth/token/refresh": client.answer}


def test_answers_fit_the_reference(answers: dict[str, dict[str, Any]]) -> None:
    for path, answer in answers.items():
        body = {name: value for name, value in answer.items() if name not in ("code", "request_id")}
        known = REFERENCE[path]["response"]
        known = {**known, "data": known["data"]} if "data" in known else known
        assert list(strange(body, known, path)) == []
        assert any(body.values()), path


def test_a_stranger_would_be_noticed() -> None:
    known = {"data": {"name": "string", "rows": [{"id": "integer"}]}}
    wrong = {"data": {"name": 1, "rows": [{"id": "1", "colour": "red"}]}, "more": 1}
    assert [one.split(":")[0] for one in strange(wrong, known, "x")] == [
        "x.data.name", "x.data.rows.id", "x.data.rows.colour", "x.more",
    ]  # fmt: skip
