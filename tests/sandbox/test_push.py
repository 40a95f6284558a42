"""Pushes to a receiver of the seller's (facts, section 4.4)."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from adapters.sandbox.shopee.push import signature
from tests.sandbox.client import Client
from tests.sandbox.conftest import Start

KEY = "test-partner-key-0123456789abcdef"
BODY = (
    b'{"code":3,"data":{"ordersn":"220810QWERTY01","status":"READY_TO_SHIP","update_time":1655714430},'
    b'"shop_id":14701711,"timestamp":1655714431}'
)


class Receiver(HTTPServer):
    """What a seller's software would have: it keeps what comes and answers with `answer`."""

    answer = b""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Reception)
        self.came: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/shopee/push?x=1"


class _Reception(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)
        self.server.came.put((self.headers["authorization"], body))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that runs."""
    server = Receiver()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def configure(client: Client, url: str, *codes: int, **other: Any) -> None:
    """set_app_push_config."""
    ask = {"callback_url": url, "set_push_config_on": list(codes), **other}
    client.call("push/set_app_push_config", ask, public=True)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://seller.example.com/shopee/push", "ade9a03358f13a712cdafd298e98694a0b3c9fd4c8fd3f87d932db0267b684e5"),
        ("http://127.0.0.1:8080/shopee/push", "34ed9923d7cd68ac4706a619a930081c2d503b2e8182d879c2462589f4d06668"),
    ],
)
def test_the_published_vectors(url: str, expected: str) -> None:
    assert len(BODY) == 138
    assert signature(KEY, url, BODY) == expected


def test_an_order_is_told_with_a_signature(client: Client, receiver: Receiver) -> None:
    configure(client, receiver.url, 3, 16, 22)
    assert client.code == ""
    client.item(item_status="NORMAL")
    order = client.shop.control("POST", "orders", {"lines": [{"sku": "KRS-01", "quantity": 1}]})["id"]
    authorization, body = receiver.came.get(timeout=10)
    assert authorization == signature(client.key, receiver.url, body)
    message = json.loads(body)
    assert (message["code"], message["shop_id"]) == (3, client.shop_id)
    assert set(message["data"]) == {"ordersn", "status", "completed_scenario", "items", "update_time"}
    assert (message["data"]["ordersn"], message["data"]["status"]) == (order, "READY_TO_SHIP")


def test_own_price_writes_are_told_too_and_bans(client: Client, receiver: Receiver) -> None:
    configure(client, receiver.url, 16, 22)
    item = client.item(item_status="NORMAL")
    client.price(item, (0, 50000))
    told = json.loads(receiver.came.get(timeout=10)[1])
    assert (told["code"], told["data"]["old_value"], told["data"]["new_value"]) == (22, 45000, 50000)
    client.shop.control("POST", "ban", {"sku": "KRS-01"})
    assert json.loads(receiver.came.get(timeout=10)[1])["data"]["item_status"] == "BANNED"


def test_only_what_is_on_is_told_and_partner_pushes_name_no_shop(client: Client, receiver: Receiver) -> None:
    configure(client, receiver.url, 2)
    client.item(item_status="NORMAL")
    client.shop.control("POST", "orders", {"lines": [{"sku": "KRS-01", "quantity": 1}]})
    client.shop.control("POST", "deauthorise", {})
    message = json.loads(receiver.came.get(timeout=10)[1])
    assert message["code"] == 2
    assert "shop_id" not in message
    config = client.call("push/get_app_push_config", public=True)
    assert (config["callback_url"], config["push_config_on_list"]) == (receiver.url, [2])


def test_an_answer_with_a_body_is_no_acknowledgement(client: Client, receiver: Receiver) -> None:
    receiver.answer = b"ok"
    configure(client, receiver.url, 22)
    item = client.item(item_status="NORMAL")
    client.price(item, (0, 50000))
    receiver.came.get(timeout=10)
    lost = _lost(client)
    assert json.loads(lost["push_message_list"][0]["data"])["data"]["item_id"] == item
    assert (lost["has_next_page"], lost["push_message_list"][0]["shop_id"]) == (False, client.shop_id)
    client.call("push/confirm_consumed_lost_push_message", {"last_message_id": lost["last_message_id"]}, public=True)
    assert client.call("push/get_lost_push_message", public=True)["push_message_list"] == []


def _lost(client: Client) -> dict[str, Any]:
    """The lost messages, once there are some: they are lost a moment after the answer came."""
    for _ in range(2000):
        found = client.call("push/get_lost_push_message", public=True)
        if found["push_message_list"]:
            return found
    raise AssertionError("nothing was lost")


@pytest.mark.parametrize(("position", "code"), [("refused", "error_sign"), ("accepted", "")])
def test_switch_shop_signed_push(start: Start, position: str, code: str) -> None:
    client = start(switches={"shopee.shop_signed_push": position})
    client.call("push/get_app_push_config")
    assert client.code == code
    client.call("push/get_app_push_config", public=True)
    assert client.code == ""


@pytest.mark.parametrize(
    "other", [{"callback_url": "https://seller.example.com/push"}, {"set_push_config_on": [99]},
              {"set_push_config_on": [3], "set_push_config_off": [3]}, {"blocked_shop_id_list": list(range(501))}]
)  # fmt: skip
def test_a_config_that_cannot_be_is_refused(client: Client, other: dict[str, Any]) -> None:
    configure(client, "http://127.0.0.1:9/push", 3, **other)
    assert client.code == "error_param"
