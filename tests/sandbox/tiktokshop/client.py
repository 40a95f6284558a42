"""A small signed client of the Partner API, written from the fact sheet alone, and what it needs to sell."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from adapters.clock import ManualClock
from adapters.sandbox import Sandbox
from tests.sandbox.client import png

CATEGORY = "600003"
"""A leaf: required 100001 (Bahan); 100008 (Nomor) makes variants, in words of one's own."""

KIND = "100008"
WAREHOUSE, OTHER_WAREHOUSE = "7068517275539719942", "7068517275539719943"
BOTH = ["TIKTOK_SHOP", "TOKOPEDIA"]
AUDIT_S = 3600
UNCIPHERED = ("/authorization/", "/seller/", "/product/202309/images/upload")


def sign(secret: str, path: str, query: Mapping[str, str], body: bytes) -> str:
    """Section 3, by hand."""
    text = path + "".join(name + query[name] for name in sorted(query) if name not in ("sign", "access_token"))
    return hmac.new(
        secret.encode(), secret.encode() + text.encode() + body + secret.encode(), hashlib.sha256
    ).hexdigest()


@dataclass
class Client:
    """Calls in the name of one shop; `status`, `code` and `answer` are those of the last call."""

    shop: Sandbox
    clock: ManualClock
    session: requests.Session = field(default_factory=requests.Session)
    status: int = 0
    code: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        self.keys = dict(self.shop.credentials)
        self.token = self.keys["access_token"]

    # --- the wire ----------------------------------------------------------------------------------------------------

    def query(self, path: str, stamp: int | None = None) -> dict[str, str]:
        """What every call bears."""
        now = int(self.clock.now().timestamp()) if stamp is None else stamp
        common = {"app_key": self.keys["app_key"], "timestamp": str(now)}
        return common if path.startswith(UNCIPHERED) else {**common, "shop_cipher": self.keys["shop_cipher"]}

    def call(
        self, method: str, path: str, body: Any = None, *, stamp: int | None = None, drop: tuple[str, ...] = (),
        headers: Mapping[str, str | None] | None = None, raw: bytes | None = None,
        named: Mapping[str, str] | None = None,
        **query: Any,
    ) -> Any:  # fmt: skip
        """One call: the answer's data. `headers` None takes one out; `drop` takes parameters out."""
        sent = raw if raw is not None else b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        asked = {**self.query(path, stamp), **{k: str(v) for k, v in {**query, **(named or {})}.items()}}
        asked = {name: value for name, value in asked.items() if name not in drop}
        asked.setdefault("sign", sign(self.keys["app_secret"], path, asked, sent))
        head = {"content-type": "application/json", "x-tts-access-token": self.token, **(headers or {})}
        return self._took(self.session.request(
            method, self.shop.url + path, params=asked, data=sent, timeout=20, allow_redirects=False,
            headers={name: value for name, value in head.items() if value is not None},
        ))  # fmt: skip

    def _took(self, reply: requests.Response) -> Any:
        self.status, self.headers = reply.status_code, reply.headers
        is_json = reply.headers["Content-Type"] == "application/json" and reply.content
        self.answer = reply.json() if is_json else {}
        self.code = self.answer.get("code", -1)
        return self.answer.get("data")

    def good(self, *args: Any, **options: Any) -> Any:
        """A call that must succeed by the test of section 5.1."""
        found = self.call(*args, **options)
        assert (self.status, self.code) == (200, 0), self.answer
        assert not (found or {}).get("errors"), self.answer
        return found

    def errors(self, *args: Any, **options: Any) -> list[dict[str, Any]]:
        """The rows of `data.errors` of a call that answers code 0."""
        found = self.call(*args, **options)
        assert (self.status, self.code) == (200, 0), self.answer
        return list(found.get("errors", []))

    def token_call(self, what: str, **query: str) -> Any:
        """token/get or token/refresh, unsigned."""
        grants = {"get": "authorized_code", "refresh": "refresh_token"}
        asked = {
            "app_key": self.keys["app_key"],
            "app_secret": self.keys["app_secret"],
            "grant_type": grants[what],
            **query,
        }
        return self._took(self.session.get(f"{self.shop.url}/api/v2/token/{what}", params=asked, timeout=20))

    # --- what a seller does ------------------------------------------------------------------------------------------

    def picture(self, side: int = 600, shade: int = 0, **more: str) -> dict[str, Any]:
        """An uploaded picture."""
        path = "/product/202309/images/upload"
        asked = self.query(path)
        asked["sign"] = sign(self.keys["app_secret"], path, asked, b"")
        reply = self.session.post(
            self.shop.url + path, params=asked, files={"data": ("a.png", png(side, shade), "image/png")},
            data={"use_case": "MAIN_IMAGE", **more}, headers={"x-tts-access-token": self.token}, timeout=20,
        )  # fmt: skip
        found: dict[str, Any] = self._took(reply)
        return found

    def body(self, sku: str = "KP-1", options: tuple[str, ...] = (), **other: Any) -> dict[str, Any]:
        """A product of a create; with `options` one SKU each, `sku`-option."""
        names = [f"{sku}-{option}" for option in options] or [sku]
        kinds = [[{"id": KIND, "value_name": option}] for option in options] or [[]]
        skus = [
            {"seller_sku": name, "price": {"amount": "85000", "currency": "IDR"},
             "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 12}],
             **({"sales_attributes": kind} if kind else {})}
            for name, kind in zip(names, kinds, strict=True)
        ]  # fmt: skip
        return {
            "save_mode": "LISTING", "title": f"Cincin resam buatan tangan {sku}", "description": "<p>Dari resam</p>",
            "category_id": CATEGORY, "category_version": "v2", "main_images": [{"uri": self.picture()["uri"]}],
            "package_weight": {"value": "0.3", "unit": "KILOGRAM"},
            "package_dimensions": {"length": "10", "width": "8", "height": "20", "unit": "CENTIMETER"},
            "product_attributes": [{"id": "100001", "values": [{"id": "1000001"}]}], "listing_platforms": BOTH,
            "skus": skus, **other,
        }  # fmt: skip

    def create(self, sku: str = "KP-1", options: tuple[str, ...] = (), **other: Any) -> str:
        """A product in audit: its id."""
        number: str = self.good("POST", "/product/202309/products", self.body(sku, options, **other))["product_id"]
        return number

    def live(self, sku: str = "KP-1", options: tuple[str, ...] = (), **other: Any) -> str:
        """A product that came through its audit: its id."""
        number = self.create(sku, options, **other)
        self.clock.advance(AUDIT_S)
        return number

    def get(self, number: str, **query: str) -> dict[str, Any]:
        """Get Product."""
        found: dict[str, Any] = self.good("GET", f"/product/202309/products/{number}", named=query)
        return found

    def skus(self, number: str) -> dict[str, str]:
        """SKU ids by seller_sku."""
        return {sku["seller_sku"]: sku["id"] for sku in self.get(number)["skus"]}

    def search(self, size: int = 100, **wanted: Any) -> list[dict[str, Any]]:
        """One page of Search Products."""
        path = "/product/202502/products/search"
        rows: list[dict[str, Any]] = self.good("POST", path, wanted, page_size=size)["products"]
        return rows

    def stock(self, number: str, rows: Mapping[str, int], **options: Any) -> list[dict[str, Any]]:
        """A stock write of one warehouse; gives the failed rows."""
        skus = [
            {"id": sku, "inventory": [{"warehouse_id": WAREHOUSE, "quantity": quantity}]}
            for sku, quantity in rows.items()
        ]
        return self.errors("POST", f"/product/202309/products/{number}/inventory/update", {"skus": skus}, **options)

    def price(self, number: str, rows: Mapping[str, str]) -> int:
        """A price write; gives its code."""
        skus = [{"id": sku, "price": {"amount": amount, "currency": "IDR"}} for sku, amount in rows.items()]
        self.call("POST", f"/product/202309/products/{number}/prices/update", {"skus": skus})
        return self.code

    def partial(self, number: str, **fields: Any) -> Any:
        """A partial edit."""
        return self.call("POST", f"/product/202509/products/{number}/partial_edit", fields)

    def states(self, what: str, *numbers: str, **more: Any) -> list[dict[str, Any]]:
        """activate, deactivate, recover or delete; gives the failed rows."""
        method, path = ("DELETE", "") if what == "delete" else ("POST", f"/{what}")
        return self.errors(method, f"/product/202309/products{path}", {"product_ids": list(numbers), **more})

    def orders(self, **wanted: Any) -> list[dict[str, Any]]:
        """One page of the order search."""
        rows: list[dict[str, Any]] = self.good("POST", "/order/202309/orders/search", wanted, page_size=50)["orders"]
        return rows

    def order(self, sku: str, quantity: int = 1, **more: Any) -> str:
        """A buyer's order."""
        number: str = self.shop.control("POST", "orders", {"lines": [{"sku": sku, "quantity": quantity}], **more})["id"]
        return number

    def truth(self, sku: str = "KP-1") -> dict[str, Any]:
        """The listing that has a SKU."""
        return next(one for one in self.shop.truth() if any(v["sku"] == sku for v in one["variants"]))

    def offer(self, sku: str = "KP-1") -> dict[str, Any]:
        """The variant of a SKU."""
        return next(v for v in self.truth(sku)["variants"] if v["sku"] == sku)

    def faulty(self, kind: str, operation: str = "*", times: int | None = 1) -> None:
        """Put one fault in force."""
        self.shop.control("PUT", "faults", [{"operation": operation, "kind": kind, "times": times}])
