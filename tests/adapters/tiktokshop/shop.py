"""A shop on Tokopedia & TikTok Shop on the wire, as far as tests need one: access, grants, facts, rows, changes.

Payloads have the shapes of the fact sheet's examples; ids and values are invented.
"""

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
from requests import PreparedRequest
from responses.registries import FirstMatchRegistry

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
from adapters.tiktokshop import TikTokShop, build
from tests.adapters.grants import RenewedGrants

HOST = "http://127.0.0.1:9"
KEY, SECRET = "29a39d", "e59af819cc"
SHOP, CIPHER = "7494000000000000001", "ROW_exampleCipher"
TOKEN, REFRESH = "TTP_example-0001", "TTPR_example-0001"
WAREHOUSE, OTHER_WAREHOUSE = "7068517275539719942", "7068517275539719943"
PRODUCT, SKU, SECOND = "1729592969712207008", "1729592969712207012", "1729592969712207013"
CATEGORY = "600001"
START = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
LIMITS = Limits(
    rates=(Rate("shop", 1000, 1.0),), settle_s=60.0, rows_per_call=100, listings_per_call=20, clock_tolerance_s=25.0
)
PRIVATE: dict[str, Any] = {
    "warehouse": WAREHOUSE,
    "storefronts": ["TIKTOK_SHOP", "TOKOPEDIA"],
    "categories": {
        CATEGORY: {
            "attributes": {
                "100100": {
                    "name": "Roast", "required": True, "sales": False, "custom": False,
                    "values": {"medium": ["1000001", "Medium"]},
                },
                "100200": {"name": "Origin", "required": False, "sales": False, "custom": True, "values": {}},
                "100000": {
                    "name": "Ukuran", "required": False, "sales": True, "custom": True,
                    "values": {"250 gram": ["2000001", "250 gram"]},
                },
            },
            "brands": {"gayo": "7082427311584347905"},
            "storefronts": ["TIKTOK_SHOP", "TOKOPEDIA"],
        }
    },
}  # fmt: skip


class Grants(RenewedGrants):
    """The grant of this shop."""

    first = Grant(SHOP, TOKEN, REFRESH, refresh_expires_at=datetime(2027, 9, 1, tzinfo=UTC))
    refusal = ("36004001", "the refresh token has expired")


def adapter(
    clock: ManualClock | None = None,
    grants: Any = None,
    assumptions: Mapping[str, str] | None = None,
    private: Mapping[str, Any] = PRIVATE,
    location: str | None = None,
    service_id: str = "",
) -> TikTokShop:
    """An adapter that knows the facts above."""
    secrets = {"app_key": KEY, "app_secret": SECRET, "service_id": service_id}
    access = Access(SHOP, HOST, secrets, location, "https://example.invalid/back", assumptions or {})
    made = build(access, LIMITS, grants or Grants(), clock or ManualClock(START), random.Random(7))
    made.instruct(Facts(SHOP, {}, json.dumps(private)))
    return made


# --- what comes back


def ok(data: Any = None) -> dict[str, Any]:
    """A success."""
    return {"code": 0, "message": "Success", "request_id": "2026example", "data": data if data is not None else {}}


def bad(code: int, message: str = "") -> dict[str, Any]:
    """A refusal."""
    return {"code": code, "message": message, "request_id": "2026example", "data": None}


def row_error(code: int, sku: str = SKU, inner: int | None = None, message: str = "check failed") -> dict[str, Any]:
    """One entry of data.errors (section 5.1)."""
    extra = [{"warehouse_id": WAREHOUSE, "code": inner, "message": message}] if inner else []
    return {"code": code, "message": message, "detail": {"sku_id": sku, "extra_errors": extra}}


def product_error(code: int, product: str = PRODUCT, message: str = "refused") -> dict[str, Any]:
    """One entry of data.errors of activate, deactivate."""
    return {"code": code, "message": message, "detail": {"product_id": product}}


def sku_row(number: str = SKU, sku: str = "KOPI-GAYO-250", **changes: Any) -> dict[str, Any]:
    """One SKU as Get Product shows it."""
    made: dict[str, Any] = {
        "id": number, "seller_sku": sku, "price": {"currency": "IDR", "tax_exclusive_price": "85000"},
        "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 12}],
    }  # fmt: skip
    return made | changes


