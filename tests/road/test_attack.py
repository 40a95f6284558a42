"""Attacks on the promises where Lazada and Tokopedia & TikTok Shop invite to break them (facts, their sections named
with each test)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from adapters.contract import Call, Outcome
from adapters.lazada import Lazada
from adapters.sandbox.market import CallSeen
from adapters.tiktokshop import TikTokShop
from syncer.catalogue import variants
from syncer.store.tables import FacetRow
from tests.road.road import Road, road
from tests.sandbox.lazada.client import Client as LazadaClient
from tests.sandbox.tiktokshop.client import Client

CODE, SKU = "BLC-SJK", "BLC-SJK-100"
STRANGER_SKU = "MILIK-PENJUAL"
STRANGER = {"sku": STRANGER_SKU, "price": 77_000, "stock": 9}


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def killed_before(adapter: type[Lazada] | type[TikTokShop], operation: str) -> Iterator[None]:
    """The process dies when the first call of `operation` is about to be sent."""
    send = adapter.send

    def die(self: Any, call: Call) -> list[Outcome]:
        if call.operation == operation:
            raise Killed
        return send(self, call)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adapter, "send", die)
        yield


@contextmanager
def small_road(folder: Path, marketplace: str) -> Iterator[Road]:
    """A road with one product of two variants."""
    with road(folder, (CODE,), marketplace=marketplace) as made:
        yield made


def _standing(way: Road) -> set[tuple[str, str]]:
    """(facet, code) of what stands in the way, as it is stored."""
    with way.database.read() as session:
        return {(row.facet, row.code) for row in session.exec(select(FacetRow)).all()}


@pytest.mark.parametrize(
    ("marketplace", "adapter", "operation"),
    [("lazada", Lazada, "CreateProduct"), ("tiktokshop", TikTokShop, "create_product")],
)
def test_a_namesake_that_the_seller_made_meanwhile_is_left_alone(
    tmp_path: Path, marketplace: str, adapter: type[Lazada] | type[TikTokShop], operation: str
) -> None:
    """Promises 1, 2 and 9; Lazada 11.1, TikTok 11.1: a lost create is looked for by SKU and by title. One of the same
    title that bears another's SKUs is no create of ours, though it was made after ours was sent."""
    with small_road(tmp_path, marketplace) as way:
        with killed_before(adapter, operation), pytest.raises(Killed):
            way.resync()
        way.clock.advance(30)
        way.sandbox.control("POST", "listings", [{"title": way.rows[0]["name"], "variants": [STRANGER]}])
        [before] = way.sandbox.truth()
        way.clock.advance(300)
        result = way.resync()
        assert [before] == [row for row in way.sandbox.truth() if row["external_id"] == before["external_id"]]
        assert result.exit_code == 1
        assert _standing(way) == {("structure", "already_in_shop")}


# --- Tokopedia & TikTok Shop: edits ----------------------------------------------------------------------------------


@pytest.fixture
def tiktok(tmp_path: Path) -> Iterator[Road]:
    """The product on its way to Tokopedia & TikTok Shop."""
    with small_road(tmp_path, "tiktokshop") as made:
        yield made


def _empty(way: Road, sku: str = SKU) -> None:
    """None of `sku` is left, from the first day on."""
    way.count(sku, 0)


def test_a_correction_keeps_the_variant_that_the_seller_added_meanwhile(tiktok: Road) -> None:
    """Promise 9; 7.2, 11.4: a full edit deletes the SKUs that it omits. What an audit sent back may have been worked on
    by the seller too."""
    tiktok.sandbox.control("PUT", "settings", {"review_delay_s": 600})
    tiktok.resync()
    tiktok.sandbox.control("POST", "review", {"sku": SKU, "verdict": "bad"})
    tiktok.clock.advance(1000)
    tiktok.resync()
    tiktok.sandbox.control("POST", "edit", {"sku": SKU, "add_variant": STRANGER})
    tiktok.sandbox.control("PUT", "settings", {"review_delay_s": 1})
    tiktok.rewrite(CODE, name="Belacan Udang Sijuk Khas Pulau Belitung 100 g")
    tiktok.resync()
    assert {v["status"] for v in tiktok.shown().values()} == {"live"}
    assert tiktok.shown()[STRANGER_SKU]["stock"] == STRANGER["stock"]


