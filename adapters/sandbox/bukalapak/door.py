"""What a client needs to come in: two credentials, and the lines of a config of ours."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlencode

from adapters.sandbox.bukalapak import auth
from adapters.sandbox.bukalapak.context import SETTLE_S, STORE, USER, Context, tree
from adapters.sandbox.bukalapak.state import Grant
from adapters.sandbox.config_writer import ChannelLines
from adapters.sandbox.limits import delay_s

CHANNEL = "bukalapak-sandbox"
TOLD = ("create_variants", "patch_price")
"""Open questions whose answer the written config tells our adapter, as an operator would who has tried it."""


def secret(seed: int, name: str) -> str:
    """A credential of the sandbox: invented, the same for the same seed."""
    return hashlib.sha256(f"bukalapak {name} {seed}".encode()).hexdigest()[:24]


def grant(here: Context, number: int) -> Grant:
    """Grant `number` of this shop: that of an earlier start as long as it lives, otherwise a fresh one."""
    kept = here.shop.grants[number] if number < len(here.shop.grants) else None
    alive = kept is not None and not kept.dead and kept.ends > here.now
    return kept if kept is not None and alive else auth.new_grant(here)


def credentials(own: Grant, token: str) -> dict[str, Any]:
    """The older generation's pair, and the newer one's."""
    return {"user_id": USER, "token": token, "access_token": own.access, "refresh_token": own.refresh}


def auth_url(base: str) -> str:
    """The consent page: a GET answers at once with the redirect."""
    query = {"client_id": auth.CLIENT_ID, "response_type": "code", "scope": auth.SCOPE, "redirect_uri": f"{base}/done"}
    return f"{base}/oauth/authorize?{urlencode(query)}"


def config_lines(here: Context, own: Grant, token: str, client_secret: str, base: str, rate: int) -> ChannelLines:
    """The channel's section, its secrets and its categories."""
    positions = {f"bukalapak.{name}": _position(here, name) for name in TOLD}
    return ChannelLines(
        channel=CHANNEL, marketplace="bukalapak", url=base, shop_id=STORE,
        limits={"rates": f'[{{ scope = "app", count = {rate or 10}, window_s = 1.0 }}]', "concurrency": "4",
                "settle_s": f"{delay_s(SETTLE_S, here.fast)}", "deadline_s": "30.0"},
        secrets={"user_id": USER, "token": token, "client_id": auth.CLIENT_ID, "client_secret": client_secret,
                 "access_token": own.access, "refresh_token": own.refresh},
        categories=[(c["category"], c["external_id"], c["attributes"]) for c in tree()["our_categories"]],
        assumptions=positions,
    )  # fmt: skip


def _position(here: Context, name: str) -> str:
    words = {"create_variants": ("accepted", "absent"), "patch_price": ("refused", "accepted")}[name]
    return next(word for word in words if here.on(name, word))
