"""The Blibli sandbox by itself: its gate, its queue and review, its limits, each open question in each position."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from adapters.clock import ManualClock
from adapters.sandbox import Sandbox, launch
from adapters.sandbox.blibli.market import signature
from tests.sandbox.client import png
from tests.vectors import BLIBLI, BLIBLI_KEY, BLIBLI_TIME, BlibliVector

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MTA, SELLER = "/v2/proxy/mta/api/businesspartner", "/v2/proxy/seller/v1"
POINT = "PP-3000001"


@dataclass
class Client:
    """Signed calls of one store, from the fact sheet alone."""

    shop: Sandbox
    clock: ManualClock
    session: requests.Session = field(default_factory=requests.Session)
    number: int = 0

    def raw(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None,
            **query: Any) -> requests.Response:  # fmt: skip
        """One exchange, as it is."""
        keys, content = self.shop.credentials, b"" if body is None else json.dumps(body).encode()
        stamp = int(self.clock.now().timestamp() * 1000)
        basic = base64.b64encode(f"{keys['client_id']}:{keys['client_key']}".encode()).decode()
        sent = {"Authorization": f"Basic {basic}", "Api-Seller-Key": keys["seller_key"], "Signature-Time": str(stamp)}
        if "signature_key" in keys:
            sent["Signature"] = signature(keys["signature_key"], method, path, content, stamp)
        self.number += 1
        common = {"requestId": f"test-{self.number}", "storeId": "10001", "channelId": "test",
                  "username": keys["username"], "storeCode": keys["store_code"]}  # fmt: skip
        self.session.trust_env = False
        return self.session.request(
            method, self.shop.url + path, data=content or None, timeout=20, params={**common, **query},
            headers={**sent, "Content-Type": "application/json", **(headers or {})},
        )  # fmt: skip

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
        """One exchange's JSON."""
        reply = self.raw(method, path, body, **query)
        found: dict[str, Any] = reply.json() if reply.content else {}
        return found

    def product(self, sku: str = "KPR-1", **other: Any) -> dict[str, Any]:
        """One product of a create V2."""
        one = {"upcCode": "", "merchantSku": sku, "price": 50_000, "salePrice": 45_000, "stock": 5, "minimumStock": 1,
               "displayable": True, "buyable": True, "images": ["a"], "attributesMap": {}}  # fmt: skip
        return {
            "name": f"Kopiah {sku}", "brand": "No Brand", "categoryCode": "KT-1000001", "productType": 1,
            "pickupPointCode": POINT, "length": 20, "width": 15, "height": 10, "weight": 250, "shippingWeight": 250,
            "description": base64.b64encode(b"Anyaman resam").decode(),
            "productNonDefiningAttributes": {"AT-ASAL": "Bangka"}, "productDefiningAttributes": {},
            "productItems": [one], "imageMap": {"a": base64.b64encode(png(600)).decode()}, **other,
        }  # fmt: skip

    def create(self, *products: dict[str, Any]) -> dict[str, Any]:
        """A create V2 of these products."""
        return self.call("POST", f"{MTA}/v2/product/createProduct", {"products": list(products)})

    def live(self, sku: str = "KPR-1") -> str:
        """A listing on sale; its L4."""
        self.create(self.product(sku))
        self.clock.advance(4000)
        rows = self.variants(merchantSkus=[sku])
        return str(rows[-1]["gdnSku"])

    def variants(self, **filters: Any) -> list[dict[str, Any]]:
        """Rows of the variant-level list."""
        rows: list[dict[str, Any]] = self.call("POST", f"{MTA}/v2/product/getProductList", filters)["content"]
        return rows

    def bulk(self, **row: Any) -> dict[str, Any]:
        """A bulk update of one row; the history's row, when its time has come."""
        answer = self.call("POST", f"{MTA}/v1/product/updateProduct", {"productRequests": [row]})
        queue = (answer.get("value") or {}).get("queueFeedId") or answer["requestId"]
        self.clock.advance(61)
        feed = self.call("GET", f"{MTA}/v1/feed/detail", requestId=queue)["value"]
        history: dict[str, Any] = feed["queueHistory"][0]
        return history


