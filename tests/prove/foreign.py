"""Somebody else's client library for the real Shopee goes through the sandbox with only its host changed.

Needs node and npm; the library is installed into a temporary folder, nothing of it stays.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from adapters.sandbox import Sandbox, launch
from tests.prove.world import EXAMPLES, say

PACKAGE = "@congminh1254/shopee-sdk@2.7.0"
STORY = Path(__file__).parent / "foreign_client" / "story.mjs"
STEPS = ("token", "refresh", "list", "detail", "price", "stock", "picture")


def main() -> int:
    """Install, play the story, look at the truth."""
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        return say("foreign", f"{' and '.join(missing)} not installed; install Node.js 18 or newer", good=False)
    with tempfile.TemporaryDirectory(prefix="syncer-prove-") as folder:
        _install(Path(folder))
        with launch(("shopee",)) as sandboxes:
            shop = sandboxes["shopee"]
            [item] = shop.control("POST", "listings", [_listing()])
            steps = _play(Path(folder), shop, int(item))
            [shown] = [row for row in shop.truth() if row["external_id"] == item]
    for name, step in steps.items():
        print(f"{name}: {'ok' if step['ok'] else 'FAILED'}: {step['saw']}")
    return _verdict(steps, item, shown["variants"][0])


def _verdict(steps: dict[str, Any], item: str, variant: dict[str, Any]) -> int:
    done = [name for name in STEPS if steps.get(name, {}).get("ok")]
    refused = not steps["wrong key"]["ok"] and "sign" in steps["wrong key"]["saw"].casefold()
    really = steps["list"]["saw"] == [item] and (variant["price"], variant["stock"]) == (12345, 42)
    figure = (
        f"{PACKAGE}: {len(done)} of {len(STEPS)} steps, price and stock really changed: {really}, "
        f"wrong key refused: {refused}"
    )
    return say("foreign", figure, good=len(done) == len(STEPS) and really and refused)


def _listing() -> dict[str, Any]:
    return {
        "title": "Kopiah resam anyaman kasar",
        "code": "F-1",
        "variants": [{"sku": "F-1", "price": 9000, "stock": 3}],
    }


def _install(folder: Path) -> None:
    words = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
    subprocess.run(words, check=True, cwd=folder)
    shutil.copy(STORY, folder)


def _play(folder: Path, shop: Sandbox, item: int) -> dict[str, Any]:
    told = {
        "url": shop.url, "code": consent_code(shop), "item_id": item,
        "image": str(EXAMPLES / "images" / "KPR-KSR-1.jpg"),
        **{name: shop.credentials[name] for name in ("partner_id", "partner_key", "shop_id")},
    }  # fmt: skip
    done = subprocess.run(
        ["node", STORY.name],
        cwd=folder,
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return {line["step"]: line for line in map(json.loads, done.stdout.splitlines())}


class _Stay(urllib.request.HTTPRedirectHandler):
    """The redirect is the answer."""

    def redirect_request(self, *_: Any) -> None:
        """Do not follow."""


def consent_code(shop: Sandbox) -> str:
    """The code that the consent page sends back."""
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay).open(shop.auth_url, timeout=10)
    except urllib.error.HTTPError as answer:
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    raise AssertionError("the consent page did not redirect")


if __name__ == "__main__":
    sys.exit(main())
