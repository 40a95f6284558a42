"""What surprises an adapter: fields, codes and words that no source names, and answers to open questions."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest

from adapters.blibli.seen import ORDER_STATES as BLIBLI_ORDERS
from adapters.blibli.seen import SUBMISSION_STATES
from adapters.bukalapak.orders import STATES as BUKALAPAK_ORDERS
from adapters.contract import Cause, Noticed, Notion
from adapters.lazada.words import ORDER_STATUSES as LAZADA_ORDERS
from adapters.lazada.words import PRODUCT_STATUSES as LAZADA_PRODUCTS
from adapters.noticing import EVERY, WHOLE, Noticing, Vocabulary
from adapters.sandbox.switches import SWITCHES
from adapters.shopee.mapping import ORDER_STATES as SHOPEE_ORDERS
from adapters.tiktokshop.words import ORDER_STATES as TIKTOK_ORDERS
from adapters.tiktokshop.words import STATES as TIKTOK_STATES
from adapters.transport import Answer

KNOWN = Vocabulary(
    {"read": {"rows": {"id": {}, "prices": {"*": {"amount": {}}}}, "state": {}}},
    {"read": {"rows.id": frozenset({"1"}), "state": frozenset({"LIVE", "SOLD"})}},
)
OURS = ("shopee", "bukalapak", "blibli", "lazada", "tiktokshop")


def told(operation: str, body: Any, vocabulary: Vocabulary = KNOWN) -> list[tuple[Notion, str]]:
    noticing = Noticing(vocabulary)
    noticing.answered(operation, body)
    return [(one.notion, one.name) for one in noticing.drain()]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"rows": [{"id": 1}, {"id": 1, "colour": "red"}]}, [(Notion.field, "rows.colour")]),
        ({"rows": [{"prices": {"4711": {"amount": 1, "tax": 2}}}]}, [(Notion.field, "rows.prices.4711.tax")]),
        ({"state": "LIVE", "rows": None}, []),
        ({"state": "FROZEN"}, [(Notion.status, "FROZEN")]),
        ({"rows": [{"id": 2}, {"id": 2}]}, [(Notion.status, "2")]),
        ([1, 2], []),
        (None, []),
    ],
)
def test_only_what_no_source_names_is_noticed(body: Any, expected: list[tuple[Notion, str]]) -> None:
    assert told("read", body) == expected


def test_words_are_compared_in_the_spelling_of_the_marketplace() -> None:
    vocabulary = Vocabulary(statuses={"read": {"state": frozenset({"pendingqc"})}}, spelling=str.casefold)
    assert told("read", {"state": "PendingQC"}, vocabulary) == []
    assert told("read", {"state": "Pending QC"}, vocabulary) == [(Notion.status, "Pending QC")]


def test_an_operation_without_a_vocabulary_is_not_judged() -> None:
    assert told("other", {"anything": 1}) == []


def test_everything_is_said_once() -> None:
    noticing = Noticing(KNOWN)
    for _ in range(2):
        noticing.answered("read", {"state": "FROZEN"})
    assert len(noticing.drain()) == 1
    noticing.answered("read", {"state": "FROZEN"})
    assert noticing.drain() == ()


def test_an_open_question_is_one_wherever_it_is_answered() -> None:
    noticing = Noticing()
    noticing.saw(Noticed(Notion.assumption, "a.b", "read", "yes"), Noticed(Notion.assumption, "a.b", "list", "yes"))
    noticing.saw(Noticed(Notion.assumption, "a.b", "list", "no"))
    assert [(one.operation, one.position) for one in noticing.drain()] == [("read", "yes"), ("list", "no")]


def test_later_only_every_fiftieth_answer_is_looked_at() -> None:
    noticing = Noticing(KNOWN)
    for _ in range(WHOLE):
        noticing.answered("read", {"state": "LIVE"})
    for number in range(WHOLE + 1, WHOLE + EVERY + 1):
        assert noticing.drain() == ()
        noticing.answered("read", {"state": f"NEW-{number}"})
    assert [one.name for one in noticing.drain()] == [f"NEW-{WHOLE + EVERY}"]


def test_a_code_counts_only_where_no_row_of_causes_knows_it() -> None:
    noticing = Noticing()
    noticing.refused("write", Cause.rejected, "error_param", "no")
    noticing.refused("write", Cause.unknown, "", "a page of HTML")
    noticing.refused("write", Cause.unknown, "error_new", "what is secret-0001?", ("secret-0001",))
    [one] = noticing.drain()
    assert (one.notion, one.name, one.evidence) == (Notion.code, "error_new", "what is ***?")


# --- each marketplace ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("marketplace", OURS)
def test_every_switch_of_the_sandbox_is_an_assumption_of_the_adapter(marketplace: str) -> None:
    known = import_module(f"adapters.{marketplace}.adapter").ASSUMPTIONS
    switches = {s.id: set(s.positions) for s in SWITCHES if s.id.startswith(marketplace)}
    assert {one.id: set(one.positions) for one in known} == switches
    assert all(one.text.endswith(".") and one.source for one in known)


@pytest.mark.parametrize(
    ("marketplace", "operation", "path", "mapped"),
    [
        ("shopee", "get_order_detail", "response.order_list.order_status", SHOPEE_ORDERS),
        ("bukalapak", "transactions", "data.state", BUKALAPAK_ORDERS),
        ("blibli", "orders", "content.orderItems.order.itemStatus", BLIBLI_ORDERS),
        ("blibli", "submissions", "content.product.state", SUBMISSION_STATES),
        ("lazada", "GetOrders", "data.orders.statuses", LAZADA_ORDERS),
        ("lazada", "GetProducts", "data.products.status", LAZADA_PRODUCTS),
        ("tiktokshop", "get_order_list", "data.orders.status", TIKTOK_ORDERS),
        ("tiktokshop", "get_product", "data.status", TIKTOK_STATES),
        ("tiktokshop", "search_products", "data.products.integrated_platform_statuses.status", TIKTOK_STATES),
    ],
)
def test_what_a_mapping_sorts_is_a_known_word(marketplace: str, operation: str, path: str, mapped: Any) -> None:
    vocabulary: Vocabulary = import_module(f"adapters.{marketplace}.assumptions").vocabulary()
    assert set(mapped) <= vocabulary.statuses[operation][path]
    assert operation in vocabulary.fields


def shopee(operation: str, body: Any, status: int = 200, code: str = "", cause: Cause | None = None) -> set[str]:
    from adapters.shopee.assumptions import shown

    return {f"{one.name}={one.position}" for one in shown(operation, status, body, code, cause)}


@pytest.mark.parametrize(
    ("operation", "response", "expected"),
    [
        ("update_price", {"success_list": [{}]}, {"shopee.empty_lists=missing"}),
        ("update_price", {"success_list": [{}], "failure_list": None}, {"shopee.empty_lists=null"}),
        ("unlist_item", {"success_list": [], "failure_list": [{}]}, {"shopee.empty_lists=empty"}),
        ("update_stock", {"success_list": [{"stock": 1}], "failure_list": [{}]}, {"shopee.echo_location=absent"}),
        ("get_item_list", {"total_count": 0, "next_offset": 0, "has_next_page": False}, set()),
        ("get_item_list", {"total_count": 7, "next_offset": 7, "has_next_page": False},
         {"shopee.page_end_offset=count"}),
        ("get_model_list", {"model": [{"price_info": [{"current_price": 9, "inflated_price_of_current_price": 10}]}]},
         {"shopee.inflated_price=taxed"}),
        ("get_item_base_info", {"item_list": [{"stock_info_v2": {"seller_stock": [{"stock": 1, "location_id": ""}]}}]},
         {"shopee.location_in_reads=empty"}),
    ],
)  # fmt: skip
def test_answers_of_shopee(operation: str, response: Any, expected: set[str]) -> None:
    assert shopee(operation, {"error": "", "response": response}) == expected


@pytest.mark.parametrize(
    ("raw", "status", "code", "expected"),
    [
        ("product.error_busi", 200, "error_busi", {"shopee.code_prefix=module"}),
        ("error_item_not_found", 200, "error_item_not_found", {"shopee.code_prefix=none"}),
        ("common.error_auth", 200, "error_auth", {"shopee.code_prefix=common", "shopee.error_status=200"}),
        ("error_auth", 403, "error_auth", {"shopee.error_status=4xx"}),
        ("error_rate_limit", 429, "error_rate_limit", {"shopee.throttle_status=429"}),
        ("error_param", 200, "error_param", set()),
    ],
)
def test_refusals_of_shopee(raw: str, status: int, code: str, expected: set[str]) -> None:
    assert shopee("get_shop_info", {"error": raw}, status, code, Cause.rejected) == expected


def bukalapak(operation: str, api: str, body: Any, ok: bool, status: int = 200, sent: str | None = None) -> set[str]:
    from adapters.bukalapak.assumptions import shown

    cause = None if ok else Cause.rejected
    return {f"{one.name}={one.position}" for one in shown(operation, api, status, body, ok, cause, sent)}


def test_answers_of_bukalapak() -> None:
    assert bukalapak("me", "v4", {"data": {}}, True) == {"bukalapak.success_errors=absent"}
    assert bukalapak("me", "v4", {"data": {}, "errors": []}, True) == {"bukalapak.success_errors=empty"}
    failed = {"errors": [{"code": 1}], "meta": {"http_status": 422}}
    assert bukalapak("me", "v4", failed, False) == {"bukalapak.meta_status=disagrees"}
    assert bukalapak("me", "v4", failed, False, 422) == {"bukalapak.meta_status=agrees"}
    assert bukalapak("product", "v2", {"product": {"price": "1000"}}, True) == {"bukalapak.v2_numbers=strings"}
    assert bukalapak("create_product", "v2", {}, True, sent='{"product":{"variants":[]}}') == {
        "bukalapak.era=open", "bukalapak.create_variants=accepted"
    }  # fmt: skip
    refused = bukalapak("update_sku", "v4", failed, False, sent='{"price": 1}')
    assert refused == {"bukalapak.meta_status=disagrees", "bukalapak.patch_price=refused"}


def blibli(
    operation: str, body: Any, status: int = 200, ok: bool = True, code: str = "", cause: Cause | None = None,
    mta: bool = True,
) -> set[str]:  # fmt: skip
    from adapters.blibli.assumptions import shown

    return {f"{one.name}={one.position}" for one in shown(operation, mta, status, body, None, ok, code, cause)}


def test_answers_of_blibli() -> None:
    assert blibli("brands", {"success": True}) == {"blibli.no_error=missing"}
    assert blibli("brands", {"errorCode": ""}) == {"blibli.no_error=empty"}
    assert blibli("orders", {"errorCode": None, "success": True}, mta=False) == {
        "blibli.no_error=null", "blibli.seller_success=present"
    }  # fmt: skip
    assert blibli("stock", None, 204, mta=False) == {"blibli.stock_answer=204"}
    rows = [{"stockAvailableLv1": 0, "stockAvailableLv2": 0}, {"stockAvailableLv1": 7, "stockAvailableLv2": 7}]
    assert "blibli.level1_stock=same" in blibli("list_v2", {"content": rows})
    assert blibli("list_v2", {"content": rows[:1]}) == {"blibli.no_error=missing"}
    assert blibli("stock", {}, 400, False, "ERR-PA400054", Cause.binding) == {"blibli.unbound_status=400"}
    assert blibli("stock", {}, 200, False, "ERR-PA400001", Cause.rejected) == {"blibli.error_status=200"}
    assert blibli("stock", {"errorCode": "x"}, 429, False) == {"blibli.throttle_body=json", "blibli.retry_after=absent"}
    assert blibli("stock", None, 429, False) == {"blibli.retry_after=absent"}


def lazada(operation: str, body: Any, code: str = "0", cause: Cause | None = None) -> set[str]:
    from adapters.lazada.assumptions import shown

    return {f"{one.name}={one.position}" for one in shown(operation, body, code, cause)}


@pytest.mark.parametrize(
    ("operation", "body", "expected"),
    [
        ("CreateProduct", {"data": {"item_id": 1}}, {"lazada.item_status=absent"}),
        ("UpdateProduct", {"data": {"item_status": "Pending QC"}},
         {"lazada.item_status=present", "lazada.edit_review=pending"}),
        ("UpdateProduct", {"data": {}}, {"lazada.item_status=absent"}),
        ("GetProducts", {"data": {"products": []}}, {"lazada.total_products=absent"}),
        ("GetProducts", {"data": {}}, set()),
        ("GetProducts", {"data": {"total_products": 60, "products": [{}] * 51}},
         {"lazada.total_products=present", "lazada.list_limit=100"}),
        ("GetProductItem", {"data": {"item_id": 1, "attributes": {"name": "é" * 128}}},
         {"lazada.item_keys=snake", "lazada.name_length=characters"}),
        ("GetProductItem", {"data": {"itemId": 1, "skus": [{"package_weight": "0.125"}, {"package_weight": "0.250"}]}},
         {"lazada.item_keys=camel", "lazada.weight_decimals=3"}),
        ("GetProductItem", {"data": {"item_id": 1, "skus": [{"package_weight": "0.250"}]}},
         {"lazada.item_keys=snake"}),
        ("GetWarehouseBySellerId", {"result": {"module": []}}, {"lazada.warehouse_module=list"}),
        ("GetWarehouseBySellerId", {"result": None}, set()),
        ("GetOrders", {"data": {"orders": [{"order_number": "1"}]}}, {"lazada.order_number=string"}),
        ("GenerateAccessToken", {"country_user_info": {"id": {}}}, {"lazada.user_info=object"}),
        ("GetSeller", ["no object"], set()),
    ],
)  # fmt: skip
def test_answers_of_lazada(operation: str, body: Any, expected: set[str]) -> None:
    assert lazada(operation, body) == expected


def test_refusals_of_lazada() -> None:
    assert lazada("GetSeller", {}, "IllegalAccessToken", Cause.auth) == {"lazada.token_code=IllegalAccessToken"}
    assert lazada("CreateProduct", {}, "4135", Cause.duplicate) == {"lazada.duplicate_code=4135"}
    assert lazada("CreateProduct", {}, "4135", Cause.transient) == set()  # the same number, of a line that failed
    assert lazada("GetSeller", {}, "0", Cause.throttled) == {"lazada.throttle_zero=present"}
    assert lazada("GetSeller", {}, "4108", Cause.rejected) == set()


def tiktokshop(operation: str, body: Any, sent: Any = None, status: int = 200, wait: float | None = None) -> set[str]:
    from adapters.tiktokshop.assumptions import shown

    answer = Answer(status, body, "", "yes", wait)
    found = shown(operation, answer, None if sent is None else json.dumps(sent))
    return {f"{one.name.removeprefix('tiktokshop.')}={one.position}" for one in found}


def row_of(sku: str, *quantities: int, price: int = 5000) -> dict[str, Any]:
    inventory = [{"warehouse_id": str(number), "quantity": pieces} for number, pieces in enumerate(quantities)]
    return {"id": sku, "seller_sku": sku, "inventory": inventory, "price": {"amount": str(price), "currency": "IDR"}}


@pytest.mark.parametrize(
    ("operation", "payload", "sent", "expected"),
    [
        ("update_inventory", {}, {"skus": [row_of("A", 0)]}, {"zero_quantity=accepted"}),
        ("update_inventory", {}, {"skus": [row_of("A", 7)]}, set()),
        ("update_inventory", {"errors": [{"code": 12052990, "detail": {
            "sku_id": "A", "extra_errors": [{"code": 12052055}]}}]}, {"skus": [row_of("A", 0), row_of("B", 0)]},
         {"zero_quantity=refused"}),
        ("update_inventory", {"errors": [{"code": 12052055, "detail": {"sku_id": "B"}}]},
         {"skus": [row_of("A", 0), row_of("B", 100_000)]}, set()),
        ("update_inventory", {"errors": [{"code": 12052530, "detail": {"sku_id": "A"}}]}, {"skus": [row_of("A", 7)]},
         {"omitted_warehouse=refused"}),
        ("update_inventory", {"errors": [{"code": 12052530, "detail": {"sku_id": "A"}}]},
         {"skus": [row_of("A", 7, 3)]}, set()),
        ("create_product", {"product_id": "1"}, {"skus": [row_of("A", 3, price=500)]}, {"price_floor=1"}),
        ("get_category_attributes", {"attributes": [{"is_requried": True}]}, None, {"required_spelling=is_requried"}),
        ("search_products", {"products": [{"id": "1", "status": "DELETED"}]}, {"status": "ALL"},
         {"deleted_in_all=listed"}),
        ("search_products", {"products": [{"id": "1", "skus": [row_of("A")]}, {"id": "2", "skus": [row_of("A")]}]},
         {"status": "ALL"}, {"same_seller_sku=accepted"}),
        ("search_products", {"products": [{"id": "1", "skus": [row_of("A")]},
                                          {"id": "2", "status": "DELETED", "skus": [row_of("A")]}]},
         {"status": "ACTIVATE"}, set()),
        ("get_product", {"status": "ACTIVATE", "integrated_platform_statuses": [{"platform": "TOKOPEDIA"}]}, None,
         {"platform_statuses=others"}),
        ("get_product", {"integrated_platform_statuses": [{"platform": "TOKOPEDIA"}]}, None, set()),
        ("get_product", {"integrated_platform_statuses": [{"platform": "TIKTOK_SHOP"}]}, None,
         {"platform_statuses=all"}),
    ],
)  # fmt: skip
def test_answers_of_tiktokshop(operation: str, payload: Any, sent: Any, expected: set[str]) -> None:
    assert tiktokshop(operation, {"code": 0, "data": payload}, sent) == expected


@pytest.mark.parametrize(
    ("operation", "code", "sent", "expected"),
    [
        ("update_inventory", 12052055, {"skus": [row_of("A", 0)]}, {"zero_quantity=refused"}),
        ("create_product", 12052553, {"skus": [row_of("A", 3), row_of("B", 3)]}, {"same_seller_sku=refused"}),
        ("create_product", 12052553, {"skus": [row_of("A", 3), row_of("A", 3)]}, set()),
        ("update_price", 12052073, {"skus": [row_of("A", price=900)]}, {"price_floor=1000"}),
        ("update_price", 12052073, {"skus": [row_of("A", price=90_000)]}, set()),
        ("edit_product", 12052093, {}, {"relistings=10"}),
        ("create_product", 12052093, {}, set()),
    ],
)
def test_refusals_of_tiktokshop(operation: str, code: int, sent: Any, expected: set[str]) -> None:
    said = tiktokshop(operation, {"code": code, "message": "no"}, sent)
    assert said == {"error_status=200", "error_data=missing"} | expected
    nothing = tiktokshop(operation, {"code": code, "message": "no", "data": None}, sent, 400)
    assert nothing == {"error_status=400", "error_data=null"} | expected


def test_refusals_of_tiktokshop_at_the_gate_say_nothing_of_the_product_domain() -> None:
    assert tiktokshop("get_product", {"code": 36009004, "message": "timestamp"}, status=400) == set()
    assert tiktokshop("get_product", {"code": 36009002}, status=429) == {"retry_after=absent"}
    assert tiktokshop("get_product", {"code": 36009002}, status=429, wait=3.0) == {"retry_after=present"}
    assert tiktokshop("get_product", "<html>", status=502) == set()
    used = {"code": 12052910, "message": "idempotency_key was used before", "data": {}}
    assert tiktokshop("create_product", used, {"skus": []}) == {"error_status=200", "repeated_key=error"}
