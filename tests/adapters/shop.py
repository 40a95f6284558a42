"""A Shopee shop on the wire, as far as tests need one: access, grants, facts, changes."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import responses

from adapters.clock import ManualClock
from adapters.contract import (
    Access,
    Begun,
    Change,
    Content,
    Facet,
    Facts,
    Grant,
    Ids,
    Intent,
    Limits,
    Listing,
    Outcome,
    Picture,
    Price,
    Rate,
    Structure,
    Value,
    Variant,
)
from adapters.shopee import Shopee, build
from tests.adapters.grants import RenewedGrants

HOST = "http://127.0.0.1:9"
KEY = "test-partner-key-0123456789abcdef"
TOKEN = "59777174636562737266615546704c6d"
SHOP, APP = "14701711", "2001887"
START = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
LIMITS = Limits(rates=(Rate("app", 1000, 1.0),), create_ready_s=5.0, settle_s=60.0)
ITEM = "29000000003"

PRIVATE: dict[str, Any] = {
    "couriers": [8003],
    "location": None,
    "categories": {
        "100637": {
            "attributes": {
                "100134": {
                    "name": "Bahan", "mandatory": True, "input_type": 2, "validation": 2, "with_unit": False,
                    "units": [], "values": {"keramik": [3321, "Keramik"]},
                },
                "100999": {
                    "name": "Isi", "mandatory": False, "input_type": 3, "validation": 3, "with_unit": True,
                    "units": ["ml"], "values": {},
                },
                "100777": {
                    "name": "Asal", "mandatory": False, "input_type": 1, "validation": 0, "with_unit": False,
                    "units": [], "values": {"indonesia": [7, "Indonesia"]},
                },
            },
            "brands": {"contoh": [1146303, "Contoh"]},
            "brand_mandatory": False, "days_to_ship": 2, "least_stock": 0, "declares_no_gtin": False,
        }
    },
}  # fmt: skip


class Grants(RenewedGrants):
    """The grant of this shop."""

    first = Grant(SHOP, TOKEN, "refresh-0001")
    refusal = ("refresh_token_expired", "Your refresh_token expired.")


def adapter(
    clock: ManualClock | None = None,
    limits: Limits = LIMITS,
    grants: Grants | None = None,
    private: Mapping[str, Any] = PRIVATE,
) -> Shopee:
    """An adapter that knows the facts above."""
    made = build(
        Access(SHOP, HOST, {"partner_id": APP, "partner_key": KEY}),
        limits,
        grants or Grants(),
        clock or ManualClock(START),
        random.Random(7),
    )
    made.instruct(Facts(SHOP, {}, json.dumps(private)))
    return made


def ok(response: Any = None) -> dict[str, Any]:
    """A success envelope."""
    body = {"request_id": "r1", "error": "", "message": "", "warning": ""}
    return body if response is None else body | {"response": response}


def bad(code: str, message: str = "", response: Any = None) -> dict[str, Any]:
    """A failure envelope: HTTP 200 all the same."""
    body: dict[str, Any] = {"request_id": "r1", "error": code, "message": message, "warning": ""}
    return body if response is None else body | {"response": response}


def url(path: str) -> str:
    """The address of an endpoint."""
    return f"{HOST}/api/v2/{path}"


def sent(wire: responses.RequestsMock, at: int = -1) -> dict[str, Any]:
    """The JSON body of a request that was sent."""
    body = wire.calls[at].request.body
    parsed: dict[str, Any] = json.loads(body or "{}")
    return parsed


def paths(wire: responses.RequestsMock) -> list[str]:
    """The endpoints called, in order."""
    return [call.request.url.split("?")[0].rpartition("/")[2] for call in wire.calls]  # type: ignore[union-attr]


# --- our values


def variant(sku: str, *options: str) -> Variant:
    """A variant in a mug's parcel."""
    return Variant(sku, options, 450, (12, 12, 11))


def picture(folder: Path, content: bytes = b"\xff\xd8\xff picture", name: str = "mug.jpg") -> Picture:
    """A picture on disk."""
    path = folder / name
    path.write_bytes(content)
    return Picture(hashlib.sha256(content).hexdigest(), str(path))


def content(pictures: Sequence[Picture] = (), **changes: Any) -> Content:
    """The mug's content."""
    mug = Content(
        title="Mug Keramik Motif Batik 350ml",
        description="Mug keramik, aman untuk microwave.",
        category="100637",
        pictures=tuple(pictures),
        attributes=(("100134", "Keramik"), ("100999", "350 ml")),
        parcel=(450, (12, 12, 11)),
    )
    return replace(mug, **changes)


def plain_listing(pictures: Sequence[Picture] = (), visible: bool = True) -> Listing:
    """A mug without options."""
    one = Structure((), (variant("MUG-BTK"),))
    return Listing("MUG", one, content(pictures), {"MUG-BTK": Price(45000)}, {"MUG-BTK": 20}, visible)


def coloured_listing(pictures: Sequence[Picture] = (), visible: bool = True) -> Listing:
    """A mug in two colours."""
    two = Structure(("Warna",), (variant("MUG-BTK-R", "Merah"), variant("MUG-BTK-B", "Biru")))
    return Listing(
        "MUG-BTK",
        two,
        content(pictures, parcel=None),
        {"MUG-BTK-R": Price(45000), "MUG-BTK-B": Price(47000)},
        {"MUG-BTK-R": 8, "MUG-BTK-B": 0},
        visible,
    )


def create(listing: Listing, **changes: Any) -> Change:
    """The create of a listing, its intent written."""
    skus = tuple(v.sku for v in listing.structure.variants)
    intent = Intent("u-1", listing.code, listing.content.title, skus, bool(listing.structure.options))
    return replace(Change(Facet.structure, listing.code, None, None, listing, intent=intent), **changes)


def ids(*skus: str, item: str = ITEM, first_model: int = 310000000011) -> Ids:
    """Ids of a listing with models numbered from `first_model`."""
    return Ids(item, {sku: f"{item}:{first_model + at}" for at, sku in enumerate(skus)})


def offer_change(facet: Facet, sku: str, before: Value | None, to: Value, known: Ids, **changes: Any) -> Change:
    """A change of price or stock."""
    return replace(Change(facet, "MUG-BTK", sku, before, to, known), **changes)


def listing_change(facet: Facet, before: Value | None, to: Value, known: Ids, **changes: Any) -> Change:
    """A change of content, visibility or structure."""
    return replace(Change(facet, "MUG-BTK", None, before, to, known), **changes)


def step(shop: Shopee, change: Change) -> tuple[str, Outcome, Change]:
    """Plan and send one change; gives the operation, the outcome, and the change as the engine would hand it back."""
    [call] = shop.calls([change])
    [outcome] = shop.send(call)
    if isinstance(outcome, Begun):
        change = replace(change, ids=outcome.ids or change.ids, next_step=outcome.next_step)
    return call.operation, outcome, change
