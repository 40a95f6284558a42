"""What only Blibli asks of the road: pairs of prices, the archive, reviews of edits, names that nobody knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from syncer.channels.opening import lock_folder
from syncer.store.tables import ListingRow, OutcomeRow
from syncer.sync.audit import audit
from tests.road.road import Road, road

CODE = "RSM-CNC"
HOUR = 3600.0


def listed(tmp_path: Path, **switches: str) -> Any:
    """A road to a Blibli store with positions of its switches."""
    return road(tmp_path, (CODE,), {f"blibli.{name}": position for name, position in switches.items()}, "blibli")


def said(way: Road, facet: str) -> list[tuple[str, str]]:
    """Result and message of every outcome of a facet, oldest first."""
    with way.database.read() as session:
        rows = session.exec(select(OutcomeRow).where(OutcomeRow.facet == facet)).all()
        return [(row.result, row.message) for row in rows]


def prices(way: Road, sku: str) -> tuple[int, int | None]:
    """What the store shows: list price, and sale price if there is one."""
    shown = way.shown()[sku]
    return shown["price"], shown["sale_price"]


def test_the_sellers_discount_stands_after_a_price_push_and_ends_where_it_would_be_none(tmp_path: Path) -> None:
    with listed(tmp_path) as way:
        way.resync()
        sku, other = way.rows[0]["sku"], way.rows[1]["sku"]
        listed_at = prices(way, sku)[0]
        way.sandbox.control("POST", "edit", {"sku": sku, "sale_price": listed_at - 1_000})
        for name in (sku, other):
            way.price(name, listed_at + 10_000)
        assert way.resync().exit_code == 0
        assert prices(way, sku) == (listed_at + 10_000, listed_at - 1_000)
        assert prices(way, other) == (listed_at + 10_000, None)
        way.clock.advance(2 * HOUR)
        way.price(sku, listed_at - 1_000)
        assert way.resync().exit_code == 0
        assert prices(way, sku) == (listed_at - 1_000, None)
        assert said(way, "price")[-1] == ("applied", "the seller's discount was not below the new price, and has ended")


@pytest.mark.parametrize("position", ["hidden", "buyable"])
@pytest.mark.parametrize("by", ["us", "hand"])
def test_an_archived_product_is_sold_again(tmp_path: Path, position: str, by: str) -> None:
    with listed(tmp_path, unarchived=position) as way:
        way.resync()
        way.rewrite(CODE, status="archived")
        way.resync()
        assert {row["status"] for row in way.sandbox.truth()} == {"archived"}
        way.clock.advance(HOUR)
        if by == "hand":  # somebody has brought it back in Seller Center: once more is an error there
            for product in way.sandbox.market.here.shop.products.values():
                product.archived = False
                for variant in product.variants:
                    variant.buyable = position == "buyable"
        way.rewrite(CODE, status="active")
        assert way.resync().exit_code == 0
        assert {row["status"] for row in way.sandbox.truth()} == {"live"}
        way.sandbox.control("DELETE", "calls")
        assert way.resync().outcomes == {}
        assert way.sandbox.calls()["writes"] == 0


@pytest.mark.parametrize("position", ["create", "revision"])
@pytest.mark.parametrize("path", ["products", "bare"])
def test_words_reach_the_store_by_whatever_path_and_names(tmp_path: Path, path: str, position: str) -> None:
    with listed(tmp_path, detail_path=path, detail_fields=position) as way:
        way.resync()
        way.clock.advance(HOUR)
        way.rewrite(CODE, name="Cincin Resam Anyaman Tangan Bangka Barat Semua Nomor", brand="Kabut Pagi")
        assert way.resync().exit_code == 0
        [product] = way.sandbox.market.here.shop.products.values()
        assert (product.name, product.brand) == (way.rows[0]["name"], "Kabut Pagi")


def test_a_take_down_waits_for_the_review_of_an_edit(tmp_path: Path) -> None:
    with listed(tmp_path, archive_in_review="refused") as way:
        way.sandbox.control("PUT", "settings", {"review_delay_s": 2})
        way.resync()
        way.clock.advance(HOUR)
        way.sandbox.control("PUT", "settings", {"review_delay_s": HOUR})
        way.rewrite(CODE, name="Cincin Resam Anyaman Tangan Bangka Barat Semua Nomor")
        way.resync()
        way.rewrite(CODE, status="archived")
        way.resync()
        assert {row["status"] for row in way.sandbox.truth()} == {"in_review"}
        assert ("locked", "product is in review or needs correction") in said(way, "visibility")
        way.clock.advance(2 * HOUR)
        assert way.resync().exit_code == 0
        assert {row["status"] for row in way.sandbox.truth()} == {"archived"}


def test_an_edit_that_is_sent_back_is_reported_so(tmp_path: Path) -> None:
    with listed(tmp_path) as way:
        way.resync()
        way.clock.advance(HOUR)
        way.rewrite(CODE, name="Cincin Resam Anyaman Tangan Bangka Barat Semua Nomor")
        way.sandbox.control("PUT", "settings", {"review_delay_s": 5})
        way.resync()
        way.sandbox.control("POST", "review", {"sku": way.rows[0]["sku"], "verdict": "needs_correction"})
        way.clock.advance(HOUR)
        audit(way.shop(), lock_folder(way.settings, way.database), 1.0)
        with way.database.read() as session:
            states = session.exec(select(ListingRow.state)).all()
        assert list(states) == [row["status"] for row in way.sandbox.truth()] == ["needs_correction"]


def test_a_new_variant_comes_with_its_pictures(tmp_path: Path) -> None:
    with listed(tmp_path, variant_images="demanded") as way:
        way.resync()
        way.clock.advance(HOUR)
        way.rows.append({**way.rows[-1], "sku": f"{CODE}-BARU", "option1_value": "9", "barcode": ""})
        way.import_rows()
        assert way.resync().exit_code == 0
        assert set(way.shown()) == {row["sku"] for row in way.rows}
        [product] = way.sandbox.market.here.shop.products.values()
        assert all(variant.images for variant in product.variants)
