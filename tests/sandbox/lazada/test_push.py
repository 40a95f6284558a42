"""Pushes to a receiver of the seller's (facts, section 10.4)."""

from __future__ import annotations

import pytest

from adapters.sandbox.lazada.push import signature
from tests.sandbox.lazada.client import REVIEW_S, Client
from tests.sandbox.receiver import receiver


def test_orders_and_reviews_are_told_with_a_signature(client: Client) -> None:
    with receiver() as (address, heard):
        client.shop.control("PUT", "settings", {"push_address": address})
        client.create(client.product("KP-1"))
        client.clock.advance(REVIEW_S)
        assert client.shop.truth()[0]["status"] == "live"
        sign, told, body = heard.get(timeout=10)
        assert sign == signature(client.keys["app_key"], client.keys["app_secret"], body)
        assert (told["message_type"], told["data"]["status"], told["site"]) == (1, "good", "lazada_id")
        order = client.shop.control("POST", "orders", {"lines": [{"sku": "KP-1", "quantity": 1}]})["id"]
        _, told, _ = heard.get(timeout=10)
        assert (told["message_type"], told["data"]["trade_order_id"]) == (0, order)
        assert told["data"]["order_status"] == "pending"
        assert told["timestamp"] // 1000 == told["data"]["status_update_time"]
        client.shop.control("POST", f"orders/{order}/advance", {"to": "cancelled"})
        _, told, _ = heard.get(timeout=10)
        assert told["data"]["order_status"] == "canceled"


def test_pushes_go_to_this_machine_alone(client: Client) -> None:
    with pytest.raises(ValueError, match="this machine"):
        client.shop.control("PUT", "settings", {"push_address": "https://seller.example/push"})
