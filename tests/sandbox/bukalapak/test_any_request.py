"""No request makes the sandbox stumble: whatever is sent is answered, in the envelope of its generation."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sandbox.bukalapak.routes import ROUTES, Face, Route
from tests.sandbox.bukalapak.client import LEAF, Client

WORDS = st.sampled_from(["", "1", "all", "abc", "2026-11-24T10:00:00", "0001-01-01T00:00", "é", "-1", "active", "paid"])
LEAVES = st.one_of(st.none(), st.booleans(), st.sampled_from([-1, 0, 1, LEAF, 2**40, 0.5]), WORDS)
NAMES = st.sampled_from([
    "product", "images", "new_images", "removed_images", "name", "price", "stock", "state", "sku_name", "variants",
    "options", "label", "value", "category_id", "product_detail_attributes", "bahan", "perawatan", "transaction_id",
    "reason", "shipping_code", "courier_selection", "state_options", "reject_reason", "grant_type", "refresh_token",
])  # fmt: skip
VALUES = st.recursive(
    LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(NAMES, inner, max_size=5))
)
BODIES = st.one_of(st.dictionaries(NAMES, VALUES, max_size=5).map(json.dumps), st.sampled_from(["", "[", "5", "\x00"]))
KINDS = st.sampled_from(["application/json", "multipart/form-data", "multipart/form-data; boundary=x", "", "é"])


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_any_request_is_answered(shop: Client, route: Route) -> None:
    product = shop.tiered()
    number = shop.buy(product)
    sku = str(shop.row(product)["sku_id"])
    home = (number if "transactions" in route.path else product, sku)

    @settings(max_examples=25, deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(BODIES, KINDS, st.dictionaries(st.sampled_from(sorted(route.query) or ["x"]), WORDS, max_size=3))
    def ask(body: str, kind: str, query: dict[str, str]) -> None:
        path = route.path
        for one in home:
            path = path.replace("*", one, 1)
        headers = {"Content-Type": kind.encode()}
        options: dict[str, Any] = {"data": body.encode(), "params": query, "headers": headers}
        if route.face is Face.v2:
            shop.v2(route.method, path.removeprefix("/v2/"), **options)
            assert shop.answer["status"] in ("OK", "ERROR")
        elif route.face is Face.v4:
            shop.v4(route.method, path, **options)
            assert shop.answer["meta"]["http_status"] in (200, 404, 422)
        else:
            assert "error" in shop.took(shop.raw(route.method, path, **options))

    ask()


@pytest.mark.parametrize("header", ["Basic é", "Bearer é", "é", "Basic " + "=" * 9])
def test_any_credential_is_answered(shop: Client, header: str) -> None:
    shop.v2("GET", "categories.json", headers={"Authorization": header.encode("latin-1")})
    assert shop.status == 403
    shop.v4("GET", "/me", headers={"Authorization": header.encode("latin-1")})
    assert shop.status == 401


@pytest.mark.parametrize("back", ["", "x", "https://a.example/ b", "https://a.example/\r\nX-Y: z"])
def test_redirects_that_cannot_be(shop: Client, back: str) -> None:
    params = {"client_id": shop.app["client_id"], "response_type": "code", "redirect_uri": back}
    reply = shop.raw("GET", "/oauth/authorize", params=params)
    assert (reply.status_code, "X-Y" in reply.headers) == (400, False)
