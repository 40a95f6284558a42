"""After the stock and the price file, exactly the least number of listing-changing calls by the call policy.

Shopee writes price and stock of one product a call, at most 50 variants each (facts, sections 3.6 and 3.7), so the
least is the sum over products of ceil(variants changed / 50), for stock and for prices apart.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from math import ceil
from pathlib import Path

from tests.prove.world import CATALOGUE, EXAMPLES, say, world

ROWS = 50


def least(changed: Path, catalogue: Path = CATALOGUE) -> int:
    """The least calls for the SKUs of a stock or price file."""
    with catalogue.open(encoding="utf-8", newline="") as file:
        product_of = {row["sku"]: row["product_code"] for row in csv.DictReader(file)}
    with changed.open(encoding="utf-8", newline="") as file:
        per_product = Counter(product_of[row["sku"]] for row in csv.DictReader(file))
    return sum(ceil(count / ROWS) for count in per_product.values())


def main() -> int:
    """Sync, import both files, sync, and count."""
    stock, price = EXAMPLES / "stock-update.csv", EXAMPLES / "price-update.csv"
    bound = least(stock) + least(price)
    with world() as here:
        here.import_catalogue()
        here.resync()
        for path in (stock, price):
            here.run("import", str(path))
        here.reset_calls()
        here.resync()
        made = here.writes()
        wrong = _differences(here.truth(), stock, price)
    return say(
        "least",
        f"{made} listing-changing calls, the least is {bound} ({least(stock)} for stock + {least(price)} for prices), "
        f"ratio {made / bound:.2f}; {len(wrong)} offers wrong in the shop",
        good=made == bound and not wrong,
    )


def _differences(truth: list[dict[str, object]], stock: Path, price: Path) -> list[str]:
    shown: dict[str, dict[str, object]] = {}
    for listing in truth:
        for variant in listing["variants"]:  # type: ignore[attr-defined]
            shown[variant["sku"]] = variant
    wrong = []
    for path, column, field in ((stock, "stock", "stock"), (price, "price_idr", "price")):
        with path.open(encoding="utf-8", newline="") as file:
            wrong += [r["sku"] for r in csv.DictReader(file) if shown[r["sku"]][field] != int(r[column])]
    return wrong


if __name__ == "__main__":
    sys.exit(main())
