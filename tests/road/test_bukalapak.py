"""Bukalapak's traps on the whole road: single-use pictures, creates without a SKU, relists that come back empty, two
credentials, quotas, holidays, and the eras of its end (facts, section 6).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from adapters.bukalapak import Bukalapak
from adapters.bukalapak.mapping import bbcode
from adapters.contract import Cause, Facet
from adapters.sandbox.bukalapak.market import BukalapakMarket
from adapters.sandbox.bukalapak.state import Product
from tests.road.road import Road, road

PLAIN, SIZED = "BLC-SJK", "RSM-CNC"
CODES = (PLAIN, SIZED, "RSM-KNH")
CREATE = "/v2/products.json"
TROUBLES = ["lose_request", "lose_response", "late_apply", "http_500", "garbage", "truncated"]


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Road]:
    with road(tmp_path, CODES, marketplace="bukalapak") as made:
        yield made


def _market(way: Road) -> BukalapakMarket:
    market = way.sandbox.market
    assert isinstance(market, BukalapakMarket)
    return market


def _product(way: Road, code: str) -> Product:
    """The product of one of ours, in the shop."""
    sku = _skus(way, code)[0]
    return _market(way).here.shop.products[way.offers()[sku].split(";")[0]]


def _adapter(way: Road) -> Bukalapak:
    adapter = way.shop().adapter
    assert isinstance(adapter, Bukalapak)
    return adapter


def _skus(way: Road, code: str) -> list[str]:
    return [row["sku"] for row in way.rows if row["product_code"] == code]


def _stocks(way: Road) -> dict[str, int]:
    return {row["sku"]: int(row["stock"]) for row in way.rows}


def _agrees(way: Road) -> None:
    """Everything once, on sale, with the stock of the catalogue."""
    shown = way.shown()
    assert {sku: variant["stock"] for sku, variant in shown.items()} == _stocks(way)
    assert {variant["status"] for variant in shown.values()} == {"live"}
    assert set(way.titles().values()) == {1}
    calls = way.sandbox.calls()
    assert (calls["raised_over_sale"], calls["oversold"]) == (0, 0)


def _set(way: Road, switch: str, position: str) -> None:
    """The marketplace changes its mind."""
    _market(way).here.switches[switch] = position


def _settled(way: Road, **wish: Any) -> None:
    """Runs until nothing more comes of it, with time between them."""
    for _ in range(3):
        way.clock.advance(4 * 3600)
        way.resync(failed=True, **wish)
        way.resync(**wish)


# --- creates without a SKU field, and pictures that serve once -------------------------------------------------------


@pytest.mark.parametrize("sku_name", ["null", "settable"])
@pytest.mark.parametrize("kind", TROUBLES)
def test_a_create_without_a_sku_survives_what_the_line_does(tmp_path: Path, kind: str, sku_name: str) -> None:
    with road(tmp_path, CODES, {"bukalapak.sku_name": sku_name}, "bukalapak") as way:
        way.fault(CREATE, kind, None)
        way.resync()
        way.calm()
        way.clock.advance(300)
        way.resync()
        _settled(way)
        _agrees(way)


def test_a_lost_create_that_no_list_shows_is_not_made_again(way: Road) -> None:
    """Longer than `settle_s`, and more than two empty looks: its pictures say that it is there."""
    way.fault(CREATE, "lose_response", None)
    way.resync()
    way.fault("/stores/me/products", "empty_page", None)
    for _ in range(4):
        way.clock.advance(3600)
        way.resync()
    assert set(way.titles().values()) == {1}
    way.calm()
    _settled(way)
    _agrees(way)


def test_no_two_products_share_a_picture_after_a_lost_create(way: Road) -> None:
    way.fault(CREATE, "lose_response", 1)
    way.resync()
    way.calm()
    _settled(way)
    _agrees(way)
    shop = _market(way).here.shop
    for product in shop.products.values():
        assert {shop.images[image] for image in product.images} == {product.id}
        assert len(product.images) == len(set(product.images))


@pytest.mark.parametrize("kind", TROUBLES)
@pytest.mark.parametrize("times", [1, 2, None])
def test_two_products_of_one_name_are_told_apart(way: Road, kind: str, times: int | None) -> None:
    """Two producers may give their goods one name, and a name is nearly all that a create leaves to be known by."""
    name = next(row["name"] for row in way.rows if row["product_code"] == "RSM-KNH")
    way.rewrite(SIZED, name=name)
    way.fault(CREATE, kind, times)
    way.resync()
    way.calm()
    _settled(way)
    assert way.titles()[name] == 2
    offers = list(way.offers().values())
    assert len(offers) == len(set(offers)) == len(way.rows)
    texts = {row["product_code"]: row["description"] for row in way.rows}
    for code, text in texts.items():
        assert _product(way, code).description_bb == bbcode(text), f"{code} stands under another product's listing"
    assert {sku: variant["stock"] for sku, variant in way.shown().items()} == _stocks(way)


@pytest.mark.parametrize("kinds", [("lose_request", "lose_response"), ("lose_response", "lose_request")])
def test_of_two_products_of_one_name_only_one_arrived(way: Road, kinds: tuple[str, str]) -> None:
    """Both creates of unknown fate, one of them applied: it is found for the product whose pictures it carries."""
    for row in way.rows:
        row["status"] = "active" if row["product_code"] in (SIZED, "RSM-KNH") else "archived"
    name = next(row["name"] for row in way.rows if row["product_code"] == "RSM-KNH")
    way.rewrite(SIZED, name=name)
    faults = [{"operation": CREATE, "kind": kind, "probability": 1, "times": 1} for kind in kinds]
    way.sandbox.control("PUT", "faults", faults)
    way.resync()
    assert len(way.sandbox.truth()) >= 1
    way.calm()
    _settled(way)
    assert way.titles() == {name: 2}
    texts = {code: row["description"] for row in way.rows for code in [row["product_code"]] if code != PLAIN}
    for code, text in texts.items():
        assert _product(way, code).description_bb == bbcode(text), f"{code} stands under another product's listing"


@pytest.mark.parametrize("kind", TROUBLES)
def test_new_pictures_replace_the_old_ones_whatever_the_line_does(way: Road, kind: str) -> None:
    way.resync()
    before = list(_product(way, PLAIN).images)
    other = next(row["images"] for row in way.rows if row["product_code"] == SIZED)
    way.fault(f"/v2/products/{_product(way, PLAIN).id}.json", kind, 1)
    way.rewrite(PLAIN, images=other)
    way.resync()
    way.calm()
    _settled(way)
    after = _product(way, PLAIN).images
    assert not set(after) & set(before)
    assert len(after) == len(other.split("|"))
    _agrees(way)


# --- off sale, and on again with nothing -----------------------------------------------------------------------------


@pytest.mark.parametrize("restock", ["returns", "stays_off"])
@pytest.mark.parametrize("kind", [*TROUBLES, None])
def test_a_relist_loses_no_stock_and_sells_none_that_is_not_there(
    tmp_path: Path, kind: str | None, restock: str
) -> None:
    with road(tmp_path, CODES, {"bukalapak.restock": restock}, "bukalapak") as way:
        way.resync()
        way.rewrite(SIZED, status="archived")
        way.resync()
        assert {v["status"] for sku, v in way.shown().items() if sku in _skus(way, SIZED)} == {"hidden"}
        way.count(_skus(way, SIZED)[0], 3)
        for row in way.rows:
            if row["sku"] == _skus(way, SIZED)[0]:
                row["stock"] = "3"
        if kind is not None:
            way.fault(f"/v2/products/{_product(way, SIZED).id}/relist.json", kind)
        way.rewrite(SIZED, status="active")
        way.resync()
        way.calm()
        _settled(way)
        _agrees(way)


@pytest.mark.parametrize("kind", TROUBLES)
def test_a_take_down_is_done_whatever_the_line_does(way: Road, kind: str) -> None:
    way.resync()
    way.fault(f"/v2/products/{_product(way, SIZED).id}/sold.json", kind)
    way.rewrite(SIZED, status="archived")
    way.resync()
    way.calm()
    _settled(way)
    assert {v["status"] for sku, v in way.shown().items() if sku in _skus(way, SIZED)} == {"hidden"}


def test_a_forced_push_relists_nothing_that_is_on_sale(way: Road) -> None:
    way.resync()
    relisted = {product.id: product.relisted for product in _market(way).here.shop.products.values()}
    result = way.resync(force=True)
    # By default nothing is known to change the price of a single variant; nothing else fails.
    assert {change.facet for change, outcome in result.changes if type(outcome).__name__ == "Rejected"} <= {Facet.price}
    assert {product.id: product.relisted for product in _market(way).here.shop.products.values()} == relisted
    _agrees(way)


def test_what_a_seller_put_back_on_sale_by_hand_gets_its_stock(way: Road) -> None:
    way.resync()
    way.rewrite(SIZED, status="archived")
    way.resync()
    _product(way, SIZED).on = True  # with a stock of the seller's own
    way.sandbox.control("POST", "edit", {"external_id": way.offers()[_skus(way, SIZED)[0]], "stock": 1})
    way.rewrite(SIZED, status="active")
    way.resync()
    way.resync()
    _agrees(way)


@pytest.mark.parametrize("restock", ["returns", "stays_off"])
@pytest.mark.parametrize("code", [PLAIN, SIZED])
def test_what_ran_out_comes_back(tmp_path: Path, restock: str, code: str) -> None:
    with road(tmp_path, CODES, {"bukalapak.restock": restock}, "bukalapak") as way:
        way.resync()
        for sku in _skus(way, code):
            way.count(sku, 0)
        way.resync()
        assert {v["status"] for sku, v in way.shown().items() if sku in _skus(way, code)} == {"live_oos"}
        way.clock.advance(3600)
        for sku in _skus(way, code):
            way.count(sku, _stocks(way)[sku])
        way.resync()
        _agrees(way)


def test_a_sale_while_a_relist_waits_for_its_stock_is_counted(way: Road) -> None:
    way.resync()
    sku = _skus(way, SIZED)[0]
    way.buy(sku, 1)
    way.rewrite(SIZED, status="archived")
    way.resync()
    way.rewrite(SIZED, status="active")
    way.clock.advance(120)
    way.resync()
    way.resync()
    assert way.shown()[sku]["stock"] == _stocks(way)[sku] - 1
    assert way.sandbox.calls()["raised_over_sale"] == 0


# --- lists -----------------------------------------------------------------------------------------------------------


def _by_hand(way: Road, name: str, count: int) -> set[str]:
    rows = [{"title": f"{name} {n}", "variants": [{"price": 9_000, "stock": 1}]} for n in range(count)]
    return set(way.sandbox.control("POST", "listings", rows))


def test_lists_that_shift_while_they_are_turned_lose_nothing(way: Road) -> None:
    there = _by_hand(way, "Milik sendiri", 120)
    rows = _adapter(way).observe()
    seen = [next(iter(rows)).external_id]
    for n in range(3):
        way.clock.advance(1)
        _by_hand(way, f"Baru {n}", 3)
        seen += [observed.external_id for observed in islice(rows, 40)]
    seen += [observed.external_id for observed in rows]
    assert len(seen) == len(set(seen))
    assert there <= set(seen)


def test_a_deleted_listing_is_gone_though_a_list_shows_its_row(way: Road) -> None:
    way.resync()
    way.sandbox.control("POST", "edit", {"external_id": _product(way, PLAIN).id, "delete": True})
    for sku in _skus(way, PLAIN):
        way.count(sku, 3)
    assert set(way.resync().outcomes) == {"rejected"}
    _settled(way)
    assert {row["external_id"] for row in way.sandbox.truth()} == {_product(way, c).id for c in CODES if c != PLAIN}
    assert _product(way, PLAIN).id not in {o.external_id for o in _adapter(way).observe()}


def test_somebody_elses_listing_of_our_name_is_left_alone(way: Road) -> None:
    name = next(row["name"] for row in way.rows if row["product_code"] == SIZED)
    made = {"title": name, "variants": [{"price": 5_000, "stock": 1}]}
    [theirs] = way.sandbox.control("POST", "listings", [made])
    way.clock.advance(60)
    assert way.resync().exit_code == 1
    _settled(way)
    assert way.titles()[name] == 1
    shown = next(row for row in way.sandbox.truth() if row["external_id"] == theirs)
    assert [(v["price"], v["stock"]) for v in shown["variants"]] == [(5_000, 1)]


# --- orders ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("window", ["created", "updated"])
@pytest.mark.parametrize(("ways", "back"), [
    (("accepted", "rejected"), 1), (("rejected",), 1), (("failed",), 1), (("cancelled",), 1), (("returned",), 1),
    (("accepted", "shipped", "delivered", "remitted"), 0), (("shipped", "delivered", "returned"), 0),
])  # fmt: skip
def test_what_an_order_took_comes_back_where_the_goods_never_left(
    tmp_path: Path, window: str, ways: tuple[str, ...], back: int
) -> None:
    with road(tmp_path, CODES, {"bukalapak.order_window": window}, "bukalapak") as way:
        way.resync()
        sku = _skus(way, SIZED)[1]
        number = way.buy(sku, 1)
        way.clock.advance(120)
        way.pull()
        for word in ways:
            way.clock.advance(120)
            way.sandbox.control("POST", f"orders/{number}/advance", {"to": word})
        way.clock.advance(120)
        way.pull()
        way.resync()
        assert way.shown()[sku]["stock"] == _stocks(way)[sku] - 1 + back
        assert way.sandbox.calls()["raised_over_sale"] == 0


# --- two credentials, quotas, holidays -------------------------------------------------------------------------------


@pytest.mark.parametrize("replay", ["loses_account", "refused"])
@pytest.mark.parametrize("old", ["ends", "lives"])
def test_a_lost_refresh_asks_for_a_person_and_the_older_generation_works_on(
    tmp_path: Path, replay: str, old: str
) -> None:
    switches = {"bukalapak.refresh_replay": replay, "bukalapak.old_access": old}
    with road(tmp_path, CODES, switches, "bukalapak") as way:
        way.resync()
        way.clock.advance(4 * 3600)
        way.fault("/oauth/token", "lose_refresh")
        way.count(_skus(way, PLAIN)[0], 8)
        result = way.resync()
        assert result.exit_code == 4
        way.calm()
        assert way.resync().exit_code == 4
        assert set(way.titles().values()) == {1}


def test_a_refused_basic_pair_is_said_and_stock_goes_on(way: Road) -> None:
    way.resync()
    _market(way).here.shop.token = "sim-another"
    way.count(_skus(way, PLAIN)[0], 8)
    way.rewrite(SIZED, name="Cincin Resam Anyaman Tangan Bangka Barat Tersedia Semua Nomor")
    result = way.resync()
    assert result.exit_code == 4
    assert way.shown()[_skus(way, PLAIN)[0]]["stock"] == 8


def test_what_is_over_the_quota_goes_the_next_day(way: Road) -> None:
    way.sandbox.control("PUT", "settings", {"upload_quota": {"daily": 1}})
    way.resync()
    assert len(way.titles()) == 1
    for _ in range(3):
        way.clock.advance(24 * 3600)
        way.resync()
    _agrees(way)


def test_a_holiday_is_waited_out(way: Road) -> None:
    way.resync()
    way.sandbox.control("POST", "holiday", {"on": True})
    sku = _skus(way, PLAIN)[0]
    way.count(sku, 4)
    way.resync(force=True)
    way.clock.advance(3600)
    way.resync()
    way.sandbox.control("POST", "holiday", {"on": False})
    way.clock.advance(3600)
    way.resync()
    for row in way.rows:
        if row["sku"] == sku:
            row["stock"] = "4"
    _agrees(way)
    assert way.resync().outcomes == {}


# --- eras ------------------------------------------------------------------------------------------------------------


def test_while_it_winds_down_stock_price_and_take_downs_go_and_relists_do_not(way: Road) -> None:
    way.resync()
    way.rewrite("RSM-KNH", status="archived")
    way.resync()
    _set(way, "bukalapak.era", "winding_down")
    sku = _skus(way, PLAIN)[0]
    way.count(sku, 4)
    way.rewrite(SIZED, status="archived")
    assert way.resync().failed == 0
    way.rewrite("RSM-KNH", status="active")
    result = way.resync()
    assert [(c.facet, o.cause) for c, o in result.changes if hasattr(o, "cause")] == [(Facet.visibility, Cause.config)]
    shown = way.shown()
    assert shown[sku]["stock"] == 4
    assert {v["status"] for sku, v in shown.items() if sku not in _skus(way, PLAIN)} == {"hidden"}
    number = way.buy(sku, 1)
    way.clock.advance(120)
    assert (way.pull().movements, bool(number)) == (1, True)


def test_once_it_is_closed_reads_go_on_and_each_write_is_said_once(way: Road) -> None:
    way.resync()
    sku = _skus(way, PLAIN)[0]
    way.buy(sku, 1)
    _set(way, "bukalapak.era", "closed")
    way.count(sku, 4)
    way.clock.advance(120)
    result = way.resync()
    assert [o.cause for _, o in result.changes if hasattr(o, "cause")] == [Cause.config]
    assert result.failed == 1
    assert way.resync(patient=True, manual=False).outcomes == {}
    assert way.pull().orders >= 0
    assert set(way.titles().values()) == {1}
