"""A queue's history: what it has told of so far, row by row, each JSON inside JSON (facts, section 7.4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.blibli.client import BlibliClient


@dataclass(frozen=True, slots=True)
class Told:
    """One row of a queue's history."""

    offer: str
    skus: tuple[str, ...]
    product: str
    code: str
    good: bool
    text: str


def history(client: BlibliClient, queue: str) -> tuple[int, list[Told]]:
    """How many rows a queue has, and those that it has told of so far."""
    reply = client.read("feed_detail", query=(("page", "0"), ("size", "100")), queue=queue)
    payload = reply.payload if isinstance(reply.payload, dict) else {}
    total = int((payload.get("queueFeed") or {}).get("total") or 0)
    return total, [_told(row) for row in payload.get("queueHistory") or [] if isinstance(row, dict)]


def _told(row: Mapping[str, Any]) -> Told:
    try:
        value = json.loads(row.get("value") or "{}")
    except ValueError:
        value = {}
    value = value if isinstance(value, dict) else {}
    return Told(
        offer=str(row.get("gdnSku") or ""), skus=tuple(map(str, value.get("merchantSkuList") or ())),
        product=str(value.get("productSku") or ""), code=str(value.get("productCode") or ""),
        good=row.get("isSuccess") is True, text=str(row.get("errorMessage") or ""),
    )  # fmt: skip
