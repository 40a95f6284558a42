"""What a client needs to come in: grants, the consent page, and the lines of a config of ours."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlencode

from adapters.sandbox.config_writer import ChannelLines
from adapters.sandbox.limits import delay_s
from adapters.sandbox.tiktokshop.auth import CONSENT, new_grant
from adapters.sandbox.tiktokshop.context import SETTLE_S, Context, tree
from adapters.sandbox.tiktokshop.state import Grant, Shop

CHANNEL = "tiktokshop-sandbox"
SHOP_ID = "7494000000000000071"
RATE_PER_S = 5
"""Ours where nothing is published: the middle of what projects report for reads (facts, section 6)."""


def new_shop(seed: int) -> Shop:
    """An empty shop; its keys follow from the seed."""
    keys = {"app_key": f"6{_hash(seed, 'key')[:11]}", "app_secret": _hash(seed, "secret"),
            "service_id": str(7_490_000_000_000_000_000 + int(_hash(seed, "service")[:8], 16))}  # fmt: skip
    return Shop(SHOP_ID, f"ROW_{_hash(seed, 'cipher')[:24]}", keys)


def _hash(seed: int, name: str) -> str:
    return hashlib.sha256(f"tiktokshop sandbox {seed} {name}".encode()).hexdigest()[:40]


def grant(here: Context, config: bool) -> Grant:
    """The config's grant or the client's: that of an earlier start as long as it lives, otherwise a fresh one."""
    for kept in here.shop.grants:
        if kept.config == config and not kept.spent and kept.access_ends > here.now:
            return kept
    return new_grant(here.shop, here.now, config)


ANSWERED = ("tiktokshop.quantity_scale",)
"""Open questions that a written config answers: no single answer of the marketplace tells them apart."""


def credentials(shop: Shop, granted: Grant) -> dict[str, Any]:
    """A grant, and the app and shop that it is for."""
    return {
        "app_key": shop.keys["app_key"], "app_secret": shop.keys["app_secret"], "shop_cipher": shop.cipher,
        "access_token": granted.access, "refresh_token": granted.refresh,
    }  # fmt: skip


def auth_url(shop: Shop, base: str) -> str:
    """The consent page: a GET answers at once with the redirect."""
    query = {"service_id": shop.keys["service_id"], "redirect_uri": f"{base}/done"}
    return f"{base}{CONSENT}?{urlencode(query)}"


def config_lines(here: Context, granted: Grant, base: str, rate: int) -> ChannelLines:
    """The channel's section of a config, its secrets and its categories."""
    keys, sold = here.shop.keys, here.sales_warehouses()
    return ChannelLines(
        channel=CHANNEL, marketplace="tiktokshop", url=base, shop_id=here.shop.shop_id,
        location=sold[0] if len(sold) > 1 else None,
        limits={
            "rates": f'[{{ scope = "shop", count = {rate or RATE_PER_S}, window_s = 1.0 }}]', "concurrency": "8",
            "settle_s": f"{delay_s(SETTLE_S, here.fast)}", "create_ready_s": "0.0", "deadline_s": "30.0",
        },
        secrets={
            "app_key": keys["app_key"], "app_secret": keys["app_secret"], "service_id": keys["service_id"],
            "shop_cipher": here.shop.cipher, "access_token": granted.access, "refresh_token": granted.refresh,
        },
        categories=[(c["category"], c["external_id"], c["attributes"]) for c in tree()["our_categories"]],
        assumptions={name: here.switches[name] for name in ANSWERED},
    )  # fmt: skip
