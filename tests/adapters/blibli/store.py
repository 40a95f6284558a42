"""A Blibli store on the wire, as far as tests need one: access, facts, changes, envelopes."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.blibli import Blibli, build
from adapters.clock import ManualClock
from adapters.contract import (
    Access,
    Cause,
    Change,
    Content,
    Facet,
    Facts,
    Grant,
    Ids,
    Intent,
    Limits,
    Listing,
    MarketplaceError,
    Picture,
    Price,
    Rate,
    Receipt,
    Structure,
    Value,
    Variant,
)

HOST = "http://127.0.0.1:9"
STORE, POINT = "TOQ-15126", "PP-3000001"
L3 = "TOQ-15126-00001"
SIGNATURE_KEY = "sim-signature-key"
KEYS = {
    "client_id": "sim-client", "client_key": "sim-client-key-0001", "seller_key": "SIM-SELLER-KEY-0001",
    "username": "toko@example.org", "signature_key": SIGNATURE_KEY,
}  # fmt: skip
START = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
LIMITS = Limits(
    rates=(Rate("app", 1000, 1.0),), settle_s=300.0, rows_per_call=100, listings_per_call=100, clock_tolerance_s=600.0
)
MS = int(START.timestamp() * 1000)
CATEGORY = "KA-1000001"
QUEUE = "01HZX0000000000000000SIM01"
MTA = "/proxy/mta/api/businesspartner"

PRIVATE: dict[str, Any] = {
    "point": POINT,
    "several": False,
    "brands": {"acme": ["BR-1", "Acme"], "no brand": ["BR-0", "No Brand"]},
    "categories": {
        CATEGORY: {
            "WA-0000002": {"name": "Warna", "mandatory": True, "variant": True, "names": ["Color"], "values": []},
            "UK-0000003": {"name": "Ukuran", "mandatory": False, "variant": True, "names": [], "values": ["M", "L"]},
            "FA-2000060": {
                "name": "Family Colour", "mandatory": True, "variant": True, "names": [], "values": ["Merah", "Biru"],
            },
            "BA-0000004": {"name": "Bahan", "mandatory": True, "variant": False, "names": [], "values": []},
            "AS-0000005": {
                "name": "Asal", "mandatory": False, "variant": False, "names": [], "values": ["Indonesia"],
            },
        }
    },
}  # fmt: skip


class NoGrants:
    """Blibli has no tokens: asking for one is a mistake."""

    def grant(self) -> Grant:
        raise MarketplaceError(Cause.auth, "", "nobody should ask")

    def renew(self, stale: Grant) -> Grant:
        raise MarketplaceError(Cause.auth, "", "nobody should ask")


def adapter(
    clock: ManualClock | None = None,
    limits: Limits = LIMITS,
    private: Mapping[str, Any] | None = PRIVATE,
    keys: Mapping[str, str] = KEYS,
    location: str | None = None,
    assumptions: Mapping[str, str] | None = None,
) -> Blibli:
    """An adapter that knows the facts above."""
    access = Access(STORE, HOST, keys, location, None, assumptions or {})
    made = build(access, limits, NoGrants(), clock or ManualClock(START), random.Random(7))
    if private is not None:
        made.instruct(Facts(STORE, {}, json.dumps(private)))
    return made


# --- the wire


def url(path: str) -> str:
    """The address of an endpoint, `path` from /proxy on."""
    return f"{HOST}/v2{path}"


SELLER = "/proxy/seller/v1"
CREATE = url(f"{MTA}/v2/product/createProduct")
BULK = url(f"{MTA}/v1/product/updateProduct")
LIST_V2 = url(f"{MTA}/v2/product/getProductList")
LIST_V3 = url(f"{SELLER}/products/filter")
FEED = url(f"{MTA}/v1/feed/detail")
FEEDS = url(f"{MTA}/v1/feed/list")
SUBMISSIONS = url(f"{SELLER}/product-submissions/filter")
REJECTED = url(f"{MTA}/v2/product/rejectedProductByMerchantSku")
ARCHIVE = url(f"{SELLER}/products/statuses/archive")
UNARCHIVE = url(f"{SELLER}/products/statuses/unarchive")
ORDERS = url(f"{SELLER}/orders/packages/filter")


def mta(value: Any = None, **more: Any) -> dict[str, Any]:
    """A success of the older family; a list stands in `content`."""
    body = {"requestId": "acme-0001", "headers": None, "errorMessage": None, "errorCode": None, "success": True}
    return body | ({"content": value} if isinstance(value, list) else {"value": value}) | more


def seller(content: Any = None, total: int | None = None, **more: Any) -> dict[str, Any]:
    """A success of the newer family: no `success` field."""
    body = {"requestId": "acme-0002", "content": content, "errorCode": None, "errorMessage": None}
    if isinstance(content, list):
        count = len(content) if total is None else total
        body["paging"] = {"pageNumber": 0, "pageSize": 50, "totalPage": 1, "totalRecord": count}
    return body | more


def rows(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A page of list V2."""
    pages = {"pageSize": 100, "pageNumber": 0, "totalRecords": len(found)}
    return mta(list(found), pageMetaData=pages)


