"""What a client needs to come in: keys, and the lines of a config of ours."""

from __future__ import annotations

import hashlib
from typing import Any

from adapters.sandbox.blibli import limits
from adapters.sandbox.blibli.context import SETTLE_S, Context, tree
from adapters.sandbox.blibli.state import Shop
from adapters.sandbox.config_writer import ChannelLines
from adapters.sandbox.limits import delay_s

CHANNEL = "blibli-sandbox"
STORE = "TOQ-15130"
USERNAME = "toko-uji@example.test"
ANSWERED = ("blibli.price_floor", "blibli.create_body")
"""What a seller's config says of a store, as nothing but a try can tell it."""

RATE_PER_S = (10, 60)
"""Ours where nothing is published, and what a sandbox with fast limits allows."""


def new_shop(seed: int) -> Shop:
    """An empty store; its keys follow from the seed."""
    names = ("client_id", "client_key", "own_client_id", "own_client_key", "seller_key", "signature_key")
    return Shop(STORE, USERNAME, {name: _key(seed, name) for name in names})


def _key(seed: int, name: str) -> str:
    return f"sim-{hashlib.sha256(f'blibli sandbox {seed} {name}'.encode()).hexdigest()[:24]}"


def credentials(shop: Shop) -> dict[str, Any]:
    """A client of one's own: its id and key are not the config's, the store's keys are the same."""
    keys = shop.keys
    return {
        "client_id": keys["own_client_id"], "client_key": keys["own_client_key"], "seller_key": keys["seller_key"],
        "signature_key": keys["signature_key"], "store_code": shop.store, "username": shop.username,
    }  # fmt: skip


def config_lines(here: Context, base: str, rate_per_s: int) -> ChannelLines:
    """The channel's section of a config, its secrets and its categories."""
    keys, points = here.shop.keys, here.points()
    return ChannelLines(
        channel=CHANNEL, marketplace="blibli", url=base, shop_id=here.shop.store,
        location=points[0]["code"] if len(points) > 1 else None,
        limits={
            "rates": limits.rates(rate_per_s, here.fast), "concurrency": "8",
            "settle_s": f"{delay_s(SETTLE_S, here.fast)}", "create_ready_s": "0.0", "deadline_s": "30.0",
        },
        secrets={
            "client_id": keys["client_id"], "client_key": keys["client_key"], "seller_key": keys["seller_key"],
            "signature_key": keys["signature_key"], "username": here.shop.username,
        },
        assumptions={name: here.switches[name] for name in ANSWERED},
        categories=[(c["category"], c["external_id"], c["attributes"]) for c in tree()["our_categories"]],
    )  # fmt: skip
