"""Whatever is asked is answered in an envelope: no request makes the sandbox stumble."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sandbox.blibli.paths import MTA, OPERATIONS, SELLER, Operation
from tests.sandbox.blibli.client import OPTION, PICTURE, Client, b64

L3 = "TOQ-15130-00001"
IDS = {"product-sku": L3, "blibli-sku": f"{L3}-00001", "product-code": "MTA-9000002", "category-code": "KA-1000003",
       "order-item-id": "12500000001"}  # fmt: skip
JUNK = st.sampled_from([
    None, "", " ", "x", "KP-1", L3, OPTION, -1, 0, 1, 51, 2**60, 1e400, 0.5, True, [], {}, [None], {"a": None}, ["a"],
    {OPTION: ["16"]}, {OPTION: "16"}, b64("x"), "data:image/png", PICTURE,
])  # fmt: skip
CHOICES = st.lists(st.tuples(st.integers(0, 60), JUNK), min_size=1, max_size=4)


def bodies(client: Client) -> dict[str, Any]:
    """A good body by path, where there is one."""
    row = {"blibliSku": f"{L3}-00001", "sellerSku": "KP-1", "price": {"regular": 9000, "sale": 8000}, "stock": 1,
           "attributesMap": {OPTION: "16"}, "images": ["a"]}  # fmt: skip
    paging = {"page": 0, "size": 10}
    return {
        f"{MTA}/v2/product/createProduct": {"bpCode": "TOQ-15130", "products": [client.product("K", ("1", "2"))]},
        f"{SELLER}/products/async": {"product": [client.v3()]},
        f"{SELLER}/products/{{product-sku}}/revision": {"submit": True, **client.v3()},
        f"{SELLER}/product-submissions/{{product-code}}": {
            "product": {"name": "x"}, "productItems": [{"sellerSku": "KP-2", "price": {"regular": 9000}}],
            "imageMap": [{"data": PICTURE, "name": "b"}], "definingAttributes": {}, "category": {"code": "KA-1000004"}},
        f"{SELLER}/products/statuses/archive": {"productSkus": [L3]},
        f"{SELLER}/products/statuses/unarchive": {"productSkus": [L3]},
        f"{MTA}/v1/product/updateProduct": {"merchantCode": "TOQ-15130", "productRequests": [
            {"gdnSku": f"{L3}-00001", "exactStock": 1, "price": 9000, "salePrice": 8000,
             "pickupPointCode": "PP-3000001"}]},
        f"{SELLER}/products/{{blibli-sku}}/stock": {"availableStock": 1, "pickupPointCode": "PP-3000001"},
        f"{SELLER}/products/{{blibli-sku}}": {"price": {"regular": 9000}, "pickupPointCode": "PP-3000001"},
        f"{SELLER}/products/{{product-sku}}/detail": {"name": "x", "attributes": {"BA-2000001": "Kain"}},
        f"{SELLER}/products/{{product-sku}}/variants": {"variants": [row], "imageMap": {"a": PICTURE}},
        f"{SELLER}/products/{{product-sku}}/variants/filter": {"filter": {"blibliSku": L3}, "paging": paging},
        f"{SELLER}/products/{{product-sku}}/images": {"data": PICTURE, "variants": [{"blibliSku": f"{L3}-00001"}]},
        f"{SELLER}/products/filter": {"filter": {"state": "ACTIVE", "productName": "x"}, "paging": paging,
                                      "sorting": {"by": "createdDate", "direction": "ASC"}},
        f"{MTA}/v2/product/getProductList": {"merchantSkus": ["KP-1"], "isArchive": False, **paging},
        f"{SELLER}/product-submissions/filter": {"filter": {"state": "ALL", "sellerSku": "x"}, "paging": paging},
        f"{SELLER}/stores/pickup-points/filter": {"filter": {"code": "x"}, "paging": paging},
        f"{SELLER}/orders/packages/filter": {"filter": {"statusFPDateRange": {"start": 1795489200000},
                                                        "orderItemStatuses": ["FP"]}, "paging": paging},
        f"{MTA}/v1/order/createPackage": {"orderItemIds": ["12500000001"]},
    }  # fmt: skip


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a body that can be spoilt."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, one in inner for place in places(one, (*at, key)))]


def spoilt(body: Any, at: tuple[Any, ...], junk: Any) -> Any:
    """The body with something else in one place."""
    if not at:
        return junk
    target = body
    for key in at[:-1]:
        target = target[key]
    target[at[-1]] = junk
    return body


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_any_request_is_answered(client: Client, operation: Operation) -> None:
    client.live()
    client.create(client.product("KP-2"))
    client.shop.control("POST", "review", {"sku": "KP-2", "verdict": "needs_correction"})
    client.clock.advance(3660)
    good = bodies(client).get(operation.path)
    path = operation.path
    for name, value in IDS.items():
        path = path.replace(f"{{{name}}}", value)
    named = {name: value for name, value in IDS.items() if f"{{{name}}}" in operation.path}

    @settings(max_examples=40, deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(CHOICES)
    def ask(choices: list[tuple[int, Any]]) -> None:
        body: Any = copy.deepcopy(good)
        query: dict[str, str] = {}
        names = sorted(operation.query)
        for number, junk in choices:
            at = places(body)
            body = spoilt(body, at[number % len(at)], copy.deepcopy(junk))
            query |= {names[number % len(names)]: str(junk)} if names else {}
        is_get = operation.method == "GET"
        client.call(operation.method, path, None if is_get else body, named={**named, **query})
        client.clock.advance(60)
        assert client.status in (200, 202, 204, 404)
        assert client.status == 204 or "requestId" in client.answer
        client.shop.truth()

    ask()
