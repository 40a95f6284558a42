"""Listings as canonical text, and fingerprints of them. Pure.

A fingerprint answers one question, "is this the same?", so it is taken of canonical JSON: keys sorted, no blanks,
pictures by the hash of their bytes (a file that moved is the same picture).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from adapters.contract import Content, Facet, Listing, Price, Structure, Value

CONTENT: TypeAdapter[Content] = TypeAdapter(Content)
STRUCTURE: TypeAdapter[Structure] = TypeAdapter(Structure)
LISTING: TypeAdapter[Listing] = TypeAdapter(Listing)
PRICE: TypeAdapter[Price] = TypeAdapter(Price)

_KINDS: tuple[tuple[type, TypeAdapter[Any]], ...] = (
    (Listing, LISTING),
    (Content, CONTENT),
    (Structure, STRUCTURE),
    (Price, PRICE),
    (bool, TypeAdapter(bool)),
    (int, TypeAdapter(int)),
)

_FACETS: Mapping[Facet, TypeAdapter[Any]] = {
    Facet.structure: STRUCTURE,
    Facet.content: CONTENT,
    Facet.price: PRICE,
    Facet.stock: TypeAdapter(int),
    Facet.visibility: TypeAdapter(bool),
}


def to_text(value: Value) -> str:
    """`value` as JSON text that `from_text` reads back (and `LISTING`, where it is a create's)."""
    for kind, codec in _KINDS:
        if isinstance(value, kind):
            return json.dumps(codec.dump_python(value, mode="json"), ensure_ascii=False, sort_keys=True)
    raise TypeError(f"{type(value).__name__} is not the value of a change")


def from_text(facet: Facet, text: str) -> Value:
    """The value of a change of `facet` from its JSON text."""
    value: Value = _FACETS[facet].validate_json(text)
    return value


def fingerprint(value: Value, words_only: bool = False) -> str:
    """16 hex digits that change exactly when `value` does.

    A picture's file name is not part of it, nor are the pieces of a create: what a marketplace refused of a product
    is not cured by a sale. `words_only` leaves out its prices, too: a review's correction is about what buyers read.
    """
    plain = _without_paths(json.loads(to_text(value)))
    if isinstance(value, Listing):
        del plain["stocks"]
        if words_only:
            del plain["prices"]
    return digest(plain)


def digest(value: object) -> str:
    """16 hex digits of any JSON value."""
    packed = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(packed.encode()).hexdigest()[:16]


def shown(value: Value | None) -> str | None:
    """`value` as a person reads it in a plan or report: rupiah and pieces as numbers, the rest as JSON."""
    if value is None:
        return None
    return str(value.list) if isinstance(value, Price) else to_text(value)


def _without_paths(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_paths(inner) for key, inner in value.items() if key != "path"}
    if isinstance(value, list):
        return [_without_paths(inner) for inner in value]
    return value
