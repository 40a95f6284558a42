"""The main job, step by step: what is listed, what is pushed, what is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.contract import Facet
from syncer.sync.guard import Thresholds
from syncer.texts import told
from tests.road.road import Road, road

ADD = "/api/v2/product/add_item"
INIT = "/api/v2/product/init_tier_variation"
RELIST = "/api/v2/product/unlist_item"
STOCK = "/api/v2/product/update_stock"
PRICE = "/api/v2/product/update_price"
ORDERS = "/api/v2/order/get_order_list"


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Road]:
    with road(tmp_path) as made:
        yield made


def _agrees(way: Road) -> None:
    shown = way.shown()
    assert {r["sku"] for r in way.rows} == set(shown)
    assert {shown[r["sku"]]["price"] for r in way.rows} == {int(r["price_idr"]) for r in way.rows}
    assert all(shown[r["sku"]]["status"] in ("live", "live_oos") for r in way.rows)


def test_first_sync_lists_everything_once(way: Road) -> None:
    result = way.resync()
    assert result.exit_code == 0
    _agrees(way)
    assert {sku: v["stock"] for sku, v in way.shown().items()} == {r["sku"]: int(r["stock"]) for r in way.rows}


def test_second_sync_is_quiet(way: Road) -> None:
    way.resync()
    way.sandbox.control("DELETE", "calls")
    assert way.resync().outcomes == {}
    assert way.sandbox.calls()["writes"] == 0


@pytest.mark.parametrize("operation", [ADD, INIT, RELIST])
@pytest.mark.parametrize("kind", ["lose_response", "lose_request", "late_apply", "garbage", "truncated", "http_500"])
def test_a_create_survives_what_the_line_does(way: Road, operation: str, kind: str) -> None:
    way.fault(operation, kind)
    way.resync()
    way.calm()
    way.resync()
    _agrees(way)
    assert set(way.titles().values()) == {1}


def test_many_lost_creates_at_once(way: Road) -> None:
    way.fault(ADD, "lose_response", None)
    way.resync()
    way.calm()
    way.clock.advance(300)
    way.resync()
    way.resync()
    _agrees(way)


@pytest.mark.parametrize("kind", ["lose_response", "late_apply", "omit_row", "partial_batch", "reject_row", "http_503"])
@pytest.mark.parametrize("operation", [STOCK, PRICE])
def test_numbers_arrive_in_the_end(way: Road, operation: str, kind: str) -> None:
    way.resync()
    skus = [row["sku"] for row in way.rows]
    for sku in skus:
        way.count(sku, 17)
        way.price(sku, 99_000)
    way.fault(operation, kind, 2)
    way.resync()
    way.calm()
    way.clock.advance(7200)
    way.resync(failed=True)
    way.resync()
    assert {(v["price"], v["stock"]) for v in way.shown().values()} == {(99_000, 17)}


def test_a_description_is_pushed_by_itself(way: Road) -> None:
    way.resync()
    way.sandbox.control("DELETE", "calls")
    way.rewrite("RSM-CNC", name="Cincin Resam Anyaman Tangan Bangka Barat Tersedia Semua Nomor")
    result = way.resync()
    assert [change.facet for change, _ in result.changes] == [Facet.content]
    assert way.sandbox.calls()["writes"] == 1
    assert "Cincin Resam Anyaman Tangan Bangka Barat Tersedia Semua Nomor" in way.titles()


def test_archiving_takes_down_and_reviving_shows_again(way: Road) -> None:
    way.resync()
    way.rewrite("RSM-CNC", status="archived")
    way.resync()
    assert {v["status"] for sku, v in way.shown().items() if sku.startswith("RSM-CNC")} == {"hidden"}
    way.rewrite("RSM-CNC", status="active")
    way.resync()
    assert {v["status"] for sku, v in way.shown().items() if sku.startswith("RSM-CNC")} == {"live"}


def test_a_new_variant_comes_with_its_price_and_stock(way: Road) -> None:
    way.resync()
    old = way.rows[-1]
    fresh = {**old, "sku": old["sku"] + "-X", "option1_value": "Baru", "barcode": "", "stock": "4"}
    way.rows.append(fresh)
    assert way.import_rows().exit_code == 0
    way.sandbox.control("DELETE", "calls")
    way.resync()
    shown = way.shown()[fresh["sku"]]
    assert (shown["price"], shown["stock"]) == (int(old["price_idr"]), 4)
    assert way.sandbox.calls()["writes"] == 2


def test_a_sale_is_in_the_ledger_and_needs_no_write(way: Road) -> None:
    way.resync()
    sku = way.rows[0]["sku"]
    before = way.shown()[sku]["stock"]
    way.buy(sku, 2)
    way.clock.advance(120)
    assert way.pull().movements == 1
    way.sandbox.control("DELETE", "calls")
    way.resync()
    assert way.shown()[sku]["stock"] == before - 2
    assert way.sandbox.calls()["writes"] == 0


def test_orders_are_booked_exactly_once(way: Road) -> None:
    way.resync()
    sku = way.rows[0]["sku"]
    number = way.buy(sku, 1)
    way.clock.advance(120)
    assert [way.pull().movements for _ in range(3)] == [1, 0, 0]
    way.sandbox.control("POST", f"orders/{number}/advance", {"to": "cancelled"})
    way.clock.advance(120)
    assert [way.pull().movements for _ in range(3)] == [1, 0, 0]
    way.resync()
    assert way.shown()[sku]["stock"] == int(way.rows[0]["stock"])


@pytest.mark.parametrize("drops", ["paid", "unpaid"])
def test_an_unpaid_order_reserves_whenever_the_shop_takes_it(tmp_path: Path, drops: str) -> None:
    with road(tmp_path, switches={"shopee.stock_drops_at": drops}) as way:
        way.resync()
        sku = way.rows[0]["sku"]
        before = way.shown()[sku]["stock"]
        number = way.buy(sku, 1, paid=False)
        way.clock.advance(120)
        way.pull()
        way.resync()
        assert way.shown()[sku]["stock"] == before - 1
        way.sandbox.control("POST", f"orders/{number}/advance", {"to": "paid"})
        way.clock.advance(120)
        way.pull()
        way.resync()
        assert way.shown()[sku]["stock"] == before - 1


def test_stock_never_rises_while_orders_cannot_be_read(way: Road) -> None:
    way.resync()
    sku = way.rows[0]["sku"]
    before = way.shown()[sku]["stock"]
    way.buy(sku, 2)
    way.clock.advance(600)
    way.fault(ORDERS, "http_503", None)
    for pieces in (before + 5, before - 1):
        way.count(sku, pieces)
        way.resync()
        assert way.shown()[sku]["stock"] == before - 2
    way.count(sku, 1)
    way.resync()
    assert way.shown()[sku]["stock"] == 1
    way.calm()
    assert way.sandbox.calls()["raised_over_sale"] == 0


def test_somebody_elses_listing_is_never_touched(way: Road) -> None:
    variants = [{"sku": "RSM-CNC-X", "price": 5_000, "stock": 1}, {"sku": "RSM-CNC-Y", "price": 5_000, "stock": 1}]
    way.sandbox.control("POST", "listings", [{"title": "Milik sendiri", "code": "RSM-CNC", "variants": variants}])
    way.clock.advance(60)
    result = way.resync()
    assert result.exit_code == 1
    assert "Milik sendiri" in way.titles()
    assert not [sku for sku in way.shown() if sku == "RSM-CNC-6"]
    assert way.resync().outcomes == {}
    assert way.resync(failed=True).exit_code == 1, "looked for once more, and no more often than that"


def test_a_listing_that_disappears_is_not_made_again(way: Road) -> None:
    way.resync()
    way.sandbox.control("POST", "edit", {"sku": way.rows[0]["sku"], "delete": True})
    way.count(way.rows[0]["sku"], 3)
    way.resync()
    way.resync()
    assert way.rows[0]["sku"] not in way.shown()


def test_a_promotion_lock_waits_and_is_said(way: Road) -> None:
    way.resync()
    sku = way.rows[0]["sku"]
    way.sandbox.control("POST", "promotions", {"sku": sku, "reserve": 0, "locks": True})
    way.price(sku, 88_000)
    result = way.resync()
    assert result.outcomes == {"locked": 1}
    assert way.shown()[sku]["price"] != 88_000


def test_price_leap_is_held_until_approved(way: Road) -> None:
    from syncer.sync.holds import decide, waiting

    way.thresholds = Thresholds()
    way.resync()
    sku = way.rows[0]["sku"]
    old = way.shown()[sku]["price"]
    for row in way.rows:
        if row["product_code"] == way.rows[0]["product_code"]:
            way.price(row["sku"], old * 6)
    result = way.resync()
    assert result.exit_code == 3
    assert way.shown()[sku]["price"] == old
    with way.database.write() as session:
        for one in waiting(session):
            assert "× or ÷ 5" in told(one.message)
            decide(session, one.id, "approved", way.clock.now())
    assert way.resync().exit_code == 0
    assert way.shown()[sku]["price"] == old * 6


def test_an_approval_binds_to_what_was_shown(way: Road) -> None:
    from syncer.sync.holds import decide, waiting

    way.thresholds = Thresholds()
    way.resync()
    sku = way.rows[0]["sku"]
    old = way.shown()[sku]["price"]
    way.price(sku, old * 6)
    way.resync()
    with way.database.write() as session:
        [one] = [held for held in waiting(session) if held.changes[0].sku == sku]
        decide(session, one.id, "approved", way.clock.now())
    way.price(sku, old * 60)
    way.resync()
    assert way.shown()[sku]["price"] == old


def test_a_dead_shop_is_left_alone_and_comes_back(way: Road) -> None:
    way.resync()
    way.sandbox.stop()
    way.count(way.rows[0]["sku"], 5)
    result = way.resync()
    assert result.exit_code == 1
    way.sandbox.start()
    way.clock.advance(120)
    way.resync()
    assert way.shown()[way.rows[0]["sku"]]["stock"] == 5


def test_a_lost_refresh_keeps_the_shop(tmp_path: Path) -> None:
    with road(tmp_path, switches={"shopee.refresh_replay": "accepted"}) as way:
        way.resync()
        way.clock.advance(4 * 3600)
        way.fault("/api/v2/auth/access_token/get", "lose_refresh")
        way.count(way.rows[0]["sku"], 8)
        assert way.resync().exit_code == 0
        assert way.shown()[way.rows[0]["sku"]]["stock"] == 8


def test_one_facet_leaves_the_others_for_the_next_run(way: Road) -> None:
    way.resync()
    sku = way.rows[0]["sku"]
    way.count(sku, 5)
    way.price(sku, 77_000)
    result = way.resync(facets=frozenset({Facet.price}))
    assert {change.facet for change, _ in result.changes} == {Facet.price}
    assert {change.facet for change, _ in way.resync().changes} == {Facet.stock}
    assert (way.shown()[sku]["price"], way.shown()[sku]["stock"]) == (77_000, 5)


def test_force_pushes_everything_once(way: Road) -> None:
    way.resync()
    way.sandbox.control("POST", "edit", {"sku": way.rows[0]["sku"], "price": 1_234, "stock": 1})
    assert way.resync().outcomes == {}
    result = way.resync(force=True)
    assert result.exit_code == 0
    assert way.shown()[way.rows[0]["sku"]]["price"] == int(way.rows[0]["price_idr"])
    assert way.shown()[way.rows[0]["sku"]]["stock"] == int(way.rows[0]["stock"])


def test_a_rejection_stays_until_the_product_changes(way: Road) -> None:
    way.resync()
    sku = way.rows[0]["sku"]
    way.price(sku, 76_000)
    way.fault(PRICE, "reject_row")
    assert way.resync().failed == 1
    way.calm()
    assert way.resync().outcomes == {}
    assert way.resync().failed == 1
    way.price(sku, 75_000)
    assert way.resync().failed == 0
    assert way.shown()[sku]["price"] == 75_000