@pytest.fixture
def clock() -> ManualClock:
    """Time that stands still until it is moved."""
    return ManualClock(START)


@pytest.fixture
def start(clock: ManualClock) -> Iterator[Any]:
    """Starts stores with real limits."""
    with ExitStack() as stack:

        def started(**options: Any) -> Client:
            shops = stack.enter_context(launch(("blibli",), limits="real", clock=clock, **options))
            return Client(shops["blibli"], clock)

        yield started


@pytest.fixture
def client(start: Any) -> Client:
    """A client of one store, every switch at its default."""
    made: Client = start()
    return made


# --- the gate --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", BLIBLI)
def test_signature_vectors(vector: BlibliVector) -> None:
    assert signature(BLIBLI_KEY, vector.method, vector.path, vector.body, BLIBLI_TIME) == vector.signature


@pytest.mark.parametrize("name", ["Authorization", "Api-Seller-Key", "Signature"])
def test_each_key_is_looked_at(client: Client, name: str) -> None:
    assert client.raw("GET", f"{MTA}/v1/product/getCategory", headers={name: "wrong"}).status_code == 401


def test_a_signature_ages_in_fifteen_minutes(client: Client) -> None:
    old = str(int((client.clock.now().timestamp() - 901) * 1000))
    assert client.raw("GET", f"{MTA}/v1/product/getCategory", headers={"Signature-Time": old}).status_code == 401


def test_a_store_without_a_signature_key_needs_none(client: Client) -> None:
    client.shop.control("PUT", "settings", {"signature_key": False})
    assert "signature_key" not in client.shop.credentials
    assert client.call("GET", f"{MTA}/v1/product/getCategory")["success"] is True


def test_an_unbound_store_says_so(client: Client) -> None:
    client.shop.control("POST", "deauthorise", {})
    reply = client.raw("GET", f"{MTA}/v1/product/getCategory")
    assert (reply.status_code, reply.json()["errorCode"]) == (400, "ERR-PA400054")


# --- queue and review ------------------------------------------------------------------------------------------------


def test_a_create_is_queued_then_reviewed_then_live_and_has_ids_only_then(client: Client) -> None:
    queue = client.create(client.product())["value"]["queueFeedId"]
    [truth] = client.shop.truth()
    assert (truth["status"], truth["external_id"]) == ("queued", None)
    client.clock.advance(61)
    feed = client.call("GET", f"{MTA}/v1/feed/detail", requestId=queue)["value"]
    assert json.loads(feed["queueHistory"][0]["value"])["merchantSkuList"] == ["KPR-1"]
    assert (client.shop.truth()[0]["status"], client.variants()) == ("in_review", [])
    client.clock.advance(3601)
    assert client.shop.truth()[0]["status"] == "live"
    assert client.variants()[0]["gdnSku"].startswith("TOQ-15126-")


def test_a_bad_sibling_does_not_stop_a_good_one_and_all_bad_fails_the_call(client: Client) -> None:
    bad = client.product("KPR-2", categoryCode="KT-MAK")
    queue = client.create(client.product(), bad)["value"]["queueFeedId"]
    client.clock.advance(61)
    rows = client.call("GET", f"{MTA}/v1/feed/detail", requestId=queue)["value"]["queueHistory"]
    assert [row["isSuccess"] for row in rows] == [True, False]
    assert client.create(bad)["success"] is False


def test_sold_out_leaves_the_default_list(client: Client) -> None:
    l4 = client.live()
    client.raw("PUT", f"{SELLER}/products/{l4}/stock", {"availableStock": 0, "pickupPointCode": POINT})
    listed = {state: client.call("POST", f"{SELLER}/products/filter", {"filter": {"state": state}})["content"]
              for state in ("ACTIVE", "OOS")}  # fmt: skip
    assert (listed["ACTIVE"], len(listed["OOS"])) == ([], 1)


def test_stock_adds_and_exact_stock_sets(client: Client) -> None:
    l4 = client.live()
    client.bulk(gdnSku=l4, stock=3, pickupPointCode=POINT)
    assert client.shop.truth()[0]["variants"][0]["stock"] == 8
    client.bulk(gdnSku=l4, exactStock=3, pickupPointCode=POINT)
    assert client.shop.truth()[0]["variants"][0]["stock"] == 3
    assert client.bulk(gdnSku=l4, exactStock=3)["isSuccess"] is False  # two pickup points, none named