def test_the_sellers_draft_is_neither_published_nor_lost(tiktok: Road) -> None:
    """Promise 9; 7.2: a partial edit takes a draft for its base, and LISTING publishes it."""
    tiktok.resync()
    seller = Client(tiktok.sandbox, tiktok.clock)
    [before] = tiktok.sandbox.truth()
    path = f"/product/202509/products/{before['external_id']}/partial_edit"
    seller.good("POST", path, {"title": "Naskah penjual yang belum selesai", "save_mode": "AS_DRAFT"})
    tiktok.rewrite(CODE, description="Belacan Sijuk lembut dan sedikit manis, dari udang kecil segar dan gula aren.")
    tiktok.resync()
    [after] = tiktok.sandbox.truth()
    assert after["title"] == before["title"]
    assert ("content", "sellers_draft") in _standing(tiktok)
    assert seller.good("GET", f"/product/202309/products/{before['external_id']}")["has_draft"]


def test_a_draft_that_is_edited_is_a_draft_still(tiktok: Road) -> None:
    """Promise 3; 7.1, 7.2: save_mode is LISTING unless it says otherwise. A draft shows a piece of what has none."""
    _empty(tiktok)
    tiktok.resync()
    assert {row["status"] for row in tiktok.sandbox.truth()} == {"half_built"}
    text = "Belacan Sijuk lembut dan sedikit manis, dari udang kecil segar dan gula aren."
    tiktok.rewrite(CODE, description=text)
    result = tiktok.resync()
    assert ("content", "Applied") in {(change.facet, type(outcome).__name__) for change, outcome in result.changes}
    assert {row["status"] for row in tiktok.sandbox.truth()} == {"half_built"}
    tiktok.count(SKU, 4)
    tiktok.resync()
    assert {v["status"] for v in tiktok.shown().values()} == {"live"}
    assert tiktok.shown()[SKU]["stock"] == 4


def test_a_publication_that_death_delayed_is_thought_over(tiktok: Road) -> None:
    """Promise 3; 7.3: between the step that said publish and the publication the last pieces went elsewhere."""
    _empty(tiktok)
    tiktok.resync()
    tiktok.count(SKU, 3)
    with killed_before(TikTokShop, "partial_edit_product"), pytest.raises(Killed):
        tiktok.resync()
    tiktok.count(SKU, 0)
    tiktok.clock.advance(60)
    live = _watched(tiktok)
    tiktok.resync()
    assert not live


def test_words_put_nothing_on_sale_that_is_not_there(tiktok: Road) -> None:
    """Promise 3; 7.2, 7.3: an edit may put a listing on sale again that a refused 0 took off it, old number and all."""
    tiktok.resync()
    tiktok.count(SKU, 0)
    tiktok.resync()
    live = _watched(tiktok)
    tiktok.rewrite(CODE, description="Belacan Sijuk lembut dan sedikit manis, dari udang kecil segar dan gula aren.")
    tiktok.resync()
    assert not live
    tiktok.count(SKU, 6)
    tiktok.clock.advance(3600)
    tiktok.resync()
    assert {v["status"] for v in tiktok.shown().values()} == {"live"}
    assert tiktok.shown()[SKU]["stock"] == 6


def _watched(way: Road) -> list[str]:
    """The requests at whose arrival the product was on sale, from now on."""
    live: list[str] = []

    def look(call: CallSeen) -> None:
        if any(row["status"] == "live" for row in way.sandbox.truth()):
            live.append(call.path)

    way.sandbox.hooks.before_apply = look
    return live


def test_a_variant_that_is_sold_no_more_stays_off_sale_and_the_shop_is_left_in_peace(tiktok: Road) -> None:
    """Promises 3 and 6; 7.3, 7.5: where 0 is refused, a variant taken out of its product keeps its old number until its
    removal is approved. The listing that holds it must not be put on sale and off it, round after round."""
    tiktok.resync()
    tiktok.clock.advance(3600)
    with tiktok.database.write() as session:
        variants.retire(session, SKU)
    tiktok.resync()
    live = _watched(tiktok)
    tiktok.sandbox.control("DELETE", "calls")
    tiktok.clock.advance(3600)
    tiktok.resync()
    assert not live
    assert tiktok.sandbox.calls()["writes"] == 0


