"""Whether a request has the shape that the reference demands: unknown, missing and mistyped fields are refused."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.sandbox.shopee.errors import Refusal, missing, param
from adapters.sandbox.shopee.reference import OPTIONAL_REQUEST, request_fields

COMMON = frozenset({"partner_id", "timestamp", "sign", "access_token", "shop_id", "merchant_id"})
WHOLE = frozenset({"int", "int32", "int64", "uint64", "timestamp"})
MOST = {"int32": 2**31 - 1, "int64": 2**63 - 1, "int": 2**63 - 1, "uint64": 2**64 - 1, "timestamp": 2**63 - 1}


def from_query(path: str, query: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The business parameters of a GET, typed; lists in all four encodings that clients send (facts, section 1.3)."""
    fields = request_fields(path)
    given = {name: list(values) for name, values in query.items() if name not in COMMON}
    return checked(path, {name: _typed(name, values, fields) for name, values in given.items()})


def from_body(path: str, body: bytes) -> dict[str, Any]:
    """The JSON body of a POST, checked."""
    if not body:
        raise param("EOF")
    try:
        value = json.loads(body)
    except ValueError:
        raise param("invalid character in request body") from None
    if not isinstance(value, dict):
        raise param("request body must be an object")
    return checked(path, value)


def checked(path: str, value: dict[str, Any]) -> dict[str, Any]:
    """`value`, if its fields are those of the reference."""
    _object(value, request_fields(path), OPTIONAL_REQUEST.get(path, frozenset()))
    return value


def _object(value: Mapping[str, Any], fields: Mapping[str, list[Any]], optional: frozenset[str]) -> None:
    for name in value:
        if name not in fields:
            raise param(f"unknown field {name}")
    for name, field in fields.items():
        if name not in value or value[name] is None:
            if field[1] and name not in optional:
                raise missing(name)
            continue
        _value(name, value[name], field)


def _value(name: str, value: Any, field: list[Any]) -> None:
    kind, children = field[0], (field[2] if len(field) > 2 else None)
    if kind.endswith("[]"):
        if not isinstance(value, list):
            raise _wrong(name, kind)
        for row in value:
            _value(name, row, [kind.removesuffix("[]"), 0, children] if children else [kind.removesuffix("[]"), 0])
    elif kind == "object":
        if not isinstance(value, dict):
            raise _wrong(name, kind)
        if children:
            _object(value, children, frozenset())
    elif not _fits(value, kind):
        raise _wrong(name, kind)


def _fits(value: Any, kind: str) -> bool:
    if kind in WHOLE:
        return isinstance(value, int) and not isinstance(value, bool) and -MOST[kind] - 1 <= value <= MOST[kind]
    if kind == "float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "boolean":
        return isinstance(value, bool)
    return isinstance(value, str)


def _wrong(name: str, kind: str) -> Refusal:
    return param(f"invalid field {name}: value must be {kind}")


def _typed(name: str, values: Sequence[str], fields: Mapping[str, list[Any]]) -> Any:
    if name not in fields:
        raise param(f"unknown field {name}")
    kind = fields[name][0]
    if kind.endswith("[]"):
        inner = kind.removesuffix("[]")
        return [_scalar(name, text, inner) for text in _listed(values)]
    if len(values) > 1:
        raise param(f"invalid field {name}: given twice")
    return _scalar(name, values[0], kind)


def _listed(values: Sequence[str]) -> list[str]:
    parts = [part for value in values for part in value.strip().removeprefix("[").removesuffix("]").split(",")]
    return [part.strip().strip("'\"") for part in parts if part.strip()]


def _scalar(name: str, text: str, kind: str) -> Any:
    if kind in WHOLE:
        if not re.fullmatch(r"-?\d{1,20}", text):
            raise param(f'{name}: strconv.ParseInt: parsing "{text[:20]}": invalid syntax')
        return int(text)
    if kind == "boolean":
        if text.casefold() not in ("true", "false"):
            raise _wrong(name, kind)
        return text.casefold() == "true"
    return float(text) if kind == "float" else text
