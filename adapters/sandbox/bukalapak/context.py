"""What an operation works with: the shop, the clock of this call, the switches, and the fault to be played."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any

from adapters.clock import Clock
from adapters.sandbox import selling
from adapters.sandbox.bukalapak.refusals import closed, invalid, missing, winding_down
from adapters.sandbox.bukalapak.state import Product, Shop, Sku
from adapters.sandbox.limits import delay_s, window_s
from adapters.sandbox.stale import Earlier

SETTLE_S = 120.0
DAYS = {"daily": 1, "weekly": 7, "monthly": 30}
WIB = timezone(timedelta(hours=7))
"""Local time of filters and answers (facts, section 2)."""


@cache
def tree() -> dict[str, Any]:
    """The invented categories, attributes, carriers and reasons."""
    table: dict[str, Any] = json.loads((files(__package__) / "tree.json").read_text(encoding="utf-8"))
    return table


@dataclass(slots=True)
class Context:
    """One Bukalapak shop. `fault` is that of the call in hand."""

    shop: Shop
    clock: Clock
    switches: dict[str, str]
    fast: bool
    fault: str | None = None
    late_by: float = 0.0
    """Seconds since the moment at which the call in hand is to count as done."""
    before: Earlier[str, Product] = field(default_factory=Earlier)
    """What products were before their last write: what a stale read shows."""

    @property
    def now(self) -> float:
        """Seconds since 1970, by the sandbox's clock."""
        return self.clock.now().timestamp() - self.late_by

    def on(self, switch: str, position: str) -> bool:
        """Whether a switch stands at `position`."""
        return self.switches[f"bukalapak.{switch}"] == position

    # --- eras --------------------------------------------------------------------------------------------------------

    def may_write(self) -> None:
        """Let a write pass.

        Raises:
            Refusal: the marketplace is closed.
        """
        if self.on("era", "closed"):
            raise closed()

    def may_sell(self) -> None:
        """Let something new be put on sale.

        Raises:
            Refusal: the marketplace is closed, or closing.
        """
        self.may_write()
        if self.on("era", "winding_down"):
            raise winding_down()

    # --- products ----------------------------------------------------------------------------------------------------

    def product(self, product_id: str) -> Product:
        """A product that is not deleted.

        Raises:
            Refusal: there is none.
        """
        found = self.shop.products.get(product_id)
        if found is None or found.deleted:
            raise missing("Barang")
        return found

    def seen(self) -> Iterator[Product]:
        """The products as a read shows them, deleted ones included: stale while that fault is played."""
        for product in self.shop.products.values():
            shown = self.glimpse(product)
            if shown is not None:
                yield shown

    def glimpse(self, product: Product) -> Product | None:
        """One product as a read shows it: as it was before its last write, if the fault says so, within `settle_s`."""
        if self.fault != "stale_read":
            return product
        return self.before.of(product.id, self.now, delay_s(SETTLE_S, self.fast), product)

    def remember(self, product: Product) -> None:
        """Keep what `product` was before it is written, for stale reads."""
        self.before.keep(product.id, self.now, product)

    def touch(self, product: Product) -> None:
        """The product was written: it moves to the top of the lists."""
        product.updated = self.now

    def for_sale(self, product: Product) -> bool:
        """Whether buyers see it: on, in stock, not in violation, not deleted, and the shop is open."""
        off = product.deleted or product.banned or not product.on or self.shop.holiday
        return not off and product.stock > 0

    def word(self, product: Product) -> str:
        """Its state in the project's words (DESIGN 3)."""
        if product.banned:
            return "banned"
        if not product.on or self.shop.holiday:
            return "hidden"
        return "live" if product.stock > 0 else "live_oos"

    def set_stock(self, product: Product, sku: Sku, stock: int, active: bool = False) -> None:
        """Set it, and notice when it puts back what an order had taken that the seller's software has not read yet."""
        ran_out = product.on and product.stock == 0 and sku.zeroed is None  # not by a relist (facts, section 4.4)
        if self.on("restock", "stays_off") and ran_out and stock > 0 and not active:
            product.on = False
        sku.stock, sku.zeroed = (sku.stock if sku.zeroed is None else sku.zeroed), None
        selling.set_stock(self.shop, sku, stock)

    # --- categories and quotas ---------------------------------------------------------------------------------------

    def category(self, product: Product) -> int:
        """The category a product stands in by now: merged ones take along what stood in them."""
        return self.shop.merged_categories.get(str(product.category_id), product.category_id)

    def categories(self) -> list[dict[str, Any]]:
        """The categories that are open."""
        gone = {*self.shop.closed_categories, *(int(key) for key in self.shop.merged_categories)}
        return [row for row in tree()["categories"] if row["id"] not in gone]

    def leaf(self, category_id: int) -> dict[str, dict[str, Any]]:
        """The attributes of a leaf category, by field.

        Raises:
            Refusal: no such category, or none that may be used.
        """
        names = tree()["leafs"].get(str(category_id))
        if names is None or category_id not in {row["id"] for row in self.categories()}:
            raise invalid("Kategori tidak dapat dipakai")
        return {name: tree()["attributes"][name] for name in names}

    def remaining(self) -> dict[str, int]:
        """Uploads that are left today, this week and this month; windows begin at midnight in Jakarta."""
        for name, quota in self.shop.quotas.items():
            window = f"{int((self.now + 7 * 3600) // window_s(DAYS[name] * 86_400, self.fast))}"
            if window != quota.window:
                quota.window, quota.used = window, 0
        return {name: max(0, quota.most - quota.used) for name, quota in self.shop.quotas.items()}

    def upload(self) -> None:
        """Use up one upload of each quota.

        Raises:
            Refusal: one of them is used up.
        """
        for name, left in self.remaining().items():
            if left <= 0:
                raise invalid(f"Batas unggah barang ({name}) sudah tercapai")
        for quota in self.shop.quotas.values():
            quota.used += 1


def local(stamp: float) -> str:
    """An instant as Bukalapak writes it: ISO 8601, +07:00, whole seconds."""
    return datetime.fromtimestamp(stamp, WIB).isoformat(timespec="seconds")
