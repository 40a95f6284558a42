"""Everything a shop holds, and how it comes back from a dump."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TIKTOK, TOKOPEDIA = "TIKTOK_SHOP", "TOKOPEDIA"
PLATFORMS = (TIKTOK, TOKOPEDIA)
SCOPES = (
    "seller.authorization.info", "seller.product.basic", "seller.product.write", "seller.order.info",
    "seller.logistics", "seller.shop.info", "seller.event",
)  # fmt: skip
"""What the sandbox's app may ask for; but for the second, names are invented after their kin."""


@dataclass(slots=True)
class Shelf:
    """One SKU in one warehouse. `stock` = what can be sold in the shop, less what is committed or set aside."""

    stock: int
    committed: int = 0
    unseen: int = 0
    """Pieces taken by orders that the seller's software has not read yet."""
    phantom: int = 0
    """Pieces that a stock write put back although an order had taken them."""


@dataclass(slots=True)
class Offer:
    """What a SKU costs and how many there are: it is no part of a version, as it is never audited."""

    price: int
    sale_price: int | None = None
    shelves: dict[str, Shelf] = field(default_factory=dict)
    """By warehouse: those that are assigned to the SKU."""

    @property
    def stock(self) -> int:
        """Over all warehouses."""
        return sum(shelf.stock for shelf in self.shelves.values())

    @property
    def committed(self) -> int:
        """Over all warehouses."""
        return sum(shelf.committed for shelf in self.shelves.values())


@dataclass(slots=True)
class Product:
    """One product. `content` = the version on sale (v1); `next` = a draft, or the version in audit (v2)."""

    id: str
    content: dict[str, Any]
    offers: dict[str, Offer]
    fronts: dict[str, str]
    """Status by platform, for those that it is listed on."""
    created: float
    updated: float
    next: dict[str, Any] | None = None
    draft: bool = False
    """Whether `next` was saved as a draft, and is not in audit."""
    audit: str = "NONE"
    audit_ends: float | None = None
    """When the audit that runs says what it says; None = none runs, or it is stuck."""
    lists: list[str] = field(default_factory=list)
    """The platforms on which the audit that runs puts the product on sale."""
    verdicts: dict[str, str] = field(default_factory=dict)
    """What the next audit says by platform, where it is not good."""
    failed: list[dict[str, Any]] = field(default_factory=list)
    ever_live: bool = False
    edits: list[float] = field(default_factory=list)
    """When it was listed again by an edit, within the last day."""

    @property
    def in_audit(self) -> bool:
        """Whether a version of it waits for its audit."""
        return self.audit == "AUDITING"

    @property
    def deleted(self) -> bool:
        """Whether the seller deleted it."""
        return "DELETED" in self.fronts.values()

    @property
    def skus(self) -> list[dict[str, Any]]:
        """The SKUs of the version on sale."""
        found: list[dict[str, Any]] = self.content["skus"]
        return found


@dataclass(slots=True)
class Grant:
    """Tokens of one consent."""

    access: str
    refresh: str
    access_ends: float
    refresh_ends: float
    config: bool = False
    """Whether it is the written config's."""
    spent: bool = False
    """Whether the refresh token was used."""


@dataclass(slots=True)
class Promotion:
    """A campaign: `reserve` pieces of a SKU are set aside while it runs."""

    id: str
    product: str
    sku: str
    reserve: int
    locks: list[str]
    start: float
    end: float
    moved: str | None = None
    """The warehouse out of which the reserve was taken, once it was."""


@dataclass(slots=True)
class Line:
    """Pieces of one SKU in an order, each of which is a line item of its own."""

    product: str
    sku: str
    seller_sku: str
    name: str
    options: str
    price: int
    sale_price: int
    items: list[str]
    warehouse: str


@dataclass(slots=True)
class Order:
    """A buyer's order."""

    id: str
    status: str
    created: float
    updated: float
    platform: str
    fulfilment: str
    lines: list[Line]
    paid_at: float | None = None
    cancelled_by: str = ""
    took: bool = False
    """Whether its pieces are out of what can be sold."""
    committed: bool = False
    """Whether its pieces are committed: taken, and not shipped yet."""
    told: bool = True
    """Whether the seller's software has read it since its pieces were taken."""


@dataclass(slots=True)
class Hook:
    """Where one event goes."""

    address: str
    created: float
    updated: float


@dataclass(slots=True)
class Image:
    """An uploaded picture."""

    width: int
    height: int
    use_case: str
    at: float
    used: bool = False


@dataclass(slots=True)
class Shop:
    """Everything."""

    shop_id: str
    cipher: str
    keys: dict[str, str]
    next_id: int = 1_729_592_969_712_207_007
    products: dict[str, Product] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    codes: dict[str, float] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=dict)
    promotions: list[Promotion] = field(default_factory=list)
    hooks: dict[str, Hook] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    """Products whose audit may end, so that not all are looked at before every call."""
    idempotency: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The answer to each create that bore a key."""
    creates: list[float] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    authorised: bool = True
    holiday: bool = False
    migrated: bool = True
    merging: bool = False
    disabled: bool = False
    warehouses: int = 1
    dilayani: bool = False
    daily_listings: int = 0
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    review_delay_s: float | None = None
    raised_over_sale: int = 0
    oversold: int = 0

    def new_id(self) -> str:
        """A number that was never given before: 64 bits, beyond what a float holds."""
        self.next_id += 1
        return str(self.next_id)


def restored(state: dict[str, Any]) -> Shop:
    """The shop that was dumped."""
    return Shop(**{
        **state,
        "products": {key: _product(value) for key, value in state["products"].items()},
        "orders": {
            key: Order(**{**value, "lines": [Line(**line) for line in value["lines"]]})
            for key, value in state["orders"].items()
        },
        "grants": [Grant(**value) for value in state["grants"]],
        "images": {key: Image(**value) for key, value in state["images"].items()},
        "promotions": [Promotion(**value) for value in state["promotions"]],
        "hooks": {key: Hook(**value) for key, value in state["hooks"].items()},
    })  # fmt: skip


def _product(value: dict[str, Any]) -> Product:
    offers = {
        sku: Offer(**{**offer, "shelves": {place: Shelf(**shelf) for place, shelf in offer["shelves"].items()}})
        for sku, offer in value["offers"].items()
    }
    return Product(**{**value, "offers": offers})
