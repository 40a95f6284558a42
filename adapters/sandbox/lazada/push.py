"""Pushes (facts, section 10.4): orders and the quality control of products, signed, posted at least once, unordered.

Where they go is set in the app's console, here by the setting `push_address`. A receiver must answer 200 within half a
second; the real thing tries twelve times more, each half an hour later, here none is repeated.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from adapters.sandbox import posting
from adapters.sandbox.lazada.context import Context
from adapters.sandbox.lazada.state import Item, Line, Order
from adapters.sandbox.posting import Message, is_here

ORDER, QUALITY = 0, 1
ANSWER_S = 0.5
SITE = "lazada_id"


def set_address(here: Context, address: str) -> None:
    """Where pushes go from now on; '' = nowhere.

    Raises:
        ValueError: it is not on this machine.
    """
    if address and not is_here(address):
        raise ValueError("pushes go to this machine alone")
    here.shop.push_address = address


def order_changed(here: Context, order: Order, line: Line) -> None:
    """A line of an order has another status; its moment is in seconds, that of the push in milliseconds."""
    _say(here, ORDER, {
        "order_status": line.status, "trade_order_id": str(order.id), "trade_order_line_id": str(line.id),
        "status_update_time": int(line.updated),
    })  # fmt: skip


def judged(here: Context, item: Item) -> None:
    """A review has ended. The fields are invented: the facts name only the number of such a push."""
    _say(here, QUALITY, {"item_id": str(item.id), "status": item.state, "reason": item.reason})


def _say(here: Context, kind: int, told: dict[str, Any]) -> None:
    shop = here.shop
    if not shop.push_address:
        return
    whole = {"seller_id": str(shop.seller_id), "message_type": kind, "data": told,
             "timestamp": int(here.now * 1000), "site": SITE}  # fmt: skip
    body = json.dumps(whole, separators=(",", ":")).encode()
    here.outbox.append(Message(shop.push_address, body, signature(shop.app_key, shop.app_secret, body)))


def signature(key: str, secret: str, body: bytes) -> str:
    """Over the app's key and the body byte for byte."""
    return hmac.new(secret.encode(), key.encode() + body, hashlib.sha256).hexdigest()


def send_off(here: Context) -> None:
    """Post what is on its way, without waiting for it; nobody is told whether it arrived."""
    messages, here.outbox = here.outbox, []
    posting.send_off(messages, _deliver)


def _deliver(message: Message) -> None:
    posting.post(message, ANSWER_S)
