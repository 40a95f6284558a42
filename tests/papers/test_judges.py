"""The judges of recorded traffic: they let the examples of the fact sheets pass, and find what is wrong."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests import judge_lazada, judge_tiktokshop
from tests.judge import Judgement, is_shopees
from tests.papers.payloads import Payload, payloads
from tests.prove.reference import JUDGES

CIPHER = {"app_key": ["k"], "timestamp": ["1"], "sign": ["s"], "shop_cipher": ["c"]}
STOCK = "/product/202309/products/1729592969712207008/inventory/update"


def line(method: str, path: str, query: Any = None, body: Any = None, response: Any = None) -> dict[str, Any]:
    return {"method": method, "path": path, "query": query or {}, "body": body, "response": response}


def lazada(method: str, path: str, **parts: Any) -> Judgement:
    return judge_lazada.judge([line(method, f"/rest{path}", **parts)])


def tiktok(method: str, path: str, query: Any = CIPHER, **parts: Any) -> Judgement:
    return judge_tiktokshop.judge([line(method, path, query, **parts)])


def of_example(marketplace: str, example: Payload) -> Judgement:
    """The judgement of an example: a request by its body, an answer as that of a whole request."""
    method, path = example.call.split(" ")
    if marketplace == "lazada":
        if example.kind == "answer":
            found = lazada(method, path, response=example.body)
            found.missing_request.clear()  # there is no request beside it
            return found
        text = example.body if isinstance(example.body, str) else json.dumps(example.body)
        return lazada(method, path, body={"payload": text, "app_key": "1", "sign": "A"})
    part = {"response": example.body} if example.kind == "answer" else {"body": example.body}
    found = tiktok(method, path.replace("{product_id}", "1"), **part)
    if "/token/" in path:
        found.missing_request.clear()
        found.unknown_request.clear()  # nor a query of its own
    return found


EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{example.name}")
    for name in ("lazada", "tiktokshop")
    for example in payloads(name).values()
    if example.kind != "push"
]


@pytest.mark.parametrize(("marketplace", "example"), EXAMPLES)
def test_an_example_passes(marketplace: str, example: Payload) -> None:
    found = of_example(marketplace, example)
    assert found.good, list(found.findings())


def test_each_judge_takes_its_own_calls_only() -> None:
    paths = {
        "shopee": ["/api/v2/product/add_item", "/api/v2/auth/token/get"],
        "lazada": ["/rest/products/get", "/rest/auth/token/create"],
        "tiktokshop": [STOCK, "/api/v2/token/get", "/authorization/202309/shops"],
    }
    for name, mine in paths.items():
        for path in mine:
            assert [judge for judge, one in JUDGES.items() if one.takes(path)] == [name]
    strangers = ("/v2/proxy/seller/v1/products/filter", "/v2/products.json", "/stores/me/products", "/oauth/token")
    assert not any(one.takes(path) for one in JUDGES.values() for path in strangers)
    assert not is_shopees("/api/v2/token/refresh")


def test_lazadas_judge_finds_names_that_nobody_knows() -> None:
    assert lazada("GET", "/products/get", query={"filter": ["all"], "sort": ["x"]}).unknown_request == Counter(
        {"/products/get: sort": 1}
    )
    assert lazada("GET", "/products/delete").unknown_request == Counter({"/products/delete: no such call by GET": 1})
    assert lazada("POST", "/auth/token/refresh").missing_request == Counter({"/auth/token/refresh: refresh_token": 1})


@pytest.mark.parametrize(
    "payload",
    [
        '{"Request":{"Product":{"Skus":{"Sku":[{"SkuId":"1","Stock":"5"}]}}}}',
        "<Request><Product><Skus><Sku><SkuId>1</SkuId><Stock>5</Stock></Sku></Skus></Product></Request>",
    ],
)
def test_lazadas_judge_looks_into_payloads(payload: str) -> None:
    found = lazada("POST", "/product/price_quantity/update", body={"payload": payload})
    assert found.unknown_request == Counter({"/product/price_quantity/update: Request.Product.Skus.Sku.Stock": 1})


def test_lazadas_judge_finds_payloads_that_are_none() -> None:
    found = lazada("POST", "/product/create", body={"payload": "<Request><Product>"})
    assert found.unknown_request == Counter({"/product/create: a payload that is neither JSON nor XML": 1})
    other = lazada("POST", "/image/upload", body={"payload": "{}"})
    assert other.unknown_request == Counter(
        {"/image/upload: payload": 1, "/image/upload: payload has no shape in the fact sheet": 1}
    )


def test_lazadas_judge_finds_foreign_answers() -> None:
    body = {"code": "0", "request_id": "r", "data": {"products": [{"item_id": 1, "skus": [{"SkuId": 1, "stok": 2}]}]}}
    found = lazada("GET", "/products/get", response=body | {"error": ""})
    assert found.unknown_response == Counter({"/products/get: error": 1, "/products/get: skus.stok": 1})
    coded = lazada("GET", "/products/get", response={"code": 0, "request_id": "r"})
    assert coded.unknown_codes == Counter({"/products/get: 0 is no text (section 4)": 1})
    strange = lazada("GET", "/products/get", response={"code": "4711", "request_id": "r"})
    assert strange.unknown_codes == Counter({"/products/get: 4711": 1})


def test_tiktoks_judge_finds_names_that_nobody_knows() -> None:
    found = tiktok("POST", STOCK, {"app_key": ["k"], "shop": ["1"]}, body={"skus": [{"id": "1", "stock": 3}]})
    call = "POST /product/202309/products/{product_id}/inventory/update"
    assert found.unknown_request == Counter({f"{call}: ?shop": 1, f"{call}: skus.stock": 1})
    missing = ("?timestamp", "?sign", "?shop_cipher", "skus.inventory")
    assert found.missing_request == Counter({f"{call}: {name}": 1 for name in missing})
    unknown = tiktok("POST", "/product/202309/products/inventory/update", body={})
    assert unknown.unknown_request == Counter({"POST /product/202309/products/inventory/update: no such call": 1})


def test_tiktoks_judge_wants_no_cipher_where_there_is_none() -> None:
    found = tiktok("GET", "/authorization/202309/shops")
    assert found.unknown_request == Counter({"GET /authorization/202309/shops: ?shop_cipher": 1})


def test_tiktoks_judge_finds_foreign_answers_and_codes_within() -> None:
    inner = {"code": 4711, "message": "?", "detail": {"sku_id": "1", "extra_errors": [{"code": 4712, "message": "?"}]}}
    found = tiktok("POST", STOCK, body={"skus": []}, response={
        "code": 0, "message": "Success", "request_id": "r", "data": {"errors": [inner]}, "success": True})  # fmt: skip
    call = "POST /product/202309/products/{product_id}/inventory/update"
    assert found.unknown_response == Counter({f"{call}: success": 1})
    assert found.unknown_codes == Counter({f"{call}: 4711": 1, f"{call}: 4712": 1})


def test_nothing_recorded_is_not_good() -> None:
    assert not judge_lazada.judge([]).good
    assert not judge_tiktokshop.judge([]).good
