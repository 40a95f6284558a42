"""What a client needs to come in: keys, and the lines of a config of ours."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.blibli.context import SETTLE_S, STORE, tree
from adapters.sandbox.config_writer import ChannelLines
from adapters.sandbox.limits import delay_s, window_s

CHANNEL = "blibli-sandbox"
SCOPES = {"store": "shop", "sku": "sku", "queue": "queue"}


@dataclass(frozen=True, slots=True)
class Keys:
    """The integrator's and the store's keys."""

    client_id: str
    client_key: str
    seller_key: str
    signature_key: str
    username: str

    def credentials(self, signed: bool) -> dict[str, Any]:
        """As they are handed out."""
        found = {"client_id": self.client_id, "client_key": self.client_key, "seller_key": self.seller_key,
                 "store_code": STORE, "username": self.username}  # fmt: skip
        return {**found, "signature_key": self.signature_key} if signed else found


def keys(seed: int) -> Keys:
    """The keys of a sandbox: invented, the same for the same seed."""

    def made(name: str) -> str:
        return hashlib.sha256(f"blibli {name} {seed}".encode()).hexdigest()[:24]

    return Keys(f"mta-api-{made('id')}", made("client"), made("seller"), made("signature"), "plut@sandbox.invalid")


def pickup_points() -> list[dict[str, str]]:
    """Where stock lies."""
    return [{"code": point["code"], "name": point["name"]} for point in tree()["pickup_points"]]


def logistics() -> list[dict[str, str]]:
    """The couriers."""
    return [dict(one) for one in tree()["logistics"]]


def config_lines(
    own: Keys, base: str, limits: Mapping[str, tuple[int, float, str]], fast: bool, rate: int, signed: bool
) -> ChannelLines:
    """The channel's section, its secrets and its categories."""
    rates = [f'{{ scope = "shop", count = {rate or 10}, window_s = 1.0 }}']
    for name, (count, seconds, scope) in limits.items():
        window = f"window_s = {window_s(seconds, fast):g}"
        rates.append(f'{{ scope = "{SCOPES[scope]}", count = {count}, {window}, operation = "{name}" }}')
    secrets = {"client_id": own.client_id, "client_key": own.client_key, "seller_key": own.seller_key,
               "username": own.username}  # fmt: skip
    return ChannelLines(
        channel=CHANNEL, marketplace="blibli", url=base, shop_id=STORE,
        limits={"rates": f"[{', '.join(rates)}]", "concurrency": "4", "settle_s": f"{delay_s(SETTLE_S, fast)}",
                "deadline_s": "30.0"},
        secrets={**secrets, "signature_key": own.signature_key} if signed else secrets,
        categories=[(c["category"], c["external_id"], c["attributes"]) for c in tree()["our_categories"]],
        location=tree()["pickup_points"][0]["code"],
    )  # fmt: skip
