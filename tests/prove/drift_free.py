"""Right after a first sync an audit finds no drift in any shop, however the shop words, fills in and orders things.

The control: the seller then edits some offers in the app, and the audit finds exactly those.
"""

from __future__ import annotations

import sys
from typing import Any

from adapters.sandbox import MARKETPLACES
from tests.prove.world import World, say, world

EDITED = 7
WHY_UNSEEN = {
    "shopee": "pictures come back as ids, attributes and brands in the marketplace's words",
    "bukalapak": "pictures come back as ids, attributes as words or lists, of a parcel only its weight",
    "lazada": "pictures come back under addresses of its own, attributes with those that it fills in",
    "tiktokshop": "pictures come back as uris, attributes in its words; off sale for a refused 0 it keeps old numbers",
    "blibli": "the list that shows stock shows neither options nor words, and names of variants instead of products",
}
"""What no answer shows in our terms, and so is not compared (fact sheets; `comparable` of each adapter)."""
FACETS = ("visibility", "content", "structure", "price", "stock")


def main() -> int:
    """The whole of it on each marketplace; `--marketplace NAME` on one."""
    names = [sys.argv[sys.argv.index("--marketplace") + 1]] if "--marketplace" in sys.argv else MARKETPLACES
    return max(_on(name) for name in names)


def _on(name: str) -> int:
    with world(marketplaces=(name,)) as here:
        here.import_catalogue()
        here.resync("--wait", "300", expect=None)
        listed = len(here.truth())
        first = _audit(here)
        edited = _edit(here)
        second = _audit(here)
    found = [drift for drift in second["drifts"] if drift["facet"] == "price"]
    good = (
        not first["drifts"] and first["listings"] == listed > 0 and _known(first, "price") and _known(first, "stock")
        and len(found) == len(second["drifts"]) == len(edited) and {d["observed"] for d in found} == edited
    )  # fmt: skip
    for drift in first["drifts"]:
        print(f"  {drift}")
    why = WHY_UNSEEN.get(name, "see its adapter")
    figure = (
        f"{name}: {listed} listings, {len(first['drifts'])} drift among {_figures(first['compared'])} values compared; "
        f"not shown in our terms: {_figures(first['unseen'])} ({why}); {len(edited)} edited by the seller, "
        f"{len(found)} found"
    )
    return say("drift-free", figure, good)


def _audit(here: World) -> dict[str, Any]:
    found: dict[str, Any] = here.run("audit", "--json").json["channels"][0]
    return found


def _known(found: dict[str, Any], facet: str) -> bool:
    return bool(found["compared"].get(facet, 0))


def _figures(counts: dict[str, int]) -> str:
    return ", ".join(f"{counts[facet]} {facet}" for facet in FACETS if counts.get(facet)) or "nothing"


def _edit(here: World) -> set[str]:
    """New prices of some offers, each another; returns them as the audit words them."""
    prices = set()
    listings = [row for row in here.truth() if row["external_id"]]
    for number, row in enumerate(listings[:EDITED]):
        variant = row["variants"][0]
        price = int(variant["price"]) + 1_000 + number
        target = variant["external_id"] or row["external_id"]
        here.shop.control("POST", "edit", {"external_id": target, "price": price})
        prices.add(str(price))
    return prices


if __name__ == "__main__":
    sys.exit(main())
