"""Somebody else's client library for the real Shopee goes through the sandbox with only its host changed.

Its vocabulary is read from its own code: every operation whose path the sandbox serves has to be played. Needs node and
npm; the library is installed into a temporary folder, nothing of it stays. Lazada's is in `foreign_lazada`.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from adapters.sandbox import Sandbox, launch
from adapters.sandbox.shopee.market import OPERATIONS, PREFIX, UPLOAD
from tests.prove.world import EXAMPLES, say
from tests.sandbox.client import ATTRIBUTES, LEAF

PACKAGE = "@congminh1254/shopee-sdk@2.7.0"
STORY = Path(__file__).parent / "foreign_client" / "story.mjs"
PARENT = 100101
STRANGER = "wrong key"
AS_THE_CLIENT_BELIEVES = {"shopee.shop_signed_push": "accepted"}
"""It signs calls about pushes as a shop's, where the reference says Public: an open question."""


def main() -> int:
    """Install, play the story, look at the truth."""
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        return say("foreign", f"{' and '.join(missing)} not installed; install Node.js 18 or newer", good=False)
    with tempfile.TemporaryDirectory(prefix="syncer-prove-") as folder:
        _install(Path(folder))
        with launch(("shopee",), switches=AS_THE_CLIENT_BELIEVES) as sandboxes:
            shop = sandboxes["shopee"]
            [item] = shop.control("POST", "listings", [_listing()])
            order = shop.control("POST", "orders", {"lines": [{"sku": "F-1", "quantity": 1}]})["id"]
            vocabulary, steps = _play(Path(folder), shop, int(item), order)
            [shown] = [row for row in shop.truth() if row["external_id"] == item]
    for name, step in steps.items():
        print(f"{name}: {'ok' if step['ok'] else 'FAILED'}: {step['saw']}")
    return _verdict(vocabulary, steps, shown["variants"][0])


def served(vocabulary: Mapping[str, str]) -> set[str]:
    """Which of the library's operations the sandbox serves, by the path that each calls."""
    return {name for name, path in vocabulary.items() if f"{PREFIX}{path}" in {*OPERATIONS, UPLOAD}}


def _verdict(vocabulary: Mapping[str, str], steps: Mapping[str, Any], variant: Mapping[str, Any]) -> int:
    wanted = served(vocabulary)
    unplayed = sorted(wanted - steps.keys())
    if unplayed:
        print(f"served, and not played: {', '.join(unplayed)}")
    done = {name for name in wanted if steps.get(name, {}).get("ok")}
    refused = not steps[STRANGER]["ok"] and "sign" in steps[STRANGER]["saw"].casefold()
    really = (variant["price"], variant["stock"]) == (12345, 42)
    figure = (
        f"{PACKAGE}: {len(done)} of the {len(wanted)} operations that the sandbox serves, of {len(vocabulary)} in all; "
        f"price and stock really changed: {really}, wrong key refused: {refused}"
    )
    return say("foreign", figure, good=bool(wanted) and done == wanted and really and refused)


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


def _play(folder: Path, shop: Sandbox, item: int, order: str) -> tuple[dict[str, str], dict[str, Any]]:
    """The library's vocabulary, {operation: path}, and what became of each step."""
    told = {
        "url": shop.url, "item_id": item, "order_sn": order, "codes": [consent_code(shop), consent_code(shop)],
        "resend_codes": [shop.control("POST", "resend", {})["resend_code"] for _ in range(2)],
        "image": str(EXAMPLES / "images" / "KPR-KSR-1.jpg"), "dead": f"http://127.0.0.1:{_dead_port()}/",
        **_leaf(), **{name: shop.credentials[name] for name in ("partner_id", "partner_key", "shop_id")},
    }  # fmt: skip
    done = subprocess.run(
        ["node", STORY.name],
        cwd=folder,
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    first, *rest = map(json.loads, done.stdout.splitlines())
    return first["vocabulary"], {line["step"]: line for line in rest}


def _leaf() -> dict[str, Any]:
    """A leaf of the sandbox's tree, what a product in it needs, and the parent that takes brands."""
    return {"leaf": LEAF, "parent": PARENT, "attributes": ATTRIBUTES, "listed_attribute": 200003, "courier": 8003}


def _dead_port() -> int:
    """A port on which nobody listens: pushes to it are lost."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class _Stay(urllib.request.HTTPRedirectHandler):
    """The redirect is the answer."""

    def redirect_request(self, *_: Any) -> None:
        """Do not follow."""


def consented(shop: Sandbox) -> str:
    """Where the consent page sends its visitor."""
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay).open(shop.auth_url, timeout=10)
    except urllib.error.HTTPError as answer:
        return str(answer.headers["Location"])
    raise AssertionError("the consent page did not redirect")


def consent_code(shop: Sandbox) -> str:
    """The code that the consent page sends back."""
    return parse_qs(urlsplit(consented(shop)).query)["code"][0]


if __name__ == "__main__":
    sys.exit(main())
