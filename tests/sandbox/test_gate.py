"""The gate: signatures, time, encodings, shape of requests (facts, sections 1 and 5)."""

from __future__ import annotations

import http.client
from typing import Any

import pytest

from adapters.sandbox.shopee import market
from adapters.sandbox.shopee.reference import reference
from tests.sandbox.client import STATUSES, Client, sign
from tests.sandbox.conftest import Start

KEY = "test-partner-key-0123456789abcdef"
TOKEN = "59777174636562737266615546704c6d"
SHOP = f"{TOKEN}14701711"
VECTORS = [
    ("/api/v2/shop/get_shop_info", SHOP, "c3b3aadc4389e1eca07fceaca75048cef7b6d48c385764b910e2e9de83cf687f"),
    ("/api/v2/product/get_item_list", SHOP, "e847921fe683beb3739d5c6d5e86a743175541b93d6f06cf58ae323011a51037"),
    ("/api/v2/product/update_stock", SHOP, "2bc438ca50e7dd775a83621f543113ecf2778cb1dc043233064f2035f3a5f16c"),
    ("/api/v2/auth/token/get", "", "4a0109c40ee0b74e768acb1569e422c885e48a39a9925cfa6a999dadd6648237"),
    ("/api/v2/auth/access_token/get", "", "d9e85532f12f3a8af79c0051f0124c02e16f52ace49fa5ce2c70470a0af8b022"),
    ("/api/v2/shop/auth_partner", "", "030598221396c93d3810b83f178ee62a199cb7e45603826ed9eabafb73c14cf9"),
    ("/api/v2/media_space/upload_image", "", "6a043b7e751f63f5aa3c8c6213277f7ab10f09cd631e2a0ff612163a18785800"),
    ("/api/v2/public/get_shops_by_partner", "", "f3ecff6ae1cba41d9ec9e277114ac2a8b816e7608a1081e93f5b6151b7e3e3da"),
]


@pytest.mark.parametrize(("path", "rest", "expected"), VECTORS, ids=[vector[0] for vector in VECTORS])
def test_the_published_vectors_are_ours(path: str, rest: str, expected: str) -> None:
    """Section 1.4, computed by the client of these tests, whose signatures the gate accepts below."""
    assert sign(KEY, f"2001887{path}1655714431{rest}") == expected


def test_a_signed_call_is_let_in_and_a_foreign_key_is_not(client: Client) -> None:
    assert client.call("shop/get_shop_info")["region"] == "ID"
    client.key = "another key"
    client.call("shop/get_shop_info")
    assert (client.status, client.code, client.answer["message"]) == (200, "error_sign", "Wrong sign.")


def test_business_parameters_are_not_signed(client: Client) -> None:
    """A wrong one gives error_param, never error_sign (section 1.2)."""
    client.call("product/get_item_list", offset=0, page_size=999, item_status="NORMAL")
    assert client.code == "product.error_param"


@pytest.mark.parametrize(("offset", "text"), [(-301, "Timestamp is expired."), (31, "Invalid timestamp")])
def test_a_clock_that_is_off_is_called_a_parameter(client: Client, offset: int, text: str) -> None:
    stamp = int(client.clock.now().timestamp()) + offset
    client.call("shop/get_shop_info", other={"timestamp": stamp})
    assert (client.status, client.code, client.answer["message"]) == (200, "error_param", text)


@pytest.mark.parametrize("name", ["partner_id", "timestamp", "sign", "access_token", "shop_id"])
def test_each_common_parameter_is_missed_by_name(client: Client, name: str) -> None:
    path = "/api/v2/shop/get_shop_info"
    query = client.common(path, public=False)
    del query[name]
    client.took(client.raw("GET", path, params=query))
    assert (client.code, client.answer["message"]) == ("error_param", f"There is no {name} in query.")


@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        ({"sign": ""}, "error_param", "There is no sign in query."),
        ({"partner_id": 5}, "error_auth", "Invalid partner_id or shopid."),
        ({"access_token": "0" * 32}, "error_sign", "Wrong sign."),
        ({"access_token": ""}, "error_param", "There is no access_token in query."),
    ],
)
def test_the_gate_says_what_is_wrong(client: Client, change: dict[str, Any], code: str, text: str) -> None:
    client.call("shop/get_shop_info", other=change)
    assert (client.code, client.answer["message"]) == (code, text)


def test_numbers_beyond_32_bits_are_no_ids(client: Client) -> None:
    path = "/api/v2/shop/get_shop_info"
    client.took(client.raw("GET", path, params={**client.common(path, public=False), "shop_id": 2**32}))
    assert client.code == "error_param"


def test_an_undocumented_path_is_refused(client: Client) -> None:
    client.call("product/get_dts_limit", category_id=1)  # removed from the reference (section 3.0)
    assert (client.code, client.answer["message"][-26:]) == ("error_param", "request path is incorrect.")


