"""Pushes (facts, section 4.4): signed, posted once, unordered; what is not acknowledged can be fetched for three days.

A receiver must answer within 3 s with 2xx and an empty body. The real thing tries three times more, the last one three
hours later; here the first failure already counts as lost. Only receivers on this machine are accepted.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from adapters.sandbox import posting
from adapters.sandbox.shopee.context import Context
from adapters.sandbox.shopee.errors import Refusal
from adapters.sandbox.shopee.state import Lost

AUTHORISED, DEAUTHORISED, ORDER, VIOLATION, PRICE = 1, 2, 3, 16, 22
PARTNER_LEVEL = frozenset({AUTHORISED, DEAUTHORISED, 12})
"""Pushes without a shop's id."""

CODES = frozenset(range(1, 48))
KEPT_S = 3 * 86_400
PAGE = 100
BLOCKED_MOST = 500
ANSWER_S = 3.0


@dataclass(frozen=True, slots=True)
class Message(posting.Message):
    """One push on its way, and what is kept of it should it be lost."""

    lost: Lost


def set_app_push_config(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Where pushes go, and which."""
    pushes = here.shop.pushes
    url = ask.get("callback_url") or pushes.url
    if not posting.is_here(url):
        raise Refusal("error_param", "Wrong parameters, detail: callback_url.")
    on, off = ask.get("set_push_config_on") or [], ask.get("set_push_config_off") or []
    if not {*on, *off} <= CODES or set(on) & set(off):
        raise Refusal("error_param", "Wrong parameters, detail: push config.")
    blocked = ask.get("blocked_shop_id_list")
    if blocked is not None and len(blocked) > BLOCKED_MOST:
        raise Refusal("error_param", "Wrong parameters, detail: blocked_shop_id_list.")
    pushes.url, pushes.on = url, sorted({*pushes.on, *on} - set(off))
    pushes.blocked = pushes.blocked if blocked is None else list(blocked)
    return {"result": "success"}


def get_app_push_config(here: Context, _ask: dict[str, Any]) -> dict[str, Any]:
    """What was set."""
    pushes = here.shop.pushes
    return {
        "callback_url": pushes.url, "live_push_status": "Normal", "blocked_shop_id": pushes.blocked,
        "push_config_on_list": pushes.on, "push_config_off_list": sorted(CODES - set(pushes.on)),
    }  # fmt: skip


def get_lost_push_message(here: Context, _ask: dict[str, Any]) -> dict[str, Any]:
    """The earliest lost messages of three days; `data` is a JSON string."""
    pushes = here.shop.pushes
    pushes.lost = [lost for lost in pushes.lost if here.now - lost.at <= KEPT_S]
    page = pushes.lost[:PAGE]
    rows = [
        {"code": lost.code, "timestamp": int(lost.at), "data": lost.data,
         **({} if lost.code in PARTNER_LEVEL else {"shop_id": here.shop.shop_id})}
        for lost in page
    ]  # fmt: skip
    last = page[-1].id if page else 0
    return {"push_message_list": rows, "has_next_page": len(pushes.lost) > PAGE, "last_message_id": last}


def confirm_consumed_lost_push_message(here: Context, ask: dict[str, Any]) -> None:
    """Forget the lost messages up to this one."""
    pushes = here.shop.pushes
    pushes.lost = [lost for lost in pushes.lost if lost.id > ask["last_message_id"]]


def say(here: Context, code: int, body: dict[str, Any]) -> None:
    """Put a push on its way, if somebody wants it."""
    shop, stamp = here.shop, int(here.now)
    if not shop.pushes.url or code not in shop.pushes.on or shop.shop_id in shop.pushes.blocked:
        return
    whole: dict[str, Any] = {"code": code, "timestamp": stamp, "data": body}
    if code not in PARTNER_LEVEL:
        whole["shop_id"] = shop.shop_id
    content = json.dumps(whole, separators=(",", ":")).encode()
    lost = Lost(shop.new_id(), code, here.now, json.dumps(whole))
    here.outbox.append(Message(shop.pushes.url, content, signature(shop.partner_key, shop.pushes.url, content), lost))


def signature(key: str, url: str, body: bytes) -> str:
    """Over the address exactly as it was set, and the body byte for byte."""
    return hmac.new(key.encode(), f"{url}|".encode() + body, hashlib.sha256).hexdigest()


def send_off(here: Context) -> None:
    """Post what is on its way, without waiting for it."""
    messages, here.outbox = here.outbox, []
    posting.send_off(messages, partial(_deliver, here))


def _deliver(here: Context, message: Message) -> None:
    if not _acknowledged(message):
        here.shop.pushes.lost.append(message.lost)


def _acknowledged(message: Message) -> bool:
    answer = posting.post(message, ANSWER_S)
    return answer is not None and 200 <= answer[0] < 300 and not answer[1]