def test_a_price_needs_its_pair_and_a_campaign_has_its_say(client: Client) -> None:
    l4 = client.live()
    assert client.bulk(gdnSku=l4, price=60_000, pickupPointCode=POINT)["isSuccess"] is False
    now = client.clock.now().timestamp()
    client.shop.control("POST", "promotions", {"sku": "KPR-1", "reserve": 0, "from": now + 9e4, "to": now + 9e5})
    row = client.bulk(gdnSku=l4, price=60_000, salePrice=60_000, pickupPointCode=POINT)
    assert (row["isSuccess"], "promotion" in row["errorMessage"]) == (True, True)
    client.shop.control("POST", "promotions", {"sku": "KPR-1", "reserve": 0})
    assert client.bulk(gdnSku=l4, price=61_000, salePrice=61_000, pickupPointCode=POINT)["isSuccess"] is False


def test_the_name_is_frozen_after_the_first_order(client: Client) -> None:
    l3 = client.live().rsplit("-", 1)[0]
    client.shop.control("POST", "orders", {"lines": [{"sku": "KPR-1", "quantity": 1}]})
    assert client.call("PUT", f"{SELLER}/products/{l3}/detail", {"name": "Lain"})["success"] is False


def test_published_limits_outlive_a_restart(clock: ManualClock, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    statuses = []
    for _ in range(2):
        with launch(("blibli",), limits="real", clock=clock, state=state) as shops:
            client = Client(shops["blibli"], clock)
            statuses += [client.raw("GET", f"{MTA}/v1/product/getCategory").status_code for _ in range(3)]
    assert statuses == [200] * 5 + [429]


# --- open questions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("position", "status"), [("200", 200), ("4xx", 400)])
def test_status_of_refused_data(start: Any, position: str, status: int) -> None:
    client = start(switches={"blibli.error_status": position})
    assert client.raw("POST", f"{MTA}/v2/product/createProduct", {"products": []}).status_code == status


@pytest.mark.parametrize(("position", "there"), [("null", None), ("missing", "?"), ("blank", "")])
def test_error_code_of_a_success(start: Any, position: str, there: Any) -> None:
    client = start(switches={"blibli.error_code_empty": position})
    assert client.call("GET", f"{MTA}/v1/product/getCategory").get("errorCode", "?") == there


@pytest.mark.parametrize(("position", "status"), [("204", 204), ("200", 200)])
def test_answer_of_a_single_stock_write(start: Any, position: str, status: int) -> None:
    client = start(switches={"blibli.stock_status": position})
    ask = {"availableStock": 2, "pickupPointCode": POINT}
    assert client.raw("PUT", f"{SELLER}/products/{client.live()}/stock", ask).status_code == status


@pytest.mark.parametrize(("position", "inside"), [("top", False), ("value", True)])
def test_where_a_bulk_names_its_queue(start: Any, position: str, inside: bool) -> None:
    client = start(switches={"blibli.bulk_queue_id": position})
    answer = client.call("POST", f"{MTA}/v1/product/updateProduct", {"productRequests": [{"gdnSku": client.live()}]})
    assert bool((answer["value"] or {}).get("queueFeedId")) is inside


@pytest.mark.parametrize(("position", "products"), [("no", 2), ("yes", 1)])
def test_whether_a_sku_may_stand_twice(start: Any, position: str, products: int) -> None:
    client = start(switches={"blibli.sku_unique": position})
    client.create(client.product())
    client.create(client.product())
    assert len(client.shop.truth()) == products


@pytest.mark.parametrize(("position", "products"), [("forgotten", 2), ("remembered", 1)])
def test_whether_a_request_id_is_remembered(start: Any, position: str, products: int) -> None:
    client = start(switches={"blibli.request_id": position})
    for _ in range(2):
        client.raw("POST", f"{MTA}/v2/product/createProduct", {"products": [client.product()]}, requestId="same")
    assert len(client.shop.truth()) == products


@pytest.mark.parametrize(("position", "status"), [("PRELIVE", "in_review"), ("POSTLIVE", "live")])
def test_whether_an_edit_takes_it_offline(start: Any, position: str, status: str) -> None:
    client = start(switches={"blibli.content_review": position})
    l3 = client.live().rsplit("-", 1)[0]
    client.call("PUT", f"{SELLER}/products/{l3}/detail", {"name": "Kopiah baru"})
    assert client.shop.truth()[0]["status"] == status


@pytest.mark.parametrize(("position", "known"), [("absent", False), ("present", True)])
def test_whether_a_submission_tells_its_sku(start: Any, position: str, known: bool) -> None:
    client = start(switches={"blibli.submission_sku": position})
    client.create(client.product())
    client.clock.advance(61)
    [row] = client.call("POST", f"{SELLER}/product-submissions/filter", {"filter": {"state": "ALL"}})["content"]
    assert bool(row["product"]["sku"]) is known


@pytest.mark.parametrize(("position", "kept"), [("refused", 5), ("accepted", 2)])
def test_stock_of_what_is_archived(start: Any, position: str, kept: int) -> None:
    client = start(switches={"blibli.archived_stock": position})
    l4 = client.live()
    client.call("POST", f"{SELLER}/products/statuses/archive", {"productSkus": [l4.rsplit("-", 1)[0]]})
    client.clock.advance(61)
    client.raw("PUT", f"{SELLER}/products/{l4}/stock", {"availableStock": 2, "pickupPointCode": POINT})
    assert (client.shop.truth()[0]["status"], client.shop.truth()[0]["variants"][0]["stock"]) == ("archived", kept)


@pytest.mark.parametrize(("position", "good"), [("1000", False), ("1", True)])
def test_the_least_price(start: Any, position: str, good: bool) -> None:
    client = start(switches={"blibli.price_floor": position})
    row = client.bulk(gdnSku=client.live(), price=500, salePrice=500, pickupPointCode=POINT)
    assert row["isSuccess"] is good


@pytest.mark.parametrize(("position", "rows"), [("100", 100), ("none", 110)])
def test_how_many_orders_a_filter_gives(start: Any, position: str, rows: int) -> None:
    client = start(switches={"blibli.order_cap": position})
    client.live()
    client.shop.control("POST", "edit", {"sku": "KPR-1", "stock": 500})
    for _ in range(110):
        client.shop.control("POST", "orders", {"lines": [{"sku": "KPR-1", "quantity": 1}]})
    answer = client.call("POST", f"{SELLER}/orders/packages/filter", {"filter": {}, "paging": {"page": 0, "size": 50}})
    assert answer["paging"]["totalRecord"] == rows


@pytest.mark.parametrize(("position", "path"), [("products", "products/"), ("bare", "")])
def test_the_path_of_a_detail_update(start: Any, position: str, path: str) -> None:
    client = start(switches={"blibli.detail_path": position})
    l3 = client.live().rsplit("-", 1)[0]
    other = "" if path else "products/"
    statuses = [client.raw("PUT", f"{SELLER}/{p}{l3}/detail", {"name": "Kopiah"}).status_code for p in (path, other)]
    assert statuses == [200, 404]


@pytest.mark.parametrize(("position", "shown"), [("zero", 0), ("same", 5)])
def test_what_level_1_holds(start: Any, position: str, shown: int) -> None:
    client = start(switches={"blibli.stock_level_1": position})
    client.live()
    assert client.variants()[0]["stockAvailableLv1"] == shown


@pytest.mark.parametrize(("position", "good"), [("refused", False), ("accepted", True)])
def test_archiving_what_is_archived(start: Any, position: str, good: bool) -> None:
    client = start(switches={"blibli.archive_repeat": position})
    l3 = client.live().rsplit("-", 1)[0]
    for _ in range(2):
        answer = client.call("POST", f"{SELLER}/products/statuses/archive", {"productSkus": [l3]})
        client.clock.advance(61)
    feed = client.call("GET", f"{MTA}/v1/feed/detail", requestId=answer["content"]["queueId"])["value"]
    assert feed["queueHistory"][0]["isSuccess"] is good
