"""PyPI lazop-sdk goes, unmodified, through the sandbox with only its host changed: every call that the paper lists.

The SDK is installed into a temporary folder, which is also its home: at its import it makes a folder for logs there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.sandbox import MARKETPLACES, Sandbox, launch
from tests.papers.paper import read
from tests.prove.foreign import consent_code
from tests.prove.world import EXAMPLES, say

PACKAGE = "lazop-sdk==1.0.3"
STORY = Path(__file__).parent / "foreign_client" / "lazop_story.py"
STRANGER = "wrong secret"
SKU, PRICE, SELLABLE = "LZ-F-1", 12345, 42


def main() -> int:
    """Install, play the story, look at the truth."""
    if "lazada" not in MARKETPLACES:
        return say("foreign_lazada", f"no sandbox of Lazada yet for {PACKAGE}", good=True)
    with tempfile.TemporaryDirectory(prefix="syncer-prove-") as folder, launch(("lazada",)) as sandboxes:
        shop = sandboxes["lazada"]
        steps = _play(_installed(Path(folder)), shop)
        [shown] = [row for row in shop.truth() if row["code"] == SKU or SKU in json.dumps(row["variants"])]
    for name, step in steps.items():
        print(f"{name}: {'ok' if step['ok'] else 'FAILED'}: {step['saw']}")
    return _verdict(steps, shown["variants"][0])


def vocabulary() -> set[str]:
    """The calls that the paper of Lazada lists, pushes aside: they come from there."""
    return {entry.name for entry in read("lazada").operations if entry.name.startswith(("GET /", "POST /"))}


def _verdict(steps: Mapping[str, Any], variant: Mapping[str, Any]) -> int:
    wanted = vocabulary()
    unplayed = sorted(wanted - steps.keys())
    if unplayed:
        print(f"listed, and not played: {', '.join(unplayed)}")
    done = {name for name in wanted if steps.get(name, {}).get("ok")}
    refused = not steps[STRANGER]["ok"] and "IncompleteSignature" in steps[STRANGER]["saw"]
    really = (variant["price"], variant["stock"]) == (PRICE, SELLABLE)
    figure = (
        f"{PACKAGE}: {len(done)} of {len(wanted)} calls, price and stock really changed: {really}, "
        f"wrong secret refused: {refused}"
    )
    return say("foreign_lazada", figure, good=done == wanted and really and refused)


def _installed(folder: Path) -> Path:
    words = ["install", "--quiet", "--disable-pip-version-check", "--target", str(folder / "sdk"), PACKAGE]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    return folder


def _play(folder: Path, shop: Sandbox) -> dict[str, Any]:
    [item] = shop.control("POST", "listings", [_listing()])
    [shown] = [row for row in shop.truth() if str(row["external_id"]) == str(item)]
    order = shop.control("POST", "orders", {"lines": [{"sku": SKU, "quantity": 1}]})["id"]
    told = {
        "url": shop.url, "code": consent_code(shop), "item_id": item,
        "sku_id": shown["variants"][0]["external_id"], "seller_sku": SKU, "order_id": order,
        "picture": str(EXAMPLES / "images" / "KPR-KSR-1.jpg"),
        **{name: shop.credentials[name] for name in ("app_key", "app_secret", "access_token")},
    }  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(folder / "sdk"), "HOME": str(folder), "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(
        [sys.executable, str(STORY)],
        input=json.dumps(told),
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(f"{done.stdout}\n{done.stderr}")
    return {line["step"]: line for line in map(json.loads, done.stdout.splitlines())}


def _listing() -> dict[str, Any]:
    return {
        "title": "Kopi Arabika Gayo sangrai",
        "code": SKU,
        "variants": [{"sku": SKU, "price": 9000, "stock": 3}],
    }


if __name__ == "__main__":
    sys.exit(main())
