"""The payload of a call: one text parameter that holds an XML or a JSON document (facts, section 1).

Both become the same nested mappings: `Sku`, `Image` and their like are always lists there. What a call does not know
it does not look at: unknown tags are swallowed, a wrong case too (facts, section 4.1).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from adapters.sandbox.lazada.errors import malformed, mistyped, unsupported

LISTS = frozenset({"Sku", "Image", "option", "MultiWarehouseInventory", "SkuId", "Url"})
"""Tags that may be repeated. `SkuId` and `Url` are lists only where a call reads them as such."""

FLAGS = frozenset({"disableAutoFillAttribute"})
"""The one field whose JSON sample is a boolean (facts, section 7.1)."""

Node = Mapping[str, Any]


def document(text: str | None, json_taken: bool = True, bare_sku: bool = False) -> Node:
    """The `Request` of a payload. `bare_sku` = one SKU may stand as an object instead of a list, in JSON.

    Raises:
        Refusal: there is none, it cannot be read, or JSON has the wrong type in a place.
    """
    if not text:
        raise unsupported("payload is missing")
    is_json = text.lstrip().startswith("{")
    if is_json and not json_taken:
        raise unsupported("the payload must be an XML document")
    try:
        return _from_json(text, bare_sku) if is_json else _from_xml(text)
    except RecursionError:
        raise malformed("the document is nested too deeply") from None


def _from_xml(text: str) -> Node:
    if "<!" in text.replace("<![CDATA[", ""):
        raise malformed("document types and comments are not read")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError):
        raise malformed("the XML document is not well formed") from None
    if root.tag != "Request":
        raise malformed("the document must be a Request")
    found = _element(root)
    return found if isinstance(found, Mapping) else {}


def _element(element: ElementTree.Element) -> Any:
    if not len(element):
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for child in element:
        value = _element(child)
        if child.tag in LISTS:
            found.setdefault(child.tag, []).append(value)
        else:
            found[child.tag] = value
    return found


def _from_json(text: str, bare_sku: bool) -> Node:
    try:
        whole = json.loads(text)
    except ValueError:
        raise malformed("the JSON document is not well formed") from None
    request = whole.get("Request") if isinstance(whole, dict) else None
    if not isinstance(request, dict):
        raise malformed("the document must be a Request")
    found = _typed(request, "Request", bare_sku)
    return found if isinstance(found, Mapping) else {}


def _typed(value: Any, where: str, bare_sku: bool) -> Any:
    """The value, if all that it holds are texts, and if lists stand where they must (facts, section 1)."""
    if isinstance(value, dict):
        return {name: _member(name, one, f"{where}.{name}", bare_sku) for name, one in value.items()}
    if isinstance(value, list):
        return [_typed(one, where, bare_sku) for one in value]
    if not isinstance(value, str):
        raise mistyped(where)
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise malformed(f"{where} is no Unicode text")
    return value


def _member(name: str, value: Any, where: str, bare_sku: bool) -> Any:
    if name in FLAGS and isinstance(value, bool):
        return "true" if value else "false"
    if name == "Sku" and isinstance(value, dict) and bare_sku:
        value = [value]
    if name in ("Sku", "Image", "option", "MultiWarehouseInventory") and not isinstance(value, list):
        raise mistyped(where)
    return _typed(value, where, bare_sku)


# --- reading ---------------------------------------------------------------------------------------------------------


def inner(node: Node, *names: str) -> Node:
    """The object under these names, one below the other; an empty one where there is none.

    Raises:
        Refusal: there is a text or a list instead.
    """
    found: Any = node
    for name in names:
        found = found.get(name, {})
        if found == "":
            found = {}
        if not isinstance(found, Mapping):
            raise mistyped(name)
    return found  # type: ignore[no-any-return]


def texts(node: Node, name: str) -> list[str]:
    """A list of texts; empty where there is none.

    Raises:
        Refusal: there is something else.
    """
    found = node.get(name, [])
    found = [found] if isinstance(found, str) and found else found or []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise mistyped(name)
    return [one for one in found if one]


def objects(node: Node, name: str) -> list[Node]:
    """A list of objects; empty where there is none.

    Raises:
        Refusal: there is something else.
    """
    found = node.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise mistyped(name)
    return found


def text(node: Node, name: str) -> str:
    """A text; "" where there is none. XML gives a repeatable tag as a list: its last one counts.

    Raises:
        Refusal: there is something else.
    """
    found = node.get(name, "")
    if isinstance(found, list) and found and name in LISTS:
        found = found[-1]
    if not isinstance(found, str):
        raise mistyped(name)
    return found.strip()
