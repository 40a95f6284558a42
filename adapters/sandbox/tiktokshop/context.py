"""What an operation works with: the shop, the clock of this call, the switches, and the fault to be played."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from adapters.clock import Clock
from adapters.sandbox.limits import delay_s
from adapters.sandbox.stale import Earlier
from adapters.sandbox.tiktokshop.errors import NOT_FOUND, Refusal
from adapters.sandbox.tiktokshop.state import Offer, Product, Promotion, Shop

SETTLE_S = 60.0
AUDIT_S = (3600.0, 2.0)
"""How long an audit takes, by real and by fast limits; no source says."""


@cache
def tree() -> dict[str, Any]:
    """The invented categories, attributes, brands, couriers and warehouses."""
    table: dict[str, Any] = json.loads((files(__package__) / "tree.json").read_text(encoding="utf-8"))
    return table


@dataclass(frozen=True, slots=True)
class Ask:
    """One call: the ids of its path, its query, its checked body."""

    ids: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass(slots=True)
class Context:
    """One shop's world. `fault` is that of the call in hand."""

    shop: Shop
    clock: Clock
    switches: dict[str, str]
    fast: bool
    fault: str | None = None
    late_by: float = 0.0
    """Seconds since the moment at which the call in hand is to count as done."""
    outbox: list[Any] = field(default_factory=list)
    """Webhooks that are to be posted when the call in hand is done."""
    earlier: Earlier[str, Product] = field(default_factory=Earlier)
    """By a product's id."""
    searches: dict[str, list[str]] = field(default_factory=dict)
    """Ids of orders by the name of the search that found them, for its further pages."""

    @property
    def now(self) -> float:
        """Seconds since 1970, by the sandbox's clock."""
        return self.clock.now().timestamp() - self.late_by

    def on(self, switch: str, position: str) -> bool:
        """Whether a switch stands at `position`."""
        return self.switches[f"tiktokshop.{switch}"] == position

    @property
    def settle_s(self) -> float:
        """How long a stale read shows what was."""
        return delay_s(SETTLE_S, self.fast)

    @property
    def audit_s(self) -> float:
        """How long an audit takes."""
        own = self.shop.review_delay_s
        return AUDIT_S[1 if self.fast else 0] if own is None else own

    # --- products ----------------------------------------------------------------------------------------------------

    def remember(self, product: Product) -> None:
        """Keep what `product` was before it is written, for stale reads."""
        self.earlier.keep(product.id, self.now, product)

    def product(self, number: str) -> Product:
        """A product that is not deleted.

        Raises:
            Refusal: there is none.
        """
        found = self.shop.products.get(number)
        if found is None or found.deleted:
            raise Refusal(NOT_FOUND, "product not found")
        return found

    def seen(self, number: str) -> Product | None:
        """The product as a read shows it: stale while that fault is played, within the settling time."""
        found = self.shop.products.get(number)
        return self.earlier.of(number, self.now, self.settle_s, found) if self.fault == "stale_read" else found

    def living(self) -> Iterator[Product]:
        """Every product that is not deleted."""
        return (product for product in self.shop.products.values() if not product.deleted)

    def promotions(self, product: str, sku: str | None = None) -> list[Promotion]:
        """Promotions of a product (and SKU) that run or are about to."""
        return [
            one for one in self.shop.promotions
            if one.product == product and one.end > self.now and sku in (None, one.sku)
        ]  # fmt: skip

    def set_aside(self, product: str, sku: str) -> int:
        """Pieces that promotions that run hold back from the shop."""
        return sum(one.reserve for one in self.promotions(product, sku) if one.moved is not None)

    def scaled(self, offer: Offer) -> int:
        """What a stock write would have to say to leave an offer as it is."""
        return offer.stock + (offer.committed if self.on("quantity_scale", "total") else 0)

    # --- warehouses and categories -----------------------------------------------------------------------------------

    def warehouses(self) -> list[dict[str, Any]]:
        """Warehouses as the shop is set up: one or two of its own, Dilayani's if it has one, and that for returns."""
        rows = tree()["warehouses"]
        own = [*rows[: self.shop.warehouses], *([rows[2]] if self.shop.dilayani else []), rows[3]]
        status = "RESTRICTED" if self.shop.holiday else "ENABLED"
        return [{**row, "effect_status": status if row["type"] == "SALES_WAREHOUSE" else "ENABLED"} for row in own]

    def sales_warehouses(self) -> list[str]:
        """Ids of those that a stock write may name."""
        return [row["id"] for row in tree()["warehouses"][: self.shop.warehouses]]

    def is_dilayani(self, warehouse: str) -> bool:
        """Whether the shop has this warehouse with Dilayani Tokopedia, whose quantity is not the seller's to set."""
        return self.shop.dilayani and warehouse == tree()["warehouses"][2]["id"]

    def leaf(self, category: str) -> dict[str, Any] | None:
        """What a leaf category demands; None = no such leaf, or none that may be used."""
        if category in self.shop.closed or category in self.shop.merged:
            return None
        found: dict[str, Any] | None = tree()["leafs"].get(category)
        return found

    # --- faults ------------------------------------------------------------------------------------------------------

    def row_refused(self, number: int) -> str | None:
        """Why row `number` of a list fails, if a fault says so: the first one, or every second one."""
        if self.fault == "reject_row" and number == 0:
            return "refused by a rule of the shop"
        if self.fault == "partial_batch" and number % 2 == 1:
            return "system busy, please try again later"
        return None

    def row_omitted(self, number: int) -> bool:
        """Whether a fault lets the first row of a list fall: neither done nor told."""
        return self.fault == "omit_row" and number == 0
