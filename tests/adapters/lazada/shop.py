"""A Lazada shop on the wire, as far as tests need one: access, grants, facts, rows, changes."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

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
from adapters.lazada import Lazada, build
from tests.adapters.grants import RenewedGrants

HOST = "http://127.0.0.1:9"
SHOP = "400100200"
KEY, SECRET = "123456", "test-app-secret-0123"
TOKEN, REFRESH = "50000EXAMPLEaccess", "50001EXAMPLErefresh"
START = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
LIMITS = Limits(rates=(Rate("shop", 1000, 1.0),), settle_s=60.0, clock_tolerance_s=3600.0)
ITEM, BIJI, HALUS = "7100000001", "13000000001", "13000000002"
CATEGORY = "10002019"
PHOTO = "https://id-live.slatic.net/p/0000example.jpg"
PRIVATE: dict[str, Any] = {
    "warehouse": None,
    "categories": {
        CATEGORY: {
            "short_description": False,
            "attributes": {
                "roast_level": {"label": "Tingkat sangrai", "required": True, "kind": "singleSelect", "of_sku": False,
                                "values": ["Medium", "Dark"]},
                "origin": {"label": "Asal", "required": False, "kind": "text", "of_sku": False, "values": []},
                "volume": {"label": "Isi", "required": False, "kind": "text", "of_sku": True, "values": []},
            },
        }
    },
}  # fmt: skip


class Grants(RenewedGrants):
    """The grant of this shop."""

    first = Grant(SHOP, TOKEN, REFRESH, refresh_expires_at=datetime(2026, 10, 1, tzinfo=UTC))
    refusal = ("IllegalRefreshToken", "the grant is gone")


def adapter(
    clock: ManualClock | None = None,
    grants: Any = None,
    assumptions: Mapping[str, str] | None = None,
    warehouse: str | None = None,
    location: str | None = None,
    limits: Limits = LIMITS,
) -> Lazada:
    """An adapter that knows the facts above."""
    access = Access(SHOP, HOST, {"app_key": KEY, "app_secret": SECRET}, location, "https://example.invalid/back",
                    assumptions or {})  # fmt: skip
    made = build(access, limits, grants or Grants(), clock or ManualClock(START), random.Random(7))
    made.instruct(Facts(SHOP, {}, json.dumps({**PRIVATE, "warehouse": warehouse})))
    return made


# --- the wire


def url(path: str) -> str:
    """The address of an endpoint."""
    return f"{HOST}/rest{path}"


CREATE, UPDATE = url("/product/create"), url("/product/update")
PRICES, STOCKS = url("/product/price_quantity/update"), url("/product/stock/sellable/update")
DEACTIVATE, IMAGE = url("/product/deactivate"), url("/image/upload")
LIST, ONE = url("/products/get"), url("/product/item/get")


def ok(data: Any = None, **more: Any) -> dict[str, Any]:
    """A success."""
    return {"code": "0", "data": {} if data is None else data, "request_id": "2101example", **more}


def bad(code: str, message: str = "", *detail: Mapping[str, str], kind: str = "ISV") -> dict[str, Any]:
    """A refusal: HTTP 200 all the same (facts, section 4)."""
    found: dict[str, Any] = {"code": code, "type": kind, "message": message, "request_id": "2101example"}
    return {**found, "detail": list(detail)} if detail else found


def asked(wire: responses.RequestsMock, at: int = -1) -> dict[str, str]:
    """The parameters of a request, wherever they travelled."""
    request = wire.calls[at].request
    body = request.body if isinstance(request.body, str | bytes) else b""
    text = body.decode("latin-1") if isinstance(body, bytes) else body
    form = dict(parse_qsl(text)) if "form-urlencoded" in str(request.headers.get("Content-Type")) else {}
    return {**dict(parse_qsl(urlsplit(str(request.url)).query)), **form}


def payload(wire: responses.RequestsMock, at: int = -1) -> dict[str, Any]:
    """`Product` of the JSON payload that was sent."""
    product: dict[str, Any] = json.loads(asked(wire, at)["payload"])["Request"]["Product"]
    return product


def lines(wire: responses.RequestsMock) -> list[str]:
    """Verb and path of what was called, in order."""
    return [f"{c.request.method} {urlsplit(str(c.request.url)).path.removeprefix('/rest')}" for c in wire.calls]


# --- what a shop shows


def sku_row(number: str = BIJI, sku: str = "KOPI-BIJI", value: str = "Biji", **changes: Any) -> dict[str, Any]:
    """One SKU, in the shape of the facts, section 7.8."""
    row: dict[str, Any] = {
        "SkuId": int(number), "SellerSku": sku, "ShopSku": f"{ITEM}_ID-{number}", "Status": "active", "price": 85000.0,
        "special_price": 0.0, "quantity": 12, "Available": 12, "package_weight": "0.3", "package_length": "10",
        "package_width": "8", "package_height": "20", "saleProp": {"Gilingan": value}, "Images": [],
        "multiWarehouseInventories": [{"warehouseCode": "dropshipping", "quantity": 12, "totalQuantity": 14,
                                       "sellableQuantity": 12, "occupyQuantity": 1, "withholdQuantity": 1}],
        "fblWarehouseInventories": [], "channelInventories": [],
    }  # fmt: skip
    return row | changes


def product(*skus: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A product with two SKUs, in the shape of the facts, section 7.8."""
    row: dict[str, Any] = {
        "item_id": int(ITEM), "primary_category": int(CATEGORY), "status": "Active", "created_time": "1767200000000",
        "updated_time": "1767203600000", "images": [PHOTO], "marketImages": [], "trialProduct": False,
        "attributes": {"name": "Kopi Arabika Gayo", "description": "<p>Biji sangrai</p>", "brand": "No Brand"},
        "variation": {"Variation1": {"name": "Gilingan", "options": ["Biji", "Halus"], "hasImage": False,
                                     "customize": True, "label": "Gilingan"}},
        "skus": list(skus) or [sku_row(), sku_row(HALUS, "KOPI-HALUS", "Halus")],
    }  # fmt: skip
    return row | changes


