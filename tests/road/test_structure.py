"""Variants come, go and change their names: ids stay, the seller's own variant stays, what would lose one is held."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from syncer.catalogue import variants
from syncer.channels.opening import lock_folder
from syncer.report.model import make_report
from syncer.report.values import Review
from syncer.store.tables import FacetRow
from syncer.sync.audit import audit
from syncer.sync.holds import decide, waiting
from tests.road.road import Road, road

CODE = "RSM-CNC"
HOUR = 3600.0
WRITES_STRUCTURE = ("shopee", "blibli", "lazada", "tiktokshop")
EVERYWHERE = ("shopee", "bukalapak", "blibli", "lazada", "tiktokshop")
SWITCHES = {"lazada.deleted_sku": "free", "tiktokshop.zero_quantity": "accepted"}
"""By default a SKU that was deleted on Lazada stays taken: what is put back there after its removal is refused. And a
variant that is sold no more takes its whole product off sale where no 0 is taken."""


@pytest.fixture(params=WRITES_STRUCTURE)
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A shop that shows one product with variants."""
    with road(tmp_path, (CODE,), SWITCHES, marketplace=request.param) as made:
        made.resync()
        made.clock.advance(HOUR)
        yield made


@pytest.fixture(params=EVERYWHERE)
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The same, also where no call changes variants."""
    with road(tmp_path, (CODE,), SWITCHES, marketplace=request.param) as made:
        made.resync()
        made.clock.advance(HOUR)
        yield made


def person(way: Road, act: Callable[..., object], *words: str) -> None:
    """What a command does."""
    with way.database.write() as session:
        act(session, *words)


def held(way: Road) -> list[str]:
    """The rules of what is held."""
    with way.database.read() as session:
        return [one.rule for one in waiting(session)]


def approve(way: Road) -> None:
    """Approve everything that is held."""
    with way.database.write() as session:
        for one in waiting(session):
            decide(session, one.id, "approved", way.clock.now())


def troubles(way: Road) -> dict[str, tuple[str, str]]:
    """{code: (standing, SKU)} of what stands in the way."""
    with way.database.read() as session:
        return {row.code: (row.standing, row.sku) for row in session.exec(select(FacetRow))}


def ids(way: Road) -> dict[str, str]:
    """{SKU: id} as the shop has them."""
    return {sku: variant["external_id"] for sku, variant in way.shown().items()}


def verdicts(way: Road) -> list[tuple[str, str | None, str]]:
    """What an audit says: facet, SKU, verdict."""
    found = audit(way.shop(), lock_folder(way.settings, way.database), 1.0)
    return [(one.facet, one.sku, one.verdict.value) for one in found.drifts]


def reviews(way: Road) -> tuple[Review, ...]:
    """What the report says of listings in the marketplace's hands."""
    with way.database.read() as session:
        return make_report(session, way.clock.now(), None, way.settings.channels).reviews


def _title(way: Road) -> str:
    """How the title of the product with variants begins."""
    return next(row["name"] for row in way.rows if row["product_code"] == CODE)[:20]


def added(way: Road, **columns: str) -> str:
    """A new variant in the catalogue; its SKU."""
    old = way.rows[-1]
    fresh = {**old, "sku": f"{CODE}-BARU", "option1_value": "9", "barcode": "", "stock": "4", **columns}
    way.rows.append(fresh)
    assert way.import_rows().exit_code == 0
    return fresh["sku"]


def test_a_variant_is_taken_out_only_after_approval_and_sold_no_more_before(way: Road) -> None:
    before, sku = ids(way), way.rows[0]["sku"]
    person(way, variants.retire, sku)
    assert way.resync().exit_code == 3
    assert held(way) == ["variants_lost"]
    assert ids(way) == before
    assert way.shown()[sku]["stock"] == 0
    approve(way)
    way.clock.advance(HOUR)
    assert way.resync().exit_code == 0
    assert ids(way) == {name: one for name, one in before.items() if name != sku}
    way.clock.advance(HOUR)
    assert verdicts(way) == []
    way.sandbox.control("DELETE", "calls")
    assert way.resync().outcomes == {}
    assert way.sandbox.calls()["writes"] == 0


