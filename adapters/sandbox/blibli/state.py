"""What a Blibli store holds. Mutable, and all of it dumps to JSON; the server's lock keeps it in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Variant:
    """One variant (L2 and, once live, L4), with its numbers at the product's pickup point. Whole rupiah, pieces."""

    number: int
    sku: str
    price: int
    sale: int
    stock: int
    minimum: int = 1
    buyable: bool = True
    upc: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)
    live: bool = False
    """Whether it has been through a review: only then its gdnSku exists."""
    unseen: int = 0
    """Pieces taken by orders that the seller's software has not read yet."""
    phantom: int = 0
    """Pieces that a stock write put back although an order had taken them."""


@dataclass(slots=True)
class Product:
    """One submission, and the listing that it becomes. `size` = length, width, height in cm, weight in grams."""

    number: int
    sku: str
    name: str
    category: str
    brand: str
    description: str
    usp: str
    kind: int
    pickup: str
    size: list[float]
    created: float
    updated: float
    state: str = "IN_PROGRESS"
    attributes: dict[str, str] = field(default_factory=dict)
    defining: dict[str, list[str]] = field(default_factory=dict)
    variants: list[Variant] = field(default_factory=list)
    logistics: list[str] = field(default_factory=list)
    video: str = ""
    preorder: dict[str, Any] | None = None
    review_ends: float | None = None
    verdict: str = "good"
    reason: str = ""
    ever_live: bool = False
    ordered: bool = False
    archived: bool = False
    suspended: bool = False
    post_live: bool = False
    """Whether it stays on sale while an edit is in review."""
    draft: dict[str, Any] | None = None
    last_variant: int = 0

    @property
    def code(self) -> str:
        """L1, the catalogue's number."""
        return f"MTA-{9_000_000 + self.number}"

    def gdn(self, variant: Variant) -> str:
        """L4 of one of its variants."""
        return f"{self.sku}-{variant.number:05d}"

    def item_code(self, variant: Variant) -> str:
        """L2 of one of its variants."""
        return f"{self.code}-{variant.number:05d}"

    @property
    def shown(self) -> str:
        """The state as list V3 filters by it."""
        if self.suspended:
            return "SUSPENDED"
        if self.archived:
            return "ARCHIVED"
        if self.state == "ACTIVE" and not any(variant.stock > 0 for variant in self.variants):
            return "OOS"
        return self.state


@dataclass(slots=True)
class FeedRow:
    """One row of a queue. `job` is what is still to be done; `fate` a fault that hits it."""

    due: float
    job: dict[str, Any]
    fate: str | None = None
    done: bool = False
    gdn: str | None = None
    value: dict[str, Any] = field(default_factory=dict)
    ok: bool = False
    text: str | None = None


@dataclass(slots=True)
class Feed:
    """One queue. A `stuck` one does its work and never tells."""

    id: str
    action: str
    created: float
    rows: list[FeedRow]
    stuck: bool = False

    @property
    def told(self) -> list[FeedRow]:
        """The rows of its history so far."""
        return [] if self.stuck else [row for row in self.rows if row.done and row.fate != "omitted"]


@dataclass(slots=True)
class Promotion:
    """A promotion of one variant. It registers until `review`, is in review until `start`, live until `end`."""

    id: int
    product: int
    variant: int
    kind: str
    low: int
    high: int
    reserve: int
    locks: list[str]
    review: float
    start: float
    end: float


@dataclass(slots=True)
class OrderRow:
    """One line of an order: a thing of its own here, with its own id and status."""

    id: str
    product: int
    variant: int
    name: str
    sku: str
    gdn: str
    quantity: int
    price: int
    sale: int
    status: str
    package: str
    updated: float
    history: list[list[Any]] = field(default_factory=list)
    took: bool = False


@dataclass(slots=True)
class Order:
    """A buyer's order."""

    id: str
    created: float
    rows: list[OrderRow]
    paid_at: float | None = None
    told: bool = True
    """Whether the seller's software has read the order since its pieces were taken."""


@dataclass(slots=True)
class Shop:
    """Everything."""

    store: str
    username: str
    keys: dict[str, str]
    products: dict[int, Product] = field(default_factory=dict)
    feeds: dict[str, Feed] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    promotions: list[Promotion] = field(default_factory=list)
    images: dict[str, dict[str, Any]] = field(default_factory=dict)
    windows: dict[str, list[float]] = field(default_factory=dict)
    """{limit and whose it is: when its calls came}, by the wall clock, so that a restart forgets nothing."""
    verdicts: dict[str, list[str]] = field(default_factory=dict)
    """{merchantSku: [verdict, reason]} for what is still in a queue."""
    requests: dict[str, str] = field(default_factory=dict)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)
    brands: dict[str, str] = field(default_factory=dict)
    """New brands that creates brought along."""
    points: int = 2
    bound: bool = True
    holiday: bool = False
    """Closed by the seller. No source shows what the API says then, so that only buyers notice."""
    signature: bool = True
    published: bool = True
    review_delay_s: float | None = None
    last_product: int = 0
    last_number: int = 0
    raised_over_sale: int = 0
    oversold: int = 0

    def number(self) -> int:
        """A number that was never given before."""
        self.last_number += 1
        return self.last_number


def restored(state: dict[str, Any]) -> Shop:
    """The store that was dumped."""
    found = dict(state)
    found["products"] = {int(key): _product(value) for key, value in state["products"].items()}
    found["feeds"] = {key: _feed(value) for key, value in state["feeds"].items()}
    found["orders"] = {key: _order(value) for key, value in state["orders"].items()}
    found["promotions"] = [Promotion(**value) for value in state["promotions"]]
    return Shop(**found)


def _product(value: dict[str, Any]) -> Product:
    return Product(**{**value, "variants": [Variant(**variant) for variant in value["variants"]]})


def _feed(value: dict[str, Any]) -> Feed:
    return Feed(**{**value, "rows": [FeedRow(**row) for row in value["rows"]]})


def _order(value: dict[str, Any]) -> Order:
    return Order(**{**value, "rows": [OrderRow(**row) for row in value["rows"]]})
