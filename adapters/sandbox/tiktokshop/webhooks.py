"""Webhooks (facts, section 10): registered one by one, signed, posted without waiting; ids in them are numbers.

Any https address may be registered, and loopback ones for tests; only the latter are ever posted to.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from adapters.sandbox import posting
from adapters.sandbox.posting import HERE, is_here
from adapters.sandbox.tiktokshop.context import Ask, Context
from adapters.sandbox.tiktokshop.errors import parameter
from adapters.sandbox.tiktokshop.state import Hook, Order, Product

TYPES = {
    "ORDER_STATUS_CHANGE": 1, "RECIPIENT_ADDRESS_UPDATE": 3, "PACKAGE_UPDATE": 4, "PRODUCT_STATUS_CHANGE": 5,
    "SELLER_DEAUTHORIZATION": 6, "UPCOMING_AUTHORIZATION_EXPIRATION": 7, "CANCELLATION_STATUS_CHANGE": 11,
    "RETURN_STATUS_CHANGE": 12, "NEW_CONVERSATION": 13, "NEW_MESSAGE": 14, "PRODUCT_INFORMATION_CHANGE": 15,
    "PRODUCT_CREATION": 16, "PRODUCT_CATEGORY_CHANGE": 18, "NEW_MESSAGE_LISTENER": 33, "INVOICE_STATUS_CHANGE": 36,
    "PRODUCT_AUDIT_STATUS_CHANGE": 37, "REVERSE_STATUS_UPDATE": 2,
}  # fmt: skip
"""Names that can be registered, by the models; the number of the last one is in no source that we have."""

ANSWER_S = 3.0
TRIES = {"none": 1, "three": 4}


@dataclass(frozen=True, slots=True)
class Message(posting.Message):
    """One webhook on its way, and how often it is tried."""

    tries: int = 1


def register(here: Context, ask: Ask) -> dict[str, Any]:
    """PUT webhooks: where one event goes from now on."""
    event, address = ask.body["event_type"], ask.body["address"]
    if event not in TYPES:
        raise parameter(f"event_type {event} does not exist")
    _address(address)
    kept = here.shop.hooks.get(event)
    here.shop.hooks[event] = Hook(address, kept.created if kept else here.now, here.now)
    return {}


def _address(address: str) -> SplitResult:
    try:
        found = urlsplit(address)
        good = found.scheme == "https" or (found.scheme == "http" and found.hostname in HERE and (found.port or 80) > 0)
    except ValueError:
        good = False
    if not good:
        raise parameter("address must be an https address")
    return found


def registered(here: Context, _ask: Ask) -> dict[str, Any]:
    """GET webhooks."""
    rows = [
        {"event_type": event, "address": hook.address, "create_time": int(hook.created),
         "update_time": int(hook.updated)}
        for event, hook in here.shop.hooks.items()
    ]  # fmt: skip
    return {"webhooks": rows, "total_count": len(rows)}


def removed(here: Context, ask: Ask) -> dict[str, Any]:
    """DELETE webhooks: an event is no longer sent."""
    if here.shop.hooks.pop(ask.body["event_type"], None) is None:
        raise parameter("there is no such webhook")
    return {}


def order_changed(here: Context, order: Order) -> None:
    """Type 1; a cancelled order is spelt otherwise here than in the order calls (facts, section 9)."""
    status = "CANCEL" if order.status == "CANCELLED" else order.status
    changed = {"order_id": order.id, "order_status": status, "is_on_hold_order": order.status == "ON_HOLD",
               "update_time": int(order.updated)}  # fmt: skip
    say(here, "ORDER_STATUS_CHANGE", changed)


def product_changed(here: Context, product: Product, status: str) -> None:
    """Type 5: the product's id is a number here, while it is a string in every call."""
    say(here, "PRODUCT_STATUS_CHANGE", {"product_id": int(product.id), "status": status,
                                        "suspended_reason": "", "update_time": int(here.now)})  # fmt: skip


def say(here: Context, event: str, data: dict[str, Any]) -> None:
    """Put a webhook on its way, if somebody wants it."""
    hook, shop = here.shop.hooks.get(event), here.shop
    if hook is None or not is_here(hook.address):
        return
    whole = {"type": TYPES[event], "tts_notification_id": shop.new_id(), "shop_id": shop.shop_id,
             "timestamp": int(here.now), "data": data}  # fmt: skip
    body = json.dumps(whole, separators=(",", ":")).encode()
    tries = TRIES[here.switches["tiktokshop.webhook_retry"]]
    sign = signature(shop.keys["app_key"], shop.keys["app_secret"], body)
    here.outbox.append(Message(hook.address, body, sign, tries))


def signature(key: str, secret: str, body: bytes) -> str:
    """Over the app's key and the body byte for byte (facts, section 3)."""
    return hmac.new(secret.encode(), key.encode() + body, hashlib.sha256).hexdigest()


def send_off(here: Context) -> None:
    """Post what is on its way, without waiting for it."""
    messages, here.outbox = here.outbox, []
    posting.send_off(messages, _deliver)


def _deliver(message: Message) -> None:
    for _ in range(message.tries):
        if _acknowledged(message):
            return


def _acknowledged(message: Message) -> bool:
    answer = posting.post(message, ANSWER_S)
    return answer is not None and answer[0] == 200
