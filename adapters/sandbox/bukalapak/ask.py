"""What a client sent: ids of the path, query, and a body in whichever encoding; wrong types are refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qs

from adapters.sandbox.bukalapak.refusals import Refusal, invalid

Fits = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Ask:
    """One call, taken apart."""

    ids: tuple[str, ...]
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def one(self, name: str, otherwise: str = "") -> str:
        """The first value of a query parameter."""
        return self.query.get(name, [otherwise])[0]

    def whole(self, name: str, otherwise: int) -> int:
        """A query parameter that is a whole number, not below 0.

        Raises:
            Refusal: it is none.
        """
        text = self.one(name, str(otherwise))
        if not (text.isascii() and text.isdecimal()) or len(text) > 9:
            raise invalid(f"{name} tidak sah")
        return int(text)

    def json(self) -> dict[str, Any]:
        """The JSON object of the body.

        Raises:
            Refusal: it is none.
        """
        try:
            found = json.loads(self.body)
        except ValueError:
            raise invalid("Isi permintaan bukan JSON") from None
        if not isinstance(found, dict):
            raise invalid("Isi permintaan bukan objek")
        return found

    def parts(self) -> list[tuple[str, bytes]]:
        """The parts of a multipart body: (name, content); none if it is no such body."""
        kind = self.headers.get("content-type", "")
        if not kind.casefold().startswith("multipart/form-data"):
            return []
        message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + self.body, policy=HTTP)
        found = []
        for part in message.iter_parts():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            if isinstance(name, str) and isinstance(content, bytes):
                found.append((name, content))
        return found

    def parameters(self) -> dict[str, str]:
        """Parameters of a token call: query, multipart, JSON or urlencoded, as clients send them (facts, 4.1)."""
        found = {name: values[0] for name, values in self.query.items()}
        kind = self.headers.get("content-type", "").casefold()
        if kind.startswith("multipart/form-data"):
            found |= {name: content.decode("utf-8", "replace") for name, content in self.parts()}
        elif kind.startswith("application/json") and self.body:
            found |= {name: str(value) for name, value in self.json().items() if value is not None}
        elif self.body:
            text = self.body.decode("utf-8", "replace")
            found |= {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}
        return found


def checked(given: Mapping[str, Any], fields: Mapping[str, Fits], swallows: bool) -> dict[str, Any]:
    """The known fields of `given`, each of its type; unknown ones are refused, or swallowed.

    Raises:
        Refusal: an unknown field, or a value of the wrong type.
    """
    known = {}
    for name, value in given.items():
        if name not in fields:
            if not swallows:
                raise invalid(f"{name} tidak dikenal")
            continue
        if not fields[name](value):
            raise _wrong(name)
        known[name] = value
    return known


def _wrong(name: str) -> Refusal:
    return invalid(f"{name} tidak sah")


def is_text(value: Any) -> bool:
    """Text that says something."""
    return isinstance(value, str) and bool(value.strip())


def is_flag(value: Any) -> bool:
    """True or false."""
    return isinstance(value, bool)


def is_whole(value: Any) -> bool:
    """A whole number, 0 or more: pieces."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def is_amount(value: Any) -> bool:
    """A whole number above 0: rupiah or grams."""
    return is_whole(value) and value > 0


def is_map(value: Any) -> bool:
    """An object."""
    return isinstance(value, dict)


def is_id(value: Any) -> bool:
    """The number of a category, also as text."""
    return is_whole(value) or (isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10)


def is_sku(value: Any) -> bool:
    """A seller's SKU, or none."""
    return value is None or isinstance(value, str)


def is_ids(value: Any) -> bool:
    """Ids of pictures: "id1,id2", or a list of texts (the facts do not say which a change takes)."""
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