def bad(code: str | None, message: str = "refused") -> dict[str, Any]:
    """A refusal."""
    return {"requestId": "acme-0003", "success": False, "errorCode": code, "errorMessage": message}


def queued(total: int = 1) -> dict[str, Any]:
    """The answer to a create."""
    head = {"queueFeedId": QUEUE, "requestAction": "createProductV2", "total": total, "timeStamp": MS}
    return mta(head)


def history(*found: Mapping[str, Any], total: int | None = None) -> dict[str, Any]:
    """A queue's detail."""
    head = {
        "requestId": QUEUE, "requestAction": "createProductV2", "timeStamp": MS,
        "total": len(found) if total is None else total,
    }  # fmt: skip
    return mta({"queueFeed": head, "queueHistory": list(found)}, requestId=QUEUE)


def created_row(*skus: str, ok: bool = True, message: str | None = None, code: str = "MTA-9000001") -> dict[str, Any]:
    """A queue's row of a create: JSON inside JSON."""
    value = {"productName": "Kaos Polos", "merchantSkuList": list(skus)} | ({"productCode": code} if ok else {})
    return {
        "gdnSku": None, "value": json.dumps(value), "timestamp": MS, "isSuccess": ok, "errorMessage": message,
    }  # fmt: skip


def offer_row(offer: str, ok: bool = True, message: str | None = None) -> dict[str, Any]:
    """A queue's row of a bulk update."""
    return {"gdnSku": offer, "value": "{}", "timestamp": MS, "isSuccess": ok, "errorMessage": message}


def variant_row(sku: str, at: int = 1, l3: str = L3, **more: Any) -> dict[str, Any]:
    """A row of list V2."""
    return {
        "gdnSku": f"{l3}-{at:05d}", "productName": "Kaos Polos", "productItemCode": f"MTA-9000001-{at:05d}",
        "productSku": l3, "merchantSku": sku, "regularPrice": 150000.0, "sellingPrice": 150000.0,
        "stockAvailableLv1": 0, "stockReservedLv1": 0, "stockAvailableLv2": 7, "stockReservedLv2": 0,
        "pickupPointCode": POINT, "displayable": True, "buyable": True, "isArchive": False, "review": False,
        "createdDate": MS,
    } | more  # fmt: skip


def submission_row(state: str, **product: Any) -> dict[str, Any]:
    """A row of the submission list."""
    shown = {"code": "MTA-9000001", "sku": None, "name": "Kaos Polos", "revisionNotes": None, "state": state}
    return {"product": shown | product, "productItems": [{"name": "M", "code": "MTA-9000001-00001", "upcCode": None}]}


def sent(wire: Any, at: int = -1) -> dict[str, Any]:
    """The JSON body of a request that was sent."""
    parsed: dict[str, Any] = json.loads(wire.calls[at].request.body or "{}")
    return parsed