def test_the_wrong_verb_is_refused(client: Client) -> None:
    client.call("product/get_category", {})
    assert client.code == "error_param"


def test_unknown_fields_are_refused_at_every_depth(client: Client) -> None:
    client.call("product/add_item", client.body(normal_stock=3))  # removed on 2022-10-31 (section 3.7)
    assert client.code == "product.error_param"
    client.call("product/add_item", client.body(seller_stock=[{"stock": 3, "normal_stock": 3}]))
    assert client.code == "product.error_param"
    client.call("product/get_category", languages="id")
    assert client.code == "product.error_param"


@pytest.mark.parametrize(
    ("field", "value"),
    [("original_price", "45000"), ("category_id", "100103"), ("weight", "0.25"), ("item_name", 5),
     ("image", ["a"]), ("seller_stock", {"stock": 1}), ("seller_stock", [{"stock": 1.5}]), ("category_id", True)],
)  # fmt: skip
def test_wrong_types_are_refused(client: Client, field: str, value: Any) -> None:
    client.call("product/add_item", client.body(**{field: value}))
    assert client.code == "product.error_param"
    assert client.shop.truth() == []


@pytest.mark.parametrize(
    "field", ["item_name", "description", "original_price", "weight", "category_id", "image", "logistic_info"]
)
def test_missing_fields_are_named_as_go_names_them(client: Client, field: str) -> None:
    client.call("product/add_item", client.body("KRS-01", **{field: None}))
    go = "".join(part.capitalize() for part in field.split("_"))
    assert client.answer["message"] == f"invalid field {go}: value must  Not Null"


def test_an_empty_body_is_eof(client: Client) -> None:
    path = "/api/v2/product/add_model"
    client.took(client.raw("POST", path, params=client.common(path, public=False)))
    assert (client.code, client.answer["message"]) == ("product.error_param", "EOF")


def test_business_parameters_of_a_post_do_not_travel_in_the_query(client: Client) -> None:
    client.call("product/delete_item", {"item_id": 1}, item_id=1)
    assert client.code == "error_param"


@pytest.mark.parametrize("form", [STATUSES, ",".join(STATUSES), str(list(STATUSES))])
def test_lists_of_words_come_in_three_encodings(client: Client, form: Any) -> None:
    item = client.item()
    found = client.call("product/get_item_list", offset=0, page_size=10, item_status=form)
    assert [row["item_id"] for row in found["item"]] == [item]


def test_lists_of_numbers_come_in_three_encodings(client: Client) -> None:
    one, two = client.item("A-1"), client.item("A-2")
    for form in (f"{one},{two}", [one, two], f"[{one}, {two}]"):
        found = client.call("product/get_item_base_info", item_id_list=form)
        assert [row["item_id"] for row in found["item_list"]] == [one, two]


def test_switch_future_skew(start: Start) -> None:
    client = start(switches={"shopee.future_skew": "accepted"})
    client.call("shop/get_shop_info", other={"timestamp": int(client.clock.now().timestamp()) + 290})
    assert client.code == ""


def test_switch_error_status(start: Start) -> None:
    client = start(switches={"shopee.error_status": "4xx"})
    client.key = "another key"
    client.call("shop/get_shop_info")
    assert (client.status, client.code) == (403, "error_sign")


def test_switch_code_prefix(start: Start) -> None:
    plain = start(switches={"shopee.code_prefix": "none"})
    plain.call("product/delete_item", {"item_id": 1})
    assert plain.code == "error_item_not_found"
    common = start(switches={"shopee.code_prefix": "common"})
    common.call("shop/get_shop_info", other={"access_token": "no token"})
    assert common.code == "common.error_sign"


def test_a_body_in_chunks_and_one_that_waits_for_100_are_taken(client: Client) -> None:
    """Upload libraries stream without a length, curl asks before it sends."""
    connection = http.client.HTTPConnection(client.shop.url.removeprefix("http://"), timeout=20)
    query = "&".join(f"{k}={v}" for k, v in client.common("/api/v2/product/delete_item", public=False).items())
    target = f"/api/v2/product/delete_item?{query}"
    connection.request("POST", target, body=iter([b'{"item', b'_id": 7}']), encode_chunked=True,
                       headers={"Transfer-Encoding": "chunked"})  # fmt: skip
    assert b"error_item_not_found" in connection.getresponse().read()
    connection.request("POST", target, body=b'{"item_id": 7}', headers={"Expect": "100-continue"})
    assert b"error_item_not_found" in connection.getresponse().read()
    connection.close()


def test_every_operation_served_stands_in_the_reference() -> None:
    assert {*market.OPERATIONS, market.UPLOAD} == set(reference()["operations"])
