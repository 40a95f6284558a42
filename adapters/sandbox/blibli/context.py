"""What an operation works with: the store, the clock of this call, the switches, the agenda, the fault to be played."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from adapters.clock import Clock
from adapters.sandbox.blibli.errors import absent, invalid
from adapters.sandbox.blibli.state import Feed, Product, Promotion, Shop, Variant
from adapters.sandbox.limits import delay_s
from adapters.sandbox.stale import Earlier

SETTLE_S = 300.0
"""Twice the queue and half as much again: a create that came late is through the queue by then."""

QUEUE_S = (60.0, 1.0)
REVIEW_S = (3600.0, 2.0)
"""With real limits, with fast ones (SANDBOX.md)."""


@cache
def tree() -> dict[str, Any]:
    """The invented categories, attributes, brands, pickup points and couriers."""
    table: dict[str, Any] = json.loads((files(__package__) / "tree.json").read_text(encoding="utf-8"))
    return table


@dataclass(frozen=True, slots=True)
class Ask:
    """What a call asks: the ids in its path, its query, its JSON body."""

    ids: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    request_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call answers, before its family puts it into an envelope. `paging` = page, size, how many there are."""

    content: Any = None
    paging: tuple[int, int, int] | None = None
    status: int = 200
    request_id: str | None = None


@dataclass(slots=True)
class Context:
    """One Blibli store. `fault` is that of the call in hand, `at` the moment of the event in hand."""

    shop: Shop
    clock: Clock
    switches: dict[str, str]
    fast: bool
    fault: str | None = None
    late_by: float = 0.0
    at: float | None = None
    agenda: list[tuple[float, int, str, str]] = field(default_factory=list)
    """What is due by itself: (when, running number, row or review, whose)."""
    earlier: Earlier[int, Product] = field(default_factory=Earlier)
    """By a product's number."""

    @property
    def now(self) -> float:
        """Seconds since 1970, by the sandbox's clock."""
        return self.at if self.at is not None else self.clock.now().timestamp() - self.late_by

    @property
    def queue_s(self) -> float:
        """How long a queue takes."""
        return QUEUE_S[self.fast]

    @property
    def review_s(self) -> float:
        """How long a review takes."""
        return REVIEW_S[self.fast] if self.shop.review_delay_s is None else self.shop.review_delay_s

    def on(self, switch: str, position: str) -> bool:
        """Whether a switch stands at `position`."""
        return self.switches[f"blibli.{switch}"] == position

    def schedule(self, due: float, kind: str, whose: str) -> None:
        """Put something on the agenda."""
        heapq.heappush(self.agenda, (due, self.shop.number(), kind, whose))

    def remember(self, product: Product) -> None:
        """Keep what `product` was before it is written, for stale reads; one that is new was not."""
        known = self.shop.products.get(product.number) is product
        self.earlier.keep(product.number, self.now, product if known else None)

    def seen(self) -> Iterator[Product]:
        """The products as a read shows them, oldest first: stale while that fault is played, within settling time."""
        for number, product in self.shop.products.items():
            shown: Product | None = product
            if self.fault == "stale_read":
                shown = self.earlier.of(number, self.now, delay_s(SETTLE_S, self.fast), product)
            if shown is not None:
                yield shown

    def shows_l3(self, product: Product) -> bool:
        """L3 appears after the first review, whichever way it went (facts, sections 4 and 7.3)."""
        return product.ever_live or product.state != "IN_PROGRESS" or self.on("l3_in_review", "present")

    def by_l3(self, sku: str, seen: bool = False) -> Product:
        """The product with this L3.

        Raises:
            Refusal: there is none, or not yet.
        """
        products = self.seen() if seen else iter(self.shop.products.values())
        for product in products:
            if product.sku == sku and self.shows_l3(product):
                return product
        raise absent(f"product {sku} is not found")

    def by_gdn(self, gdn: str, seen: bool = False) -> tuple[Product, Variant]:
        """The variant with this gdnSku (L4), which exists only once it was live.

        Raises:
            Refusal: there is none.
        """
        for product in self.seen() if seen else self._named(gdn):
            for variant in product.variants:
                if variant.live and product.gdn(variant) == gdn:
                    return product, variant
        raise absent(f"SKU {gdn} is not found")

    def _named(self, gdn: str) -> list[Product]:
        number = gdn.rpartition("-")[0].rpartition("-")[2]
        found = self.shop.products.get(int(number)) if number.isdecimal() else None
        return [] if found is None else [found]

    def points(self) -> list[dict[str, str]]:
        """The pickup points of this store."""
        found: list[dict[str, str]] = tree()["pickup_points"][: self.shop.points]
        return found

    def pickup(self, code: str | None) -> str:
        """The pickup point that a write is for: it must be named where there are several (facts, section 7.6).

        Raises:
            Refusal: none was named, or one that is not the store's.
        """
        codes = [point["code"] for point in self.points()]
        if not code and len(codes) > 1:
            raise invalid("pickupPointCode is mandatory, as the store has more than one pickup point")
        if code and code not in codes:
            raise invalid(f"pickup point {code} does not exist")
        return code or codes[0]

    def promotion(self, product: Product, variant: Variant) -> Promotion | None:
        """The promotion that a variant is in or is about to be in."""
        for found in self.shop.promotions:
            if (found.product, found.variant) == (product.number, variant.number) and found.end > self.now:
                return found
        return None

    def reserved(self, product: Product, variant: Variant) -> int:
        """Pieces that a live promotion holds."""
        found = self.promotion(product, variant)
        return found.reserve if found is not None and found.start <= self.now else 0

    def leaf(self, code: str) -> dict[str, Any]:
        """What is demanded in a leaf category.

        Raises:
            Refusal: no such category, none to put products in, or one that was closed or merged.
        """
        if code in self.shop.closed or code in self.shop.merged:
            raise invalid(f"category {code} is not active")
        if code not in tree()["leafs"]:
            raise invalid(f"category {code} is not a leaf" if code in category_names() else f"no category {code}")
        found: dict[str, Any] = tree()["leafs"][code]
        return found

    def brands(self) -> dict[str, str]:
        """{code: name} of all brands, new ones included."""
        return {**tree()["brands"], **self.shop.brands}

    def feed(self, queue_id: str) -> Feed:
        """A queue.

        Raises:
            Refusal: there is none.
        """
        if queue_id not in self.shop.feeds:
            raise absent(f"queue {queue_id} is not found")
        return self.shop.feeds[queue_id]


@cache
def category_names() -> dict[str, str]:
    """{code: name} of every category, leaf or not."""
    return {row["code"]: row["name"] for row in tree()["categories"]}


def page_of(query: Mapping[str, Any], most: int, usual: int = 10) -> tuple[int, int]:
    """Page (from 0) and size of a list.

    Raises:
        Refusal: they are no numbers, or out of bounds.
    """
    page, size = query.get("page", 0), query.get("size", usual)
    try:
        page, size = int(page), int(size)
    except (TypeError, ValueError):
        raise invalid("page and size are numbers") from None
    if page < 0 or not 1 <= size <= most:
        raise invalid(f"page starts at 0, size is between 1 and {most}")
    return page, size


def paged(
    here: Context, rows: list[Any], page: int, size: int, show: Callable[[Any], Any] = lambda row: row
) -> Answer:  # fmt: skip
    """One page of `rows`, each as `show` shows it; none at all while that fault is played."""
    if here.fault == "empty_page":
        return Answer([], (page, size, 0))
    return Answer([show(row) for row in rows[page * size : (page + 1) * size]], (page, size, len(rows)))
