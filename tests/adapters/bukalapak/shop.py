"""A Bukalapak shop on the wire, as far as tests need one: access, grants, facts, rows, changes."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import responses

from adapters.bukalapak import Bukalapak, build
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
from tests.adapters.grants import RenewedGrants

HOST = "http://127.0.0.1:9"
SHOP = "1000001"
USER, TOKEN = "1000001", "simtoken"
BASIC = "Basic MTAwMDAwMTpzaW10b2tlbg=="
ACCESS, REFRESH = "sim-a-0001", "sim-r-0001"
CLIENT_SECRET = "test-client-secret-0123"
SECRETS = {"user_id": USER, "token": TOKEN, "client_id": "test-client", "client_secret": CLIENT_SECRET}
START = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
LIMITS = Limits(rates=(Rate("shop", 1000, 1.0),), settle_s=60.0)
PRODUCT, SKU = "a1b2c3", "700000001"
OFFER = f"{PRODUCT};{SKU}"
ALL_ON = {
    "bukalapak.create_variants": "accepted",
    "bukalapak.patch_price": "accepted",
    "bukalapak.sku_name": "settable",
}
CATEGORIES: dict[str, Any] = {
    "58": {
        "bahan": {"name": "Bahan", "kind": "select", "required": True, "options": ["Katun", "Lidi"]},
        "ukuran": {"name": "Ukuran", "kind": "check_boxes", "required": False, "options": ["M", "L"]},
        "tipe": {"name": "Tipe", "kind": "combo_select", "required": False, "options": ["Polos"]},
        "garansi": {"name": "Garansi", "kind": "boolean", "required": False, "options": []},
        "brand": {"name": "Merek", "kind": "string", "required": False, "options": []},
    }
}


class Grants(RenewedGrants):
    """The grant of this shop."""

    first = Grant(SHOP, ACCESS, REFRESH)
    refusal = ("invalid_grant", "the grant is gone")


def adapter(
    clock: ManualClock | None = None,
    grants: Any = None,
    assumptions: Mapping[str, str] | None = None,
    uploads: Mapping[str, Any] | None = None,
    access: Access | None = None,
    limits: Limits = LIMITS,
) -> Bukalapak:
    """An adapter that knows the facts above."""
    access = access or Access(
        SHOP, HOST, SECRETS, redirect="https://example.invalid/back", assumptions=assumptions or {}
    )
    made = build(access, limits, grants or Grants(), clock or ManualClock(START), random.Random(7))
    made.instruct(Facts(SHOP, {}, json.dumps({"categories": CATEGORIES, "uploads": uploads})))
    return made


# --- what comes back


def ok(**more: Any) -> dict[str, Any]:
    """A v2 success."""
    return {"status": "OK", "message": "", **more}


def bad(message: str) -> dict[str, Any]:
    """A v2 failure: HTTP 200 all the same."""
    return {"status": "ERROR", "id": None, "message": message}


def v4(found: Any = None, status: int = 200, **meta: Any) -> dict[str, Any]:
    """A v4 success; a list tells how long it is."""
    if isinstance(found, list):
        meta = {"offset": 0, "limit": 50, "total": len(found), **meta}
    return {"data": found if found is not None else {}, "meta": {"http_status": status, **meta}}


def v4_bad(status: int, code: int = 0, message: str = "") -> dict[str, Any]:
    """A v4 failure."""
    return {"errors": [{"code": code, "message": message}], "meta": {"http_status": status}}


def row(**changes: Any) -> dict[str, Any]:
    """The product row of the facts, section 7, without its variant."""
    made: dict[str, Any] = {
        "id": PRODUCT, "sku_id": int(SKU), "sku_name": None, "name": "Kaos Polos", "price": 150000,
        "original_price": 150000, "stock": 7, "weight": 250,
        "category": {"id": 58, "name": "Kaos", "structure": ["Fashion", "Kaos"], "url": "/c/x"}, "condition": "Baru",
        "state": "active", "active": True, "for_sale": True,
        "images": {"ids": ["900001"], "large_urls": ["https://img.invalid/l.jpg"], "small_urls": []},
        "specs": {"brand": "Acme"}, "variants": [], "description_bb": "Kaos katun.",
        "created_at": "2026-09-01T10:00:00+07:00", "updated_at": "2026-09-01T10:00:00+07:00",
    }  # fmt: skip
    return made | changes


def sku_row(number: int, name: str, **changes: Any) -> dict[str, Any]:
    """One variant of a row."""
    made: dict[str, Any] = {
        "id": number, "product_id": PRODUCT, "sku_name": None, "variant_name": name, "price": 150000, "stock": 7,
        "state": "active", "default_sku": False, "details": [],
    }  # fmt: skip
    return made | changes


# --- the wire


def url(path: str) -> str:
    """The address of an endpoint."""
    return f"{HOST}{path}"


PRODUCTS = url("/stores/me/products")
CREATE = url("/v2/products.json")
IMAGES = url("/v2/images.json")
EDIT = url(f"/v2/products/{PRODUCT}.json")
PATCH = url(f"/products/{PRODUCT}/skus/{SKU}")


def sent(wire: responses.RequestsMock, at: int = -1) -> dict[str, Any]:
    """The JSON body of a request that was sent."""
    parsed: dict[str, Any] = json.loads(wire.calls[at].request.body or "{}")
    return parsed


def lines(wire: responses.RequestsMock) -> list[str]:
    """Verb and path of what was called, in order."""
    return [f"{c.request.method} {str(c.request.url).removeprefix(HOST).split('?')[0]}" for c in wire.calls]


# --- our values


def content(pictures: Sequence[Picture] = (), **changes: Any) -> Content:
    """The shirt's content."""
    shirt = Content(
        title="Kaos Polos", description="Kaos katun.", category="58", pictures=tuple(pictures),
        attributes=(("bahan", "Katun"),), parcel=(250, (20, 15, 3)),
    )  # fmt: skip
    return replace(shirt, **changes)


