"""Whatever is sent, the sandbox answers in Lazada's envelope, and it still stands afterwards."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sandbox.lazada.paths import OPERATIONS, Operation
from tests.sandbox.client import png
from tests.sandbox.lazada.client import AXIS, Client, xml

JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 2**70), st.floats(allow_nan=False), st.text(max_size=20), st.just([]),
    st.just({}), st.just(["KP-1"]), st.just({"Sku": [{}]}), 
    st.sampled_from(["", "1", "-1", "1e9", "85000.5", "x" * 300]),
)  # fmt: skip
CHOICES = st.lists(st.tuples(st.integers(0, 10**6), JUNK), min_size=1, max_size=3)


def documents(client: Client, item: str, ids: list[str]) -> dict[str, Any]:
    """One good document of each call that takes one."""
    rows = [{"ItemId": item, "SkuId": one, "Price": "86000", "SalePrice": "80000", "SaleStartDate": "2026-11-24",
             "Quantity": "9", "SellableQuantity": "4", "SellerSku": "KP-1",
             "MultiWarehouseInventories": {"MultiWarehouseInventory": [{"WarehouseCode": "dropshipping",
                                                                        "Quantity": "3"}]}}
            for one in ids]  # fmt: skip
    numbers = {"Product": {"Skus": {"Sku": rows}}}
    whole = client.product("KP-8", "KP-9")
    skus = [client.sku("KP-1", SkuId=one, special_price="80000", Status="active") for one in ids]
    return {
        "/product/create": {"Product": whole}, "/product/pre/check": {"Product": whole},
        "/product/update": {"Product": {**whole, "ItemId": item, "Skus": {"Sku": skus}}},
        "/product/price_quantity/update": numbers, "/product/stock/sellable/update": numbers,
        "/product/stock/sellable/adjust": numbers,
        "/product/deactivate": {"Product": {"ItemId": item, "Skus": {"SkuId": [ids[0]]}}},
        "/product/sku/remove": {"Product": {"ItemId": item, "variation": {"variation1": {"name": AXIS}},
                                            "Skus": {"Sku": [{"SkuId": ids[0]}]}}},
        "/image/migrate": {"Image": {"Url": "https://example.test/a.jpg"}},
        "/images/migrate": {"Images": {"Url": ["https://example.test/a.jpg"]}},
        "/images/set": {"Product": {"Skus": {"Sku": [{"SkuId": ids[0], "Images": whole["Images"]}]}}},
    }  # fmt: skip


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document that can be spoilt."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, one in inner for place in places(one, (*at, key)))]


def spoilt(body: Any, at: tuple[Any, ...], junk: Any) -> Any:
    """The document with something else in one place."""
    if not at:
        return junk
    target = body
    for key in at[:-1]:
        target = target[key]
    target[at[-1]] = junk
    return body


def sent(value: Any, as_xml: bool) -> str:
    """A document as it travels: one that is spoilt may not even be XML."""
    return xml("Request", value) if as_xml else json.dumps({"Request": value})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.path)
def test_any_request_is_answered(client: Client, operation: Operation) -> None:
    item, ids = client.live("KP-1", "KP-2")
    client.buy("KP-1", 2)
    client.shop.control("PUT", "settings", {"multi_warehouse": True})
    good = documents(client, item, ids).get(operation.path)
    document = next(iter(operation.parameters & {"payload", "apiRequestBody"}), "")
    names = sorted(operation.parameters - {document}) or ["colour"]
    method = "POST" if "POST" in operation.methods else "GET"

    @settings(max_examples=40, deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(CHOICES, st.booleans())
    def ask(choices: list[tuple[int, Any]], as_xml: bool) -> None:
        body, parameters = copy.deepcopy(good), {}
        for number, junk in choices:
            at = places(body)
            body = spoilt(body, at[number % len(at)], copy.deepcopy(junk))
            if not document or number % 7 == 0:
                parameters[names[number % len(names)]] = junk if isinstance(junk, str) else json.dumps(junk)
        if document:
            parameters[document] = sent(body, as_xml)
        files = {"image": ("a.png", png(10))} if operation.path == "/image/upload" and as_xml else None
        parameters = {name: value for name, value in parameters.items() if files is None or name != "image"}
        client.call(method, operation.path, parameters, files=files)
        assert isinstance(client.code, str)
        client.keys = dict(client.shop.credentials)
        client.clock.advance(60)
        client.shop.truth()

    ask()
    assert client.shop.server.market.dump()
