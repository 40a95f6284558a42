"""What a channel's settings say of listings: assortment, category mapping, bounds, buffers. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.contract import ShopBounds
from syncer.catalogue.model import Product

EVERYONE = "*"


@dataclass(frozen=True, slots=True)
class Assortment:
    """Which products a channel sells; by default none. `except_categories` are paths, each with all below it."""

    producers: tuple[str, ...] = ()
    except_categories: tuple[str, ...] = ()

    def sells(self, product: Product) -> bool:
        """True when `product` belongs on the channel."""
        if EVERYONE not in self.producers and product.producer.code not in self.producers:
            return False
        return not any(_within(product.category, path) for path in self.except_categories)


@dataclass(frozen=True, slots=True)
class CategoryTarget:
    """One of our categories on one marketplace: its leaf id, and {attribute id: text with {field} places}."""

    external_id: str
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """Everything that turns a product into what this channel should show."""

    marketplace: str
    assortment: Assortment
    categories: Mapping[str, CategoryTarget]
    bounds: Mapping[str, ShopBounds] = field(default_factory=dict)
    open: bool = True
    """False on a channel that is closing: everything is hidden."""
    stock_buffer: int = 0
    """Pieces kept back from this channel."""


def _within(category: str, path: str) -> bool:
    return category == path or category.startswith(path + " > ")
