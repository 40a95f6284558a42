"""Field names and types of requests: strings stay strings, numbers numbers, and what the models lack is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from adapters.sandbox.tiktokshop.errors import parameter

WHOLE_MOST = 2**63 - 1


@cache
def shapes() -> dict[str, Any]:
    """The shape of each operation's body."""
    table: dict[str, Any] = json.loads((files(__package__) / "requests.json").read_text(encoding="utf-8"))
    return table


def checked(operation: str, body: bytes, refuse_unknown: bool) -> dict[str, Any]:
    """The JSON object of a body whose fields have the names and types of the models; null counts as left out.

    Raises:
        Refusal: it has not.
    """
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise parameter("the body is not JSON") from None
    found = _taken("body", value, shapes()[operation], refuse_unknown)
    if not isinstance(found, dict):
        raise parameter("the body is not an object")
    return found


def _taken(at: str, value: Any, shape: Any, refuse_unknown: bool) -> Any:
    if isinstance(shape, dict):
        return _object(at, value, shape, refuse_unknown)
    if isinstance(shape, list):
        if not isinstance(value, list):
            raise parameter(f"{at} must be an array")
        return [_taken(f"{at}[{number}]", one, shape[0], refuse_unknown) for number, one in enumerate(value)]
    if not _is(value, shape):
        raise parameter(f"{at} must be a {shape}")
    return value


def _object(at: str, value: Any, shape: Mapping[str, Any], refuse_unknown: bool) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise parameter(f"{at} must be an object")
    known = {name.rstrip("!"): inner for name, inner in shape.items()}
    if refuse_unknown and (unknown := value.keys() - known.keys()):
        raise parameter(f"{at} has no field {min(unknown)}")
    for name in shape:
        if name.endswith("!") and value.get(name[:-1]) is None:
            raise parameter(f"{at}.{name[:-1]} is required")
    return {
        name: _taken(f"{at}.{name}", one, known[name], refuse_unknown)
        for name, one in value.items()
        if name in known and one is not None
    }


def _is(value: Any, kind: str) -> bool:
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "whole":
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= WHOLE_MOST
    return isinstance(value, str)


def whole(query: Mapping[str, str], name: str, otherwise: int, most: int) -> int:
    """A number of the query, 1 to `most`.

    Raises:
        Refusal: it is none.
    """
    text = query.get(name, str(otherwise))
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or not 1 <= int(text) <= most:
        raise parameter(f"{name} must be 1 to {most}")
    return int(text)
