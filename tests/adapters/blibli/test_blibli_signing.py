"""Keys, signature, envelopes and redaction: facts, sections 2, 3 and 5."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from email.utils import format_datetime

import pytest
import requests
import responses

from adapters.blibli.client import open_envelope
from adapters.blibli.signing import sign, signed_path, wib_date
from adapters.clock import ManualClock
from adapters.contract import AuthError, Cause, Deferred, Facet, MarketplaceError, Rejected, Transient, Unknown, Urgency
from adapters.redaction import redact
from adapters.transport import Answer
from tests.adapters.blibli.store import (
    KEYS,
    LIST_V2,
    LIST_V3,
    POINT,
    SELLER,
    SIGNATURE_KEY,
    START,
    STORE,
    SUBMISSIONS,
    adapter,
    asked,
    bad,
    ids,
    offer_change,
    query,
    rows,
    seller,
    sent,
    url,
)

AT = 1589275732000
VECTORS = [
    ("GET", "/mta/api/businesspartner/v1/order/orderDetail", None, "oD7+QULhZ4libZ8JUxvhBgLWm1jybBvKyOCPISrJlBg="),
    (
        "POST", "/seller/v1/products/filter", b'{"filter":{"state":"ACTIVE"},"paging":{"page":0,"size":50}}',
        "Y7J5mjxIpZZmj59DsKbg04qE5hLMKsFp4+Oz8oZxH2U=",
    ),
    (
        "PUT", "/seller/v1/products/TOQ-15130-00001-00001/stock", b'{"availableStock":7}',
        "ghlUHFz2qBDmktVwHx/s/vATEqtQGDq1hWdrIXdkF9U=",
    ),
    (
        "POST", "/mta/api/businesspartner/v1/product/updateProduct",
        b'{"merchantCode":"TOQ-15130","productRequests":[{"gdnSku":"TOQ-15130-00001-00001","exactStock":7}]}',
        "eccfskO2tgIJBqCJWzTJ4hJd1/bD5LLQ7h8xDlaxL/I=",
    ),
    ("DELETE", "/seller/v1/products/TOQ-15130-00001/images", None, "HSJYXKj3FEsR/nuI2H2dAQNW+Rs5dxgzf/0DitK3Tss="),
]  # fmt: skip
STOCK = url(f"{SELLER}/products/TOQ-15126-00001-00001/stock")
FALL = offer_change(Facet.stock, "KP-1", 9, 7, ids("KP-1"), urgency=Urgency.now)


@pytest.mark.parametrize(("method", "path", "body", "expected"), VECTORS)
def test_the_test_vectors(method: str, path: str, body: bytes | None, expected: str) -> None:
    assert sign(SIGNATURE_KEY, method, path, body, AT) == expected


def test_the_date_is_written_by_hand() -> None:
    assert wib_date(AT) == "Tue May 12 16:28:52 WIB 2020"
    assert wib_date(1767200405000) == "Thu Jan 01 00:00:05 WIB 2026"


def test_only_the_older_family_is_signed_by_another_name() -> None:
    assert signed_path("/mta/api/businesspartner/v1/feed/list") == "/mtaapi/api/businesspartner/v1/feed/list"
    assert signed_path("/seller/v1/products/mta/stock") == "/seller/v1/products/mta/stock"


@responses.activate
def test_a_write_is_signed_over_the_very_bytes_sent() -> None:
    responses.put(STOCK, status=204)
    shop = adapter()
    [call] = shop.calls([FALL])
    shop.send(call)
    request = responses.calls[-1].request
    at = int(START.timestamp() * 1000)
    assert request.headers["Signature-Time"] == str(at)
    body = request.body
    assert isinstance(body, bytes)
    path = "/seller/v1/products/TOQ-15126-00001-00001/stock"
    assert request.headers["Signature"] == sign(SIGNATURE_KEY, "PUT", path, body, at)
    basic = base64.b64encode(f"{KEYS['client_id']}:{KEYS['client_key']}".encode()).decode()
    assert request.headers["Authorization"] == f"Basic {basic}"
    assert request.headers["Api-Seller-Key"] == KEYS["seller_key"]
    assert request.headers["Content-Type"] == "application/json"
    said = asked(responses)
    assert said["storeId"] == "10001"
    assert said["storeCode"] == STORE
    assert said["blibli-sku"] == "TOQ-15126-00001-00001"
    assert said["username"] == KEYS["username"]
    assert said["requestId"].startswith("marketplace-syncer-")


@responses.activate
def test_without_a_signature_key_only_the_time_is_sent() -> None:
    responses.put(STOCK, status=204)
    shop = adapter(keys={k: v for k, v in KEYS.items() if k != "signature_key"})
    shop.send(shop.calls([FALL])[0])
    assert "Signature" not in responses.calls[-1].request.headers
    assert "Signature-Time" in responses.calls[-1].request.headers


@responses.activate
def test_the_older_family_names_the_store_in_its_own_way_and_request_ids_are_fresh() -> None:
    for _ in range(2):
        responses.post(LIST_V2, json=rows([]))
        responses.post(LIST_V2, json=rows([]))
    responses.post(LIST_V3, json=seller([]))
    responses.post(SUBMISSIONS, json=seller([]))
    list(adapter().observe())
    queries = [query(c) for c in responses.calls if "getProductList" in str(c.request.url)]
    assert {q["businessPartnerCode"] for q in queries} == {STORE}
    assert len({q["requestId"] for q in queries}) == len(queries)


# --- envelopes


@pytest.mark.parametrize(
    ("status", "body", "ok"),
    [
        (200, {"success": True, "errorCode": None, "value": {}}, True),
        (200, {"errorCode": "", "content": []}, True),
        (202, {"content": {"queueId": "Q"}}, True),
        (200, {"success": False, "errorCode": None}, False),
        (200, {"success": True, "errorCode": "ERR-X"}, False),
        (400, {"errorCode": None, "content": []}, False),
        (204, None, True),
        (200, None, False),
    ],
)
def test_success_is_2xx_and_no_code_and_not_false(status: int, body: object, ok: bool) -> None:
    assert open_envelope("list_v2", Answer(status, body, "", "yes")).ok is ok


@responses.activate
def test_unbound_store_needs_its_owner() -> None:
    responses.put(STOCK, json=bad("ERR-PA400054"), status=400)
    responses.post(LIST_V3, json=bad("ERR-PA400054"), status=400)
    shop = adapter()
    [outcome] = shop.send(shop.calls([FALL])[0])
    assert isinstance(outcome, Rejected)
    assert outcome.cause is Cause.binding
    with pytest.raises(AuthError) as caught:
        list(shop.observe())
    assert caught.value.cause is Cause.binding


@pytest.mark.parametrize("status", [401, 403])
@responses.activate
def test_refused_keys_are_an_auth_error(status: int) -> None:
    responses.put(STOCK, json=bad("X"), status=status)
    responses.post(LIST_V3, body="no", status=status)
    shop = adapter()
    [outcome] = shop.send(shop.calls([FALL])[0])
    assert isinstance(outcome, Rejected)
    assert outcome.cause is Cause.auth
    with pytest.raises(AuthError):
        list(shop.observe())


@responses.activate
def test_refused_keys_while_our_clock_is_off_are_the_clocks_fault() -> None:
    theirs = format_datetime(START + timedelta(hours=1), usegmt=True)
    responses.put(STOCK, json=bad(None), status=401, headers={"Date": theirs})
    clock = ManualClock(START)
    shop = adapter(clock)
    [call] = shop.calls([FALL])
    [outcome] = shop.send(call)
    assert isinstance(outcome, Deferred)
    assert outcome.cause is Cause.clock
    [again] = shop.send(call)
    assert isinstance(again, Deferred)
    assert len(responses.calls) == 1
    clock.advance(40)
    responses.get(f"{url('')}/", headers={"Date": format_datetime(clock.now(), usegmt=True)})
    responses.put(STOCK, status=204)
    shop.send(call)
    assert len(responses.calls) == 3


@responses.activate
def test_a_throttle_and_a_server_error_of_a_read_are_transient() -> None:
    responses.post(LIST_V3, json=bad("ERR-MA500007"))
    with pytest.raises(Transient):
        list(adapter().observe())
    responses.replace(responses.POST, LIST_V3, status=429)
    with pytest.raises(Transient) as caught:
        list(adapter().observe())
    assert caught.value.until is not None


# --- secrets


@pytest.mark.parametrize(
    "said",
    [
        'client_key=abcd1234efgh', '"seller_key": "abcd1234efgh"', "signature_key: abcd1234efgh",
        "Api-Seller-Key: abcd1234efgh", "Signature: abcd1234efgh", "Authorization: Basic abcd1234efgh",
    ],
)  # fmt: skip
def test_redaction_knows_the_names(said: str) -> None:
    assert "abcd1234efgh" not in redact(said)


@responses.activate
def test_no_key_stands_in_an_outcome_or_an_error() -> None:
    keys = [*KEYS.values(), base64.b64encode(f"{KEYS['client_id']}:{KEYS['client_key']}".encode()).decode()]
    responses.put(STOCK, json=bad("X", " ".join(keys)), status=400)
    responses.post(LIST_V3, body=requests.ConnectionError(" ".join(keys)))
    shop = adapter()
    said = [repr(shop.send(shop.calls([FALL])[0])), repr(shop._client.access)]
    try:
        list(shop.observe())
    except MarketplaceError as error:
        said += [repr(error), str(error), repr(error.__cause__)]
    assert not [text for text in said for key in keys if key in text]


@responses.activate
def test_a_lost_answer_of_a_stock_write_is_unknown_and_said_once() -> None:
    responses.put(STOCK, body=requests.ReadTimeout("gone"))
    shop = adapter()
    [outcome] = shop.send(shop.calls([FALL])[0])
    assert isinstance(outcome, Unknown)
    assert len(responses.calls) == 1


@responses.activate
def test_stores_with_several_pickup_points_name_theirs() -> None:
    responses.put(STOCK, status=204)
    shop = adapter(private=None, location=POINT)
    shop.send(shop.calls([FALL])[0])
    assert sent(responses) == {"availableStock": 7, "pickupPointCode": POINT}
    assert json.loads(shop.calls([FALL])[0].body)["pickupPointCode"] == POINT
