"""What a Shopee shop holds. Mutable, and all of it dumps to JSON; the server's lock keeps it in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from adapters.sandbox.market import plain

DEAD = frozenset({"SELLER_DELETE", "SHOPEE_DELETE"})


@dataclass(slots=True)
class Model:
    """One variant, or (model_id 0) the numbers of an item without variants. `stock` = what a stock write sets."""

    model_id: int
    tier_index: list[int]
    sku: str
    price: int
    stock: int
    weight: float
    dimension: dict[str, int] | None = None
    gtin: str = ""
    sale_price: int | None = None
    unseen: int = 0
    """Pieces taken by orders that the seller's software has not read yet."""
    phantom: int = 0
    """Pieces that a stock write put back although an order had taken them."""


@dataclass(slots=True)
class Item:
    """One listing."""

    item_id: int
    name: str
    description: str
    sku: str
    category_id: int
    images: list[str]
    status: str
    created: float
    updated: float
    ready_at: float
    listed_at: float
    plain: Model
    models: list[Model] = field(default_factory=list)
    tiers: list[dict[str, Any]] = field(default_factory=list)
    weight: float = 0.0
    dimension: dict[str, int] | None = None
    brand_id: int = 0
    attributes: list[dict[str, Any]] = field(default_factory=list)
    logistics: list[dict[str, Any]] = field(default_factory=list)
    pre_order: dict[str, Any] = field(default_factory=dict)
    condition: str = "NEW"
    dangerous: int = 0
    gtin: str = ""
    located: str | None = None
    deleted_at: float | None = None
    found_as: list[list[Any]] = field(default_factory=list)
    """Its faces as a search shows them, each from its instant on, oldest first; see `shown`."""

    def shown(self, now: float) -> list[Any] | None:
        """What a search shows of it at `now`: [since, name, [its SKU, its models' SKUs], status]."""
        if self.found_as[-1][0] <= now:
            return self.found_as[-1]
        return next((face for face in reversed(self.found_as) if face[0] <= now), None)

    @property
    def offers(self) -> list[Model]:
        """Its variants, or its own numbers."""
        return self.models or [self.plain]


@dataclass(slots=True)
class Promotion:
    """A promotion of one model: what it locks, what it reserves, when it runs."""

    id: int
    item_id: int
    model_id: int
    kind: str
    reserve: int
    locks: list[str]
    start: float
    end: float


@dataclass(slots=True)
class Line:
    """Pieces of one model in an order."""

    item_id: int
    model_id: int
    name: str
    item_sku: str
    model_sku: str
    quantity: int
    price: int
    cancelled: int = 0


@dataclass(slots=True)
class Order:
    """A buyer's order."""

    sn: str
    status: str
    created: float
    updated: float
    lines: list[Line]
    paid_at: float | None = None
    took: bool = False
    """Whether its pieces were taken from the stock."""
    told: bool = True
    """Whether the seller's software has read the order since its pieces were taken."""


@dataclass(slots=True)
class Follower:
    """The pair that replaced another: its access token, and since when it does."""

    access: str
    since: float


@dataclass(slots=True)
class Pair:
    """Tokens of one grant, for one shop or for all shops of a main account."""

    access: str
    refresh: str
    shop_ids: list[int]
    access_ends: float
    refresh_ends: float
    followers: dict[str, Follower] = field(default_factory=dict)
    """What replaced this pair, per shop: the first refresh for each shop splits a shared pair (facts, section 2.2)."""

    @property
    def spent(self) -> bool:
        """Whether the refresh token has nothing left to give."""
        return all(str(shop_id) in self.followers for shop_id in self.shop_ids)


@dataclass(slots=True)
class Review:
    """A review that runs: when it ends, and what it will say."""

    item_id: int
    ends: float
    verdict: str = "NORMAL"


@dataclass(slots=True)
class BatchTask:
    """A batch of creates: what became of it, told from `ends` on, or never."""

    id: int
    ends: float
    stuck: bool = False
    made: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Lost:
    """A push that nobody acknowledged."""

    id: int
    code: int
    at: float
    data: str


@dataclass(slots=True)
class Pushes:
    """Where pushes go, which of them, and which were lost."""

    url: str = ""
    on: list[int] = field(default_factory=list)
    blocked: list[int] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)


@dataclass(slots=True)
class Shop:
    """Everything."""

    shop_id: int
    partner_id: int
    partner_key: str
    items: dict[int, Item] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    promotions: list[Promotion] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)
    codes: dict[str, float] = field(default_factory=dict)
    main_codes: dict[str, float] = field(default_factory=dict)
    resend_codes: dict[str, float] = field(default_factory=dict)
    holiday: bool = False
    authorised: bool = True
    next_id: int = 29_000_000_001
    closed_categories: list[int] = field(default_factory=list)
    merged_categories: dict[str, int] = field(default_factory=dict)
    reviews: list[Review] = field(default_factory=list)
    review_delay_s: float | None = None
    """How long a listing is in review when it is published; None = not at all."""
    tasks: list[BatchTask] = field(default_factory=list)
    couriers_on: dict[str, bool] = field(default_factory=dict)
    """Couriers that were switched on or off since the beginning."""
    pushes: Pushes = field(default_factory=Pushes)
    pending_brands: dict[str, str] = field(default_factory=dict)
    quota_day: str = ""
    quota_used: int = 0
    raised_over_sale: int = 0
    oversold: int = 0

    def new_id(self) -> int:
        """A number that was never given before."""
        self.next_id += 1
        return self.next_id

    def dump(self) -> dict[str, Any]:
        """All of it; what is no JSON value in it is one of the classes here, see `plain`."""
        return plain(self)


def restored(state: dict[str, Any]) -> Shop:
    """The shop that was dumped."""
    found = dict(state)
    found["items"] = {int(key): _item(value) for key, value in state["items"].items()}
    found["orders"] = {key: _order(value) for key, value in state["orders"].items()}
    found["promotions"] = [Promotion(**value) for value in state["promotions"]]
    found["pairs"] = [_pair(value) for value in state["pairs"]]
    found["reviews"] = [Review(**value) for value in state["reviews"]]
    found["pushes"] = Pushes(**{**state["pushes"], "lost": [Lost(**lost) for lost in state["pushes"]["lost"]]})
    found["tasks"] = [BatchTask(**value) for value in state["tasks"]]
    return Shop(**found)


def _pair(value: dict[str, Any]) -> Pair:
    followers = {shop: Follower(**follower) for shop, follower in value["followers"].items()}
    return Pair(**{**value, "followers": followers})


def _item(value: dict[str, Any]) -> Item:
    models = [Model(**model) for model in value["models"]]
    return Item(**{**value, "plain": Model(**value["plain"]), "models": models})


def _order(value: dict[str, Any]) -> Order:
    return Order(**{**value, "lines": [Line(**line) for line in value["lines"]]})
