"""What a client needs to come in: grants, the consent page, and the lines of a config of ours."""

from __future__ import annotations

import hashlib
import hmac
from math import ceil
from typing import Any
from urllib.parse import urlencode

from adapters.clock import Clock
from adapters.sandbox.config_writer import ChannelLines
from adapters.sandbox.limits import delay_s
from adapters.sandbox.shopee.auth import new_pair
from adapters.sandbox.shopee.context import READY_S, SETTLE_S, tree
from adapters.sandbox.shopee.state import Pair, Shop

CHANNEL = "shopee-sandbox"
CONSENT = "/api/v2/shop/auth_partner"


def credentials(shop: Shop, granted: Pair) -> dict[str, Any]:
    """A grant, and the app that it is for."""
    return {
        "partner_id": shop.partner_id, "partner_key": shop.partner_key, "shop_id": shop.shop_id,
        "access_token": granted.access, "refresh_token": granted.refresh,
    }  # fmt: skip


def auth_url(shop: Shop, clock: Clock, base: str) -> str:
    """The consent page, signed now and good for 5 minutes: a GET answers at once with the redirect."""
    stamp = int(clock.now().timestamp())
    signed = f"{shop.partner_id}{CONSENT}{stamp}"
    sign = hmac.new(shop.partner_key.encode(), signed.encode(), hashlib.sha256).hexdigest()
    query = {"partner_id": shop.partner_id, "timestamp": stamp, "sign": sign, "redirect": f"{base}/done"}
    return f"{base}{CONSENT}?{urlencode(query)}"


def config_lines(shop: Shop, configured: Pair, base: str, rate: int, fast: bool) -> ChannelLines:
    """The channel's section of a config, its secrets and its categories."""
    return ChannelLines(
        channel=CHANNEL, marketplace="shopee", url=base, shop_id=str(shop.shop_id),
        limits={
            "rates": f'[{{ scope = "app", count = {rate}, window_s = 1.0 }}]', "concurrency": "8",
            "settle_s": f"{delay_s(SETTLE_S, fast)}",
            "create_ready_s": f"{ceil(1000 * delay_s(READY_S, fast)) / 1000}",
            "deadline_s": "30.0",
        },
        secrets={
            "partner_id": str(shop.partner_id), "partner_key": shop.partner_key,
            "access_token": configured.access, "refresh_token": configured.refresh,
        },
        categories=[(c["category"], c["external_id"], c["attributes"]) for c in tree()["our_categories"]],
    )  # fmt: skip


def grant(shop: Shop, clock: Clock, number: int) -> Pair:
    """Grant `number` of this shop: that of an earlier start as long as it lives, otherwise a fresh one."""
    now = clock.now().timestamp()
    kept = shop.pairs[number] if number < len(shop.pairs) else None
    alive = kept is not None and not kept.spent and kept.access_ends > now
    return kept if kept is not None and alive else new_pair(shop, [shop.shop_id], now)
