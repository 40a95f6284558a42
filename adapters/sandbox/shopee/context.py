"""What an operation works with: the shop, the clock of this call, the switches, and the fault to be played."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from adapters.clock import Clock
from adapters.sandbox.limits import delay_s, window_s
from adapters.sandbox.shopee.errors import Refusal, not_found
from adapters.sandbox.shopee.state import DEAD, Item, Model, Promotion, Review, Shop
from adapters.sandbox.stale import Earlier

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
    late_by: float = 0.0
    """Seconds since the moment at which the call in hand is to count as done."""
    outbox: list[Any] = field(default_factory=list)
    """Pushes that are to be posted when the call in hand is done."""
    earlier: Earlier[int, Item] = field(default_factory=Earlier)
    """By an item's id."""

    @property
    def now(self) -> float:
        """Seconds since 1970, by the sandbox's clock."""
        return self.clock.now().timestamp() - self.late_by

    def on(self, switch: str, position: str) -> bool:
        """Whether a switch stands at `position`."""
        return self.switches[f"shopee.{switch}"] == position

    def delay(self, real_s: float) -> float:
        """A delay as long as the limits in force say."""
        return delay_s(real_s, self.fast)

    def remember(self, item: Item) -> None:
        """Keep what `item` was before it is written, for stale reads."""
        self.earlier.keep(item.item_id, self.now, item)

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
        if self.fault == "stale_read":
            item = self.earlier.of(item_id, self.now, self.delay(SETTLE_S), item)
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
        """The item was written; a search will show it so after its lag."""
        item.updated = self.now
        face = [item.name, [item.sku, *(model.sku for model in item.models)], item.status]
        if item.found_as and item.found_as[-1][1:] == face:
            return
        # Of what is already shown only the last counts.
        while len(item.found_as) > 1 and item.found_as[1][0] <= self.now:
            del item.found_as[0]
        item.found_as.append([self.now + self.delay(LAG_S), *face])

    def stock_echo(self, item: Item, stock: int) -> dict[str, Any]:
        """A row of stock in the echo of a write."""
        if item.located is None and self.on("echo_location", "absent"):
            return {"stock": stock}
        return {"location_id": item.located or "", "stock": stock}

    def lists(self, success: list[dict[str, Any]], failure: list[dict[str, Any]]) -> dict[str, Any]:
        """Both lists of an answer; an empty one is left out, null or empty, nobody knows (facts, section 8)."""
        answer: dict[str, Any] = {}
        for name, rows in (("success_list", success), ("failure_list", failure)):
            if rows:
                answer[name] = rows
            elif not self.on("empty_lists", "missing"):
                answer[name] = None if self.on("empty_lists", "null") else []
        return answer

    def length(self, text: str) -> int:
        """How long a text is; nobody knows whether bytes, UTF-16 units or code points count (facts, section 3.8)."""
        if self.on("length_counts", "points"):
            return len(text)
        return len(text.encode()) if self.on("length_counts", "bytes") else len(text.encode("utf-16-le")) // 2

    def row_refused(self, number: int) -> str | None:
        """Why row `number` of a list fails, if a fault says so: the first one, or every second one."""
        if self.fault == "reject_row" and number == 0:
            return "Failed by rule of the shop"
        if self.fault == "partial_batch" and number % 2 == 1:
            return "Inner error, please try later"
        return None

    def publish(self, item: Item) -> None:
        """Put an item on sale: at once, or after a review."""
        item.status = "NORMAL"
        if self.shop.review_delay_s is not None:
            item.status = "REVIEWING"
            self.shop.reviews.append(Review(item.item_id, self.now + self.shop.review_delay_s))

    def end_reviews(self) -> None:
        """Let the reviews that are over say what they say."""
        if not self.shop.reviews:
            return
        over = [review for review in self.shop.reviews if review.ends <= self.now]
        self.shop.reviews = [review for review in self.shop.reviews if review.ends > self.now]
        for review in over:
            item = self.shop.items.get(review.item_id)
            if item is not None and item.status == "REVIEWING":
                item.status = review.verdict
                self.touch(item)

    def category(self, item: Item) -> int:
        """The category an item stands in by now: Shopee merges some, and moves what stood in them."""
        return self.shop.merged_categories.get(str(item.category_id), item.category_id)

    def window(self, real_s: float) -> str:
        """A name for the window of time in which `now` lies; days begin at 00:00 UTC+8 (facts, section 6)."""
        return f"{int((self.now + 8 * 3600) // window_s(real_s, self.fast))}"

    def couriers(self) -> list[dict[str, Any]]:
        """The couriers, each on or off as it is in the tree or was set since."""
        return [
            {**row, "enabled": self.shop.couriers_on.get(str(row["logistics_channel_id"]), row["enabled"])}
            for row in tree()["couriers"]
        ]

    def leaf(self, category_id: int) -> dict[str, Any]:
        """What is demanded in a leaf category.

        Raises:
            Refusal: no such category, or none that may be used.
        """
        if category_id in self.shop.closed_categories:
            raise Refusal("product.error_category_is_block.", "This category is blocked.")
        if str(category_id) in self.shop.merged_categories:
            raise Refusal("product.error_incalid_category.", "Invalid category.")
        found: dict[str, Any] | None = tree()["leafs"].get(str(category_id))
        if found is None:
            raise Refusal("product.error_invalid_category", "Invalid category.")
        return found