def sized(number: str, sku: str, size: str, pieces: int = 12, **changes: Any) -> dict[str, Any]:
    """One SKU with a size."""
    option = {"id": "100000", "name": "Ukuran", "value_id": f"9{number[-3:]}", "value_name": size}
    stock = [{"warehouse_id": WAREHOUSE, "quantity": pieces}]
    return sku_row(number, sku, sales_attributes=[option], inventory=stock, **changes)


def product_row(**changes: Any) -> dict[str, Any]:
    """The coffee as Get Product shows it."""
    made: dict[str, Any] = {
        "id": PRODUCT, "title": "Kopi Arabika Gayo Sangrai Medium 250 gram", "status": "ACTIVATE",
        "description": "<p>Biji kopi</p>", "create_time": 1767200000, "update_time": 1767203600,
        "external_product_id": "KOPI-GAYO", "audit": {"status": "APPROVED"}, "has_draft": False,
        "integrated_platform_statuses": [{"platform": "TOKOPEDIA", "status": "ACTIVATE"}],
        "category_chains": [
            {"id": "600000", "is_leaf": False, "local_name": "Minuman", "parent_id": "0"},
            {"id": CATEGORY, "is_leaf": True, "local_name": "Kopi", "parent_id": "600000"},
        ],
        "main_images": [{"uri": "tos-example/0001", "urls": ["https://img.invalid/1.jpg"]}],
        "package_weight": {"value": "0.3", "unit": "KILOGRAM"},
        "package_dimensions": {"length": "10", "width": "8", "height": "20", "unit": "CENTIMETER"},
        "skus": [sku_row()],
    }  # fmt: skip
    return made | changes


def search_row(**changes: Any) -> dict[str, Any]:
    """The coffee as a search shows it."""
    names = ("id", "title", "status", "create_time", "update_time", "integrated_platform_statuses", "skus")
    row = product_row()
    return {name: row[name] for name in names} | changes


# --- the wire


def url(path: str) -> str:
    """The address of an endpoint."""
    return f"{HOST}{path}"


SHOPS = url("/authorization/202309/shops")
CREATE = url("/product/202309/products")
GET = url(f"/product/202309/products/{PRODUCT}")
EDIT = url(f"/product/202509/products/{PRODUCT}")
PARTIAL = url(f"/product/202509/products/{PRODUCT}/partial_edit")
STOCK = url(f"/product/202309/products/{PRODUCT}/inventory/update")
PRICES = url(f"/product/202309/products/{PRODUCT}/prices/update")
ACTIVATE = url("/product/202309/products/activate")
DEACTIVATE = url("/product/202309/products/deactivate")
SEARCH = url("/product/202502/products/search")
INVENTORY = url("/product/202309/inventory/search")
IMAGE = url("/product/202309/images/upload")
ORDERS = url("/order/202309/orders/search")
WAREHOUSES = url("/logistics/202309/warehouses")


class Unasked(FirstMatchRegistry):
    """A shop that shows no numbers of any SKU, unless a test lays some on the wire: they are read before each write."""

    def find(self, request: PreparedRequest) -> tuple[responses.BaseResponse | None, list[str]]:
        """What the test laid down, else an empty search."""
        found, why = super().find(request)
        if found is None and str(request.url).startswith(INVENTORY):
            return responses.Response(responses.POST, INVENTORY, json=ok({"inventory": []})), []
        return found, why


def wired() -> responses.RequestsMock:
    """A wire that knows the shop's cipher; not all that is laid on it must be asked for."""
    wire = responses.RequestsMock(assert_all_requests_are_fired=False, registry=Unasked)
    wire.get(SHOPS, json=ok({"shops": [{"id": SHOP, "name": "Toko Contoh", "region": "ID", "cipher": CIPHER}]}))
    return wire


def sent(wire: responses.RequestsMock, at: int = -1) -> dict[str, Any]:
    """The JSON body of a request that was sent."""
    parsed: dict[str, Any] = json.loads(wire.calls[at].request.body or "{}")
    return parsed


