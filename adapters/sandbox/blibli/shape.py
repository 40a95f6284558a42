"""Whether a body has the shape that the facts show: unknown, missing and mistyped fields are refused.

A shape is {name: kind}; a kind is a word of `_FITS`, another shape (an object), or a list of one (a list of objects).
A name with `!` must be there. null counts as left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapters.sandbox.blibli.errors import Refusal, invalid

Shape = Mapping[str, Any]


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53


def _map(value: Any, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, dict) and all(fits(one) for one in value.values())


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


_FITS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "whole": lambda value: isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53,
    "number": _number,
    "flag": lambda value: isinstance(value, bool),
    "texts": _texts,
    "words": lambda value: _map(value, lambda one: isinstance(one, str)),
    "map": lambda value: _map(value, lambda one: one is None or isinstance(one, str)),
    "maps": lambda value: _map(value, _texts),
    "loose": lambda value: _map(value, lambda one: one is None or isinstance(one, str) or _texts(one)),
    "any": lambda _: True,
}


def checked(value: Any, shape: Shape, where: str = "body") -> dict[str, Any]:
    """`value` without its nulls, if it fits.

    Raises:
        Refusal: it does not; the text names the field.
    """
    if not isinstance(value, dict):
        raise invalid(f"{where} must be an object")
    kinds = {name.removesuffix("!"): kind for name, kind in shape.items()}
    for name in value:
        if name not in kinds:
            raise invalid(f"unknown field {where}.{name}")
    for name in shape:
        if name.endswith("!") and value.get(name[:-1]) is None:
            raise invalid(f"{where}.{name[:-1]} is missing")
    return {name: _one(one, kinds[name], f"{where}.{name}") for name, one in value.items() if one is not None}


def _one(value: Any, kind: Any, where: str) -> Any:
    if isinstance(kind, Mapping):
        return checked(value, kind, where)
    if isinstance(kind, list):
        if not isinstance(value, list):
            raise invalid(f"{where} must be a list")
        return [checked(one, kind[0], f"{where}[{number}]") for number, one in enumerate(value)]
    if not _FITS[kind](value):
        raise _wrong(where, kind)
    return value


def _wrong(where: str, kind: str) -> Refusal:
    return invalid(f"{where} has the wrong type, {kind} is wanted")
