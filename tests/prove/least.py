"""After new stock and prices, exactly the least number of listing-changing calls by the call policy.

On each marketplace one variant's stock of 300 products out of 1,000, half of them falling. `LEAST` is the formula of
`docs/call-policy-NAME.md`. On Shopee the example catalogue's stock and price files as well: it writes price and stock
of one product a call, at most 50 variants each (facts, sections 3.6 and 3.7), so the least is the sum over products of
ceil(variants changed / 50), for stock and for prices apart.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from math import ceil
from pathlib import Path

from adapters.sandbox import MARKETPLACES
from syncer.catalogue.importing import import_file
from tests.prove.world import CATALOGUE, EXAMPLES, say, world
from tests.road.road import Road, road

ROWS = 50
PRODUCTS, CHANGED = 1_000, 300
MODEL = "RSM-CNC"
"""The example product that the made ones are like."""
ROUNDS_MOST = 40
HOUR = 3600.0

LEAST: Mapping[str, Callable[[int, int], int]] = {
    "shopee": lambda falls, rises: falls + rises,
    "bukalapak": lambda falls, rises: falls + rises,
    "blibli": lambda falls, rises: falls + ceil(rises / 100),
    "lazada": lambda falls, rises: ceil((falls + rises) / 20),
    "tiktokshop": lambda falls, rises: falls + rises,
}
"""{marketplace: the least calls for so many stocks that fall and rise, each of another product}. What falls is urgent
and goes first; on Blibli by a call of its own, elsewhere it takes along what else a call can carry."""


def least(changed: Path, catalogue: Path = CATALOGUE) -> int:
    """The least calls for the SKUs of a stock or price file."""
    with catalogue.open(encoding="utf-8", newline="") as file:
        product_of = {row["sku"]: row["product_code"] for row in csv.DictReader(file)}
    with changed.open(encoding="utf-8", newline="") as file:
        per_product = Counter(product_of[row["sku"]] for row in csv.DictReader(file))
    return sum(ceil(count / ROWS) for count in per_product.values())


def main() -> int:
    """The thousand products on each marketplace, and the example's files on Shopee.

    `--marketplace NAME` on one, `--products N` with fewer.
    """
    one = _word("--marketplace")
    products = int(_word("--products") or PRODUCTS)
    codes = [_thousand(name, products) for name in ([one] if one else MARKETPLACES)]
    return max([*codes, *([] if one else [_example_files()])])


def _word(option: str) -> str:
    return sys.argv[sys.argv.index(option) + 1] if option in sys.argv else ""


# --- one variant's stock of many products ----------------------------------------------------------------------------


def _thousand(name: str, products: int) -> int:
    changed = products * CHANGED // PRODUCTS
    with (
        tempfile.TemporaryDirectory(prefix="syncer-prove-") as folder,
        road(Path(folder), (MODEL,), marketplace=name) as way,
    ):
        began = time.perf_counter()
        way.rows = _made(way.rows[0], products)
        report = way.import_rows()
        _archive_model(way)
        _settle(way)
        shown = way.shown()
        took = time.perf_counter() - began
        wanted = _new_stocks(way, changed)
        way.sandbox.control("DELETE", "calls")
        way.resync()
        _settle(way)
        made, now = int(way.sandbox.calls()["writes"]), way.shown()
    falls = sum(wanted[sku] < shown[sku]["stock"] for sku in wanted)
    bound = LEAST[name](falls, len(wanted) - falls)
    wrong = [sku for sku in now if now[sku]["stock"] != wanted.get(sku, shown[sku]["stock"])]
    live = len({variant["title"] for variant in now.values()})
    return say(
        "least",
        f"{name}: one variant's stock of {changed} of {live} products ({falls} fall): {made} listing-changing calls, "
        f"the least is {bound}, ratio {made / bound:.2f}; {len(wrong)} offers wrong in the shop; "
        f"first sync {took:.0f} s",
        good=report.exit_code == 0 and made == bound and not wrong and live >= products,
    )


def _made(row: dict[str, str], products: int) -> list[dict[str, str]]:
    """Products with one to four variants each, and one picture."""
    rows = []
    for number in range(products):
        common = {**row, "product_code": f"L{number:04d}", "name": f"{row['name'][:40]} seri {_letters(number)}",
                  "images": row["images"].split("|")[0], "barcode": "", "stock": "10"}  # fmt: skip
        variants = number % 4 + 1
        rows += [{**common, "sku": f"L{number:04d}-{at}", "option1_value": str(16 + at)} for at in range(variants)]
    return rows


def _letters(number: int) -> str:
    """A word of its own for each product."""
    return "".join(chr(ord("a") + int(digit)) * 2 for digit in f"{number:04d}")


def _archive_model(way: Road) -> None:
    """The product that `road` brought along is not sold."""
    with (EXAMPLES / "catalogue-babel.csv").open(encoding="utf-8", newline="") as file:
        model = [{**row, "status": "archived"} for row in csv.DictReader(file) if row["product_code"] == MODEL]
    made, way.rows = way.rows, model
    way.import_rows()
    way.rows = made


def _settle(way: Road) -> None:
    """Sync until nothing is under way."""
    for _ in range(ROUNDS_MOST):
        if not way.resync().outcomes:
            return
        way.clock.advance(HOUR)
    raise AssertionError("it never settles")


def _new_stocks(way: Road, changed: int) -> dict[str, int]:
    """{SKU: pieces} of one variant each, every other one falling; imported as counts."""
    wanted = {f"L{number:04d}-0": 4 if number % 2 else 14 for number in range(changed)}
    path = way.folder / "counts.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("sku", "stock", "reason", "reference"))
        writer.writerows((sku, pieces, "stok opname", f"L-{sku}") for sku, pieces in wanted.items())
    import_file(way.database, path, now=way.clock.now())
    return wanted


# --- the example's files on Shopee -----------------------------------------------------------------------------------


def _example_files() -> int:
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
