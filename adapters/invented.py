"""What no source shows, yet an adapter and its sandbox must both write down: INVENTED, and labelled so.

It stands here once, so that neither is fitted to the other's guess. Whoever finds the real shape mends it here.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict


class Detail(TypedDict):
    """One option of a variant: "Ukuran", "L"."""

    label: str
    value: str


class BukalapakVariant(TypedDict):
    """A row of `product[variants]` of Bukalapak's v2 create; price in whole rupiah, stock in pieces.

    No source shows variants in a create. The words are those in which v4 shows a variant (facts, section 4.3), less
    what the marketplace gives itself. `sku_name` only where `bukalapak.sku_name` says that a write may set one: v2
    shows no field for the seller's SKU (facts, section 3.3).
    """

    variant_name: str
    details: list[Detail]
    price: int
    stock: int
    sku_name: NotRequired[str]
