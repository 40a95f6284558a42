"""The last import is taken back exactly, or not at all."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from syncer.catalogue.importing import import_file
from syncer.catalogue.ledger import MOVEMENT, book
from syncer.catalogue.model import Movement, MovementKind
from syncer.catalogue.products import changed_since, counter, ids_of
from syncer.catalogue.undo import undo_last
from syncer.errors import Failed
from syncer.store.tables import ChannelRow, IntentRow, ListingRow, OfferRow
from tests.unit.catalogue.files import NOW, Desk, row, sized

LATER = NOW + timedelta(hours=1)


def test_every_kind_of_change_is_taken_back(desk: Desk) -> None:
    desk.bring(sized("S", stock="7", images="a.png|b.png"), sized("M", images="a.png|b.png"))
    before = desk.products()
    with desk.database.read() as session:
        seq, ids = counter(session), ids_of(session)
    new = {"images": "b.png", "name": "Keranjang Uji dengan Nama Lain", "producer_name": "Kriya Baru"}
    desk.bring(
        sized("S", stock="9", price_idr="70000", stock_confirmed_on="2026-11-22", **new), sized("M", **new),
        sized("L", **new), row(product_code="LAIN", sku="LAIN-1", producer_name="Kriya Baru"), now=LATER,
    )  # fmt: skip
    assert len(desk.products()) == 2
    undone = undo_last(desk.database, LATER)
    assert (undone.products, undone.variants, undone.counts) == (2, 3, 3)
    assert desk.products() == before
    with desk.database.read() as session:
        assert ids["NPH-UJI"] in changed_since(session, seq)[0]


def test_the_ledger_stays_and_a_count_can_come_again(desk: Desk) -> None:
    desk.bring(row(stock="7"))
    path = desk.write([{"sku": "NPH-UJI-1", "stock": "20", "reference": "OPN-1"}], "stock.csv")
    import_file(desk.database, path, now=NOW)
    with desk.database.write() as session:
        book(session, [Movement("NPH-UJI-1", MovementKind.sale, LATER, -2)], LATER)
    assert desk.stock() == 18
    undo_last(desk.database, LATER)
    assert desk.stock() == 5  # the sale still counts
    with desk.database.read() as session:
        assert session.connection().execute(select(func.count()).select_from(MOVEMENT)).scalar_one() == 3
    assert import_file(desk.database, path, now=NOW).imported == 1
    assert desk.stock() == 18


def test_undo_and_import_may_follow_each_other_for_ever(desk: Desk) -> None:
    path = desk.write([{"sku": "NPH-UJI-1", "stock": "20", "reference": "OPN-1"}], "stock.csv")
    desk.bring(row(stock="7"))
    for _turn in range(3):
        assert import_file(desk.database, path, now=NOW).imported == 1
        undo_last(desk.database, LATER)
        assert desk.stock() == 7


def test_there_may_be_nothing_to_take_back(desk: Desk) -> None:
    with pytest.raises(Failed, match="no import"):
        undo_last(desk.database, NOW)
    desk.bring(row())
    undo_last(desk.database, NOW)
    assert desk.products() == {}
    with pytest.raises(Failed, match="no import"):
        undo_last(desk.database, NOW)


def test_what_was_sold_since_holds_the_import(desk: Desk) -> None:
    desk.bring(row())
    with desk.database.write() as session:
        book(session, [Movement("NPH-UJI-1", MovementKind.sale, LATER, -2)], LATER)
    before = desk.products()
    with pytest.raises(Failed, match="stock has moved"):
        undo_last(desk.database, LATER)
    assert desk.products() == before


def listed(desk: Desk, external_id: str | None, intent: bool) -> None:
    with desk.database.write() as session:
        channel = ChannelRow(name="shopee-uji", marketplace="shopee")
        session.add(channel)
        session.flush()
        listing = ListingRow(channel_id=channel.id or 0, product_id=ids_of(session)["NPH-UJI"])
        session.add(listing)
        session.flush()
        offer = OfferRow(channel_id=channel.id or 0, listing_id=listing.id or 0, sku="NPH-UJI-1")
        offer.external_id = external_id
        session.add(offer)
        if intent:
            session.add(IntentRow(
                uuid=str(uuid4()), channel_id=channel.id or 0, listing_id=listing.id or 0, fence=1, code="NPH-UJI",
                title="x", skus_json="[]", wanted_json="{}", sources_json="{}", renderer=1, created_at=NOW,
            ))  # fmt: skip


@pytest.mark.parametrize(("external_id", "intent"), [("8", False), (None, True)])
def test_what_a_shop_shows_or_is_about_to_show_holds_the_import(
    desk: Desk, external_id: str | None, intent: bool
) -> None:
    desk.bring(row())
    listed(desk, external_id, intent)
    with pytest.raises(Failed, match="shop"):
        undo_last(desk.database, LATER)
    assert len(desk.products()) == 1


def test_a_listing_that_is_only_planned_goes_with_its_product(desk: Desk) -> None:
    desk.bring(row())
    listed(desk, None, False)
    undo_last(desk.database, LATER)
    assert desk.products() == {}
    with desk.database.read() as session:
        assert session.connection().execute(select(func.count()).select_from(ListingRow)).scalar_one() == 0


def test_changed_values_of_what_a_shop_shows_are_taken_back(desk: Desk) -> None:
    desk.bring(row())
    listed(desk, "8", False)
    before = desk.products()
    desk.bring(row(price_idr="70000", stock="9", stock_confirmed_on="2026-11-23"), as_of=date(2026, 11, 24), now=LATER)
    assert desk.products() != before
    undo_last(desk.database, datetime.max.replace(tzinfo=NOW.tzinfo, year=2027))
    assert desk.products() == before
