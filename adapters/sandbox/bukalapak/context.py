"""The shop at work: its time, its switches, its era, and how the two generations refuse."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from adapters.clock import Clock
from adapters.sandbox.bukalapak.state import Product, Shop, Sku, copied
from adapters.sandbox.limits import window_s

STORE = "9100001"
USER = "1000001"
SETTLE_S = 60.0
QUOTAS = {"daily": (500, 86_400.0), "weekly": (2000, 604_800.0), "monthly": (5000, 2_592_000.0)}
"""Uploads; the numbers are invented, that there are such quotas is not (facts, section 4.3)."""


class RefusalV2(Exception):
    """The older generation refuses: HTTP 200 and a text, nothing else (facts, section 3.2)."""

    def __init__(self, text: str, status: int = 200) -> None:
        super().__init__(text)
        self.text, self.status = text, status


class RefusalV4(Exception):
    """The newer generation refuses."""

    def __init__(self, status: int, code: int, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text


@cache
def tree() -> dict[str, Any]:
    """The invented categories, attributes and carriers."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("tree.json").read_text(encoding="utf-8"))
    return found


class Context:
    """One shop and what it needs to answer."""

    def __init__(self, clock: Clock, positions: Mapping[str, str], fast: bool) -> None:
        self.shop, self.clock, self.fast = Shop(), clock, fast
        self._positions = positions
        self.fault: str | None = None
        self.late_by = 0.0
        self.before: dict[str, Product] = {}

    @property
    def now(self) -> float:
        """Epoch seconds at which the call in hand counts as made."""
        return self.clock.now().timestamp() - self.late_by

    def on(self, name: str, position: str) -> bool:
        """Whether switch bukalapak.`name` stands at `position`."""
        return self._positions[f"bukalapak.{name}"] == position

    def touch(self, product: Product) -> None:
        """About to change: kept as it was, dated now."""
        self.before[product.id] = copied(product)
        product.updated = self.now

    def seen(self, product: Product) -> Product:
        """As a read shows it."""
        return self.before.get(product.id, product) if self.fault == "stale_read" else product

    def remaining(self) -> dict[str, int]:
        """Uploads that are left, by quota."""
        found = {}
        for name, (count, seconds) in QUOTAS.items():
            window = window_s(seconds, self.fast)
            found[name] = max(0, count - sum(1 for at in self.shop.uploads if at > self.now - window))
        return found

    def set_stock(self, sku: Sku, stock: int) -> None:
        """Set it, and notice when it puts back what an order had taken that the seller's software has not read yet."""
        if stock > sku.stock and sku.unseen:
            self.shop.raised_over_sale += 1
            sku.phantom = min(sku.phantom + stock - sku.stock, sku.unseen)
        sku.stock = stock

    def no_writes(self) -> bool:
        """Whether the marketplace has closed its shops: what is written is refused, what is read is answered."""
        return self.on("era", "closed")