# --- Tokopedia & TikTok Shop: stock ----------------------------------------------------------------------------------


def test_pieces_that_a_campaign_keeps_are_not_sold_twice(tiktok: Road) -> None:
    """Promise 3; 7.3: total = available + creator + campaign + committed, and a write sets what is available. What a
    campaign keeps comes back at its end, beside the number that was written."""
    tiktok.resync()
    tiktok.sandbox.control("POST", "promotions", {"sku": SKU, "reserve": 4})
    tiktok.count(SKU, 20)
    tiktok.resync()
    assert (tiktok.shown()[SKU]["sellable"], tiktok.shown()[SKU]["total"]) == (16, 20)
    tiktok.buy(SKU, 2)
    tiktok.clock.advance(3600)
    tiktok.resync()
    tiktok.clock.advance(86_400)
    assert tiktok.shown()[SKU]["sellable"] == 18


def test_what_a_campaign_keeps_to_the_last_piece_is_left_to_it(tiktok: Road) -> None:
    """Promises 2 and 3; 7.3: fewer pieces than the campaign keeps leave only a 0 to write, which is refused: that is
    said, and written once the campaign is over."""
    tiktok.resync()
    tiktok.sandbox.control("POST", "promotions", {"sku": SKU, "reserve": 6})
    tiktok.count(SKU, 5)
    tiktok.resync()
    assert ("stock", "12052055") in _standing(tiktok)
    tiktok.clock.advance(86_400)
    tiktok.resync()
    assert tiktok.shown()[SKU]["sellable"] == 5


def test_a_campaigns_pieces_are_taken_off_sale_with_the_rest(tiktok: Road) -> None:
    """Promise 3; 7.3, 7.8: where nothing is available the campaign may still sell: none left means off sale."""
    tiktok.resync()
    stock = tiktok.shown()[SKU]["stock"]
    tiktok.sandbox.control("POST", "promotions", {"sku": SKU, "reserve": stock})
    assert tiktok.shown()[SKU]["sellable"] == 0
    tiktok.count(SKU, 0)
    tiktok.resync()
    assert {v["status"] for v in tiktok.shown().values()} == {"hidden"}


# --- Lazada ----------------------------------------------------------------------------------------------------------


def test_what_another_warehouse_sends_takes_nothing_of_our_stock(tmp_path: Path) -> None:
    """Promise 3; Lazada 7.4, 10.3: each line names its warehouse. The seller's other one has a stock of its own: its
    sales are none of our pieces, and our numbers are none of its."""
    with small_road(tmp_path, "lazada") as way:
        way.sandbox.control("PUT", "settings", {"multi_warehouse": True})
        name = way.sandbox.channel
        bound = way.settings.channel(name).model_copy(update={"location": "dropshipping"})
        way.settings = way.settings.model_copy(update={"channels": {name: bound}})
        way.resync()
        way.clock.advance(3600)
        elsewhere = {"MultiWarehouseInventory": [{"WarehouseCode": "WH-SIM-02", "Quantity": "50"}]}
        item, number = way.offers()[SKU].split(":")
        row = {"ItemId": item, "SkuId": number, "MultiWarehouseInventories": elsewhere}
        seller = LazadaClient(way.sandbox, way.clock)
        seller.good("/product/stock/sellable/update", {"Product": {"Skus": {"Sku": [row]}}}, as_xml=True)
        ours = int(way.rows[0]["stock"])
        way.buy(SKU, ours + 1)
        way.clock.advance(3600)
        way.pull()
        way.count("BLC-SJK-250", 5)
        way.resync()
        assert (way.shown()[SKU]["stock"], way.shown()[SKU]["sellable"]) == (ours, ours + 50 - (ours + 1))
        way.buy(SKU, 2)
        way.clock.advance(3600)
        way.resync()
        way.price(SKU, 21_000)
        way.resync()
        assert way.shown()[SKU]["stock"] == ours - 2
        assert way.sandbox.calls()["raised_over_sale"] == 0
