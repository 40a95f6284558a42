"""The Bukalapak sandbox by itself: two generations, two credentials, its eras, each open question in each position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from adapters.clock import ManualClock
from adapters.sandbox import Sandbox, launch
from tests.sandbox.client import png
from tests.vectors import BUKALAPAK

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@dataclass
class Client:
    """Calls of both generations, from the fact sheet alone."""

    shop: Sandbox
    clock: ManualClock
    session: requests.Session = field(default_factory=requests.Session)
    agent: str = "test"

    def __post_init__(self) -> None:
        self.session.trust_env = False
        self.keys = dict(self.shop.credentials)
        self.app = self.shop.config_lines().secrets

    def old(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """One call of the older generation."""
        auth = (str(self.keys["user_id"]), str(self.keys["token"]))
        return self.session.request(method, f"{self.shop.url}/v2/{path}", json=body, auth=auth, timeout=20, **options)

    def new(self, method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        """One call of the newer generation."""
        headers = {"Authorization": f"Bearer {self.keys['access_token']}", "User-Agent": self.agent}
        return self.session.request(method, self.shop.url + path, json=body, headers=headers, params=query, timeout=20)

    def picture(self) -> str:
        """An uploaded picture's id."""
        reply = self.old("POST", "images.json", files={"file": ("a.png", png(300), "image/png")})
        return str(reply.json()["id"])

    def body(self, name: str = "Kopiah resam", **other: Any) -> dict[str, Any]:
        """A create's body, its picture uploaded."""
        product = {"category_id": 2001, "name": name, "price": 50_000, "weight": 250, "stock": 5, "new": True,
                   "description_bb": "Anyaman resam", "negotiable": False,
                   "product_detail_attributes": {"asal": "Bangka"}, **other}  # fmt: skip
        return {"product": {k: v for k, v in product.items() if v is not None}, "images": self.picture()}

    def create(self, **other: Any) -> dict[str, Any]:
        """A new product's answer."""
        found: dict[str, Any] = self.old("POST", "products.json", self.body(**other)).json()
        return found

    def row(self, product: str) -> dict[str, Any]:
        """One product, by the newer generation."""
        found: dict[str, Any] = self.new("GET", f"/products/{product}").json()["data"]
        return found

    def stock(self, product: str, body: Mapping[str, Any]) -> requests.Response:
        """The PATCH of a product's first SKU."""
        return self.new("PATCH", f"/products/{product}/skus/{self.row(product)['sku_id']}", dict(body))

    def refresh(self, token: str) -> requests.Response:
        """A refresh, urlencoded."""
        ask = {"grant_type": "refresh_token", "refresh_token": token, "client_id": self.app["client_id"],
               "client_secret": self.app["client_secret"]}  # fmt: skip
        return self.session.post(f"{self.shop.url}/oauth/token", data=ask, timeout=20)


@pytest.fixture
def start() -> Iterator[Any]:
    """Starts shops."""
    clock = ManualClock(START)
    with ExitStack() as stack:

        def started(**options: Any) -> Client:
            shops = stack.enter_context(launch(("bukalapak",), clock=clock, **options))
            shops["bukalapak"].control("PUT", "settings", {"rate_per_s": 0})
            return Client(shops["bukalapak"], clock)

        yield started


@pytest.fixture
def client(start: Any) -> Client:
    """A client of one shop, every switch at its default."""
    made: Client = start()
    return made


def test_the_basic_vector() -> None:
    request = requests.Request("GET", "http://127.0.0.1/", auth=BUKALAPAK[:2]).prepare()
    assert request.headers["Authorization"] == BUKALAPAK[2]


def test_errors_of_the_older_generation_are_text_with_http_200(client: Client) -> None:
    reply = client.old("POST", "products.json", client.body(name=" "))
    assert (reply.status_code, reply.json()["status"]) == (200, "ERROR")


def test_a_picture_serves_once_also_for_a_create_that_nobody_heard_of(client: Client) -> None:
    body = client.body()
    client.shop.control("PUT", "faults", [{"operation": "products.json", "kind": "lose_response", "times": 1}])
    with pytest.raises(requests.ConnectionError):
        client.old("POST", "products.json", body)
    assert client.old("POST", "products.json", body).json()["status"] == "ERROR"
    assert client.old("GET", f"images/status/{body['images']}.json").json()["message"] == "Assigned"
    assert len(client.shop.truth()) == 1


def test_two_lists_zero_stock_and_a_relist_that_comes_back_with_nothing(client: Client) -> None:
    number = client.create()["id"]
    client.stock(number, {"stock": 0})
    lists = [client.old("GET", "products/mylapak.json", params=query).json()["products"]
             for query in ({}, {"not_for_sale_only": 1})]  # fmt: skip
    assert [len(rows) for rows in lists] == [0, 1]
    client.stock(number, {"stock": 4})
    client.old("PUT", f"products/{number}/sold.json")
    client.old("PUT", f"products/{number}/relist.json")
    assert client.row(number)["stock"] == 0


