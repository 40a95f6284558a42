"""What the shop holds: products with their SKUs, pictures that serve once, orders, grants, upload quotas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import TypeAdapter

FOR_SALE, SOLD, DELETED, BANNED = "active", "inactive", "deleted", "banned"


@dataclass(slots=True)
class Sku:
    """One variant. `name` = the seller's SKU, None where the shop holds none."""

    id: int
    variant: str
    price: int
    stock: int
    name: str | None = None
    unseen: int = 0
    phantom: int = 0
    kept: int = 0
    """What it held when it was taken off sale: gone, a relist comes back with 0."""


@dataclass(slots=True)
class Product:
    """One product; without variants it has one SKU all the same."""

    id: str
    name: str
    category: int
    description: str
    weight: int
    new: bool
    state: str
    created: float
    updated: float
    skus: list[Sku]
    attributes: dict[str, Any] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)

    @property
    def shown(self) -> bool:
        """Whether buyers see it: on sale, and something left."""
        return self.state == FOR_SALE and any(sku.stock for sku in self.skus)


@dataclass(slots=True)
class Line:
    """One line of an order."""

    product: str
    sku: int
    name: str
    variant: str
    quantity: int
    price: int


@dataclass(slots=True)
class Order:
    """One order ("transaction")."""

    id: int
    state: str
    lines: list[Line]
    placed: float
    changed: float
    took: bool = False


@dataclass(slots=True)
class Grant:
    """An OAuth pair. `dead` = spent, lost or withdrawn."""

    access: str
    refresh: str
    ends: float
    dead: bool = False
    family: int = 0


@dataclass(slots=True)
class Shop:
    """The whole shop."""

    number: int = 700_000_000
    products: dict[str, Product] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)
    """{image id: '' while it is free, the product's id once it is used}."""
    orders: dict[int, Order] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    codes: dict[str, float] = field(default_factory=dict)
    uploads: list[float] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    merged: dict[str, int] = field(default_factory=dict)
    holiday: bool = False
    authorised: bool = True
    raised_over_sale: int = 0
    oversold: int = 0

    def next(self) -> int:
        """A number that nothing else has."""
        self.number += 1
        return self.number

    def offers(self) -> Iterator[tuple[Product, Sku]]:
        """Every SKU of every product that was not deleted."""
        return ((p, s) for p in self.products.values() if p.state != DELETED for s in p.skus)


_CODEC = TypeAdapter(Shop)


def dumped(shop: Shop) -> str:
    """As JSON text."""
    return json.dumps(asdict(shop))


def restored(text: str) -> Shop:
    """From JSON text."""
    return _CODEC.validate_json(text)


def copied(product: Product) -> Product:
    """As it is now, whatever becomes of it."""
    return deepcopy(product)
