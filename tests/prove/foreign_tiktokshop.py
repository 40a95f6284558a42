"""Somebody else's client library for the real Tokopedia & TikTok Shop goes through the sandbox with only its host
changed.

Needs the network once: the library is installed into a temporary environment, nothing of it stays.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

from adapters.sandbox import Sandbox, launch
from tests.prove.foreign import consent_code
from tests.prove.world import EXAMPLES, say

PACKAGE = "tiktok-shop-api==0.1.0"
STORY = Path(__file__).parent / "foreign_client" / "story_tiktokshop.py"
STEPS = ("token", "refresh", "shops", "list", "detail", "stock", "price", "picture", "orders", "houses", "edit")
WAREHOUSE = "7068517275539719942"


def main() -> int:
    """Install, play the story, look at the truth."""
    with tempfile.TemporaryDirectory(prefix="syncer-prove-") as folder:
        python = _installed(Path(folder))
        with launch(("tiktokshop",)) as sandboxes:
            shop = sandboxes["tiktokshop"]
            variants = [{"sku": "F-1", "price": 9000, "stock": 5}]
            shop.control("POST", "listings", [{"title": "Kopiah resam anyaman kasar", "variants": variants}])
            lines = {"lines": [{"sku": "F-1", "quantity": 1}]}
            orders = [shop.control("POST", "orders", lines)["id"] for _ in range(2)]
            steps = _play(python, shop, orders)
            [shown] = shop.truth()
    for name, step in steps.items():
        print(f"{name}: {'ok' if step['ok'] else 'FAILED'}: {step['saw']}")
    return _verdict(steps, orders, shown["variants"][0])


def _verdict(steps: dict[str, Any], orders: list[str], variant: dict[str, Any]) -> int:
    done = [name for name in STEPS if steps.get(name, {}).get("ok")]
    refused = not steps["wrong key"]["ok"] and "106001" in steps["wrong key"]["saw"]
    really = steps["orders"]["saw"] == orders and (variant["price"], variant["stock"]) == (12345, 42)
    figure = (
        f"{PACKAGE}: {len(done)} of {len(STEPS)} steps, price and stock really changed: {really}, "
        f"wrong key refused: {refused}"
    )
    return say("foreign_tiktokshop", figure, good=len(done) == len(STEPS) and really and refused)


def _installed(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE], check=True)
    return python


def _play(python: Path, shop: Sandbox, orders: list[str]) -> dict[str, Any]:
    told = {
        "url": shop.url, "code": consent_code(shop), "orders": orders, "warehouse": WAREHOUSE,
        "image": str(EXAMPLES / "images" / "KPR-KSR-1.jpg"),
        **{name: shop.credentials[name] for name in ("app_key", "app_secret")},
    }  # fmt: skip
    done = subprocess.run(
        [python, STORY], input=json.dumps(told), capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
    )  # fmt: skip
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return {line["step"]: line for line in map(json.loads, done.stdout.splitlines())}


if __name__ == "__main__":
    sys.exit(main())
