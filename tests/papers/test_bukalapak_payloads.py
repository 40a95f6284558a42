"""Bukalapak's examples (fact sheet, sections 3.3 and 7): what is made of each answer, and sent of each request."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import responses

from adapters.bukalapak import mapping
from adapters.contract import Applied, Cause, Facet, Grant, Ids, ListingState, Price, Rejected
from tests.adapters.bukalapak.shop import (
    CREATE,
    OFFER,
    PATCH,
    SHOP,
    START,
    adapter,
    create,
    offer_change,
    plain_listing,
    put,
    sent,
    url,
)
from tests.adapters.shop import picture
from tests.papers.payloads import payloads

ALL = payloads("bukalapak")


def body(name: str) -> Any:
    return ALL[name].body


def test_every_example_is_met() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in ALL if f'"{name}"' not in source] == []


def test_create_product(tmp_path: Path) -> None:
    shots = [picture(tmp_path, b"one", "1.jpg"), picture(tmp_path, b"two", "2.jpg")]
    images = {shot.sha256: number for shot, number in zip(shots, ("900001", "900002"), strict=True)}
    change = create(plain_listing(shots), next_step=json.dumps({"images": images}))
    [call] = adapter().calls([change])
    assert json.loads(call.body) == body("create product")


def test_a_product_created_or_refused(tmp_path: Path) -> None:
    shot = picture(tmp_path)
    change = create(plain_listing([shot]), next_step=json.dumps({"images": {shot.sha256: "900001"}}))
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=body("product created"))
        begun = put(adapter(), change)
    assert isinstance(getattr(begun, "ids", None), Ids)
    assert begun.ids.listing == "a1b2c3"  # type: ignore[union-attr]
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=body("product refused"))
        refused = put(adapter(), change)
    assert isinstance(refused, Rejected)
    assert (refused.cause, refused.fields) == (Cause.rejected, ("title",))


def test_a_row_of_the_product_list() -> None:
    [row] = body("product list")["data"]
    shown = mapping.observed(row, START)
    assert (shown.external_id, shown.title, shown.state) == ("a1b2c3", "Kaos Polos", ListingState.live)
    [offer] = shown.offers
    assert (offer.external_id, offer.price, offer.stock) == (OFFER, Price(150000), 7)


def test_set_stock() -> None:
    with responses.RequestsMock() as wire:
        wire.patch(PATCH, json=body("stock set"))
        assert put(adapter(), offer_change(Facet.stock, "KP-1", 3, 7)) == Applied()
        assert sent(wire) == body("set stock")


def test_not_authorised_is_the_one_code_that_a_source_shows() -> None:
    assert (ALL["not authorised"].status, ALL["not authorised"].code) == (401, "10001")


def test_a_token_ends_when_it_says() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("/oauth/token"), json=body("token"))
        grant = adapter().refresh(Grant(SHOP, "sim-old", "sim-r-old"))
    assert (grant.access_token, grant.refresh_token) == ("sim-a", "sim-r")
    assert grant.access_expires_at == datetime.fromtimestamp(1735689600 + 7200, UTC)
