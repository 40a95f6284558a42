"""A small signed client of Blibli's seller API, written from the fact sheet alone, and what it needs to sell."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from adapters.clock import ManualClock
from adapters.sandbox import Sandbox
from tests.sandbox.client import png

MTA = "/v2/proxy/mta/api/businesspartner"
SELLER = "/v2/proxy/seller/v1"
CATEGORY = "KA-1000003"
"""A leaf: mandatory BA-2000001 (Bahan); NO-2000011 makes variants, in words of one's own."""

OPTION = "NO-2000011"
POINT, OTHER_POINT = "PP-3000001", "PP-3000002"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PICTURE = base64.b64encode(png(600)).decode()


def wib(milliseconds: int) -> str:
    """Line 4 of the signature (section 3.3), by hand."""
    at = datetime.fromtimestamp(milliseconds // 1000, UTC) + timedelta(hours=7)
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[at.weekday()]
    month = MONTHS[at.month - 1]
    clock = f"{at.hour:02d}:{at.minute:02d}:{at.second:02d}"
    return f"{day} {month} {at.day:02d} {clock} WIB {at.year}"


def sign(key: str, method: str, content_type: str, body: bytes, milliseconds: int, signed: str) -> str:
    """The signature over the path as it is signed (section 3.3)."""
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest() if body else ""
    raw = f"{method}\n{digest}\n{content_type}\n{wib(milliseconds)}\n{signed}"
    return base64.b64encode(hmac.new(key.encode(), raw.encode(), hashlib.sha256).digest()).decode()


def b64(text: str) -> str:
    """Text as descriptions travel."""
    return base64.b64encode(text.encode()).decode()


@dataclass
class Client:
    """Calls in the name of one store; `status`, `code` and `answer` are those of the last call."""

    shop: Sandbox
    clock: ManualClock
    session: requests.Session = field(default_factory=requests.Session)
    status: int = 0
    code: str = ""
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        self.keys = dict(self.shop.credentials)
        self._numbers = itertools.count(1)

    # --- the wire ----------------------------------------------------------------------------------------------------

    def query(self, path: str, request_id: str | None = None) -> dict[str, str]:
        """The query of section 2, with the ids of the path once more."""
        common = {
            "requestId": request_id or f"acme-{next(self._numbers):04d}", "storeId": "10001", "channelId": "acme",
            "username": self.keys["username"], "storeCode": self.keys["store_code"],
            "businessPartnerCode": self.keys["store_code"],
        }  # fmt: skip
        parts = path.removeprefix(f"{SELLER}/").split("/")
        name = {"products": "product-sku", "product-submissions": "product-sku", "categories": "category-code",
                "orders": "order-item-id"}.get(parts[0])  # fmt: skip
        if name is None or len(parts) < 2 or not parts[-1 if name == "order-item-id" else 1][:1].isupper():
            return common | ({"order-item-id": parts[2]} if parts[:2] == ["orders", "items"] else {})
        is_l4 = name == "product-sku" and parts[1].count("-") == 3
        return common | ({} if parts[1].startswith("MTA") else {"blibli-sku" if is_l4 else name: parts[1]})

    def signed(self, method: str, path: str, body: bytes, stamp: int | None = None) -> dict[str, str]:
        """All headers, signed now."""
        stamp = int(self.clock.now().timestamp() * 1000) if stamp is None else stamp
        content_type = "" if method == "GET" else "application/json"
        path = path.removeprefix("/v2/proxy").replace("/mta", "/mtaapi", 1)
        basic = base64.b64encode(f"{self.keys['client_id']}:{self.keys['client_key']}".encode()).decode()
        return {
            "Authorization": f"Basic {basic}", "Api-Seller-Key": self.keys["seller_key"], "Accept": "application/json",
            "Content-Type": "application/json", "Signature-Time": str(stamp),
            "Signature": sign(self.keys["signature_key"], method, content_type, body, stamp, path),
        }  # fmt: skip

    def call(
        self, method: str, path: str, body: Any = None, *, request_id: str | None = None,
        headers: Mapping[str, str | None] | None = None, stamp: int | None = None, drop: tuple[str, ...] = (),
        named: Mapping[str, Any] | None = None, **query: Any,
    ) -> Any:  # fmt: skip
        """One call: the answer's content or value. `headers` None takes one out; `drop` takes parameters out,
        `named` puts those in whose names are no names here."""
        sent = b"" if body is None else json.dumps(body).encode()
        head = {k: v for k, v in {**self.signed(method, path, sent, stamp), **(headers or {})}.items() if v is not None}
        asked = {k: v for k, v in {**self.query(path, request_id), **(named or {}), **query}.items() if k not in drop}
        reply = self.session.request(
            method, self.shop.url + path, params=asked, data=sent, headers=head, timeout=20, allow_redirects=False
        )
        return self._took(reply)

    def _took(self, reply: requests.Response) -> Any:
        self.status, self.text, self.headers = reply.status_code, reply.text, reply.headers
        is_json = reply.headers["Content-Type"].startswith("application/json") and reply.content
        self.answer = reply.json() if is_json else {}
        self.code = self.answer.get("errorCode") or ""
        return self.answer.get("value") if self.answer.get("value") is not None else self.answer.get("content")

    def good(self, *args: Any, **options: Any) -> Any:
        """A call that must succeed by the test of section 5."""
        found = self.call(*args, **options)
        assert self.status in (200, 202, 204), (self.status, self.text)
        assert self.code == "", self.answer
        assert self.answer.get("success") is not False
        return found

    # --- what a seller does ------------------------------------------------------------------------------------------

    def product(self, sku: str = "KP-1", options: tuple[str, ...] = (), **other: Any) -> dict[str, Any]:
        """A product of a create V2; with `options` one variant each, `sku`-option."""
        names = [f"{sku}-{option}" for option in options] or [sku]
        items = [
            {"merchantSku": name, "price": 150000, "salePrice": 140000, "stock": 12, "minimumStock": 1,
             "buyable": True, "displayable": True, "images": ["a"],
             "attributesMap": {OPTION: options[number]} if options else {}}
            for number, name in enumerate(names)
        ]  # fmt: skip
        return {
            "name": f"Cincin resam {sku}", "brand": "Kabut Pagi", "categoryCode": CATEGORY, "productType": 1,
            "pickupPointCode": POINT, "length": 10, "width": 8, "height": 3, "weight": 250,
            "description": b64("Cincin dari anyaman resam, buatan tangan."),
            "productNonDefiningAttributes": {"BA-2000001": "Serat Alam"},
            "productDefiningAttributes": {OPTION: list(options)} if options else {}, "productItems": items,
            "imageMap": {"a": PICTURE}, **other,
        }  # fmt: skip

    def create(self, *products: dict[str, Any], single: bool = False, **options: Any) -> str:
        """createProduct V2; gives the queue's id. `single` = the body is the first product."""
        store = {"bpCode": self.keys["store_code"]}
        body = {**store, **(products[0] if single else {"products": list(products)})}
        queue: str = self.good("POST", f"{MTA}/v2/product/createProduct", body, **options)["queueFeedId"]
        return queue

    def v3(self, sku: str = "KP-3", **other: Any) -> dict[str, Any]:
        """A product of a create V3."""
        return {
            "name": f"Cincin resam {sku}", "brandCode": "BR-300004", "categoryCode": CATEGORY,
            "description": b64("Cincin dari anyaman resam."), "pickupPointCode": POINT, "productType": 1,
            "dimension": {"length": 10, "width": 8, "height": 3, "weight": 250},
            "attributes": {"BA-2000001": "Serat Alam"}, "imageMap": {"a": PICTURE},
            "productItems": [{"sellerSku": sku, "price": {"regular": 150000, "sale": 140000}, "stock": 12,
                              "buyable": True, "images": ["a"]}],
            **other,
        }  # fmt: skip

    def create_v3(self, *products: dict[str, Any], **options: Any) -> Any:
        """products/async; gives what it says."""
        return self.call("POST", f"{SELLER}/products/async", {"product": list(products)}, **options)

    def history(self, queue: str, **options: Any) -> list[dict[str, Any]]:
        """The rows of a queue, their inner JSON read."""
        value = self.good("GET", f"{MTA}/v1/feed/detail", request_id=queue, **options)
        return [{**row, "value": json.loads(row["value"])} for row in value["queueHistory"]]

    def live(self, sku: str = "KP-1", options: tuple[str, ...] = (), **other: Any) -> str:
        """A product that came through queue and review: its L3."""
        self.create(self.product(sku, options, **other))
        self.clock.advance(60 + 3600)
        found = [row for row in self.listed("ACTIVE", "OOS") if row["product"]["name"].endswith(sku)]
        assert len(found) == 1, found
        l3: str = found[0]["product"]["sku"]
        return l3

    def listed(self, *states: str | None) -> list[dict[str, Any]]:
        """List V3 in these states (None = without one)."""
        rows = []
        for state in states or (None,):
            wanted = {} if state is None else {"state": state}
            body = {"filter": wanted, "paging": {"page": 0, "size": 50}}
            rows += self.good("POST", f"{SELLER}/products/filter", body)
        return rows

    def offers(self, **wanted: Any) -> dict[str, dict[str, Any]]:
        """List V2 by merchantSku."""
        rows = self.good("POST", f"{MTA}/v2/product/getProductList", {"page": 0, "size": 100, **wanted})
        return {row["merchantSku"]: row for row in rows}

    def submissions(self, **wanted: Any) -> list[dict[str, Any]]:
        """product-submissions/filter."""
        rows: list[dict[str, Any]] = self.good(
            "POST", f"{SELLER}/product-submissions/filter", {"filter": wanted, "paging": {"page": 0, "size": 50}}
        )
        return rows

    def update(self, *rows: dict[str, Any], wait: bool = True) -> list[dict[str, Any]]:
        """updateProduct, and its history once it is through."""
        rows = tuple({"pickupPointCode": POINT, **row} for row in rows)
        body = {"merchantCode": self.keys["store_code"], "productRequests": list(rows)}
        value = self.good("POST", f"{MTA}/v1/product/updateProduct", body)
        if not wait:
            return []
        queue = value["queueFeedId"] if value else self.answer["requestId"]
        self.clock.advance(60)
        return self.history(queue)

    def stock(self, gdn: str, stock: int, **other: Any) -> Any:
        """PUT stock of one SKU."""
        body = {"availableStock": stock, "pickupPointCode": POINT, **other}
        return self.call("PUT", f"{SELLER}/products/{gdn}/stock", {k: v for k, v in body.items() if v is not None})

    def price(self, gdn: str, regular: int, sale: int | None = None, **other: Any) -> Any:
        """PUT price of one SKU."""
        price = {"regular": regular} if sale is None else {"regular": regular, "sale": sale}
        return self.call("PUT", f"{SELLER}/products/{gdn}", {"price": price, "pickupPointCode": POINT, **other})

    def edit(self, l3: str, **fields: Any) -> Any:
        """PUT detail of one product."""
        return self.call("PUT", f"{SELLER}/products/{l3}/detail", fields)

    def truth(self, sku: str) -> dict[str, Any]:
        """The listing that has this SKU, as the sandbox knows it."""
        return next(one for one in self.shop.truth() if any(v["sku"] == sku for v in one["variants"]))

    def bought(self, sku: str, quantity: int = 1, **other: Any) -> dict[str, Any]:
        """A buyer's order."""
        order: dict[str, Any] = self.shop.control(
            "POST", "orders", {"lines": [{"sku": sku, "quantity": quantity}], **other}
        )
        return order