def page(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One page of GetProducts."""
    return ok({"products": list(rows), **more})


# --- our values


def content(pictures: Sequence[Picture] = (), **changes: Any) -> Content:
    """The coffee's content."""
    coffee = Content(
        title="Kopi Arabika Gayo", description="Biji sangrai", category=CATEGORY, pictures=tuple(pictures),
        attributes=(("roast_level", "medium"), ("volume", "250 g")),
    )  # fmt: skip
    return replace(coffee, **changes)


GROUND = Structure(
    ("Gilingan",),
    (Variant("KOPI-BIJI", ("Biji",), 300, (10, 8, 20)), Variant("KOPI-HALUS", ("Halus",), 305, (10, 8, 20))),
)
KNOWN = Ids(ITEM, {"KOPI-BIJI": f"{ITEM}:{BIJI}", "KOPI-HALUS": f"{ITEM}:{HALUS}"})


def listing(pictures: Sequence[Picture] = (), visible: bool = True, **changes: Any) -> Listing:
    """The coffee in two grinds."""
    made = Listing("KOPI", GROUND, content(pictures), {"KOPI-BIJI": Price(85000), "KOPI-HALUS": Price(86000)},
                   {"KOPI-BIJI": 12, "KOPI-HALUS": 7}, visible)  # fmt: skip
    return replace(made, **changes)


def plain_listing(**changes: Any) -> Listing:
    """The coffee without options."""
    one = Structure((), (Variant("KOPI", (), 250, (10, 8, 20)),))
    made = Listing("KOPI", one, content(parcel=(250, (10, 8, 20))), {"KOPI": Price(85000)}, {"KOPI": 12}, True)
    return replace(made, **changes)


def intent_of(one: Listing, **changes: Any) -> Intent:
    """The record of a create."""
    skus = tuple(v.sku for v in one.structure.variants)
    return replace(Intent("u-1", one.code, one.content.title, skus, bool(one.structure.options)), **changes)


def create(one: Listing, **changes: Any) -> Change:
    """The create of a listing, its intent written."""
    return replace(Change(Facet.structure, one.code, None, None, one, intent=intent_of(one)), **changes)


def price(sku: str = "KOPI-BIJI", to: int = 90_000, before: int = 85_000, **more: Any) -> Change:
    """A change of a price."""
    return replace(Change(Facet.price, "KOPI", sku, Price(before), Price(to), KNOWN), **more)


def stock(sku: str = "KOPI-BIJI", to: int = 3, before: int | None = 12, **more: Any) -> Change:
    """A change of a stock."""
    return replace(Change(Facet.stock, "KOPI", sku, before, to, KNOWN), **more)


def change(facet: Facet, before: Value | None, to: Value, **more: Any) -> Change:
    """A change of content, visibility or structure."""
    return replace(Change(facet, "KOPI", None, before, to, KNOWN), **more)


def step(shop: Lazada, one: Change) -> tuple[str, Outcome, Change]:
    """Plan and send one change; gives the operation, the outcome, and the change as the engine would hand it back."""
    [call] = shop.calls([one])
    [outcome] = shop.send(call)
    if isinstance(outcome, Begun):
        one = replace(one, ids=outcome.ids or one.ids, next_step=outcome.next_step)
    return call.operation, outcome, one


def put(shop: Lazada, one: Change) -> Outcome:
    """The outcome of one step."""
    return step(shop, one)[1]
