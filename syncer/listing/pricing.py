"""The price a channel should show. Pure.

Prices of the catalogue are what a buyer pays; no marketplace fee is added on top of them.
"""

from __future__ import annotations

from adapters.contract import Price
from syncer.catalogue.model import Variant


def price_of(variant: Variant) -> Price:
    """The list price in whole rupiah. `sale` stays the seller's own."""
    return Price(list=variant.price_idr)


def floor_of(variant: Variant) -> int | None:
    """The least a buyer may ever pay, in rupiah: what the producer must receive; None when nobody said."""
    return variant.producer_price_idr
