"""Whatever is asked is answered in an envelope: no request makes the sandbox stumble."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sandbox.tiktokshop.paths import OPERATIONS, Operation
from tests.sandbox.tiktokshop.client import KIND, WAREHOUSE, Client, sign

JUNK: st.SearchStrategy[Any] = st.sampled_from([
    None, "", " ", "x", "KP-1", "600003", KIND, "85000.00", "v1", WAREHOUSE, "ALL", "eHg=", "AS_DRAFT", -1, 0, 1, 51,
    2**70, 1e400, 0.5, True, [], {}, [None], {"a": None}, ["a"], ["TOKOPEDIA"], ["TIKTOK_SHOP"], [{}], {"uri": "x"},
    [{"id": KIND, "value_id": "1"}], [{"id": "100001", "values": [{"name": "x"}]}], "\ud800", "<img src=",
])  # fmt: skip
CHOICES = st.lists(st.tuples(st.integers(0, 90), JUNK), min_size=1, max_size=4)


def bodies(client: Client, number: str, skus: list[str]) -> dict[str, Any]:
    """A good body by shape."""
    product = client.body("K", ("1", "2"), external_product_id="K", brand_id="7000001", idempotency_key="k")
    check = {name: value for name, value in product.items()
             if name not in ("save_mode", "category_version", "idempotency_key")}  # fmt: skip
    edit = {**product, "skus": [{**sku, "id": own} for sku, own in zip(product["skus"], skus, strict=True)]}
    del edit["idempotency_key"]
    partial = {name: value for name, value in edit.items() if name != "category_id"}
    many = {"product_ids": [number], "listing_platforms": ["TOKOPEDIA"]}
    return {
        "create": product, "check": check, "edit": edit, "partial_edit": partial, "activate": many, "deactivate": many,
        "delete": {"product_ids": [number]}, "recover": {"product_ids": [number]},
        "stock": {"skus": [{"id": skus[0], "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 3}]}]},
        "price": {"skus": [{"id": skus[0], "price": {"amount": "9000", "currency": "IDR"}}]},
        "search": {"status": "ACTIVATE", "seller_skus": ["K"], "create_time_ge": 1, "listing_platforms": ["TOKOPEDIA"]},
        "inventory": {"product_ids": [number], "sku_ids": skus}, "recommend": {"product_title": "Lada"},
        "orders": {"order_status": "UNPAID", "create_time_ge": 1, "warehouse_ids": [WAREHOUSE]},
        "webhook_set": {"address": "https://a.example", "event_type": "PACKAGE_UPDATE"},
        "webhook_delete": {"event_type": "PACKAGE_UPDATE"},
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
    number = client.live("A", ("1", "2"))
    client.order("A-1")
    skus = list(client.skus(number).values())
    good = bodies(client, number, skus).get(operation.shape)
    ids = {"product_id": number, "category_id": "600003", "warehouse_id": WAREHOUSE}
    path = operation.path.format(**ids)
    names = sorted(operation.query)

    @settings(max_examples=40, deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(CHOICES)
    def ask(choices: list[tuple[int, Any]]) -> None:
        body: Any = copy.deepcopy(good)
        query: dict[str, str] = {}
        for turn, junk in choices:
            if body is not None or operation.shape:
                at = places(body)
                body = spoilt(body, at[turn % len(at)], copy.deepcopy(junk))
            query |= {names[turn % len(names)]: repr(junk) if junk == "\ud800" else str(junk)} if names else {}
        client.call(operation.method, path, body, named=query)
        client.clock.advance(600)
        assert client.status in (200, 400)
        assert {"code", "message", "request_id"} <= client.answer.keys()
        client.search()
        client.shop.truth()

    ask()


BOUNDARY = "multipart/form-data; boundary=b"
FORMS = [
    (BOUNDARY, b""), (BOUNDARY, b"--b"), (BOUNDARY, b"--b\r\n\r\nx\r\n--b--"), ("multipart/form-data", b"--b--"),
    (BOUNDARY, b'--b\r\nContent-Disposition: form-data; name="data"\r\n\r\n\x89PNG\r\n\x1a\n\r\n--b--'),
    (BOUNDARY, b'--b\r\nContent-Disposition: form-data; name="data"\r\n\r\n\xff\xd8\xff\r\n--b--'),
    (BOUNDARY, b'--b\r\nContent-Disposition: form-data; name="data"\r\n\r\nRIFF1234WEBPVP8 \r\n--b--'),
    (BOUNDARY, b'--b\r\nContent-Disposition: form-data; name="data"\r\n\r\n1234ftypheicispe\r\n--b--'),
    (BOUNDARY, b'--b\r\nContent-Disposition: form-data; name="data"\r\n\r\nBM\r\n--b--'),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body"), FORMS)
def test_any_form_is_answered(client: Client, kind: str, body: bytes) -> None:
    path = "/product/202309/images/upload"
    asked = client.query(path)
    good = sign(client.keys["app_secret"], path, asked, b"")
    client.call("POST", path, raw=body, headers={"content-type": kind}, sign=good)
    assert client.code in (36009004, 12052301)


def test_an_option_that_is_no_text_is_still_an_option(client: Client) -> None:
    body = client.body()
    body["skus"][0]["sales_attributes"] = [{"id": KIND, "value_name": "\ud800"}]
    client.good("POST", "/product/202309/products", body)
    assert client.shop.truth()[0]["variants"][0]["sku"] == "KP-1"
