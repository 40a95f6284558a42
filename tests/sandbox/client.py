"""A small signed client of Shopee's Open Platform, written from the fact sheet alone, and what it needs to sell."""

from __future__ import annotations

import hashlib
import hmac
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from adapters.clock import ManualClock
from adapters.sandbox import Sandbox

LEAF = 100103
"""A leaf without a mandatory brand; its attributes: 200002 (words of one's own), 200003 (a dropdown)."""

ATTRIBUTES = [
    {"attribute_id": 200002, "attribute_value_list": [{"value_id": 300001}]},
    {"attribute_id": 200003, "attribute_value_list": [{"value_id": 300013}]},
]
STATUSES = ("NORMAL", "UNLIST", "BANNED", "REVIEWING", "SELLER_DELETE", "SHOPEE_DELETE")


def png(side: int = 400, shade: int = 0) -> bytes:
    """A grey PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = (b"\x00" + bytes([shade]) * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def sign(key: str, base: str) -> str:
    """The signature of section 1.2."""
    return hmac.new(key.encode(), base.encode(), hashlib.sha256).hexdigest()


@dataclass
class Client:
    """Calls in the name of one shop; `code` and `answer` are those of the last call."""

    shop: Sandbox
    clock: ManualClock
    session: requests.Session = field(default_factory=requests.Session)
    status: int = 0
    code: str = ""
    answer: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        credentials = self.shop.credentials
        self.partner, self.key = int(credentials["partner_id"]), str(credentials["partner_key"])
        self.shop_id, self.token = int(credentials["shop_id"]), str(credentials["access_token"])
        self.refresh_token = str(credentials["refresh_token"])

    # --- the wire ----------------------------------------------------------------------------------------------------

    def common(self, path: str, public: bool, **other: Any) -> dict[str, Any]:
        """The common parameters, signed now; `other` replaces some of them after signing."""
        stamp = int(self.clock.now().timestamp())
        query: dict[str, Any] = {"partner_id": self.partner, "timestamp": other.get("timestamp", stamp)}
        base = f"{self.partner}{path}{query['timestamp']}"
        if not public:
            query |= {"access_token": self.token, "shop_id": self.shop_id}
            base += f"{self.token}{self.shop_id}"
        return {**query, "sign": sign(self.key, base), **other}

    def raw(self, method: str, path: str, **options: Any) -> requests.Response:
        """One exchange, as it is."""
        return self.session.request(method, self.shop.url + path, timeout=20, allow_redirects=False, **options)

    def call(self, name: str, body: Any = None, *, public: bool = False, other: Mapping[str, Any] | None = None,
             **query: Any) -> dict[str, Any]:  # fmt: skip
        """One call: with a body a POST, without one a GET; the answer's `response`, or all of a flat answer."""
        path = f"/api/v2/{name}"
        params = {**self.common(path, public, **(other or {})), **query}
        reply = (
            self.raw("GET", path, params=params) if body is None else self.raw("POST", path, params=params, json=body)
        )
        return self.took(reply)

    def took(self, reply: requests.Response) -> dict[str, Any]:
        """Keep what was answered."""
        self.status, self.answer = reply.status_code, reply.json()
        self.code = self.answer.get("error", "")
        found: dict[str, Any] = self.answer.get("response", self.answer)
        return found

    # --- what a seller does ------------------------------------------------------------------------------------------

    def upload(self, *pictures: bytes, public: bool = True, **fields: str) -> dict[str, Any]:
        """upload_image with these pictures."""
        path = "/api/v2/media_space/upload_image"
        files = [("image", (f"{n}.png", picture, "image/png")) for n, picture in enumerate(pictures)]
        return self.took(self.raw("POST", path, params=self.common(path, public), files=files, data=fields))

    def picture(self) -> str:
        """The id of an uploaded picture."""
        image: str = self.upload(png())["image_info"]["image_id"]
        return image

    def body(self, sku: str = "KRS-01", **other: Any) -> dict[str, Any]:
        """What add_item wants; a value of None takes the field out."""
        whole: dict[str, Any] = {
            "item_name": f"Gelang anyaman {sku}", "description": "Gelang dari anyaman resam, buatan tangan.",
            "item_sku": sku, "original_price": 45000, "weight": 0.25, "category_id": LEAF, "item_status": "UNLIST",
            "condition": "NEW", "item_dangerous": 0, "attribute_list": ATTRIBUTES,
            "dimension": {"package_length": 12, "package_width": 12, "package_height": 4},
            "image": {"image_id_list": [self.picture()]}, "brand": {"brand_id": 0, "original_brand_name": "No Brand"},
            "logistic_info": [{"logistic_id": 8003, "enabled": True}],
            "pre_order": {"is_pre_order": False, "days_to_ship": 2}, "seller_stock": [{"stock": 20}], **other,
        }  # fmt: skip
        return {name: value for name, value in whole.items() if value is not None}

    def item(self, sku: str = "KRS-01", **other: Any) -> int:
        """A fresh item."""
        made = self.call("product/add_item", self.body(sku, **other))
        assert self.code == "", self.answer
        number: int = made["item_id"]
        return number

    def tiered(
        self, sku: str = "KRS-01", prices: Sequence[int] = (45000, 47000), **other: Any
    ) -> tuple[int, list[int]]:
        """An item with one tier, and its model ids; its SKUs are `sku`-0, `sku`-1 and so on."""
        item = self.item(sku, **other)
        self.clock.advance(5)
        made = self.call("product/init_tier_variation", self.tiers(item, sku, prices))
        assert self.code == "", self.answer
        return item, [model["model_id"] for model in made["model"]]

    def tiers(self, item: int, sku: str, prices: Sequence[int]) -> dict[str, Any]:
        """What init_tier_variation wants: one model a price."""
        options = [{"variation_option_id": 0, "variation_option_name": f"Warna {n}"} for n in range(len(prices))]
        tier = {"variation_id": 0, "variation_name": "Warna", "variation_option_list": options}
        models = [
            {"tier_index": [n], "model_sku": f"{sku}-{n}", "original_price": price, "seller_stock": [{"stock": 8 + n}]}
            for n, price in enumerate(prices)
        ]
        return {"item_id": item, "standardise_tier_variation": [tier], "model": models}

    def stock(self, item: int, stock: int, model: int = 0) -> dict[str, Any]:
        """update_stock of one offer."""
        row: dict[str, Any] = {"seller_stock": [{"stock": stock}]}
        return self.call("product/update_stock", {"item_id": item, "stock_list": [{"model_id": model, **row}]})

    def price(self, item: int, *prices: tuple[int, float]) -> dict[str, Any]:
        """update_price of offers: (model, price)."""
        rows = [{"model_id": model, "original_price": price} for model, price in prices]
        return self.call("product/update_price", {"item_id": item, "price_list": rows})

    def show(self, item: int, shown: bool = True) -> dict[str, Any]:
        """unlist_item of one item."""
        return self.call("product/unlist_item", {"item_list": [{"item_id": item, "unlist": not shown}]})

    def base(self, item: int) -> dict[str, Any]:
        """get_item_base_info of one item."""
        found = self.call("product/get_item_base_info", item_id_list=item)
        first: dict[str, Any] = found["item_list"][0] if self.code == "" else found
        return first

    def search(self, **query: Any) -> list[int]:
        """The ids that search_item finds, in every status unless told otherwise."""
        found = self.call("product/search_item", **{"page_size": 100, "item_status": STATUSES, **query})
        ids: list[int] = found.get("item_id_list", [])
        return ids

    def listed(self, *statuses: str) -> list[int]:
        """The ids that get_item_list shows."""
        found = self.call("product/get_item_list", offset=0, page_size=100, item_status=statuses or STATUSES)
        return [row["item_id"] for row in found["item"]]

    def orders(self, numbers: str, fields: str = "item_list") -> list[dict[str, Any]]:
        """get_order_detail of some orders."""
        found = self.call("order/get_order_detail", order_sn_list=numbers, response_optional_fields=fields)
        rows: list[dict[str, Any]] = found.get("order_list", [])
        return rows

    def refreshed(self, token: str, shop_id: int | None = None) -> dict[str, Any]:
        """access_token/get with this refresh token."""
        ask = {"refresh_token": token, "partner_id": self.partner, "shop_id": shop_id or self.shop_id}
        return self.call("auth/access_token/get", ask, public=True)

    def authorise(self) -> None:
        """A fresh consent, and its tokens from here on."""
        ask = {"code": self.consented()["code"], "partner_id": self.partner, "shop_id": self.shop_id}
        pair = self.call("auth/token/get", ask, public=True)
        self.token, self.refresh_token = pair["access_token"], pair["refresh_token"]

    def consented(self, more: str = "") -> dict[str, str]:
        """What the consent page's redirect carries."""
        reply = self.session.get(self.shop.auth_url + more, allow_redirects=False, timeout=20)
        assert reply.status_code == 302
        return {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["Location"]).query).items()}
