"""A small client of Bukalapak's two generations, written from the fact sheet alone, and what it needs to sell."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from adapters.clock import ManualClock
from adapters.sandbox import Sandbox
from tests.sandbox.client import png

LEAF = 2003
"""A leaf of the invented tree whose only mandatory attribute is `bahan`."""

OTHER_LEAF = 2004
Row = dict[str, Any]


def basic(user: str, token: str) -> str:
    """The Authorization of v2 (facts, section 3.1)."""
    return "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()


@dataclass
class Client:
    """Calls in the name of one shop; `status` and `answer` are those of the last call."""

    shop: Sandbox
    clock: ManualClock
    session: requests.Session = field(default_factory=requests.Session)
    status: int = 0
    answer: Row = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        credentials = self.shop.credentials
        self.user, self.token = str(credentials["user_id"]), str(credentials["token"])
        self.access, self.refresh_token = str(credentials["access_token"]), str(credentials["refresh_token"])
        secrets = self.shop.config_lines().secrets
        self.app = {name: secrets[name] for name in ("client_id", "client_secret")}

    # --- the wire ----------------------------------------------------------------------------------------------------

    def raw(self, method: str, path: str, **options: Any) -> requests.Response:
        """One exchange, as it is."""
        return self.session.request(method, self.shop.url + path, timeout=20, allow_redirects=False, **options)

    def took(self, reply: requests.Response) -> Row:
        """Keep what was answered."""
        self.status, self.answer = reply.status_code, reply.json()
        return self.answer

    def v2(self, method: str, path: str, **options: Any) -> Row:
        """One call of v2."""
        headers = {"Authorization": basic(self.user, self.token), **options.pop("headers", {})}
        return self.took(self.raw(method, f"/v2/{path}", headers=headers, **options))

    def v4(self, method: str, path: str, **options: Any) -> Any:
        """One call of v4: its `data`, None for a failure."""
        headers = {"Authorization": f"Bearer {self.access}", **options.pop("headers", {})}
        return self.took(self.raw(method, path, headers=headers, **options)).get("data")

    @property
    def ok(self) -> bool:
        """Whether v2 said OK, or v4 both statuses of success."""
        if "status" in self.answer:
            return bool(self.answer["status"] == "OK")
        return self.status == 200 and bool(self.answer.get("meta", {}).get("http_status") == 200)

    @property
    def code(self) -> int | None:
        """The code of the first error of v4."""
        errors = self.answer.get("errors") or [{"code": None}]
        found: int | None = errors[0]["code"]
        return found

    # --- the accounts host -------------------------------------------------------------------------------------------

    def grant(self, encoding: str = "form", **params: str) -> Row:
        """The token call, its parameters in one of the four encodings."""
        encoded: dict[str, Row] = {
            "form": {"data": params}, "json": {"json": params}, "query": {"params": params},
            "multipart": {"files": {name: (None, value) for name, value in params.items()}},
        }  # fmt: skip
        return self.took(self.raw("POST", "/oauth/token", **encoded[encoding]))

    def refreshed(self, token: str, **params: str) -> Row:
        """A refresh."""
        return self.grant(grant_type="refresh_token", refresh_token=token, **params)

    def consented(self, more: str = "") -> dict[str, str]:
        """What the consent page's redirect carries."""
        reply = self.session.get(self.shop.auth_url + more, allow_redirects=False, timeout=20)
        assert reply.status_code == 302
        return {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["Location"]).query).items()}

    # --- what a seller does ------------------------------------------------------------------------------------------

    def upload(self, picture: bytes) -> Row:
        """Upload one picture."""
        return self.v2("POST", "images.json", files={"file": ("a.png", picture, "image/png")})

    def picture(self) -> str:
        """The id of a fresh picture."""
        image: str = self.upload(png())["id"]
        return image

    def fields(self, name: str = "Gelang anyam", **other: Any) -> Row:
        """`product` of a create; a value of None takes the field out."""
        whole: Row = {
            "category_id": LEAF, "name": name, "price": 45000, "weight": 250, "stock": 7,
            "description_bb": "[b]Gelang[/b] dari resam", "new": True, "negotiable": False,
            "product_detail_attributes": {"bahan": "Serat Alam", "daerah_asal": "Bangka"}, **other,
        }  # fmt: skip
        return {key: value for key, value in whole.items() if value is not None}

    def create(self, name: str = "Gelang anyam", images: str | None = None, **other: Any) -> Row:
        """A create, whatever comes of it."""
        body = {"product": self.fields(name, **other), "images": self.picture() if images is None else images}
        return self.v2("POST", "products.json", json=body)

    def made(self, name: str = "Gelang anyam", **other: Any) -> str:
        """The id of a fresh product."""
        found: str = self.create(name, **other)["id"]
        assert self.ok, self.answer
        return found

    def variant(self, number: int = 0, **other: Any) -> Row:
        """A row of the invented list of variants."""
        details = [{"label": "Ukuran", "value": str(number)}]
        row = {"variant_name": f"Ukuran {number}", "details": details, "price": 185000 + number, "stock": 3 + number}
        return {key: value for key, value in {**row, **other}.items() if value is not None}

    def tiered(self, name: str = "Kopiah resam", skus: Sequence[str | None] = (None, None)) -> str:
        """The id of a fresh product with one option, with SKUs where the shop takes them."""
        return self.made(name, variants=[self.variant(n, sku_name=sku) for n, sku in enumerate(skus)])

    def row(self, product: str) -> Row:
        """One product as the list of v4 shows it."""
        [found] = [row for row in self.own("all") if row["id"] == product]
        return found

    def own(self, kind: str = "available", **query: Any) -> list[Row]:
        """The rows of v4's list, first page."""
        params = {"limit": 50, "offset": 0, "product_type": kind, "sort": "date", **query}
        rows: list[Row] = self.v4("GET", "/stores/me/products", params=params)
        return rows

    def mine(self, others: bool = False) -> list[str]:
        """The ids of one of v2's two lists."""
        params: Mapping[str, str] = {"not_for_sale_only": "1"} if others else {}
        return [row["id"] for row in self.v2("GET", "products/mylapak.json", params=params)["products"]]

    def patch(self, product: str, place: int = 0, **body: Any) -> Any:
        """The PATCH of one SKU."""
        row = self.row(product)
        sku = row["variants"][place]["id"] if row["variants"] else row["sku_id"]
        return self.v4("PATCH", f"/products/{product}/skus/{sku}", json=body)

    def truth(self, product: str) -> Row:
        """What the sandbox knows of one product."""
        [found] = [listing for listing in self.shop.truth() if listing["external_id"] == product]
        return found

    def buy(self, product: str, quantity: int = 1, paid: bool = True) -> str:
        """A buyer's order of its first variant."""
        lines = [{"external_id": product, "quantity": quantity}]
        number: str = self.shop.control("POST", "orders", {"lines": lines, "paid": paid})["id"]
        return number

    def advance(self, number: str, word: str) -> str:
        """Move an order on."""
        state: str = self.shop.control("POST", f"orders/{number}/advance", {"to": word})["status"]
        return state
