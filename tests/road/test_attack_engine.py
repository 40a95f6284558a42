"""Attacks on the promises by doors that a person opens: forced runs, renamed variants, shops that are given up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from adapters.contract import Facet
from adapters.sandbox.market import CallSeen
from syncer.catalogue import variants
from syncer.channels.checking import check
from syncer.channels.opening import lock_folder
from syncer.cli.story import CREATES
from syncer.errors import ChannelBusy, ChannelStopped
from syncer.store.tables import FacetRow, IntentRow, OrderLineRow, OutcomeRow, VariantRow
from syncer.sync.adopt import adopt
from syncer.sync.audit import audit
from syncer.sync.guard import Thresholds
from syncer.sync.holds import waiting
from syncer.sync.keep import Keeper
from syncer.sync.lease import hold_every
from syncer.sync.run import run
from tests.road.road import Road, road

CODE, SKU, OTHER = "BLC-SJK", "BLC-SJK-100", "BLC-SJK-250"
HOUR = 3600.0


def _held(way: Road) -> list[str]:
    with way.database.read() as session:
        return [one.rule for one in waiting(session)]


def _level(way: Road, sku: str) -> int:
    with way.database.read() as session:
        return session.exec(select(VariantRow.stock).where(VariantRow.sku == sku)).one()


def _rename(way: Road, sku: str, new: str) -> None:
    with way.database.write() as session:
        variants.rename(session, sku, new)


# --- force is no way past the guards --------------------------------------------------------------------------------


def test_force_does_not_push_a_stock_that_a_guard_holds(tmp_path: Path) -> None:
    """Promise 3: --force is for what is acknowledged already; what is held waits for a person all the same."""
    with road(tmp_path, (CODE,)) as way:
        way.thresholds = Thresholds()
        way.count(SKU, 2)
        way.resync()
        way.clock.advance(HOUR)
        way.count(SKU, 500)
        assert way.resync().exit_code == 3
        way.resync(force=True)
        assert way.shown()[SKU]["stock"] == 2
        assert _held(way) == ["stock_leap"]


@pytest.mark.parametrize("facets", [frozenset(), frozenset({Facet.structure})])
def test_force_removes_no_variant_that_nobody_approved(tmp_path: Path, facets: frozenset[Facet]) -> None:
    """Promise 3: neither does `--force --facet structure`."""
    with road(tmp_path, (CODE,)) as way:
        way.resync()
        way.clock.advance(HOUR)
        with way.database.write() as session:
            variants.retire(session, SKU)
        way.resync(force=True, facets=facets)
        assert SKU in way.shown()
        assert "variants_lost" in _held(way)


def test_force_takes_no_shop_down(tmp_path: Path) -> None:
    """Promise 3: shares are those of the changes, forced or not."""
    with road(tmp_path) as way:
        way.resync()
        way.clock.advance(HOUR)
        way.thresholds = Thresholds(share_from=2)
        for row in way.rows:
            row["status"] = "archived"
        way.import_rows()
        way.resync(force=True)
        assert {v["status"] for v in way.shown().values()} == {"live"}
        assert _held(way) == ["share_take_down"]


# --- renamed variants -----------------------------------------------------------------------------------------------


def test_the_guards_remember_a_variant_by_any_name(tmp_path: Path) -> None:
    """Promise 3: ÷ 5 against any value of the last 24 h, whatever the variant was called then."""
    with road(tmp_path, (CODE,)) as way:
        way.thresholds = Thresholds()
        for row in way.rows:
            row["producer_price_idr"] = ""
        way.import_rows()
        way.price(SKU, 100_000)
        way.resync()
        way.clock.advance(HOUR)
        way.price(SKU, 40_000)
        way.resync()
        _rename(way, SKU, "BLC-LAIN")
        way.price("BLC-LAIN", 15_000)
        way.clock.advance(HOUR)
        assert way.resync().exit_code == 3
        assert _held(way) == ["price_leap"]


def test_a_variant_may_get_the_name_of_an_order_line_that_was_nobodys(tmp_path: Path) -> None:
    """Promise 3: the seller's own variant was sold; ours takes its SKU."""
    with road(tmp_path, (CODE,)) as way:
        way.resync()
        stranger = {"sku": "BLC-LAIN", "price": 77_000, "stock": 9}
        way.sandbox.control("POST", "edit", {"sku": SKU, "add_variant": stranger})
        lines = [{"sku": "BLC-LAIN", "quantity": 1}, {"sku": SKU, "quantity": 2}]
        way.sandbox.control("POST", "orders", {"lines": lines, "paid": True})
        way.clock.advance(120)
        way.pull()
        _rename(way, SKU, "BLC-LAIN")
        with way.database.read() as session:
            lines_of = session.exec(select(OrderLineRow.sku, OrderLineRow.taken, OrderLineRow.matched)).all()
        assert lines_of == [("BLC-LAIN", 2, True)]


