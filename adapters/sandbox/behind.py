"""What the `/_sandbox/` calls of all marketplaces have in common: how they are found, and the words of their bodies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from adapters.sandbox.market import NowhereError


class Named(Protocol):
    """A variant, as far as its SKU is concerned."""

    @property
    def sku(self) -> str:
        """The seller's SKU; '' where there is none."""


V = TypeVar("V", bound=Named)
Calls = Mapping[tuple[str, str], Callable[[Any], Any]]


def answer(calls: Calls, advance: Callable[[str, Any], Any], method: str, name: str, body: Any) -> Any:
    """One call; `advance` = what `orders/ID/advance` does to an order.

    Raises:
        NowhereError: there is no such call.
        ValueError, KeyError: it cannot be done.
    """
    if method == "POST" and name.startswith("orders/") and name.endswith("/advance"):
        return advance(name.removeprefix("orders/").removesuffix("/advance"), body)
    if (method, name) not in calls:
        raise NowhereError(f"there is no {method} /_sandbox/{name} here")
    return calls[(method, name)](body)


def word_of(body: Any) -> str:
    """What an order becomes: the word alone, or under one of the names that callers give it."""
    if isinstance(body, Mapping):
        return next((str(body[name]) for name in ("to", "status", "state") if name in body), "")
    return str(body)


def iso(stamp: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(stamp, UTC).isoformat()


def moment(value: Any, otherwise: float) -> float:
    """Seconds since 1970, from a number or from ISO 8601; `otherwise` for None."""
    if value is None:
        return otherwise
    return float(value) if isinstance(value, int | float) else datetime.fromisoformat(str(value)).timestamp()


def locks_of(locks: Any, everything: Sequence[str]) -> list[str]:
    """What a promotion locks: true = `everything`, false = nothing, a list names it."""
    if isinstance(locks, bool):
        return list(everything) if locks else []
    return [str(lock) for lock in locks]


@dataclass(frozen=True, slots=True)
class CategoryEnd:
    """A category is merged into another, or closed; text, None = not that."""

    merged: tuple[str, str] | None = None
    closed: str | None = None


def category_end(body: Mapping[str, Any], leaves: Mapping[str, Any]) -> CategoryEnd:
    """What `POST category` asks for.

    Raises:
        ValueError: neither, or a merge into what is no leaf.
    """
    if not {"merge", "close"} & set(body):
        raise ValueError("a category is merged ([from, to]) or closed")
    merged = None
    if "merge" in body:
        old, new = (str(one) for one in body["merge"])
        if new not in leaves:
            raise ValueError(f"there is no leaf category {new}")
        merged = (old, new)
    return CategoryEnd(merged, str(body["close"]) if "close" in body else None)


class Closing(Protocol):
    """A shop, as far as its categories end."""

    merged: dict[str, str]
    closed: list[str]


class Categorised(Protocol):
    """A listing, as far as its category is concerned."""

    category: str


def end_category(
    body: Mapping[str, Any], leaves: Mapping[str, Any], shop: Closing, listings: Iterable[Categorised]
) -> dict[str, Any]:
    """`POST category` where a merge moves the listings at once, and a closed category is only remembered.

    Raises:
        ValueError: see `category_end`.
    """
    end = category_end(body, leaves)
    if end.merged is not None:
        old, new = end.merged
        shop.merged[old] = new
        for listing in listings:
            listing.category = new if listing.category == old else listing.category
    if end.closed is not None:
        shop.closed.append(end.closed)
    return {}


def without(variants: Sequence[V], own: V, which: Any) -> list[V]:
    """`variants` less the one that `which` names, or less `own`, which the call is about (true).

    Raises:
        ValueError: there is none of that name, or it is the last.
    """
    gone = next((one for one in variants if one.sku == which), None) if isinstance(which, str) else own
    if gone is None or len(variants) < 2:
        raise ValueError("no such variant, or the last one, which cannot go")
    return [one for one in variants if one is not gone]