def paths(wire: Any) -> list[str]:
    """The endpoints called, in order, by their last part."""
    return [str(call.request.url).split("?")[0].rpartition("/")[2] for call in wire.calls]


def asked(wire: Any, at: int = -1) -> dict[str, str]:
    """The query of a request that was sent."""
    return query(wire.calls[at])


def query(call: Any) -> dict[str, str]:
    """The query of one recorded call."""
    params: dict[str, str] = call.request.params
    return params


def body(call: Any) -> dict[str, Any]:
    """The JSON body of one recorded call."""
    parsed: dict[str, Any] = json.loads(call.request.body or "{}")
    return parsed


# --- our values


def variant(sku: str, *options: str) -> Variant:
    """A shirt."""
    return Variant(sku, options, 250, (30, 20, 3))


def picture(folder: Path, content: bytes = b"\xff\xd8\xff picture", name: str = "kaos.jpg") -> Picture:
    """A picture on disk."""
    path = folder / name
    path.write_bytes(content)
    return Picture(hashlib.sha256(content).hexdigest(), str(path))


def content(pictures: Sequence[Picture] = (), **changes: Any) -> Content:
    """The shirt's content."""
    shirt = Content(
        title="Kaos Polos", description="Kaos katun, nyaman.", category=CATEGORY, pictures=tuple(pictures),
        attributes=(("BA-0000004", "Katun"), ("AS-0000005", "indonesia"), ("WA-0000002", "Merah")),
        parcel=(250, (30, 20, 3)),
    )  # fmt: skip
    return replace(shirt, **changes)


def plain_listing(pictures: Sequence[Picture] = (), sku: str = "KP-1", **changes: Any) -> Listing:
    """A shirt without options."""
    one = Structure((), (variant(sku),))
    made = Listing(sku, one, content(pictures), {sku: Price(150000)}, {sku: 12}, True)
    return replace(made, **changes)


def coloured_listing(pictures: Sequence[Picture] = ()) -> Listing:
    """A shirt in two colours."""
    two = Structure(("Color",), (variant("KP-1-R", "Merah Tua"), variant("KP-1-B", "Biru")))
    prices = {"KP-1-R": Price(150000), "KP-1-B": Price(155000, 140000)}
    shown = content(pictures, parcel=None, attributes=(("BA-0000004", "Katun"),))
    return Listing("KP-1", two, shown, prices, {"KP-1-R": 3, "KP-1-B": 0}, True)


def intent_of(listing: Listing, sent_at: datetime | None = None, body: str | None = None) -> Intent:
    """The record of a create."""
    skus = tuple(v.sku for v in listing.structure.variants)
    has_options = bool(listing.structure.options)
    return Intent("u-1", listing.code, listing.content.title, skus, has_options, sent_at, body)


def create(listing: Listing, **changes: Any) -> Change:
    """The create of a listing, its intent written."""
    made = Change(Facet.structure, listing.code, None, None, listing, intent=intent_of(listing))
    return replace(made, **changes)


def ids(*skus: str, l3: str = L3) -> Ids:
    """Ids of a listing, its variants numbered from one."""
    return Ids(l3, {sku: f"{l3}-{at:05d}" for at, sku in enumerate(skus, 1)})


def offer_change(facet: Facet, sku: str, before: Value | None, to: Value, known: Ids, **changes: Any) -> Change:
    """A change of price or stock."""
    return replace(Change(facet, "KP-1", sku, before, to, known), **changes)


def listing_change(facet: Facet, before: Value | None, to: Value, known: Ids, **changes: Any) -> Change:
    """A change of content, visibility or structure."""
    return replace(Change(facet, known.listing, None, before, to, known), **changes)


def receipt(change: Change, stage: str = "queue", at: datetime = START, **more: Any) -> Receipt:
    """A receipt for one change."""
    kept = {"stage": stage, "at": int(at.timestamp())} | ({"queue": QUEUE} if stage == "queue" else {}) | more
    return Receipt(json.dumps(kept), (change,))
