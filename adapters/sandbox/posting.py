"""How a marketplace's messages reach the seller's software: posted to this machine alone, without being waited for."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

HERE = frozenset({"127.0.0.1", "localhost", "::1"})
"""The only receivers that are ever posted to."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message on its way; `signature` stands in its header Authorization."""

    url: str
    body: bytes
    signature: str


M = TypeVar("M")


def is_here(address: str) -> bool:
    """Whether an address is one that may be posted to."""
    try:
        return urlsplit(address).hostname in HERE
    except ValueError:
        return False


def send_off(messages: Sequence[M], deliver: Callable[[M], None]) -> None:
    """Deliver each from a thread of its own: their order is not promised."""
    for message in messages:
        threading.Thread(target=deliver, args=(message,), daemon=True).start()


def post(message: Message, answer_s: float) -> tuple[int, bytes] | None:
    """Status and body of the receiver's answer; None: none came within `answer_s`."""
    address = urlsplit(message.url)
    target = f"{address.path or '/'}?{address.query}" if address.query else address.path or "/"
    connection = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=answer_s)
    try:
        headers = {"Content-Type": "application/json", "Authorization": message.signature}
        connection.request("POST", target, message.body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
