"""What an operation works with: the shop, the clock of this call, the switches, the agenda, the fault to be played."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from adapters.clock import Clock
from adapters.sandbox.lazada.errors import numbered
from adapters.sandbox.lazada.state import Campaign, Item, Shop, Sku
from adapters.sandbox.limits import delay_s
from adapters.sandbox.posting import Message
from adapters.sandbox.stale import Earlier

SETTLE_S = 120.0
INDEX_S = 30.0
"""How long a list does not show a create or an edit yet (facts, section 11: an indexing delay, of no known length)."""

REVIEW_S = (4 * 3600.0, 2.0)
"""With real limits (up to 24 h, says section 7.1), with fast ones."""


@cache
def tree() -> dict[str, Any]:
    """The invented categories, attributes, brands and warehouses."""
    table: dict[str, Any] = json.loads((files(__package__) / "tree.json").read_text(encoding="utf-8"))
    return table


@dataclass(frozen=True, slots=True)
class Ask:
    """What a call asks: its business parameters, and its files."""

    parameters: Mapping[str, str]
    files: Mapping[str, bytes]

    def get(self, name: str) -> str:
        """A parameter, "" without one."""
        return self.parameters.get(name, "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call answers: `data`, or fields beside it. `detail` = rows that were not done under code 0."""

    data: Any = None
    beside: Mapping[str, Any] = field(default_factory=dict)
    detail: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Context:
    """One Lazada shop. `fault` is that of the call in hand, `at` the moment of the event in hand."""

    shop: Shop
    clock: Clock
    switches: dict[str, str]
    fast: bool
    fault: str | None = None
    late_by: float = 0.0
    at: float | None = None
    agenda: list[tuple[float, int, str, int]] = field(default_factory=list)
    """What is due by itself: (when, running number, review or unpaid, whose)."""
    earlier: Earlier[int, Item] = field(default_factory=Earlier)
    """By a product's id: what stale reads show."""
    unindexed: Earlier[int, Item] = field(default_factory=Earlier)
    """By a product's id: what lists show until they have heard of a create or an edit."""
    outbox: list[Message] = field(default_factory=list)
    """Pushes that have not left yet."""
    by_sku: dict[int, int] = field(default_factory=dict)
    """{SkuId: id of its product}."""
    by_name: dict[str, set[int]] = field(default_factory=dict)
    """{SellerSku: ids of the products that have or had it}; a SellerSku never changes."""

    @property
    def now(self) -> float:
        """Seconds since 1970, by the sandbox's clock."""
        return self.at if self.at is not None else self.clock.now().timestamp() - self.late_by

    @property
    def review_s(self) -> float:
        """How long a review takes."""
        return REVIEW_S[self.fast] if self.shop.review_delay_s is None else self.shop.review_delay_s

    def on(self, switch: str, position: str) -> bool:
        """Whether a switch stands at `position`."""
        return self.switches[f"lazada.{switch}"] == position

    def schedule(self, due: float, kind: str, whose: int) -> None:
        """Put something on the agenda."""
        heapq.heappush(self.agenda, (due, self.shop.number(), kind, whose))

    def remember(self, item: Item, listed_late: bool = False) -> None:
        """Keep what the product is before it is written; one that is new was not. `listed_late` = lists lag behind."""
        before = self.shop.items.get(item.id)
        self.earlier.keep(item.id, self.now, before)
        if listed_late:
            self.unindexed.keep(item.id, self.now, before)

    def add(self, item: Item) -> None:
        """A product is there now."""
        self.shop.items[item.id] = item
        self.index(item)

    def index(self, item: Item) -> None:
        """Its SKUs are found by their ids."""
        for sku in item.skus:
            self.by_sku[sku.id] = item.id
            self.by_name.setdefault(sku.seller_sku, set()).add(item.id)

    def reindex(self) -> None:
        """All SKUs of a shop that was just taken."""
        self.by_sku.clear()
        self.by_name.clear()
        for item in self.shop.items.values():
            self.index(item)

    def named(self, skus: Iterable[str]) -> list[int]:
        """The ids of the products that have or had one of these SellerSkus, oldest first."""
        return sorted(set[int]().union(*(self.by_name.get(sku, ()) for sku in skus)))

    def seen(self, listed: bool, only: Iterable[int] | None = None) -> Iterator[Item]:
        """The products as a read shows them, oldest first; `listed` = as a list does, which lags behind; `only` = no
        others than these."""
        now, lag, settle = self.now, delay_s(INDEX_S, self.fast), delay_s(SETTLE_S, self.fast)
        for item_id in self.shop.items if only is None else only:
            item = self.shop.items.get(item_id)
            shown = item
            if listed:
                shown = self.unindexed.of(item_id, now, lag, item)
            if self.fault == "stale_read":
                shown = self.earlier.of(item_id, now, settle, item)
            if shown is not None:
                yield shown

    def find(self, item_id: str, sku_id: str) -> tuple[Item, Sku] | None:
        """The SKU with these two ids, None if there is none."""
        if not (item_id.isdecimal() and sku_id.isdecimal()) or len(item_id + sku_id) > 40:
            return None
        item = self.shop.items.get(int(item_id))
        if item is None:
            return None
        found = next((sku for sku in item.living if sku.id == int(sku_id)), None)
        return None if found is None else (item, found)

    def campaigns(self, sku: Sku) -> list[Campaign]:
        """The promotions that a SKU is in, or is registered for."""
        return [one for one in self.shop.campaigns if one.sku == sku.id and one.end > self.now]

    def price_locked(self, sku: Sku) -> bool:
        """Whether a promotion, be it to come, keeps the price."""
        return any("price" in one.locks for one in self.campaigns(sku))

    def only_rising(self, sku: Sku) -> bool:
        """Whether a campaign that runs lets stock only rise."""
        return any("stock" in one.locks and one.start <= self.now for one in self.campaigns(sku))

    def reserved(self, sku: Sku) -> int:
        """Pieces that campaigns keep inside what is sellable."""
        return sum(one.reserve for one in self.campaigns(sku) if one.start <= self.now)

    def leaf(self, category: str) -> dict[str, Any]:
        """What is demanded in a leaf category.

        Raises:
            Refusal: no such category, none to put products in, or one that is closed.
        """
        if category in self.shop.closed or category in self.shop.merged:
            detail = {"field": "Product", "message": "Category is inactive"}
            raise numbered("501", "Update product failed", "ISP", [detail])
        if category not in tree()["leafs"]:
            known = category in category_names()
            raise numbered("4134" if known else "4227", "not a leaf category" if known else "no such category")
        found: dict[str, Any] = tree()["leafs"][category]
        return found

    def warehouses(self) -> list[dict[str, str]]:
        """The warehouses of this seller, the default one first."""
        found: list[dict[str, str]] = tree()["warehouses"]
        return found if self.shop.multi_warehouse else found[:1]

    def too_large(self, skus: int) -> bool:
        """Whether a write of so many SKUs runs into a time-out this time: every second one above 20 (facts, 5)."""
        if skus <= 20:
            return False
        self.shop.large_calls += 1
        return self.shop.large_calls % 2 == 1


@cache
def category_names() -> dict[str, str]:
    """{id: name} of every category, leaf or not."""
    return {str(row["id"]): row["name"] for row in tree()["categories"]}
