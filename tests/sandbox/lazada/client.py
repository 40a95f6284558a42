"""A small signed client of Lazada's Open Platform, written from the fact sheet alone, and what it needs to sell."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

from adapters.clock import ManualClock
from adapters.sandbox import Sandbox
from tests.sandbox.client import png

CATEGORY = "10100022"
"""A leaf for food: mandatory shelf_life_days (numeric) and net_weight_g; storage is filled in by the marketplace."""

OTHER = "10100003"
"""A leaf with material (single choice) mandatory."""

NO_VARIANTS = "10100090"
AXIS = "Gilingan"
REVIEW_S = 4 * 3600


def sign(secret: str, path: str, parameters: Mapping[str, str]) -> str:
    """The signature of section 2, by hand."""
    base = path + "".join(f"{name}{parameters[name]}" for name in sorted(parameters) if name != "sign")
    return hmac.new(secret.encode(), base.encode(), hashlib.sha256).hexdigest().upper()


def xml(tag: str, value: Any) -> str:
    """A value as XML: lists repeat their tag."""
    if isinstance(value, Mapping):
        return f"<{tag}>{''.join(xml(name, one) for name, one in value.items())}</{tag}>"
    if isinstance(value, list):
        return "".join(xml(tag, one) for one in value)
    escaped = str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<{tag}>{escaped}</{tag}>"


@dataclass
class Client:
    """Calls in the name of one shop; `code`, `text`, `detail` and `answer` are those of the last call."""

    shop: Sandbox
    clock: ManualClock
    session: requests.Session = field(default_factory=requests.Session)
    code: str = ""
    text: str = ""
    detail: list[dict[str, str]] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        self.keys = dict(self.shop.credentials)

    # --- the wire ----------------------------------------------------------------------------------------------------

    def signed(self, path: str, parameters: Mapping[str, str], token: bool = True, **system: str) -> dict[str, str]:
        """All parameters, signed now; `system` replaces some of them, "" takes one out."""
        whole = {"app_key": self.keys["app_key"], "sign_method": "sha256",
                 "timestamp": str(int(self.clock.now().timestamp() * 1000)), **parameters}  # fmt: skip
        if token:
            whole["access_token"] = self.keys["access_token"]
        whole = {name: value for name, value in {**whole, **system}.items() if value or name not in system}
        return {**whole, "sign": system.get("sign") or sign(self.keys["app_secret"], path, whole)}

    def call(
        self, method: str, path: str, parameters: Mapping[str, str] | None = None, *, token: bool = True,
        files: Any = None, system: Mapping[str, str] | None = None,
    ) -> Any:  # fmt: skip
        """One call as the official SDK makes it: a GET all in the query, a POST all in the form. The answer's data."""
        sent = self.signed(path, parameters or {}, token, **(system or {}))
        place: dict[str, Any] = {"params": sent} if method == "GET" else {"data": sent}
        address = f"{self.shop.url}/rest{path}"
        return self.took(self.session.request(method, address, **place, files=files, timeout=20))

    def took(self, reply: requests.Response) -> Any:
        """Remember an answer; its data."""
        assert (reply.status_code, reply.headers["Content-Type"]) == (200, "application/json"), reply.text
        self.answer = reply.json()
        self.code, self.text = self.answer["code"], self.answer.get("message", "")
        self.detail = self.answer.get("detail", [])
        assert self.answer["request_id"]
        return self.answer.get("data")

    def get(self, path: str, **parameters: str) -> Any:
        """A GET that must succeed by the test of section 4.1."""
        found = self.call("GET", path, parameters)
        assert (self.code, self.detail) == ("0", []), self.answer
        return found

    def post(self, path: str, request: Mapping[str, Any] | str, as_xml: bool = False) -> Any:
        """A POST of a document, as JSON or XML; what came of it is in `code` and `detail`."""
        name = "apiRequestBody" if path == "/product/deactivate" else "payload"
        payload = request if isinstance(request, str) else xml("Request", request) if as_xml else json.dumps(
            {"Request": request}, ensure_ascii=False)  # fmt: skip
        return self.call("POST", path, {name: payload})

    def good(self, path: str, request: Mapping[str, Any] | str, as_xml: bool = False) -> Any:
        """A POST of a document that must succeed."""
        found = self.post(path, request, as_xml)
        assert (self.code, self.detail) == ("0", []), self.answer
        return found

    # --- what a seller does ------------------------------------------------------------------------------------------

    def picture(self, side: int = 400) -> str:
        """An uploaded picture's address; each side length is another picture."""
        found = self.call("POST", "/image/upload", files={"image": ("a.png", png(side), "image/png")})
        assert self.code == "0", self.answer
        return str(found["image"]["url"])

    def sku(self, seller_sku: str, option: str = "", **more: Any) -> dict[str, Any]:
        """One SKU of a payload, with an option of `AXIS` if there is one."""
        prop = {"saleProp": {AXIS: option}} if option else {}
        return {
            "SellerSku": seller_sku, **prop, "quantity": "12", "price": "85000", "package_length": "10",
            "package_width": "8", "package_height": "20", "package_weight": "0.3", "package_content": "1 x kopi",
            **more,
        }  # fmt: skip

    def product(self, *skus: str, attributes: Mapping[str, str] | None = None, **more: Any) -> dict[str, Any]:
        """A whole create's Product; two or more SKUs make variants."""
        options = [f"Pilihan {number}" for number in range(1, len(skus) + 1)] if len(skus) > 1 else [""]
        axis = {"variation": {"variation1": {"name": AXIS, "hasImage": "false", "customize": "true",
                                             "options": {"option": options}}}} if len(skus) > 1 else {}  # fmt: skip
        rows = [self.sku(name, option) for name, option in zip(skus, options, strict=True)]
        return {
            "PrimaryCategory": CATEGORY, "Images": {"Image": [self.picture()]},
            "Attributes": {"name": "Kopi Arabika Gayo 250 g", "description": "<p>Biji sangrai</p>",
                           "short_description": "<ul><li>250 g</li></ul>", "brand": "No Brand",
                           "shelf_life_days": "180", "net_weight_g": "250", **(attributes or {})},
            **axis, "Skus": {"Sku": rows}, **more,
        }  # fmt: skip

    def create(self, product: Mapping[str, Any]) -> tuple[str, list[str]]:
        """A create that must succeed: ItemId and SkuIds."""
        found = self.good("/product/create", {"Product": product})
        return str(found["item_id"]), [str(row["sku_id"]) for row in found["sku_list"]]

    def live(self, *skus: str) -> tuple[str, list[str]]:
        """A product that is through its review: ItemId and SkuIds."""
        made = self.create(self.product(*(skus or ("KP-1",))))
        self.clock.advance(REVIEW_S)
        return made

    def rows(self, path: str, *rows: Mapping[str, str], as_xml: bool = True) -> Any:
        """A call about several SKUs; what came of it is in `code` and `detail`."""
        return self.post(path, {"Product": {"Skus": {"Sku": list(rows)}}}, as_xml)

    def prices(self, *rows: Mapping[str, str], as_xml: bool = True) -> Any:
        """UpdatePriceQuantity."""
        return self.rows("/product/price_quantity/update", *rows, as_xml=as_xml)

    def stocks(self, *rows: Mapping[str, str], as_xml: bool = True) -> Any:
        """UpdateSellableQuantity."""
        return self.rows("/product/stock/sellable/update", *rows, as_xml=as_xml)

    def update(self, item: str, as_xml: bool = False, **product: Any) -> Any:
        """UpdateProduct."""
        return self.post("/product/update", {"Product": {"ItemId": item, **product}}, as_xml)

    def item(self, item: str) -> dict[str, Any]:
        """One product as it is read by its id."""
        found: dict[str, Any] = self.get("/product/item/get", item_id=item)
        return found

    def listed(self, **asked: str) -> list[dict[str, Any]]:
        """The products of a list."""
        found: list[dict[str, Any]] = self.get("/products/get", **{"filter": "all", **asked})["products"]
        return found

    def truth(self, sku: str) -> dict[str, Any]:
        """A variant as it truly is."""
        return next(v for row in self.shop.truth() for v in row["variants"] if v["sku"] == sku)

    def status(self) -> Sequence[str]:
        """The statuses of all listings."""
        return [row["status"] for row in self.shop.truth()]

    def buy(self, sku: str, quantity: int = 1, paid: bool = True) -> str:
        """A buyer's order."""
        found = self.shop.control("POST", "orders", {"lines": [{"sku": sku, "quantity": quantity}], "paid": paid})
        return str(found["id"])
