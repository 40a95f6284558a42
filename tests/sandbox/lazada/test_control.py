"""The calls under /_sandbox/, the faults, the written config, and what survives a restart (SANDBOX.md's tables)."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import pytest
import requests

from adapters.clock import ManualClock
from adapters.sandbox import MARKETPLACES, launch
from adapters.sandbox.lazada.context import tree
from adapters.sandbox.lazada.paths import OPERATIONS, PLAYED
from adapters.sandbox.lazada.switches import SWITCHES
from adapters.sandbox.market import NowhereError
from tests.sandbox.lazada.client import OTHER, REVIEW_S, Client
from tests.sandbox.lazada.conftest import Start


def make(client: Client, *skus: str) -> str:
    """A product made by hand; its ItemId."""
    variants = [{"sku": sku, "price": 9000, "stock": 5} for sku in skus]
    made: list[str] = client.shop.control("POST", "listings", [{"title": "Buatan", "variants": variants}])
    return made[0]


def fault(client: Client, operation: str, kind: str, times: int | None = 1) -> None:
    """Put one fault in force."""
    client.shop.control("PUT", "faults", [{"operation": operation, "kind": kind, "probability": 1, "times": times}])


# --- the truth and the app -------------------------------------------------------------------------------------------


def test_made_by_hand_is_whole_and_can_be_written(client: Client) -> None:
    item = make(client, "A-1", "A-2")
    [listing] = client.shop.truth()
    assert (listing["external_id"], listing["code"], listing["title"], listing["status"], listing["fronts"]) == (
        item, None, "Buatan", "live", [{"front": "lazada", "status": "live"}],
    )  # fmt: skip
    ids = [one["external_id"] for one in listing["variants"]]
    client.stocks({"ItemId": item, "SkuId": ids[1], "SellableQuantity": "1"})
    assert (client.code, client.truth("A-2")["stock"]) == ("0", 1)
    client.update(item, Attributes={"name": "Buatan lain"})
    assert client.code == "0"


def test_edits_in_the_app(client: Client) -> None:
    item = make(client, "A-1")

    def edited(**body: Any) -> dict[str, Any]:
        client.shop.control("POST", "edit", {"sku": "A-1", **body})
        [found] = client.shop.truth()
        return dict(found)

    assert edited(price=8000, sale_price=7000, stock=0)["status"] == "live_oos"
    one = client.truth("A-1")
    assert (one["price"], one["sale_price"], one["stock"], one["sellable"]) == (8000, 7000, 0, 0)
    assert edited(sale_price=None, title="Baru")["title"] == "Baru"
    assert client.truth("A-1")["sale_price"] is None
    grown = edited(add_variant={"sku": "A-2", "price": 6000, "stock": 3})["variants"]
    assert [row["sku"] for row in grown] == ["A-1", "A-2"]
    client.stocks({"ItemId": item, "SkuId": grown[1]["external_id"], "SellableQuantity": "9"})
    assert client.truth("A-2")["stock"] == 9
    assert [row["sku"] for row in edited(remove_variant="A-2")["variants"]] == ["A-1"]
    with pytest.raises(ValueError, match="last"):
        edited(remove_variant=True)
    client.shop.control("POST", "edit", {"external_id": item, "delete": True})
    assert client.shop.truth() == []
    with pytest.raises(ValueError, match="A-1"):
        client.shop.control("POST", "edit", {"sku": "A-1"})


def test_verdicts_before_during_and_after_a_review(client: Client) -> None:
    review: dict[str, Any] = {"sku": "KP-1", "verdict": "rejected"}
    assert client.shop.control("POST", "review", review) == {"status": "queued"}
    client.create(client.product("KP-1"))
    client.clock.advance(REVIEW_S)
    assert client.status() == ["rejected"]
    client.shop.control("POST", "review", {**review, "verdict": "good"})
    assert client.status() == ["live"]
    client.shop.control("POST", "review", review)
    assert client.status() == ["rejected"]
    with pytest.raises(ValueError, match="perhaps"):
        client.shop.control("POST", "review", {**review, "verdict": "perhaps"})


def test_categories_merge(client: Client) -> None:
    item, _ = client.live()
    client.shop.control("POST", "category", {"merge": [str(client.item(item)["primary_category"]), OTHER]})
    assert client.item(item)["primary_category"] == int(OTHER)
    client.post("/product/create", {"Product": client.product("KP-2")})
    assert client.detail[0]["message"] == "Category is inactive"
    with pytest.raises(ValueError, match="no leaf"):
        client.shop.control("POST", "category", {"merge": [OTHER, "1"]})


def test_a_campaign_cannot_reserve_what_is_not_there(client: Client) -> None:
    client.live()
    with pytest.raises(ValueError, match="more than there is"):
        client.shop.control("POST", "promotions", {"sku": "KP-1", "reserve": 13})


def test_calls_are_counted(client: Client) -> None:
    item, [first] = client.live()
    client.shop.control("DELETE", "calls", None)
    client.stocks({"ItemId": item, "SkuId": first, "SellableQuantity": "5"})
    client.item(item)
    client.picture()
    counted = client.shop.calls()
    assert counted == {
        "reads": 1, "writes": 1, "throttled": 0, "raised_over_sale": 0, "oversold": 0, "total": 3,
        "by_operation": {"/rest/product/stock/sellable/update": 1, "/rest/product/item/get": 1,
                         "/rest/image/upload": 1},
    }  # fmt: skip


def test_calls_that_do_not_exist(client: Client) -> None:
    with pytest.raises(NowhereError):
        client.shop.control("POST", "nothing", {})
    with pytest.raises(ValueError, match="colour"):
        client.shop.control("PUT", "settings", {"colour": 1})
    with pytest.raises(KeyError):
        client.shop.control("POST", "holiday", {})


def test_an_empty_shop_keeps_its_grants(client: Client) -> None:
    first = client.live()[0]
    client.shop.control("DELETE", "state", None)
    assert (client.shop.truth(), client.listed()) == ([], [])
    assert int(client.live()[0]) > int(first)


# --- faults ----------------------------------------------------------------------------------------------------------


def test_a_lost_answer_of_a_create_and_its_repeat(client: Client) -> None:
    fault(client, "/product/create", "lose_response")
    product = client.product("KP-1")
    with pytest.raises(requests.ConnectionError):
        client.post("/product/create", {"Product": product})
    client.post("/product/create", {"Product": product})
    assert (client.code, len(client.shop.truth())) == ("4135", 1)


def test_a_lost_request_did_nothing(client: Client) -> None:
    fault(client, "/product/create", "lose_request")
    product = client.product("KP-1")
    with pytest.raises(requests.ConnectionError):
        client.post("/product/create", {"Product": product})
    client.create(product)


def test_a_write_that_is_applied_late(client: Client) -> None:
    item, [first] = client.live()
    fault(client, "/product/stock/sellable/update", "late_apply")
    with pytest.raises(requests.ConnectionError):
        client.stocks({"ItemId": item, "SkuId": first, "SellableQuantity": "5"})
    client.stocks({"ItemId": item, "SkuId": first, "SellableQuantity": "6"})
    client.clock.advance(60)
    assert client.truth("KP-1")["stock"] == 5


def test_rows_that_are_refused_or_left_out(client: Client) -> None:
    item, ids = client.live("KP-1", "KP-2")
    rows = [{"ItemId": item, "SkuId": one, "SellableQuantity": "5", "SellerSku": name}
            for one, name in zip(ids, ("KP-1", "KP-2"), strict=True)]  # fmt: skip
    fault(client, "*", "reject_row")
    client.stocks(*rows)
    assert (client.code, [one["seller_sku"] for one in client.detail]) == ("501", ["KP-1"])
    assert (client.truth("KP-1")["stock"], client.truth("KP-2")["stock"]) == (12, 5)
    fault(client, "*", "partial_batch")
    client.stocks(*[{**row, "SellableQuantity": "7"} for row in rows])
    assert (client.code, [one["seller_sku"] for one in client.detail]) == ("0", ["KP-2"])
    assert (client.truth("KP-1")["stock"], client.truth("KP-2")["stock"]) == (7, 5)
    names = "[" + ",".join(f'"SkuId_{item}_{one}"' for one in ids) + "]"
    fault(client, "*", "partial_batch")
    client.call("POST", "/product/remove", {"sku_id_list": names})
    assert (client.code, [one["sku"] for one in client.detail]) == ("503", [f"SkuId_{item}_{ids[1]}"])


def test_a_create_that_leaves_a_sku_out_of_its_answer(client: Client) -> None:
    fault(client, "/product/create", "omit_row")
    found = client.good("/product/create", {"Product": client.product("KP-1", "KP-2")})
    assert [row["seller_sku"] for row in found["sku_list"]] == ["KP-2"]
    assert len(client.shop.truth()[0]["variants"]) == 2


def test_queues_that_are_stuck(client: Client) -> None:
    fault(client, "/product/create", "stuck_queue")
    client.create(client.product("KP-1"))
    client.clock.advance(10 * REVIEW_S)
    assert client.status() == ["in_review"]
    fault(client, "/images/migrate", "stuck_queue")
    client.post("/images/migrate", {"Images": {"Url": ["https://example.test/1.jpg"]}}, as_xml=True)
    batch = client.answer["batch_id"]
    client.clock.advance(3600)
    assert client.call("GET", "/image/response/get", {"batch_id": batch}) == {}


def test_a_picture_of_a_batch_that_fails(client: Client) -> None:
    fault(client, "/images/migrate", "reject_row")
    client.post("/images/migrate", {"Images": {"Url": ["https://example.test/1.jpg"]}}, as_xml=True)
    batch = client.answer["batch_id"]
    client.clock.advance(1)
    found = client.get("/image/response/get", batch_id=batch)
    assert (found["images"], found["errors"][0]["original_url"]) == ([], "https://example.test/1.jpg")


def test_pages_that_come_empty_or_stale(client: Client) -> None:
    item, [first] = client.live()
    client.buy("KP-1")
    fault(client, "*", "empty_page", times=None)
    assert client.listed() == []
    assert client.get("/orders/get", created_after="2026-11-24T00:00:00+0700")["orders"] == []
    assert client.get("/category/tree/get") == []
    client.clock.advance(120)
    client.stocks({"ItemId": item, "SkuId": first, "SellableQuantity": "5"})
    fault(client, "*", "stale_read", times=None)
    assert (client.item(item)["skus"][0]["quantity"], client.listed()[0]["skus"][0]["quantity"]) == (11, 11)
    client.clock.advance(120)
    assert client.item(item)["skus"][0]["quantity"] == 5


def test_tokens_that_expire_and_refreshes_that_are_lost(client: Client) -> None:
    fault(client, "*", "expire_token")
    client.call("GET", "/seller/get")
    assert client.code == "IllegalAccessToken"
    fault(client, "/auth/token/refresh", "lose_refresh")
    refresh = {"refresh_token": client.keys["refresh_token"]}
    with pytest.raises(requests.ConnectionError):
        client.call("POST", "/auth/token/refresh", refresh, token=False)
    client.call("POST", "/auth/token/refresh", refresh, token=False)
    assert client.code == "IllegalRefreshToken"


def test_which_calls_a_fault_means_anything_to() -> None:
    known = {operation.path for operation in OPERATIONS}
    assert all(paths and paths <= known for paths in PLAYED.values())


# --- the process -----------------------------------------------------------------------------------------------------


def test_a_restart_forgets_nothing(tmp_path: Path, clock: ManualClock) -> None:
    state = tmp_path / "state.json"
    with launch(("lazada",), clock=clock, state=state) as sandboxes:
        client = Client(sandboxes["lazada"], clock)
        item, [first] = client.create(client.product("KP-1"))
        client.clock.advance(2)
        client.buy("KP-1", paid=False)
        client.shop.control("POST", "promotions", {"sku": "KP-1", "reserve": 2})
        client.create(client.product("KP-2"))
        client.post("/images/migrate", {"Images": {"Url": ["https://example.test/1.jpg"]}}, as_xml=True)
        batch, truth, keys = client.answer["batch_id"], client.shop.truth(), client.keys
    with launch(("lazada",), clock=clock, state=state) as sandboxes:
        client = Client(sandboxes["lazada"], clock)
        assert (client.keys, client.shop.truth()) == (keys, truth)
        client.clock.advance(2)
        assert client.status() == ["live", "live"]
        assert client.get("/image/response/get", batch_id=batch)["images"]
        client.stocks({"ItemId": item, "SkuId": first, "SellableQuantity": "1"})
        assert "4170" in {one["code"] for one in client.detail}
        client.clock.advance(1800)
        assert client.truth("KP-1")["stock"] == 12


def test_the_written_config(clock: ManualClock, tmp_path: Path) -> None:
    with launch(("lazada",), clock=clock) as sandboxes:
        sandboxes.write_config(tmp_path / "syncer.toml")
        client = Client(sandboxes["lazada"], clock)
        secrets = dict(line.split("=", 1) for line in (tmp_path / "secrets.env").read_text("utf-8").splitlines())
        mine = {name.removeprefix("LAZADA_SANDBOX__").lower(): value for name, value in secrets.items()}
        assert mine["access_token"] != client.keys["access_token"]
        client.keys = mine
        client.get("/seller/get")
    channel = tomllib.loads((tmp_path / "syncer.toml").read_text("utf-8"))["channels"]["lazada-sandbox"]
    assert (channel["marketplace"], channel["url"], channel["shop_id"]) == (
        "lazada", sandboxes["lazada"].url, "400100200",
    )  # fmt: skip
    assert channel["limits"]["rates"] == [{"scope": "shop", "count": 50, "window_s": 1.0}]
    assert channel["limits"]["settle_s"] == 2.0
    with (tmp_path / "categories.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 27
    for row in rows:
        leaf = tree()["leafs"][row["external_id"]]
        given = {pair.split("=")[0] for pair in row["attributes"].split(";")}
        assert set(leaf["mandatory"]) <= given <= {*leaf["mandatory"], *leaf["optional"]}


def test_a_location_stands_in_the_config_of_several_warehouses(start: Start) -> None:
    client = start()
    assert client.shop.config_lines().location is None
    assert client.shop.config_lines().limits["settle_s"] == "120.0"
    client.shop.control("PUT", "settings", {"multi_warehouse": True})
    assert client.shop.config_lines().location == "dropshipping"


def test_the_order_of_the_marketplaces() -> None:
    order = [name for name in ("shopee", "bukalapak", "blibli", "lazada", "tiktokshop") if name in MARKETPLACES]
    assert list(MARKETPLACES) == order


def test_every_switch_is_tried_in_each_position() -> None:
    """By the mark that its test carries: the id, quoted, and each position as a text."""
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    for switch in SWITCHES:
        assert f'"{switch.id}"' in text
        assert [position for position in switch.positions if f'"{position}"' not in text] == []