def plain_listing(pictures: Sequence[Picture] = (), visible: bool = True, **changes: Any) -> Listing:
    """A shirt without options."""
    one = Structure((), (Variant("KP-1", (), 250, (20, 15, 3)),))
    return Listing("KP", one, content(pictures, **changes), {"KP-1": Price(150000)}, {"KP-1": 7}, visible)


def sized_listing(pictures: Sequence[Picture] = (), visible: bool = True) -> Listing:
    """A shirt in two sizes and one colour."""
    sizes = (
        Variant("KP-M", ("M", "Merah"), 250, (20, 15, 3)),
        Variant("KP-L", ("L", "Merah"), 300, (20, 15, 3)),
    )
    return Listing(
        "KP", Structure(("Ukuran", "Warna"), sizes), content(pictures, parcel=None),
        {"KP-M": Price(150000), "KP-L": Price(160000)}, {"KP-M": 3, "KP-L": 4}, visible,
    )  # fmt: skip


def intent_of(listing: Listing, **changes: Any) -> Intent:
    """The record of a create."""
    skus = tuple(v.sku for v in listing.structure.variants)
    made = Intent("u-1", listing.code, listing.content.title, skus, bool(listing.structure.options))
    return replace(made, **changes)


def create(listing: Listing, **changes: Any) -> Change:
    """The create of a listing, its intent written."""
    made = Change(Facet.structure, listing.code, None, None, listing, intent=intent_of(listing))
    return replace(made, **changes)


PLAIN = Ids(PRODUCT, {"KP-1": OFFER})
TWO = Ids(PRODUCT, {"KP-M": f"{PRODUCT};700000011", "KP-L": f"{PRODUCT};700000012"})


def offer_change(facet: Facet, sku: str, before: Value | None, to: Value, known: Ids = PLAIN, **more: Any) -> Change:
    """A change of price or stock."""
    return replace(Change(facet, "KP", sku, before, to, known), **more)


def listing_change(facet: Facet, before: Value | None, to: Value, known: Ids = PLAIN, **more: Any) -> Change:
    """A change of content, visibility or structure."""
    return replace(Change(facet, "KP", None, before, to, known), **more)


def step(shop: Bukalapak, change: Change) -> tuple[str, Outcome, Change]:
    """Plan and send one change; gives the operation, the outcome, and the change as the engine would hand it back."""
    [call] = shop.calls([change])
    [outcome] = shop.send(call)
    if isinstance(outcome, Begun):
        change = replace(change, ids=outcome.ids or change.ids, next_step=outcome.next_step)
    return call.operation, outcome, change


def put(shop: Bukalapak, change: Change) -> Outcome:
    """The outcome of one step."""
    return step(shop, change)[1]
