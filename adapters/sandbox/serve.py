"""The sandbox as a process of its own: says where it answers, then runs until it is told to stop."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from adapters.sandbox import MARKETPLACES, Sandbox, launch

SAVE_EVERY_S = 2.0


def serve(
    write_config: Path | None, json_lines: bool, state: Path | None, limits: str, switches: Mapping[str, str],
    seed: int, port: int, out: TextIO, stop: threading.Event,
) -> None:  # fmt: skip
    """Run every marketplace until `stop` is set.

    Raises:
        ValueError: a limit or switch that does not exist.
        OSError: the port is taken.
    """
    ports = {MARKETPLACES[0]: port}
    with launch(limits=limits, switches=switches, seed=seed, state=state, ports=ports) as sandboxes:
        if write_config is not None:
            sandboxes.write_config(write_config)
        for shop in sandboxes:
            print(json.dumps(_line(shop)) if json_lines else _sentence(shop, write_config), file=out, flush=True)
        if json_lines:
            print(json.dumps({"ready": True}), file=out, flush=True)
        while not stop.wait(SAVE_EVERY_S):
            for shop in sandboxes:
                shop.server.save()


def _line(shop: Sandbox) -> dict[str, object]:
    return {
        "marketplace": shop.marketplace, "channel": shop.channel, "url": shop.url, "auth_url": shop.auth_url,
        "credentials": shop.credentials,
    }  # fmt: skip


def _sentence(shop: Sandbox, config: Path | None) -> str:
    where = f"; config: {config}" if config is not None else ""
    return f"{shop.marketplace} answers at {shop.url} (channel {shop.channel}){where}; Ctrl-C ends it"
