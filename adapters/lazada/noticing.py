"""What Lazada's answers show of open questions, and words in them that no source names. Each is said once.

Nothing but words of Lazada's own goes into the evidence: no titles, no SKUs, nothing of a buyer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.contract import Cause, Noticed, Notion
from adapters.lazada.causes import UMBRELLAS, row_for
from adapters.lazada.words import ORDER_STATUSES, PRODUCT_STATUSES, plain

Row = Mapping[str, Any]
ONE_OF_TWO = {
    "IllegalAccessToken": "token_code", "InvalidAccessToken": "token_code",
    "IllegalTimestamp": "clock_code", "InvalidTimestamp": "clock_code",
    "4135": "duplicate_code", "4105": "duplicate_code", "4126": "duplicate_code", "4141": "duplicate_code",
}  # fmt: skip
"""Codes of which one answers an open question."""


class Notices:
    """A drawer that is filled by every answer and emptied by `drained`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._said: set[tuple[Notion, str, str]] = set()
        self._fresh: list[Noticed] = []

    def add(self, noticed: Noticed) -> None:
        """Keep it, unless it was said before."""
        key = (noticed.notion, noticed.name, noticed.position)
        with self._lock:
            if key not in self._said:
                self._said.add(key)
                self._fresh.append(noticed)

    def assume(self, name: str, position: str, operation: str, evidence: str = "") -> None:
        """An answer that settles an open question of this shop."""
        self.add(Noticed(Notion.assumption, f"lazada.{name}", operation, position, evidence))

    def of_reply(self, operation: str, code: str, text: str, cause: Cause | None, body: Any) -> None:
        """Everything that one answer shows."""
        if cause is not None:
            self._of_refusal(operation, code, text, cause)
        elif isinstance(body, dict):
            for noticed in seen_in(operation, body):
                self.add(noticed)

    def drained(self) -> tuple[Noticed, ...]:
        """What was noticed since the last asking."""
        with self._lock:
            fresh, self._fresh = tuple(self._fresh), []
        return fresh

    def _of_refusal(self, operation: str, code: str, text: str, cause: Cause) -> None:
        name = ONE_OF_TWO.get(code)
        if name is not None and (name != "duplicate_code" or cause is Cause.duplicate):
            self.assume(name, code, operation, f"code {code}")
        if code == "0" and cause is Cause.throttled:
            self.assume("throttle_zero", "present", operation, text)
        if code and code not in UMBRELLAS and row_for(operation, 200, code, text) is None:
            self.add(Noticed(Notion.code, code, operation, evidence=text))


# --- what one good answer shows ---------------------------------------------------------------------------------------


def seen_in(operation: str, body: Row) -> Iterator[Noticed]:
    """What an answer that went well shows of open questions, and statuses that no source names."""
    payload = body.get("data")
    found: Row = payload if isinstance(payload, dict) else {}
    if operation in ("CreateProduct", "UpdateProduct"):
        yield from _of_write(operation, found)
    elif operation == "GetProducts":
        yield from _of_list(operation, found)
    elif operation == "GetProductItem":
        yield _position("item_keys", operation, "camel" if "itemId" in found else "snake")
        yield from _status(operation, found.get("status"))
    elif operation == "GetWarehouseBySellerId":
        module = (body.get("result") or {}).get("module")
        yield _position("warehouse_module", operation, "list" if isinstance(module, list) else "object")
    elif operation == "GetOrders":
        yield from _of_orders(operation, found)
    elif operation == "GenerateAccessToken" or operation == "RefreshAccessToken":
        shops = body.get("country_user_info") or body.get("country_user_info_list")
        if shops:
            yield _position("user_info", operation, "list" if isinstance(shops, list) else "object")


def _of_write(operation: str, found: Row) -> Iterator[Noticed]:
    status = found.get("item_status")
    yield _position("item_status", operation, "present" if status else "absent", str(status or ""))
    if operation == "UpdateProduct" and status:
        pending = plain(status).startswith("pending")
        yield _position("edit_review", operation, "pending" if pending else "live", str(status))
    yield from _status(operation, status)


def _of_list(operation: str, found: Row) -> Iterator[Noticed]:
    if "products" in found:
        yield _position("total_products", operation, "present" if "total_products" in found else "absent")
    for row in _rows(found.get("products")):
        yield from _status(operation, row.get("status"))


def _of_orders(operation: str, found: Row) -> Iterator[Noticed]:
    for row in _rows(found.get("orders")):
        number = row.get("order_number")
        if number is not None:
            yield _position("order_number", operation, "string" if isinstance(number, str) else "number")
        for status in row.get("statuses") or []:
            if plain(status) not in ORDER_STATUSES:
                yield Noticed(Notion.status, str(status), operation, evidence="orders.statuses")


def _status(operation: str, status: Any) -> Iterator[Noticed]:
    if status and plain(status) not in PRODUCT_STATUSES:
        yield Noticed(Notion.status, str(status), operation, evidence="products.status")


def _position(name: str, operation: str, position: str, evidence: str = "") -> Noticed:
    return Noticed(Notion.assumption, f"lazada.{name}", operation, position, evidence)


def _rows(value: Any) -> list[Row]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
