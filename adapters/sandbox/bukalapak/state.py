"""What a Bukalapak shop holds. Mutable, and all of it dumps to JSON; the server's lock keeps it in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
QUOTAS = {"daily": 1_000, "weekly": 5_000, "monthly": 15_000}
"""INVENTED numbers: the facts know the three quotas, not their size (section 4.3)."""


@dataclass(slots=True)
class Sku:
    """One variant, or the numbers of a product without variants. `stock` = what a stock write sets."""

    sku_id: int
    price: int
    stock: int
    name: str = ""
    """What buyers read: "Merah, M"."""
    options: list[list[str]] = field(default_factory=list)
    """[label, value] of each option."""
    sku_name: str | None = None
    """The seller's SKU, where the shop holds one."""
    sale_price: int | None = None
    unseen: int = 0
    """Pieces taken by orders that the seller's software has not read yet."""
    phantom: int = 0
    """Pieces that a stock write put back although an order had taken them."""
    zeroed: int | None = None
    """What stood here when a relist set it to 0, until somebody writes a stock again."""

    @property
    def sku(self) -> str:
        """The seller's SKU; '' where the shop holds none."""
        return self.sku_name or ""


@dataclass(slots=True)
class Product:
    """One listing."""

    id: str
    name: str
    category_id: int
    weight: int
    description_bb: str
    new: bool
    negotiable: bool
    attributes: dict[str, Any]
    images: list[str]
    skus: list[Sku]
    created: float
    updated: float
    relisted: float
    tiered: bool = False
    """Whether it has variants; without them it still has one SKU."""
    on: bool = True
    """Whether the seller has it on sale."""
    banned: bool = False
    deleted: bool = False

    @property
    def stock(self) -> int:
        """The pieces of all its variants."""
        return sum(max(0, sku.stock) for sku in self.skus)


@dataclass(slots=True)
class Line:
    """Pieces of one variant in an order."""

    product_id: str
    sku_id: int
    name: str
    variant_name: str
    sku_name: str | None
    quantity: int
    price: int
    weight: int


@dataclass(slots=True)
class Order:
    """A buyer's order; the states are those of facts, section 4.6."""

    id: int
    state: str
    created: float
    updated: float
    lines: list[Line]
    changed: dict[str, float]
    """{state: since when}."""
    took: bool = False
    """Whether its pieces were taken from the stock."""
    told: bool = True
    """Whether the seller's software has read the order since its pieces were taken."""
    carrier: str = ""
    tracking: str = ""
    reason: str = ""
    bookings: int = 0


@dataclass(slots=True)
class Pair:
    """Tokens of one grant. All pairs that came from one consent are a `family` and can die together."""

    access: str
    refresh: str
    scope: str
    family: int
    created: float
    access_ends: float
    with_app: bool = True
    """Whether the app showed its secret when the grant was made; it must then do so at every refresh."""
    spent: bool = False
    dead: bool = False


@dataclass(slots=True)
class Quota:
    """Uploads of one window of time."""

    most: int
    window: str = ""
    used: int = 0


def _quotas() -> dict[str, Quota]:
    return {name: Quota(most) for name, most in QUOTAS.items()}


@dataclass(slots=True)
class Shop:
    """Everything."""

    store_id: int
    user_id: int
    token: str
    client_id: str
    client_secret: str
    products: dict[str, Product] = field(default_factory=dict)
    images: dict[str, str | None] = field(default_factory=dict)
    """{image: the product that used it up}."""
    orders: dict[str, Order] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)
    codes: dict[str, list[Any]] = field(default_factory=dict)
    """{code: [when it ends, redirect, scope]}."""
    quotas: dict[str, Quota] = field(default_factory=_quotas)
    holiday: bool = False
    next_id: int = 700_000_000
    closed_categories: list[int] = field(default_factory=list)
    merged_categories: dict[str, int] = field(default_factory=dict)
    raised_over_sale: int = 0
    oversold: int = 0

    def new_id(self) -> int:
        """A number that was never given before."""
        self.next_id += 1
        return self.next_id

    def new_word(self) -> str:
        """An id of a product: letters and digits (facts, section 2)."""
        number, word = self.new_id(), ""
        while number:
            number, place = divmod(number, 36)
            word = DIGITS[place] + word
        return word

    def emptied(self) -> Shop:
        """The same shop without listings and orders; its grants, and pictures once used, stay what they are."""
        return Shop(
            self.store_id, self.user_id, self.token, self.client_id, self.client_secret, images=self.images,
            pairs=self.pairs, codes=self.codes, next_id=self.next_id,
            quotas={name: Quota(quota.most) for name, quota in self.quotas.items()},
        )  # fmt: skip

    def dump(self) -> dict[str, Any]:
        """All of it; what is no JSON value in it is one of the classes here, see `plain`."""
        return plain(self)


def plain(value: Any) -> dict[str, Any]:
    """One of these classes as a mapping of its fields, not deeper: the quick way for `json.dumps(default=plain)`."""
    return {name: getattr(value, name) for name in value.__slots__}


def restored(state: dict[str, Any]) -> Shop:
    """The shop that was dumped."""
    found = dict(state)
    found["products"] = {key: _product(value) for key, value in state["products"].items()}
    found["orders"] = {key: _order(value) for key, value in state["orders"].items()}
    found["pairs"] = [Pair(**value) for value in state["pairs"]]
    found["quotas"] = {key: Quota(**value) for key, value in state["quotas"].items()}
    return Shop(**found)


def _product(value: dict[str, Any]) -> Product:
    return Product(**{**value, "skus": [Sku(**sku) for sku in value["skus"]]})


def _order(value: dict[str, Any]) -> Order:
    return Order(**{**value, "lines": [Line(**line) for line in value["lines"]]})