def test_a_sale_that_was_nobodys_is_booked_once_it_is_ours(tmp_path: Path) -> None:
    """Promise 3: what the ledger never took, a cancellation does not give back."""
    with road(tmp_path, (CODE,)) as way:
        way.resync()
        stranger = {"sku": "BLC-LAIN", "price": 77_000, "stock": 9}
        way.sandbox.control("POST", "edit", {"sku": SKU, "add_variant": stranger})
        lines = [{"sku": "BLC-LAIN", "quantity": 2}]
        number = way.sandbox.control("POST", "orders", {"lines": lines, "paid": True})["id"]
        way.clock.advance(120)
        assert way.pull().movements == 0
        _rename(way, SKU, "BLC-LAIN")
        before = _level(way, "BLC-LAIN")
        way.clock.advance(120)
        way.sandbox.control("POST", f"orders/{number}/advance", {"to": "cancelled"})
        way.clock.advance(120)
        way.pull()
        assert _level(way, "BLC-LAIN") == before


def test_no_variant_is_renamed_while_its_number_is_on_its_way(tmp_path: Path) -> None:
    """Promises 2 and 4: what becomes of a write is recorded under the name that it left with."""
    with road(tmp_path, (CODE,)) as way:
        way.resync()
        way.clock.advance(HOUR)
        way.count(SKU, 3)
        locks = lock_folder(way.settings, way.database)
        refused: list[str] = []

        def rename(call: CallSeen) -> None:
            if call.path.endswith("update_stock"):
                with pytest.raises(ChannelBusy) as busy, hold_every(way.database, locks, way.clock, 0.0):
                    _rename(way, SKU, "BLC-LAIN")
                refused.append(str(busy.value))

        way.sandbox.hooks.before_apply = rename
        assert way.resync().exit_code == 0
        assert refused
        with hold_every(way.database, locks, way.clock, 0.0):
            _rename(way, SKU, "BLC-LAIN")
        assert way.resync().exit_code == 0
        assert [v["stock"] for v in way.shown().values() if v["external_id"] in way.offers()["BLC-LAIN"]] == [3]


def test_a_create_that_waits_for_its_look_takes_the_new_name(tmp_path: Path) -> None:
    """Promise 2: nothing was sent yet, so nothing stands in the way of a new name."""
    with road(tmp_path, (CODE,)) as way:
        way.fault("/api/v2/product/search_item", "http_500", None)
        way.resync()
        with way.database.read() as session:
            assert [intent.sent_at for intent in session.exec(select(IntentRow))] == [None]
        way.calm()
        _rename(way, SKU, "BLC-LAIN")
        way.clock.advance(HOUR)
        assert way.resync().exit_code == 0
        assert set(way.shown()) == {"BLC-LAIN", OTHER}


# --- given up while a create was on its way --------------------------------------------------------------------------


@pytest.mark.parametrize("marketplace", ["shopee", "bukalapak", "blibli", "lazada", "tiktokshop"])
@pytest.mark.parametrize("how", ["archived", "winding_down"])
def test_what_a_lost_create_left_in_the_shop_is_taken_down_too(tmp_path: Path, marketplace: str, how: str) -> None:
    """Promises 1 to 3: the answer to a create was lost, and then the product is sold no more."""
    with road(tmp_path, (CODE,), marketplace=marketplace) as way:
        way.fault(CREATES[marketplace], "lose_response")
        run(way.shop(), replace(way.request(), wait_s=0.0))
        assert len(way.sandbox.truth()) == 1
        if how == "archived":
            way.rewrite(CODE, status="archived")
        else:
            name = way.sandbox.channel
            closing = way.settings.channel(name).model_copy(update={"state": "winding_down"})
            way.settings = way.settings.model_copy(update={"channels": {name: closing}})
        for _ in range(4):
            way.clock.advance(HOUR)
            way.resync()
        assert [row for row in way.sandbox.truth() if row["status"] == "live"] == []
        assert len(way.sandbox.truth()) == 1


