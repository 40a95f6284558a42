"""What an operation works with: the shop, the clock of this call, the switches, and the fault to be played."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from adapters.clock import Clock
from adapters.sandbox.limits import delay_s
from adapters.sandbox.shopee.errors import Refusal, not_found
from adapters.sandbox.shopee.state import DEAD, Item, Model, Promotion, Shop

READY_S = 5.0
LAG_S = 30.0
SETTLE_S = 120.0
KEPT_S = 90 * 86_400


@cache
def tree() -> dict[str, Any]:
    """The invented categories, attributes, brands, couriers and limits."""
    table: dict[str, Any] = json.loads((files(__package__) / "tree.json").read_text(encoding="utf-8"))
    return table


@dataclass(slots=True)
class Context:
    """One Shopee world. `fault` is that of the call in hand."""

    shop: Shop
    clock: Clock
    switches: dict[str, str]
    fast: bool
    multi_warehouse: bool = False
    fault: str | None = None
    before: dict[int, tuple[float, Item | None]] = field(default_factory=dict)
    """{item: (when it was last written, what it was before)}: what a stale read shows."""

    @property
    def now(self) -> float:
        """Seconds since 1970, by the sandbox's clock."""
        return self.clock.now().timestamp()

    def on(self, switch: str, position: str) -> bool:
        """Whether a switch stands at `position`."""
        return self.switches[f"shopee.{switch}"] == position

    def delay(self, real_s: float) -> float:
        """A delay as long as the limits in force say."""
        return delay_s(real_s, self.fast)

    def remember(self, item: Item) -> None:
        """Keep what `item` was before it is written, for stale reads."""
        self.before[item.item_id] = (self.now, copy.deepcopy(item))

    def item(self, item_id: int) -> Item:
        """An item that can still be read.

        Raises:
            Refusal: there is none.
        """
        found = self.shop.items.get(item_id)
        if found is None or not self.readable(found):
            raise not_found()
        return found

    def living(self, item_id: int) -> Item:
        """An item that is not deleted."""
        found = self.item(item_id)
        if found.status in DEAD:
            raise not_found()
        return found

    def readable(self, item: Item) -> bool:
        """Deleted items stay readable for 90 days (facts, section 3.3)."""
        return item.deleted_at is None or self.now - item.deleted_at <= KEPT_S

    def seen(self, item_id: int) -> Item | None:
        """The item as a read shows it: stale while that fault is played, within the settling time."""
        item = self.shop.items.get(item_id)
        if self.fault == "stale_read" and item_id in self.before:
            written, earlier = self.before[item_id]
            if self.now - written < self.delay(SETTLE_S):
                item = earlier
        return item if item is not None and self.readable(item) else None

    def promotions(self, item: Item, model: Model | None = None) -> list[Promotion]:
        """Promotions of an item (and model) that run or are about to."""
        return [
            p for p in self.shop.promotions
            if p.item_id == item.item_id and p.end > self.now and (model is None or p.model_id == model.model_id)
        ]  # fmt: skip

    def ongoing(self, promotion: Promotion) -> bool:
        """Whether a promotion runs now; otherwise it is upcoming."""
        return promotion.start <= self.now < promotion.end

    def reserved(self, item: Item, model: Model) -> int:
        """Pieces that promotions hold, upcoming ones included: the floor of a stock write."""
        return sum(p.reserve for p in self.promotions(item, model))

    def locked(self, item: Item, what: str, model: Model | None = None) -> bool:
        """Whether a promotion locks `what`, from its scheduling on (facts, section 3.6)."""
        return any(what in p.locks for p in self.promotions(item, model))

    def touch(self, item: Item) -> None:
        """The item was written."""
        item.updated = self.now

    def day(self) -> str:
        """The day in UTC+8, by which the quota counts."""
        return datetime.fromtimestamp(self.now + 8 * 3600, UTC).date().isoformat()

    def leaf(self, category_id: int) -> dict[str, Any]:
        """What is demanded in a leaf category.

        Raises:
            Refusal: no such category, or none that may be used.
        """
        if category_id in self.shop.closed_categories:
            raise Refusal("product.error_category_is_block.", "This category is blocked.")
        found: dict[str, Any] | None = tree()["leafs"].get(str(category_id))
        if found is None:
            raise Refusal("product.error_invalid_category", "Invalid category.")
        return found