def test_deleted_rows_stand_in_the_newer_list(client: Client) -> None:
    number = client.create()["id"]
    client.old("DELETE", f"products/{number}.json")
    rows = client.new("GET", "/stores/me/products", product_type="all").json()["data"]
    assert ([row["state"] for row in rows], client.shop.truth()) == (["deleted"], [])


def test_tokens_come_in_four_encodings(client: Client) -> None:
    ask = {"grant_type": "client_credentials", "client_id": client.app["client_id"],
           "client_secret": client.app["client_secret"]}  # fmt: skip
    url = f"{client.shop.url}/oauth/token"
    multipart = {name: (None, value) for name, value in ask.items()}
    replies = [client.session.post(url, data=ask, timeout=20), client.session.post(url, json=ask, timeout=20),
               client.session.post(url, params=ask, timeout=20),
               client.session.post(url, files=multipart, timeout=20)]  # fmt: skip
    assert [reply.status_code for reply in replies] == [200] * 4


def test_a_reject_says_ok_and_failed(client: Client) -> None:
    answer = client.old("PUT", "transactions/reject.json", {}).json()
    assert (answer["status"], answer["message"]) == ("OK", "Failed to reject")


# --- open questions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("era", "create", "stock"), [("open", "OK", 200), ("winding_down", "ERROR", 200),
                         ("closed", "ERROR", 403)])  # fmt: skip
def test_eras(start: Any, era: str, create: str, stock: int) -> None:
    client = start(switches={"bukalapak.era": era})
    [number] = client.shop.control("POST", "listings", [{"title": "Lama", "variants": [{"price": 9000, "stock": 2}]}])
    assert client.create()["status"] == create
    assert client.stock(number, {"stock": 1}).status_code == stock
    assert client.row(number)["name"] == "Lama"


@pytest.mark.parametrize(("position", "status"), [("accepted", "OK"), ("absent", "ERROR")])
def test_variants_in_a_create(start: Any, position: str, status: str) -> None:
    client = start(switches={"bukalapak.create_variants": position})
    rows = [{"variant_name": name, "price": 9000, "stock": 2, "sku_name": name} for name in ("S", "M")]
    assert client.create(variants=rows, price=None, stock=None)["status"] == status


@pytest.mark.parametrize(("position", "price"), [("refused", 50_000), ("accepted", 60_000)])
def test_a_price_by_patch(start: Any, position: str, price: int) -> None:
    client = start(switches={"bukalapak.patch_price": position})
    number = client.create()["id"]
    client.stock(number, {"price": 60_000})
    assert client.row(number)["price"] == price


@pytest.mark.parametrize(("position", "status"), [("loses_account", 401), ("refused", 200)])
def test_a_refresh_token_used_twice(start: Any, position: str, status: int) -> None:
    client = start(switches={"bukalapak.refresh_replay": position})
    old = str(client.keys["refresh_token"])
    client.keys["access_token"] = client.refresh(old).json()["access_token"]
    assert client.refresh(old).json()["error"] == "invalid_grant"
    assert client.new("GET", "/me").status_code == status


@pytest.mark.parametrize(("position", "there"), [("missing", None), ("empty", [])])
def test_errors_of_a_success(start: Any, position: str, there: Any) -> None:
    client = start(switches={"bukalapak.errors_key": position})
    assert client.new("GET", "/me").json().get("errors") == there


@pytest.mark.parametrize(("position", "price"), [("text", "50000"), ("number", 50_000)])
def test_numbers_of_the_older_generation(start: Any, position: str, price: Any) -> None:
    client = start(switches={"bukalapak.numbers": position})
    assert client.create()["product_detail"]["price"] == price


@pytest.mark.parametrize(("position", "status"), [("only_meta", 200), ("both", 422)])
def test_where_a_refusal_says_its_status(start: Any, position: str, status: int) -> None:
    client = start(switches={"bukalapak.meta_status": position})
    reply = client.stock(client.create()["id"], {"stock": -1})
    assert (reply.status_code, reply.json()["meta"]["http_status"]) == (status, 422)


@pytest.mark.parametrize(("position", "word"), [("word", "Baru"), ("code", "new")])
def test_condition_as_it_is_read(start: Any, position: str, word: str) -> None:
    client = start(switches={"bukalapak.condition": position})
    assert client.row(client.create()["id"])["condition"] == word


@pytest.mark.parametrize(("position", "status"), [("refused", "ERROR"), ("swallowed", "OK")])
def test_unknown_fields_of_a_create(start: Any, position: str, status: str) -> None:
    client = start(switches={"bukalapak.unknown_fields": position})
    assert client.create(sku="KPR-1")["status"] == status


@pytest.mark.parametrize(("position", "status"), [("free", 200), ("demanded", 403)])
def test_the_partners_user_agent(start: Any, position: str, status: int) -> None:
    client = start(switches={"bukalapak.user_agent": position})
    assert client.new("GET", "/me").status_code == status
    client.agent = "Bukalapak/TUA(Partner;1;+https://www.bukalapak.com)"
    assert client.new("GET", "/me").status_code == 200
