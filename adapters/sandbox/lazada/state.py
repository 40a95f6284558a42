"""What a Lazada shop holds. Mutable, and all of it dumps to JSON; the server's lock keeps it in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Sku:
    """One variant. Whole rupiah, pieces. `stock` = what buyers can buy in the default warehouse, campaigns included
    (facts, section 10.2); `elsewhere` = {code of another warehouse: the same there}."""

    id: int
    seller_sku: str
    price: int
    stock: int
    special: int | None = None
    special_from: str = ""
    special_to: str = ""
    status: str = "active"
    sale_prop: dict[str, str] = field(default_factory=dict)
    package: dict[str, str] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)
    elsewhere: dict[str, int] = field(default_factory=dict)
    withheld: int = 0
    """Pieces of orders that are not paid."""
    occupied: int = 0
    """Pieces of orders that are paid and not on their way."""
    unseen: int = 0
    """Pieces taken by orders that the seller's software has not read yet."""
    phantom: int = 0
    """Pieces that a stock write put back although an order had taken them."""

    @property
    def sellable(self) -> int:
        """What buyers can buy in all warehouses."""
        return self.stock + sum(self.elsewhere.values())

    @property
    def total(self) -> int:
        """What UpdatePriceQuantity means by Quantity, over all warehouses."""
        return self.sellable + self.withheld + self.occupied


@dataclass(slots=True)
class Item:
    """One product. `state` = pending, good, rejected, banned or deleted; what shows also hangs on its SKUs."""

    id: int
    category: str
    attributes: dict[str, str]
    images: list[str]
    created: float
    updated: float
    state: str = "pending"
    variation: list[dict[str, Any]] = field(default_factory=list)
    skus: list[Sku] = field(default_factory=list)
    review_ends: float | None = None
    verdict: str = "good"
    reason: str = ""

    @property
    def living(self) -> list[Sku]:
        """The SKUs that are not deleted."""
        return [sku for sku in self.skus if sku.status != "deleted"]

    @property
    def shown(self) -> str:
        """The status as the marketplace shows it."""
        words = {"pending": "Pending QC", "rejected": "Rejected", "banned": "Suspended", "deleted": "Deleted"}
        if self.state in words:
            return words[self.state]
        return "Active" if any(sku.status == "active" for sku in self.skus) else "InActive"

    def shop_sku(self, sku: Sku) -> str:
        """Lazada's own code of one of its SKUs."""
        return f"{self.id}_ID-{sku.id}"


@dataclass(slots=True)
class Pair:
    """An access token and its refresh token. Ends in seconds since 1970."""

    access: str
    refresh: str
    access_ends: float
    refresh_ends: float
    spent: bool = False


@dataclass(slots=True)
class Campaign:
    """A promotion of one SKU. `locks` = price, stock: what cannot change, or only rise, until `end`."""

    id: int
    sku: int
    reserve: int
    locks: list[str]
    start: float
    end: float


@dataclass(slots=True)
class Line:
    """One piece of an order: there is no quantity here (facts, section 10.3)."""

    id: int
    item: int
    sku: int
    seller_sku: str
    name: str
    variation: str
    price: int
    paid_price: int
    status: str
    updated: float
    holds: str = ""
    """Where its piece is: withheld, occupied, or gone ("")."""
    took: bool = False
    warehouse: str = ""
    """The code of the warehouse that it comes from, "" for the default one."""


@dataclass(slots=True)
class Order:
    """A buyer's order."""

    id: int
    created: float
    lines: list[Line]
    paid: bool = False
    told: bool = False
    """Whether the seller's software has read the order since its pieces were taken."""

    @property
    def updated(self) -> float:
        """When one of its lines changed last."""
        return max(line.updated for line in self.lines)


@dataclass(slots=True)
class Batch:
    """Pictures that are being fetched. `due` None = it never ends."""

    id: str
    due: float | None
    images: list[dict[str, str]]
    errors: list[dict[str, str]]


@dataclass(slots=True)
class Shop:
    """Everything."""

    seller_id: int
    app_key: str
    app_secret: str
    items: dict[int, Item] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    campaigns: list[Campaign] = field(default_factory=list)
    batches: dict[str, Batch] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)
    codes: dict[str, float] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    """{address: hash} of the pictures that Lazada hosts."""
    verdicts: dict[str, list[str]] = field(default_factory=dict)
    """{SellerSku: [verdict, reason]} for a review that is to come."""
    closed: list[str] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)
    authorised: bool = True
    holiday: bool = False
    """Closed by the seller. No source shows what the API says then, so that only buyers notice."""
    multi_warehouse: bool = False
    permitted: bool = True
    """Whether the seller may use UpdatePriceQuantity (facts, section 7.3)."""
    switched_off: bool = False
    """Whether product writes are off, as at the start of a mega campaign (facts, section 5: 998)."""
    active_most: int = 100_000
    push_address: str = ""
    review_delay_s: float | None = None
    last_id: int = 0
    large_calls: int = 0
    raised_over_sale: int = 0
    oversold: int = 0

    def number(self) -> int:
        """A number that was never given before."""
        self.last_id += 1
        return self.last_id

    def everything(self) -> Iterator[tuple[Item, Sku]]:
        """Every SKU that is not deleted, with its product."""
        for item in self.items.values():
            for sku in item.living:
                yield item, sku

    def active_items(self) -> int:
        """How many products count against the cap of active ones."""
        return Counter(item.shown in ("Active", "Pending QC") for item in self.items.values())[True]


def restored(state: dict[str, Any]) -> Shop:
    """The shop that was dumped."""
    found = dict(state)
    found["items"] = {int(key): _item(value) for key, value in state["items"].items()}
    found["orders"] = {int(key): _order(value) for key, value in state["orders"].items()}
    found["campaigns"] = [Campaign(**value) for value in state["campaigns"]]
    found["batches"] = {key: Batch(**value) for key, value in state["batches"].items()}
    found["pairs"] = [Pair(**value) for value in state["pairs"]]
    return Shop(**found)


def _item(value: dict[str, Any]) -> Item:
    return Item(**{**value, "skus": [Sku(**sku) for sku in value["skus"]]})


def _order(value: dict[str, Any]) -> Order:
    return Order(**{**value, "lines": [Line(**line) for line in value["lines"]]})
