"""What a channel's settings say of listings: assortment, categories, shipping, bounds, buffers. Pure values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from adapters.contract import Courier, ShopBounds
from syncer.catalogue.model import Product
from syncer.catalogue.problems import RuleSettings

EVERYONE = "*"
LEVEL = " > "


@dataclass(frozen=True, slots=True)
class Assortment:
    """Which products a channel sells; by default none. `except_categories` are paths, each with all below it."""

    producers: tuple[str, ...] = ()
    except_categories: tuple[str, ...] = ()

    def sells(self, product: Product) -> bool:
        """True when `product` belongs on the channel."""
        return self.takes(product.producer.code, product.category)

    def takes(self, producer: str, category: str) -> bool:
        """True when what a producer makes in one of our categories belongs on the channel."""
        if EVERYONE not in self.producers and producer not in self.producers:
            return False
        return not any(within(category, path) for path in self.except_categories)


@dataclass(frozen=True, slots=True)
class CategoryTarget:
    """One of our categories on one marketplace: its leaf id, and {attribute id: text with {field} places}."""

    external_id: str
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Shipping:
    """How products of a category are shipped on one channel. What is None or empty is said elsewhere, or nowhere.

    `couriers` by the marketplace's id or name; `days_to_ship` from order to hand-over, where the product itself names
    no days to make; `parcel_g` and `parcel_cm` = the largest packed parcel that we send (grams, centimetres).
    """

    couriers: tuple[str, ...] = ()
    days_to_ship: int | None = None
    parcel_g: int | None = None
    parcel_cm: tuple[int, int, int] | None = None


AS_IT_IS = Shipping()


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """Everything that turns a product into what this channel should show.

    `shipping` by paths of our categories, `EVERYONE` for all; `couriers` = what the shop told of them; `compliance` =
    what laws and marketplaces demand of a product whenever it is pushed, None = nothing is asked.
    """

    marketplace: str
    assortment: Assortment
    categories: Mapping[str, CategoryTarget]
    channel: str = ""
    bounds: Mapping[str, ShopBounds] = field(default_factory=dict)
    shipping: Mapping[str, Shipping] = field(default_factory=dict)
    couriers: tuple[Courier, ...] = ()
    compliance: RuleSettings | None = None
    cm3_per_kg: int | None = None
    """Cubic centimetres that couriers charge as a kilogram; None = not known here."""
    open: bool = True
    """False on a channel that is closing: everything is hidden."""
    stock_buffer: int = 0
    """Pieces kept back from this channel."""

    def shipping_of(self, category: str) -> Shipping:
        """The shipping of one of our categories: each setting from the nearest path above it that says it."""
        if not self.shipping:
            return AS_IT_IS
        lines = [self.shipping[path] for path in _upwards(category) if path in self.shipping]
        return Shipping(
            couriers=next((line.couriers for line in lines if line.couriers), ()),
            days_to_ship=next((line.days_to_ship for line in lines if line.days_to_ship is not None), None),
            parcel_g=next((line.parcel_g for line in lines if line.parcel_g is not None), None),
            parcel_cm=next((line.parcel_cm for line in lines if line.parcel_cm is not None), None),
        )


def within(category: str, path: str) -> bool:
    """True for `path` itself and whatever stands below it in our taxonomy."""
    return category == path or category.startswith(path + LEVEL)


def _upwards(category: str) -> Iterator[str]:
    """A path, those above it from the nearest on, then the word for all."""
    levels = category.split(LEVEL)
    yield from (LEVEL.join(levels[:count]) for count in range(len(levels), 0, -1))
    yield EVERYONE
