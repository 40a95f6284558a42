"""What the shop holds: products in every state, queues, orders, promotions, and the calls spent against its limits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import TypeAdapter

QUEUED, REVIEWED, LIVE, CORRECTION, REJECTED = "QUEUED", "IN_PROGRESS", "ACTIVE", "NEED_CORRECTION", "REJECTED"
SUBMITTED = (QUEUED, REVIEWED, CORRECTION)


@dataclass(slots=True)
class Variant:
    """One variant. `code` = L2; its L4 exists only when the product is live."""

    code: str
    sku: str
    price: int
    sale: int
    stock: int
    name: str = ""
    l4: str | None = None
    buyable: bool = True
    minimum: int = 1
    attributes: dict[str, str] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)
    unseen: int = 0
    """Pieces that orders took and that the seller's software has not read yet."""
    phantom: int = 0
    """Pieces that a stock write put back although they were sold."""


@dataclass(slots=True)
class Product:
    """One product. `code` = L1, `l3` exists from the submission on and is shown when the product is live."""

    code: str
    l3: str
    name: str
    category: str
    brand: str
    description: str
    state: str
    created: float
    updated: float
    variants: list[Variant]
    attributes: dict[str, str] = field(default_factory=dict)
    size: list[float] = field(default_factory=list)
    notes: str = ""
    ends: float | None = None
    """When the queue or the review that holds it ends."""
    verdict: str = LIVE
    archived: bool = False
    suspended: bool = False
    reviewed_again: bool = False
    """Live, with an edit in review."""
    ordered: bool = False
    by_hand: bool = False

    @property
    def live(self) -> bool:
        """Whether it is a listing, whatever it shows."""
        return self.state == LIVE

    @property
    def submitted(self) -> bool:
        """In queue, in review or sent back."""
        return self.state in SUBMITTED


@dataclass(slots=True)
class Queue:
    """One accepted call: rows that are applied when their time has come, and the history that tells of them."""

    id: str
    action: str
    at: float
    ready: float
    rows: list[dict[str, Any]]
    history: list[dict[str, Any]] = field(default_factory=list)
    done: bool = False
    fault: str | None = None


@dataclass(slots=True)
class Line:
    """One order row: one variant of one order."""

    id: str
    order: str
    package: str
    l4: str
    sku: str
    name: str
    quantity: int
    price: int
    status: str
    placed: float
    changed: float
    paid: bool = True


@dataclass(slots=True)
class Promotion:
    """A campaign on one variant. Before `start` it is in registration: a price write drops the variant from it."""

    l4: str
    reserve: int
    locks: bool
    start: float
    end: float
    dropped: bool = False


@dataclass(slots=True)
class Store:
    """The whole shop."""

    number: int = 1
    products: dict[str, Product] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    promotions: list[Promotion] = field(default_factory=list)
    spent: dict[str, list[float]] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)
    bound: bool = True
    holiday: bool = False
    review_delay_s: float | None = None
    raised_over_sale: int = 0
    oversold: int = 0

    def next(self) -> int:
        """A number that nothing else has."""
        self.number += 1
        return self.number

    def variants(self) -> Iterator[tuple[Product, Variant]]:
        """Every variant with its product."""
        return ((product, variant) for product in self.products.values() for variant in product.variants)

    def of_l4(self, l4: str) -> tuple[Product, Variant] | None:
        """The live variant of this id."""
        return next(((p, v) for p, v in self.variants() if v.l4 == l4), None)

    def of_l3(self, l3: str) -> Product | None:
        """The product of this id."""
        return next((p for p in self.products.values() if p.l3 == l3), None)


_CODEC = TypeAdapter(Store)


def dumped(store: Store) -> str:
    """As JSON text."""
    return json.dumps(asdict(store))


def restored(text: str) -> Store:
    """From JSON text."""
    return _CODEC.validate_json(text)


def copied(product: Product) -> Product:
    """As it is now, whatever becomes of it."""
    return deepcopy(product)