def test_a_variant_that_is_put_back_before_its_removal_goes_on_as_it_was(way: Road) -> None:
    before, sku = way.shown(), way.rows[0]["sku"]
    person(way, variants.retire, sku)
    way.resync()
    person(way, variants.restore, sku)
    way.clock.advance(HOUR)
    assert way.resync().exit_code == 0
    assert held(way) == []
    assert {name: (v["external_id"], v["stock"]) for name, v in way.shown().items()} == {
        name: (v["external_id"], v["stock"]) for name, v in before.items()
    }


def test_a_variant_that_is_put_back_after_its_removal_is_made_anew(way: Road) -> None:
    before, sku = way.shown(), way.rows[0]["sku"]
    person(way, variants.retire, sku)
    way.resync()
    approve(way)
    way.clock.advance(HOUR)
    way.resync()
    person(way, variants.restore, sku)
    way.clock.advance(HOUR)
    assert way.resync().exit_code == 0
    after = way.shown()
    assert set(after) == set(before)
    assert (after[sku]["price"], after[sku]["stock"]) == (before[sku]["price"], before[sku]["stock"])
    assert {n: v["external_id"] for n, v in after.items() if n != sku} == {
        n: v["external_id"] for n, v in before.items() if n != sku
    }


def test_where_no_call_changes_variants_it_is_sold_no_more_and_says_so(tmp_path: Path) -> None:
    with road(tmp_path, (CODE,), marketplace="bukalapak") as way:
        way.resync()
        before, sku = ids(way), way.rows[0]["sku"]
        person(way, variants.retire, sku)
        assert way.resync().exit_code == 3
        assert way.shown()[sku]["stock"] == 0
        approve(way)
        assert way.resync().exit_code == 1
        assert troubles(way) == {"structure_unsupported": ("failed", "")}
        assert ids(way) == before


def test_option_values_and_names_are_renamed_under_their_ids(way: Road) -> None:
    before = ids(way)
    for number, row in enumerate(way.rows):
        row["option1_value"] = f"No {number}"
    way.rewrite(CODE, option1_name="Nomor")
    assert way.resync().exit_code == 0
    assert ids(way) == before
    assert held(way) == []
    way.clock.advance(HOUR)
    assert verdicts(way) == []


def test_another_order_and_swapped_values_keep_the_ids(way: Road) -> None:
    before = ids(way)
    first, second = way.rows[0]["option1_value"], way.rows[1]["option1_value"]
    way.rows[0]["option1_value"], way.rows[1]["option1_value"] = second, first
    way.rows.reverse()
    way.import_rows()
    assert way.resync().exit_code == 0
    assert ids(way) == before


def test_another_option_would_end_the_ids_and_is_held(way: Road) -> None:
    before = ids(way)
    for row in way.rows:
        row.update(option2_name="Warna", option2_value="Cokelat")
    way.import_rows()
    assert way.resync().exit_code == 3
    assert held(way) == ["variants_lost"]
    assert ids(way) == before


def test_a_renamed_sku_keeps_its_id_its_stock_and_its_orders(anywhere: Road) -> None:
    way = anywhere
    before, sku = way.shown(), way.rows[0]["sku"]
    way.buy(sku)
    way.clock.advance(120)
    assert way.pull().movements == 1
    person(way, variants.rename, sku, "RSM-CNC-LAIN")
    way.rows[0]["sku"] = "RSM-CNC-LAIN"
    assert way.import_rows().exit_code == 0
    way.clock.advance(HOUR)
    assert way.resync().exit_code == 0
    assert way.pull().movements == 0, "an order is booked once, whatever its variant is called"
    assert {v["external_id"] for v in way.shown().values()} == {v["external_id"] for v in before.values()}
    assert (
        way.offers()["RSM-CNC-LAIN"] in before[sku]["external_id"]
        or before[sku]["external_id"] in way.offers()["RSM-CNC-LAIN"]
    )
    way.count("RSM-CNC-LAIN", 2)
    assert way.resync().exit_code == 0
    assert sorted(v["stock"] for v in way.shown().values() if v["external_id"] == before[sku]["external_id"]) == [2]
    way.clock.advance(HOUR)
    assert verdicts(way) == []


