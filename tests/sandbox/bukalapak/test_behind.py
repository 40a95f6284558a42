"""The calls under /_sandbox/, faults, settings and restarts, as far as Bukalapak has its own way with them."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from adapters.sandbox import launch
from adapters.sandbox.bukalapak.context import tree
from adapters.sandbox.bukalapak.switches import SWITCHES
from adapters.sandbox.serve import serve
from syncer.settings import load_settings
from tests.sandbox.bukalapak.client import LEAF, OTHER_LEAF, Client
from tests.sandbox.bukalapak.conftest import Begin

CATALOGUE = Path(__file__).parents[3] / "config" / "examples" / "catalogue-babel.csv"


def control(shop: Client, method: str, name: str, body: Any = None) -> Any:
    """A control call by HTTP."""
    reply = shop.raw(method, f"/_sandbox/{name}", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


def fault(shop: Client, kind: str, operation: str = "*", times: int | None = 1) -> None:
    """Put one fault in force."""
    shop.shop.control("PUT", "faults", [{"operation": operation, "kind": kind, "times": times}])


# --- the truth and the seller ----------------------------------------------------------------------------------------


def test_listings_tell_the_truth(shop: Client) -> None:
    product = shop.made()
    sku = shop.row(product)["sku_id"]
    [listing] = control(shop, "GET", "listings")
    assert listing == {
        "external_id": product, "code": None, "title": "Gelang anyam", "status": "live",
        "fronts": [{"front": "bukalapak", "status": "live"}],
        "variants": [{"external_id": f"{product};{sku}", "sku": None, "options": [], "price": 45000, "sale_price": None,
                      "stock": 7,
                      "sellable": 7, "reserved": 0, "total": 7, "location": None}],
        "created_at": "2026-11-24T03:00:00+00:00", "updated_at": "2026-11-24T03:00:00+00:00",
    }  # fmt: skip


def test_listings_made_by_hand_carry_skus(shop: Client) -> None:
    rows = [
        {"title": "Madu", "code": "MD", "variants": [{"sku": "MD-1", "price": 9000, "stock": 3},
                                                     {"sku": "MD-2", "price": 9500, "stock": 0}]},
        {"title": "Satu", "variants": [{"sku": "S-1", "price": 5000, "stock": 1}]},
        {"title": "Tanpa", "variants": [{"price": 5000, "stock": 1}]},
    ]  # fmt: skip
    two, one, none = control(shop, "POST", "listings", rows)
    assert [v["sku_name"] for v in shop.row(two)["variants"]] == ["MD-1", "MD-2"]
    assert (shop.row(one)["sku_name"], shop.row(none)["sku_name"]) == ("S-1", None)
    assert {listing["code"] for listing in shop.shop.truth()} == {None}
    shop.v2("PUT", f"products/{one}.json", json={"product": {"name": "Baru"}})
    assert shop.ok


def test_a_sellers_edits_show(shop: Client) -> None:
    product = shop.made()
    edit = {"external_id": product, "price": 51000, "sale_price": 49000, "stock": 2, "title": "Baru"}
    control(shop, "POST", "edit", edit)
    row = shop.row(product)
    assert (row["name"], row["price"], row["original_price"], row["stock"]) == ("Baru", 49000, 51000, 2)
    more = {"sku": "A-2", "price": 1000, "stock": 1}
    control(shop, "POST", "edit", {"external_id": product, "add_variant": more})
    variants = shop.truth(product)["variants"]
    assert [(v["sku"], v["price"]) for v in variants] == [(None, 51000), ("A-2", 1000)]
    assert len(shop.row(product)["variants"]) == 2
    control(shop, "POST", "edit", {"external_id": variants[0]["external_id"], "remove_variant": True})
    control(shop, "POST", "edit", {"sku": "A-2", "add_variant": {"sku": "A-3", "price": 1000, "stock": 1}})
    control(shop, "POST", "edit", {"sku": "A-2", "remove_variant": "A-3"})
    assert [v["sku"] for v in shop.truth(product)["variants"]] == ["A-2"]
    control(shop, "POST", "edit", {"sku": "A-2", "delete": True})
    assert (shop.shop.truth(), shop.row(product)["state"]) == ([], "deleted")


@pytest.mark.parametrize(("method", "name", "body", "status"), [
    ("POST", "edit", {"sku": "NONE"}, 400), ("POST", "edit", {}, 400), ("POST", "promotions", {"sku": "A"}, 400),
    ("POST", "review", {"external_id": "FIRST", "verdict": "what"}, 400), ("POST", "category", {}, 400),
    ("POST", "category", {"merge": [LEAF, 1]}, 400), ("POST", "holiday", {}, 400), ("POST", "orders", None, 400),
    ("POST", "edit", {"external_id": "FIRST", "remove_variant": True}, 400), ("GET", "nothing", None, 404),
    ("POST", "listings", [{"title": "x", "variants": []}], 400), ("PUT", "settings", {"daily_quota": 1}, 400),
    ("PUT", "settings", {"upload_quota": {"yearly": 1}}, 400), ("POST", "orders/5/advance", {"to": "paid"}, 404),
])  # fmt: skip
def test_control_calls_that_make_no_sense_are_refused(
    shop: Client, method: str, name: str, body: Any, status: int
) -> None:
    product = shop.made()
    if isinstance(body, dict) and body.get("external_id") == "FIRST":
        body = {**body, "external_id": product}
    assert shop.raw(method, f"/_sandbox/{name}", json=body).status_code == status


def test_an_order_cannot_become_anything(shop: Client) -> None:
    number = shop.buy(shop.made())
    with pytest.raises(ValueError, match="anything"):
        shop.advance(number, "anything")
    assert shop.shop.control("POST", f"orders/{number}/advance", "shipped")["status"] == "delivered"


# --- the marketplace -------------------------------------------------------------------------------------------------


def test_bans_and_verdicts(shop: Client) -> None:
    product = shop.made()
    for name, more, status in (("ban", {}, "banned"), ("review", {"verdict": "good"}, "live"),
                               ("review", {"verdict": "bad"}, "banned")):  # fmt: skip
        control(shop, "POST", name, {"external_id": product, **more})
        assert shop.truth(product)["status"] == status
    assert (shop.own(), shop.row(product)["state"]) == ([], "banned")
    shop.v2("PUT", f"products/{product}/relist.json")
    assert not shop.ok
    assert shop.v2("GET", f"products/{product}.json")["product"]["state_description"] == "Melanggar"


def test_a_closed_shop_leaves_every_list(shop: Client) -> None:
    product = shop.made()
    control(shop, "POST", "holiday", {"on": True})
    assert (shop.mine(), shop.mine(True), shop.own()) == ([], [product], [])
    assert shop.v2("GET", f"products/{product}.json")["product"]["state_description"] == "Lapak Tutup"
    assert shop.truth(product)["status"] == "hidden"
    shop.patch(product, stock=4)
    assert shop.ok
    control(shop, "POST", "holiday", {"on": False})
    assert (shop.mine(), shop.truth(product)["status"]) == ([product], "live")


def test_categories_close_and_merge(shop: Client) -> None:
    product = shop.made()
    control(shop, "POST", "category", {"merge": [LEAF, OTHER_LEAF]})
    assert shop.row(product)["category"]["id"] == OTHER_LEAF
    shop.v2("PUT", f"products/{product}.json", json={"product": {"product_detail_attributes": {"bahan": "Kain"}}})
    assert shop.ok
    shop.create()
    assert not shop.ok
    control(shop, "POST", "category", {"close": OTHER_LEAF})
    shop.create(category_id=OTHER_LEAF)
    assert not shop.ok
    assert str(OTHER_LEAF) not in str(shop.v2("GET", "categories.json"))


def test_delete_state_empties_the_shop_and_keeps_grants_and_pictures(shop: Client) -> None:
    free, used = shop.picture(), shop.picture()
    shop.made(images=used)
    control(shop, "DELETE", "state")
    assert (shop.shop.truth(), shop.own("all")) == ([], [])
    shop.create(images=used)
    assert not shop.ok
    assert shop.made(images=free)


def test_calls_are_counted_by_what_they_do(shop: Client) -> None:
    image = shop.picture()
    control(shop, "DELETE", "calls")
    product = shop.made(images=image)
    shop.patch(product, stock=1)  # with a look-up before it
    shop.v2("PUT", "products/nothing/sold.json")  # a write that fails is a write
    shop.upload(b"")
    shop.refreshed(shop.refresh_token)
    counted = control(shop, "GET", "calls")
    assert (counted["total"], counted["writes"], counted["reads"]) == (6, 3, 1)
    assert counted["by_operation"]["/v2/products.json"] == 1


# --- limits and faults -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["rate_per_s", "hidden_limit"])
def test_limits_refuse_and_let_in_again(shop: Client, setting: str) -> None:
    control(shop, "PUT", "settings", {setting: 3, "review_delay_s": 5})
    for _ in range(3):
        shop.v4("GET", "/me")
    assert shop.ok
    for call in (lambda: shop.v4("GET", "/me"), lambda: shop.v2("GET", "categories.json")):
        call()
        assert (shop.status, shop.ok) == (429, False)
    assert shop.shop.calls()["throttled"] == 2
    shop.clock.advance(1)
    shop.v4("GET", "/me")
    assert shop.ok


def test_fast_limits_allow_sixty_calls_a_second_and_short_quota_days(begin: Begin) -> None:
    shop = begin("fast")
    statuses = []
    for _ in range(61):
        shop.v4("GET", "/me")
        statuses.append(shop.status)
    assert statuses == [200] * 60 + [429]
    control(shop, "PUT", "settings", {"rate_per_s": 0, "upload_quota": {"daily": 1}})
    shop.made()
    assert shop.create()["status"] == "ERROR"
    shop.clock.advance(24 * 60)
    assert shop.create()["status"] == "OK"


@pytest.mark.parametrize("kind", ["throttle", "reject_row", "expire_token"])
def test_faults_of_the_marketplace_on_a_patch(shop: Client, kind: str) -> None:
    product = shop.made()
    path = f"/products/{product}/skus/{shop.row(product)['sku_id']}"
    fault(shop, kind)
    shop.v4("PATCH", path, json={"stock": 1})
    expected = {"throttle": (429, 19429), "reject_row": (200, 19422), "expire_token": (401, 10001)}
    assert (shop.status, shop.code) == expected[kind]
    assert shop.shop.truth()[0]["variants"][0]["stock"] == 7
    shop.access = shop.refreshed(shop.refresh_token)["access_token"]
    shop.v4("PATCH", path, json={"stock": 1})
    assert shop.ok


def test_a_row_of_v2_is_refused_with_text_only(shop: Client) -> None:
    image = shop.picture()
    fault(shop, "reject_row")
    shop.v2("GET", "products/mylapak.json")
    assert shop.ok  # a look-up is no row
    shop.create(images=image)
    assert (shop.status, shop.ok, shop.shop.truth()) == (200, False, [])
    shop.create(images=image)
    assert shop.ok


LISTS: list[tuple[str, Callable[[Client], Any]]] = [
    ("/stores/me/products", lambda shop: shop.own("all")), ("/v2/products/mylapak.json", lambda shop: shop.mine()),
    ("/v2/products.json", lambda shop: shop.v2("GET", "products.json")["products"]),
    ("/transactions", lambda shop: shop.v4("GET", "/transactions")),
    ("/v2/transactions.json", lambda shop: shop.v2("GET", "transactions.json")["transactions"]),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "read"), LISTS, ids=[name for name, _ in LISTS])
def test_empty_page_shows_nothing_of_what_is_there(shop: Client, operation: str, read: Callable[[Client], Any]) -> None:
    shop.buy(shop.made())
    full = read(shop)
    fault(shop, "empty_page", operation)
    assert (read(shop), shop.ok) == ([], True)
    assert read(shop) == full != []


def test_stale_read_shows_what_was_but_not_beyond_settle_s(shop: Client) -> None:
    product = shop.made()
    shop.clock.advance(200)
    shop.patch(product, stock=1)
    fault(shop, "stale_read", times=None)
    assert shop.row(product)["stock"] == 7
    assert shop.v2("GET", f"products/{product}.json")["product"]["stock"] == "7"
    fresh = shop.made("Baru")
    assert fresh not in shop.mine()
    shop.v2("GET", f"products/{fresh}.json")
    assert not shop.ok
    shop.clock.advance(121)
    assert (shop.row(product)["stock"], fresh in shop.mine()) == (1, True)


def test_a_create_that_is_applied_late_counts_as_of_its_moment(shop: Client) -> None:
    body = {"product": shop.fields("Telat"), "images": shop.picture()}
    fault(shop, "late_apply", "/v2/products.json")
    with pytest.raises(requests.ConnectionError):
        shop.v2("POST", "products.json", json=body)
    assert shop.shop.truth() == []
    shop.clock.advance(120)
    [listing] = shop.shop.truth()
    assert (listing["title"], listing["created_at"]) == ("Telat", "2026-11-24T03:01:00+00:00")


def test_faults_of_batches_and_queues_mean_nothing(shop: Client) -> None:
    lines = [{"operation": "*", "kind": kind} for kind in ("partial_batch", "omit_row", "stuck_queue")]
    shop.shop.control("PUT", "faults", lines)
    shop.made()
    fault(shop, "expire_token", times=1)
    shop.v2("GET", "categories.json")  # the token of v2 has no end
    assert shop.ok
    assert not shop.shop.market.plays("/nothing", "throttle")


# --- the process -----------------------------------------------------------------------------------------------------


def test_a_restart_keeps_the_state(begin: Begin, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    with launch(("bukalapak",), "real", clock=(clock := begin().clock), state=file) as sandboxes:
        shop = Client(sandboxes["bukalapak"], clock)
        product, image = shop.tiered(), shop.picture()
        shop.shop.control("PUT", "settings", {"upload_quota": {"daily": 2}})
        number = shop.buy(product)
        used = shop.refresh_token
        fresh = shop.refreshed(used)
        before = shop.shop.truth()
    again = begin(state=file)
    assert again.shop.truth() == before
    again.access = fresh["access_token"]
    assert again.v4("GET", f"/transactions/{number}")["state"] == "paid"
    assert again.row(product)["store"]["product_upload_remaining"]["daily"] == 1
    again.create(images=image)
    assert again.ok
    again.create(images=image)
    assert not again.ok
    assert again.refreshed(used)["error"] == "invalid_grant"  # and the grant is lost, over the restart


def test_a_grant_that_lives_stays_the_same_over_a_restart(begin: Begin, tmp_path: Path) -> None:
    first = begin(state=tmp_path / "a")
    first.shop.stop()
    second = begin(state=tmp_path / "a")
    assert second.shop.credentials == first.shop.credentials
    other = begin(seed=2)
    assert other.shop.credentials["token"] != first.shop.credentials["token"]
    assert set(other.shop.credentials) == {"user_id", "token", "access_token", "refresh_token"}


def test_the_written_config_is_ours(begin: Begin, tmp_path: Path) -> None:
    shop = begin("fast", patch_price="accepted")
    with launch(("bukalapak",), clock=shop.clock, switches={"bukalapak.patch_price": "accepted"}) as sandboxes:
        sandboxes.write_config(tmp_path / "syncer.toml")
        channel = load_settings(tmp_path / "syncer.toml").channels["bukalapak-sandbox"]
        market = sandboxes["bukalapak"]
        assert (channel.marketplace, channel.url, channel.shop_id) == ("bukalapak", market.url, "2000017")
    assert channel.assumptions == {
        "bukalapak.create_variants": "accepted", "bukalapak.patch_price": "accepted", "bukalapak.sku_name": "null",
    }  # fmt: skip
    text = (tmp_path / "syncer.toml").read_text(encoding="utf-8")
    assert "settle_s = 2.0\n" in text
    assert 'scope = "app", count = 60, window_s = 1.0' in text
    names = {line.split("=")[0] for line in (tmp_path / "secrets.env").read_text(encoding="utf-8").splitlines()}
    wanted = ("user_id", "token", "client_id", "client_secret", "access_token", "refresh_token")
    assert names == {"SYNCER_KEY", *(f"BUKALAPAK_SANDBOX__{name.upper()}" for name in wanted)}


def test_every_category_of_the_example_has_a_leaf() -> None:
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        ours = {row["category"] for row in csv.DictReader(file)}
    mapped = {row["category"]: row for row in tree()["our_categories"]}
    assert set(mapped) == ours
    for row in mapped.values():
        leaf = tree()["leafs"][row["external_id"]]
        named = {pair.split("=")[0] for pair in row["attributes"].split(";")}
        required = {name for name in leaf if tree()["attributes"][name]["required"]}
        assert required <= named <= set(leaf)


def test_serve_names_it_beside_shopee(tmp_path: Path) -> None:
    out, stop = io.StringIO(), threading.Event()
    stop.set()
    serve(None, True, tmp_path / "state.json", "fast", {}, 0, 0, out, stop)
    [line] = [row for row in map(json.loads, out.getvalue().splitlines()) if row.get("marketplace") == "bukalapak"]
    assert (line["channel"], re.match(r"http://127\.0\.0\.1:\d+/oauth/authorize\?", line["auth_url"]) is not None) == (
        "bukalapak-sandbox",
        True,
    )
    assert json.loads((tmp_path / "state.json.bukalapak").read_text(encoding="utf-8"))["store_id"] == 2_000_017


def test_every_switch_is_tried_in_each_position() -> None:
    """By the mark that its test carries: the id, quoted, and each position as a text."""
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    for switch in SWITCHES:
        assert f'"{switch.id}"' in text
        assert [position for position in switch.positions if f'"{position}"' not in text] == []
