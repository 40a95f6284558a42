"""Signatures against the three vectors of the fact sheet (section 3); the first is the vendor's own."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from adapters.clock import ManualClock
from adapters.tiktokshop.signing import sign
from tests.adapters.tiktokshop.shop import CIPHER, KEY, STOCK, TOKEN, adapter, ok, put, stock, wired
from tests.vectors import TIKTOK, TIKTOK_SECRET


@pytest.mark.parametrize("vector", TIKTOK)
def test_every_vector(vector: tuple[str, tuple[tuple[str, str], ...], bytes, str]) -> None:
    path, query, body, expected = vector
    assert sign(TIKTOK_SECRET, path, query, body) == expected
    assert sign(TIKTOK_SECRET, path, reversed(query), body) == expected


def test_sign_and_token_are_not_signed() -> None:
    path, query, body, expected = TIKTOK[0]
    assert sign(TIKTOK_SECRET, path, (*query, ("sign", "x"), ("access_token", "y")), body) == expected


def test_the_bytes_that_are_signed_are_the_bytes_that_are_sent() -> None:
    """The second vector, through the whole client."""
    clock = ManualClock(datetime.fromtimestamp(1623812664, UTC))
    with wired() as wire:
        wire.post(STOCK, json=ok())
        put(adapter(clock), stock(7))
        request = wire.calls[-1].request
    query = dict(parse_qsl(urlsplit(str(request.url)).query))
    assert (query["app_key"], query["shop_cipher"], query["timestamp"]) == (KEY, CIPHER, "1623812664")
    assert query["sign"] == TIKTOK[1][3]
    assert request.body == TIKTOK[1][2]
    assert request.headers["x-tts-access-token"] == TOKEN
    assert request.headers["Content-Type"] == "application/json"