def test_the_sellers_own_variant_is_kept_and_never_priced(way: Road) -> None:
    sku = way.rows[0]["sku"]
    way.sandbox.control("POST", "edit", {"sku": sku, "add_variant": {"sku": "TAMBAHAN", "price": 99_000, "stock": 3}})
    before = ids(way)
    fresh = added(way)
    assert way.resync().exit_code == 0
    shown = way.shown()
    assert (shown["TAMBAHAN"]["price"], shown["TAMBAHAN"]["stock"]) == (99_000, 3)
    assert {name: v["external_id"] for name, v in shown.items() if name != fresh} == before
    assert shown[fresh]["stock"] == 4
    person(way, variants.retire, sku)
    way.resync()
    approve(way)
    way.clock.advance(HOUR)
    assert way.resync().exit_code == 0
    assert set(way.shown()) == set(shown) - {sku}


def test_a_variant_with_the_options_of_the_sellers_own_waits_with_a_sentence(tmp_path: Path) -> None:
    with road(tmp_path, (CODE,), marketplace="shopee") as way:
        way.resync()
        edit = {"sku": way.rows[0]["sku"], "add_variant": {"sku": "TAMBAHAN", "price": 99_000, "stock": 3}}
        way.sandbox.control("POST", "edit", edit)
        market: Any = way.sandbox.market
        [item] = market.here.shop.items.values()
        taken = item.tiers[0]["options"][-1]["option"]
        before = way.shown()
        fresh = added(way, option1_value=taken)
        assert way.resync().exit_code == 1
        assert troubles(way)["options_taken"] == ("failed", "")
        assert way.shown() == before
        way.sandbox.control("POST", "edit", {"sku": "TAMBAHAN", "remove_variant": True})
        way.clock.advance(HOUR)
        assert way.resync().exit_code == 0
        assert fresh in way.shown()


def test_what_the_seller_removed_is_not_made_again_by_itself(anywhere: Road) -> None:
    way = anywhere
    sku, offer = way.rows[0]["sku"], way.offers()[way.rows[0]["sku"]]
    target = sku if way.sandbox.market.marketplace != "bukalapak" else None
    edit = {"sku": sku} if target else {"external_id": way.shown()[sku]["external_id"]}
    way.sandbox.control("POST", "edit", {**edit, "remove_variant": True})
    way.clock.advance(HOUR)
    assert verdicts(way) == [("structure", sku, "removed")]
    way.count(sku, 7)
    assert way.resync().exit_code == 1
    assert troubles(way) == {"variant_removed": ("blocked", sku)}
    assert sku not in way.shown()
    if way.sandbox.market.marketplace == "bukalapak":
        return
    fresh = added(way)
    way.resync()
    assert fresh in way.shown()
    assert sku not in way.shown()
    person(way, variants.restore, sku)
    way.clock.advance(HOUR)
    assert way.resync().exit_code == 0
    assert way.shown()[sku]["stock"] == 7
    assert way.offers()[sku] != offer


def test_what_the_seller_removed_is_accepted_by_taking_it_out(anywhere: Road) -> None:
    way = anywhere
    sku = way.rows[0]["sku"]
    way.sandbox.control("POST", "edit", {"external_id": way.shown()[sku]["external_id"], "remove_variant": True})
    way.clock.advance(HOUR)
    verdicts(way)
    person(way, variants.retire, sku)
    assert way.resync().exit_code == 0
    assert troubles(way) == {}
    assert verdicts(way) == []


@pytest.mark.parametrize("marketplace", ["shopee", "bukalapak", "tiktokshop"])
def test_a_listing_deleted_in_the_app_is_told_of_and_made_anew_by_a_persons_word(
    tmp_path: Path, marketplace: str
) -> None:
    with road(tmp_path, ("PWT-GTK", CODE), marketplace=marketplace) as way:
        way.resync()
        way.clock.advance(HOUR)
        [gone] = [row for row in way.sandbox.truth() if row["title"].startswith(_title(way))]
        way.sandbox.control("POST", "edit", {"external_id": gone["external_id"], "delete": True})
        assert ("visibility", None, "gone") in verdicts(way)
        way.resync()
        assert len(way.sandbox.truth()) == 1  # never again by itself
        assert [(one.code, one.advice.id, one.counted) for one in reviews(way)] == [(CODE, "listing_gone", False)]
        person(way, variants.restore, next(row["sku"] for row in way.rows if row["product_code"] == CODE))
        way.clock.advance(HOUR)
        way.resync()
        way.clock.advance(HOUR)
        assert len(way.sandbox.truth()) == 2
        assert reviews(way) == ()
        assert verdicts(way) == []
