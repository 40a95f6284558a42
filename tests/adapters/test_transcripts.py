"""Transcripts hold what happened, and neither secrets nor buyers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from adapters.transcripts import MASK, masked, transcript
from adapters.transport import Answer, Request

AT = datetime(2026, 11, 24, tzinfo=UTC)
TOKEN, KEY = "token-0001-abcdef", "key-0002-ghijkl"


def told(body: Any = None, answer: Any = None, status: int = 200) -> dict[str, Any]:
    request = Request(
        "POST", f"http://127.0.0.1:9/api/v2/shop/{KEY}/x", (("sign", "0a1b"), ("access_token", TOKEN), ("page", "1")),
        None if body is None else json.dumps(body).encode(), secrets=(TOKEN, KEY),
        headers=(("Authorization", f"Bearer {TOKEN}"), ("User-Agent", f"partner {KEY}"), ("X-Page", "1")),
    )  # fmt: skip
    return transcript(request, Answer(status, answer, "" if answer is not None else f"HTTP 502 {TOKEN}", "yes"), AT)


def test_no_secret_stands_anywhere() -> None:
    said = told({"refresh_token": TOKEN, "note": KEY}, {"message": f"refused {KEY}", "data": [{"deep": TOKEN}]})
    assert TOKEN not in json.dumps(said)
    assert KEY not in json.dumps(said)
    assert told()["answer"] == "HTTP 502 ***"


def test_what_happened_can_be_read() -> None:
    said = told({"item_id": 7}, {"error": "error_param", "response": {"stock": 3, "ok": True}}, 400)
    assert (said["method"], said["status"], said["body"]) == ("POST", 400, {"item_id": 7})
    assert said["path"] == "/api/v2/shop/***/x"
    assert said["query"] == [["sign", MASK], ["access_token", MASK], ["page", "1"]]
    assert said["headers"] == {"Authorization": MASK, "User-Agent": "partner ***", "X-Page": "1"}
    assert said["answer"] == {"error": "error_param", "response": {"stock": 3, "ok": True}}


def test_buyers_are_masked_with_everything_below_them() -> None:
    order = {
        "order_sn": "26", "buyer_username": "pembeli", "recipient_address": {"name": "Orang", "town": "Koba"},
        "item_list": [{"item_sku": "KPR", "note": "titip di pos"}], "note": "",
    }  # fmt: skip
    assert masked(order) == {
        "order_sn": "26", "buyer_username": MASK, "recipient_address": MASK,
        "item_list": [{"item_sku": "KPR", "note": MASK}], "note": "",
    }  # fmt: skip


def test_an_errors_code_is_kept_and_a_consents_code_is_not() -> None:
    assert masked({"code": 10112})["code"] == 10112
    assert masked({"code": "ERR-PA400054"})["code"] == "ERR-PA400054"
    assert masked({"code": "5a4d3c2b1a5a4d3c2b1a5a4d3c2b1a"})["code"] == MASK