def lines(wire: responses.RequestsMock) -> list[str]:
    """Verb and path of what was called, in order, less the look for the cipher."""
    said = [f"{c.request.method} {str(c.request.url).removeprefix(HOST).split('?')[0]}" for c in wire.calls]
    return [line for line in said if not line.endswith("/authorization/202309/shops")]


# --- our values


def picture(folder: Path, content: bytes = b"\xff\xd8\xff picture", name: str = "coffee.jpg") -> Picture:
    """A picture on disk."""
    path = folder / name
    path.write_bytes(content)
    return Picture(hashlib.sha256(content).hexdigest(), str(path))


def content(pictures: Sequence[Picture] = (), **changes: Any) -> Content:
    """The coffee's content."""
    coffee = Content(
        title="Kopi Arabika Gayo Sangrai Medium 250 gram", description="Biji kopi", category=CATEGORY,
        pictures=tuple(pictures), attributes=(("100100", "Medium"),), parcel=(300, (10, 8, 20)),
    )  # fmt: skip
    return replace(coffee, **changes)


def plain_listing(pictures: Sequence[Picture] = (), pieces: int = 12, visible: bool = True) -> Listing:
    """The coffee without options."""
    one = Structure((), (Variant("KOPI-GAYO-250", (), 300, (10, 8, 20)),))
    prices, stocks = {"KOPI-GAYO-250": Price(85000)}, {"KOPI-GAYO-250": pieces}
    return Listing("KOPI-GAYO", one, content(pictures), prices, stocks, visible)


SIZES = Structure(
    ("Ukuran",),
    (Variant("KG-250", ("250 gram",), 300, (10, 8, 20)), Variant("KG-500", ("500 gram",), 600, (12, 9, 24))),
)


def sized_listing(first: int = 12, second: int = 5, visible: bool = True, pictures: Sequence[Picture] = ()) -> Listing:
    """The coffee in two sizes."""
    prices = {"KG-250": Price(85000), "KG-500": Price(160000)}
    stocks = {"KG-250": first, "KG-500": second}
    return Listing("KOPI-GAYO", SIZES, content(pictures, parcel=None), prices, stocks, visible)


PLAIN = Ids(PRODUCT, {"KOPI-GAYO-250": SKU})
TWO = Ids(PRODUCT, {"KG-250": SKU, "KG-500": SECOND})


def intent_of(listing: Listing, **changes: Any) -> Intent:
    """The record of a create."""
    skus = tuple(v.sku for v in listing.structure.variants)
    made = Intent("8e5b2a1e-0000-4000-8000-000000000001", listing.code, listing.content.title, skus,
                  bool(listing.structure.options))  # fmt: skip
    return replace(made, **changes)


def create(listing: Listing, **changes: Any) -> Change:
    """The create of a listing, its intent written."""
    return replace(Change(Facet.structure, listing.code, None, None, listing, intent=intent_of(listing)), **changes)


def offer_change(facet: Facet, sku: str, before: Value | None, to: Value, known: Ids = PLAIN, **more: Any) -> Change:
    """A change of price or stock."""
    return replace(Change(facet, "KOPI-GAYO", sku, before, to, known), **more)


def stock(to: int, before: int = 12, listing: Listing | None = None, **more: Any) -> Change:
    """A change of the plain coffee's stock."""
    return offer_change(Facet.stock, "KOPI-GAYO-250", before, to, listing=listing, **more)


def listing_change(facet: Facet, before: Value | None, to: Value, known: Ids = PLAIN, **more: Any) -> Change:
    """A change of content, visibility or structure."""
    return replace(Change(facet, "KOPI-GAYO", None, before, to, known), **more)


def following(change: Change, outcome: Outcome) -> Change:
    """The change after a step, as the engine would hand it back."""
    assert isinstance(outcome, Begun), outcome
    return replace(change, ids=outcome.ids or change.ids, next_step=outcome.next_step)


def put(shop: TikTokShop, *changes: Change) -> list[Outcome]:
    """The outcomes of one round, in the order of the changes given."""
    found = {}
    for call in shop.calls(changes):
        for change, outcome in zip(call.changes, shop.send(call), strict=True):
            found[id(change)] = outcome
    return [found[id(change)] for change in changes]
