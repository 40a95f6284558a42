"""`plan` calls nothing, and lists exactly what `resync` then does: on an empty shop, and after both update files."""

from __future__ import annotations

import sys
from typing import Any

from tests.prove.world import EXAMPLES, World, say, world

Line = tuple[str, str, str, str | None, str | None]


def lines(changes: list[dict[str, Any]]) -> set[Line]:
    """What a plan or a resync says that it changes: product, SKU, facet, from, to."""
    return {(c["product"], c["sku"] or "", c["facet"], c["from"], c["to"]) for c in changes}


def main() -> int:
    """Compare plan and resync twice."""
    with world() as here:
        here.import_catalogue()
        first = _compare(here)
        for name in ("stock-update.csv", "price-update.csv"):
            here.run("import", str(EXAMPLES / name))
        second = _compare(here)
    planned = first[0] + second[0]
    different = first[1] + second[1]
    called = first[2] + second[2]
    return say(
        "plan",
        f"{planned} changes planned, {different} differ from what resync did, {called} calls made by plan",
        good=planned > 0 and different == 0 and called == 0,
    )


def _compare(here: World) -> tuple[int, int, int]:
    here.reset_calls()
    planned = lines(here.run("plan", "--json").json["channels"][0]["changes"])
    called = int(here.shop.calls()["total"])
    done = lines(here.resync().json["channels"][0]["changes"])
    return len(planned), len(planned ^ done), called


if __name__ == "__main__":
    sys.exit(main())