def test_a_create_that_never_arrived_and_is_wanted_no_more_is_given_up(tmp_path: Path) -> None:
    """Promise 5: nobody says that the shop shows it, and its variants may be renamed."""
    with road(tmp_path, (CODE,)) as way:
        way.fault(CREATES["shopee"], "lose_request")
        run(way.shop(), replace(way.request(), wait_s=0.0))
        way.rewrite(CODE, status="archived")
        for _ in range(3):
            way.clock.advance(HOUR)
            assert way.resync().outcomes == {}
        assert way.sandbox.truth() == []
        with way.database.read() as session:
            assert session.exec(select(FacetRow)).all() == []
            assert [intent.result for intent in session.exec(select(IntentRow))] == ["given up"]
            assert "applied" not in session.exec(select(OutcomeRow.result)).all()
        _rename(way, SKU, "BLC-LAIN")


def test_on_trial_too_what_is_sold_no_more_is_taken_down(tmp_path: Path) -> None:
    """Promise 7: what stops a sale waits for no other listing's trial."""
    with road(tmp_path) as way:
        name = way.sandbox.channel
        new = way.settings.channel(name).model_copy(update={"state": "new"})
        way.settings = way.settings.model_copy(update={"channels": {name: new}})
        check(way.shop(), new)
        way.resync()
        [tried] = way.sandbox.truth()
        code = next(row["product_code"] for row in way.rows if row["name"] == tried["title"])
        way.fault(CREATES["shopee"], "http_500", None)
        way.rewrite(code, status="archived")
        way.clock.advance(HOUR)
        way.resync()
        assert [row["status"] for row in way.sandbox.truth()] == ["hidden"]


def test_a_run_for_failures_makes_nothing_that_was_never_tried(tmp_path: Path) -> None:
    """Promise 3: --failed is for what failed; a new product waits for a run that is asked for it."""
    with road(tmp_path, (CODE,)) as way:
        assert way.resync(failed=True).outcomes == {}
        assert way.sandbox.truth() == []
        way.fault(CREATES["shopee"], "http_500", None)
        run(way.shop(), replace(way.request(), wait_s=0.0))
        assert way.sandbox.truth() == []
        way.calm()
        way.clock.advance(HOUR)
        assert way.resync(failed=True).exit_code == 0
        assert set(way.shown()) == {SKU, OTHER}


# --- a shop that the marketplace has closed --------------------------------------------------------------------------


@pytest.mark.parametrize("marketplace", ["shopee", "bukalapak", "lazada"])
def test_nothing_is_written_to_a_closed_channel_by_any_door(tmp_path: Path, marketplace: str) -> None:
    """Promise 9: it only remembers. It may still be read."""
    with road(tmp_path, (CODE,), marketplace=marketplace) as way:
        way.resync()
        name = way.sandbox.channel
        closed = way.settings.channel(name).model_copy(update={"state": "closed", "closed_why": "1/1/2026"})
        way.settings = way.settings.model_copy(update={"channels": {name: closed}})
        way.count(SKU, 1)
        way.clock.advance(HOUR)
        way.sandbox.control("DELETE", "calls")
        locks = lock_folder(way.settings, way.database)
        for wish in ({}, {"force": True}, {"failed": True}):
            with pytest.raises(ChannelStopped):
                way.resync(**wish)
        Keeper(way.shop(), way.request, 60.0).turn()
        check(way.shop(), closed)
        audit(way.shop(), locks, 1.0, repair=True)
        adopt(way.shop(), locks, {}, dry_run=False)
        way.pull()
        assert way.plan(force=True).changes
        calls = way.sandbox.calls()
        assert (calls["writes"], calls["total"] > 0) == (0, True)
