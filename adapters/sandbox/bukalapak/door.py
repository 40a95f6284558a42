"""What a client needs to come in: grants, the consent page, and the lines of a config of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from adapters.sandbox.bukalapak.auth import SCOPES, new_pair
from adapters.sandbox.bukalapak.context import SETTLE_S, tree
from adapters.sandbox.bukalapak.state import Pair, Shop
from adapters.sandbox.config_writer import ChannelLines
from adapters.sandbox.limits import delay_s

CHANNEL = "bukalapak-sandbox"
CONSENT = "/oauth/authorize"
ASSUMED = ("bukalapak.create_variants", "bukalapak.patch_price", "bukalapak.sku_name")
"""The switches whose position a config tells our adapter: it cannot find them out without a write."""


def credentials(shop: Shop, granted: Pair) -> dict[str, Any]:
    """A grant for a client of one's own: it holds no secret of an app, so this grant is refreshed without one."""
    return {
        "user_id": shop.user_id, "token": shop.token, "access_token": granted.access,
        "refresh_token": granted.refresh,
    }  # fmt: skip


def auth_url(shop: Shop, base: str) -> str:
    """The consent page: a GET answers at once with the redirect."""
    query = {"client_id": shop.client_id, "redirect_uri": f"{base}/done", "response_type": "code", "scope": SCOPES}
    return f"{base}{CONSENT}?{urlencode(query)}"


def config_lines(
    shop: Shop, configured: Pair, base: str, rate: int, fast: bool, positions: Mapping[str, str]
) -> ChannelLines:
    """The channel's section of a config, its secrets and its categories. The accounts host is the same address."""
    return ChannelLines(
        channel=CHANNEL, marketplace="bukalapak", url=base, shop_id=str(shop.store_id),
        limits={
            "rates": f'[{{ scope = "app", count = {rate}, window_s = 1.0 }}]', "concurrency": "8",
            "settle_s": f"{delay_s(SETTLE_S, fast)}", "create_ready_s": "0.0", "deadline_s": "30.0",
        },
        secrets={
            "user_id": str(shop.user_id), "token": shop.token, "client_id": shop.client_id,
            "client_secret": shop.client_secret, "access_token": configured.access,
            "refresh_token": configured.refresh,
        },
        categories=[(c["category"], c["external_id"], c["attributes"]) for c in tree()["our_categories"]],
        assumptions={name: positions[name] for name in ASSUMED},
    )  # fmt: skip


def grant(shop: Shop, now: float, number: int) -> Pair:
    """Grant `number` of this shop: that of an earlier start as long as it lives, otherwise a fresh one."""
    kept = shop.pairs[number] if number < len(shop.pairs) else None
    if kept is not None and not kept.spent and not kept.dead and kept.access_ends > now:
        return kept
    return new_pair(shop, now, with_app=number > 0)
