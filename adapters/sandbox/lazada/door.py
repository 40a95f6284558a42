"""What a client needs to come in: an app, grants, the consent page, and the lines of a config of ours."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlencode

from adapters.sandbox.config_writer import ChannelLines
from adapters.sandbox.lazada.auth import new_pair
from adapters.sandbox.lazada.context import SETTLE_S, Context, tree
from adapters.sandbox.lazada.state import Pair, Shop
from adapters.sandbox.limits import delay_s

CHANNEL = "lazada-sandbox"
CONSENT = "/oauth/authorize"
SELLER_ID = 400_100_200
APP_KEY = "100200"
RATE_PER_S = (5, 50)
"""Ours where nothing is published, and with fast limits: no more than the inventory calls take (facts, section 6)."""


def new_shop(seed: int) -> Shop:
    """An empty shop; the app's secret follows from the seed."""
    secret = hashlib.sha256(f"lazada sandbox {seed}".encode()).hexdigest()[:32]
    # The ids of products and SKUs begin high, as the real ones do.
    return Shop(SELLER_ID, APP_KEY, secret, last_id=7_100_000_000)


def credentials(shop: Shop, granted: Pair) -> dict[str, Any]:
    """A grant, and the app that it is for."""
    return {
        "app_key": shop.app_key, "app_secret": shop.app_secret, "access_token": granted.access,
        "refresh_token": granted.refresh,
    }  # fmt: skip


def auth_url(shop: Shop, base: str) -> str:
    """The consent page: a GET answers at once with the redirect."""
    query = {"response_type": "code", "force_auth": "true", "redirect_uri": f"{base}/done", "client_id": shop.app_key}
    return f"{base}{CONSENT}?{urlencode(query)}"


def config_lines(here: Context, configured: Pair, base: str, rate: int) -> ChannelLines:
    """The channel's section of a config, its secrets and its categories. The auth host is the same address."""
    shop = here.shop
    return ChannelLines(
        channel=CHANNEL, marketplace="lazada", url=base, shop_id=str(shop.seller_id),
        location=here.warehouses()[0]["code"] if shop.multi_warehouse else None,
        limits={
            "rates": f'[{{ scope = "shop", count = {rate}, window_s = 1.0 }}]', "concurrency": "8",
            "settle_s": f"{delay_s(SETTLE_S, here.fast)}", "create_ready_s": "0.0", "deadline_s": "30.0",
        },
        secrets={
            "app_key": shop.app_key, "app_secret": shop.app_secret, "access_token": configured.access,
            "refresh_token": configured.refresh,
        },
        categories=[(c["category"], c["external_id"], c["attributes"]) for c in tree()["our_categories"]],
    )  # fmt: skip


def grant(shop: Shop, now: float, number: int) -> Pair:
    """Grant `number` of this shop: that of an earlier start as long as it lives, otherwise a fresh one."""
    kept = shop.pairs[number] if number < len(shop.pairs) else None
    if kept is not None and not kept.spent and kept.access_ends > now:
        return kept
    return new_pair(shop, now)
