"""What buyers take, what the seller's software knows of it, and the harm that its writes do: the same for every shop.

An order takes pieces that the software has not heard of until it reads the order. A stock write that puts such pieces
back raises the stock over a sale; when a buyer then buys them, they are oversold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Offer(Protocol):
    """One variant, as far as its pieces are concerned."""

    stock: int
    """What a stock write sets."""
    unseen: int
    """Pieces taken by orders that the seller's software has not read yet."""
    phantom: int
    """Pieces that a stock write put back although an order had taken them."""


class Harm(Protocol):
    """Where harm is counted: once a write, and once a piece."""

    raised_over_sale: int
    oversold: int


def set_stock(harm: Harm, offer: Offer, stock: int, absolute: bool = True) -> None:
    """Set it, and notice when it puts back what an order had taken that the seller's software has not read yet.

    `absolute` False = the call said how many more, which puts nothing back.
    """
    if absolute and stock > offer.stock and offer.unseen:
        harm.raised_over_sale += 1
        offer.phantom = min(offer.phantom + stock - offer.stock, offer.unseen)
    elif stock < offer.stock:
        offer.phantom = max(0, offer.phantom - (offer.stock - stock))
    offer.stock = stock


def take(harm: Harm, offer: Offer, pieces: int) -> None:
    """A buyer takes pieces; those that were not there are oversold."""
    offer.stock -= pieces
    offer.unseen += pieces
    over = max(0, min(pieces, offer.phantom - max(0, offer.stock)))
    harm.oversold += over
    offer.phantom -= over


def give_back(offer: Offer, taken: int, returned: int, read: bool) -> None:
    """An order that took `taken` pieces ends and gives back `returned`; `read` = the software knew of it."""
    offer.stock += returned
    if not read:
        offer.unseen -= taken
        offer.phantom = min(offer.phantom, offer.unseen)


def counted(calls: Mapping[str, int], harm: Harm) -> dict[str, Any]:
    """The marketplace's part of `GET calls`."""
    numbers = {key: calls.get(key, 0) for key in ("reads", "writes", "throttled")}
    return {**numbers, "raised_over_sale": harm.raised_over_sale, "oversold": harm.oversold}


def count_anew(calls: dict[str, int], harm: Harm) -> None:
    """The marketplace's part of `DELETE calls`."""
    calls.clear()
    harm.raised_over_sale = harm.oversold = 0
