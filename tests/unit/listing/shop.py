"""A product, a channel's rules and their listing, for tests of what is pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from adapters.contract import Courier, ShopBounds
from syncer.catalogue.model import Picture, Producer, Product, ProductStatus, Variant
from syncer.catalogue.problems import Claim, RuleSettings
from syncer.listing.render import Rendered, render
from syncer.listing.rules import Assortment, CategoryTarget, ChannelRules

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CATEGORY = "Makanan & Minuman > Madu"
LEAF = "100130"
REGULAR = Courier("8003", "Reguler", enabled=True, weight_g=(0, 50_000))
LIGHT = Courier("8000", "Instant", enabled=True, weight_g=(0, 20_000), size_cm=(70, 50, 50))
COMPLIANCE = RuleSettings(claims=(Claim(r"\bterbaik\b", date(2025, 8, 14)),), halal_since=date(2026, 10, 18))

VARIANT = Variant(
    sku="MDU-PLW-250", options=(), barcode=None, price_idr=85_000, net_weight_g=250, ship_weight_g=400, length_cm=10,
    width_cm=10, height_cm=15, producer_price_idr=None, stock_confirmed_on=None, stock=5,
)  # fmt: skip
PRODUCT = Product(
    code="MDU-PLW", producer=Producer("BBR-01", "Kelompok Madu", "Bangka Barat"), name="Madu Pelawan Hutan Bangka",
    description="Madu hutan.", category=CATEGORY, brand=None, option_names=(),
    pictures=(Picture("/m.jpg", "ab", 800, 800),), pirt=None, bpom_md=None, halal_id="ID1", shelf_life_days=365,
    made_to_order_days=None, status=ProductStatus.active, variants=(VARIANT,),
)  # fmt: skip


def rules(
    bounds: ShopBounds | None = None, *, attributes: tuple[tuple[str, str], ...] = (), **parts: Any
) -> ChannelRules:
    """A channel that sells everything, our category mapped to one leaf."""
    given: dict[str, Any] = {
        "marketplace": "shopee", "channel": "shopee-plut", "assortment": Assortment(("*",)),
        "categories": {CATEGORY: CategoryTarget(LEAF, attributes)},
        "bounds": {} if bounds is None else {LEAF: bounds},
    }  # fmt: skip
    return ChannelRules(**(given | parts))


def parcel(weight_g: int = 400, size_cm: tuple[int, int, int] = (10, 10, 15)) -> Product:
    """The product in a parcel of this weight and size."""
    length, width, height = size_cm
    variant = replace(VARIANT, ship_weight_g=weight_g, length_cm=length, width_cm=width, height_cm=height)
    return replace(PRODUCT, variants=(variant,))


def several(*weights: int) -> Product:
    """A product with a variant of each weight (grams)."""
    variants = tuple(
        replace(VARIANT, sku=f"MDU-PLW-{n}", options=(str(n),), ship_weight_g=weight)
        for n, weight in enumerate(weights)
    )
    return replace(PRODUCT, option_names=("Isi",), variants=variants)


def rendered(product: Product = PRODUCT, by: ChannelRules | None = None, at: datetime = NOW) -> Rendered:
    """What the channel should show of it."""
    return render(product, by or rules(), at)


def blocked(product: Product, by: ChannelRules) -> list[str]:
    """The codes of what stops it."""
    return [block.code for block in rendered(product, by).blocked]


def warned(product: Product, by: ChannelRules) -> list[str]:
    """The codes of what a person should know of it."""
    return [one.code for one in rendered(product, by).warnings]
