"""Reads: every state, lazily and each once; what answers to an intent; what may be compared."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses

from adapters.contract import Absent, Facet, Found, ListingState, MarketplaceError, Notion, Observed, Price, Transient
from adapters.tiktokshop import reading
from adapters.tiktokshop.mapping import to_html
from tests.adapters.tiktokshop.shop import (
    CIPHER,
    GET,
    OTHER_WAREHOUSE,
    PRODUCT,
    SEARCH,
    SECOND,
    SHOPS,
    SKU,
    START,
    WAREHOUSE,
    adapter,
    bad,
    intent_of,
    lines,
    ok,
    plain_listing,
    product_row,
    search_row,
    sent,
    sized,
    sku_row,
    url,
    wired,
)


def seen(**changes: Any) -> Observed:
    """The coffee as it is shown."""
    return reading.observed(product_row(**changes), WAREHOUSE, START)


def page(*rows: dict[str, Any], token: str = "", total: int | None = None) -> dict[str, Any]:
    """A page of a search."""
    return ok({"total_count": len(rows) if total is None else total, "next_page_token": token, "products": list(rows)})


# --- one listing -----------------------------------------------------------------------------------------------------


def test_a_listing_in_our_terms() -> None:
    shown = seen()
    assert (shown.external_id, shown.code, shown.state) == (PRODUCT, "KOPI-GAYO", ListingState.live)
    [offer] = shown.offers
    assert (offer.external_id, offer.sku, offer.price, offer.stock) == (SKU, "KOPI-GAYO-250", Price(85000), 12)
    assert shown.created_at == datetime.fromtimestamp(1767200000, UTC)
    assert dict(shown.content) == {
        "title": "Kopi Arabika Gayo Sangrai Medium 250 gram", "description": "Biji kopi", "category": "600001",
        "parcel": (300, (10, 8, 20)),
    }  # fmt: skip
    json.loads(shown.raw)


def test_options_and_a_promotions_price() -> None:
    price = {"currency": "IDR", "tax_exclusive_price": "85000", "sale_price": "79000"}
    shown = seen(skus=[sized(SKU, "KG-250", "250 gram", price=price), sized(SECOND, "KG-500", "500 gram")])
    assert shown.options == ("Ukuran",)
    assert [o.options for o in shown.offers] == [("250 gram",), ("500 gram",)]
    assert shown.offers[0].price == Price(85000, 79000)
    assert "parcel" not in shown.content


@pytest.mark.parametrize(
    ("status", "tokopedia", "state"),
    [
        ("ACTIVATE", "ACTIVATE", ListingState.live),
        (None, "ACTIVATE", ListingState.live),  # a Tokopedia-only product has no status (section 7.6)
        ("PLATFORM_DEACTIVATED", "ACTIVATE", ListingState.live),
        ("PENDING", None, ListingState.in_review),
        ("FAILED", "FAILED", ListingState.needs_correction),
        ("SELLER_DEACTIVATED", "SELLER_DEACTIVATED", ListingState.hidden),
        ("DRAFT", None, ListingState.hidden),
        ("FREEZE", None, ListingState.banned),
        ("DELETED", None, ListingState.gone),
        (None, None, ListingState.hidden),
    ],
)
def test_what_can_be_bought_anywhere_is_on_sale(status: str | None, tokopedia: str | None, state: ListingState) -> None:
    others = [{"platform": "TOKOPEDIA", "status": tokopedia}] if tokopedia else []
    row = product_row(status=status, integrated_platform_statuses=others)
    assert reading.observed(row, WAREHOUSE, START).state is state


def test_a_live_listing_without_a_piece_is_out_of_stock() -> None:
    assert seen(skus=[sku_row(inventory=[{"warehouse_id": WAREHOUSE, "quantity": 0}])]).state is ListingState.live_oos


def test_only_our_warehouse_is_our_stock() -> None:
    stocks = [{"warehouse_id": WAREHOUSE, "quantity": 4}, {"warehouse_id": OTHER_WAREHOUSE, "quantity": 9}]
    [offer] = seen(skus=[sku_row(inventory=stocks)]).offers
    assert (offer.stock, offer.sellable) == (4, 13)
    [other] = seen(skus=[sku_row(inventory=stocks[1:])]).offers
    assert other.stock is None  # not shown there is not zero


@pytest.mark.parametrize("text", ["Biji kopi", "Baris satu\nbaris dua\n\nAlinea dua & <tanda>", "Berat: 250 g > 200 g"])
def test_a_description_comes_back_as_it_was_written(text: str) -> None:
    assert reading.from_html(to_html(text)) == text


# --- comparing -------------------------------------------------------------------------------------------------------


def test_what_may_be_compared() -> None:
    compare, shown = adapter().comparable, seen()
    assert compare(Facet.price, shown) == {"KOPI-GAYO-250": 85000}
    assert compare(Facet.stock, shown) == {"KOPI-GAYO-250": 12}
    assert compare(Facet.structure, shown) == {"KOPI-GAYO-250": ()}
    assert compare(Facet.visibility, shown) == {"visible": True}
    content = compare(Facet.content, shown)
    assert content is not None
    assert "pictures" not in content


def test_nothing_is_compared_of_what_is_gone_or_in_review() -> None:
    compare = adapter().comparable
    assert all(compare(facet, seen(status="DELETED", integrated_platform_statuses=[])) is None for facet in Facet)
    assert compare(Facet.visibility, seen(status="PENDING", integrated_platform_statuses=[])) is None


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({}, None),
        ({"tiktokshop.zero_quantity": "refused"}, None),
        ({"tiktokshop.zero_quantity": "accepted"}, {"KOPI-GAYO-250": 12}),
    ],
)
def test_where_zero_may_be_refused_the_old_number_of_a_hidden_listing_says_nothing(
    told: dict[str, str], shown: dict[str, int] | None
) -> None:
    hidden = seen(status="SELLER_DEACTIVATED", integrated_platform_statuses=[])
    assert adapter(assumptions=told).comparable(Facet.stock, hidden) == shown
    assert adapter(assumptions=told).comparable(Facet.stock, seen()) == {"KOPI-GAYO-250": 12}


# --- observe ---------------------------------------------------------------------------------------------------------


def test_the_whole_shop_is_read_lazily_and_each_once() -> None:
    shop = adapter()
    pages = iter([page(search_row(), search_row(id="2"), token="next"), page(search_row(id="2"), search_row(id="3"))])
    with wired() as wire:
        wire.add_callback(
            responses.POST, SEARCH, lambda r: (200, {}, json.dumps(next(pages, page(search_row(id="4")))))
        )
        for product in (PRODUCT, "2", "3", "4"):
            wire.get(url(f"/product/202309/products/{product}"), json=ok(product_row(id=product)))
        read = shop.observe()
        assert lines(wire) == []
        assert next(read).external_id == PRODUCT
        # What moved while pages were turned is looked up once more.
        assert [o.external_id for o in read] == ["2", "3", "4"]
        again = json.loads([c.request.body for c in wire.calls if str(c.request.url).startswith(SEARCH)][-1] or "")
        assert again == {"status": "ALL", "update_time_ge": int((START - timedelta(minutes=5)).timestamp())}


def test_what_changed_since_is_asked_for_by_its_time() -> None:
    with wired() as wire:
        wire.post(SEARCH, json=page())
        assert list(adapter().observe(since=START)) == []
        assert sent(wire) == {"status": "ALL", "update_time_ge": int((START - timedelta(minutes=5)).timestamp())}


def test_just_these_and_what_is_gone_is_left_out() -> None:
    with wired() as wire:
        wire.get(GET, json=ok(product_row()))
        wire.get(url("/product/202309/products/9"), json=bad(12052260, "product not found"))
        wire.get(url("/product/202309/products/8"), json=ok(product_row(id="8", status="DELETED",
                                                                        integrated_platform_statuses=[])))  # fmt: skip
        assert [o.external_id for o in adapter().observe(ids=[PRODUCT, "9", "8"])] == [PRODUCT]


def test_a_read_that_fails_says_so() -> None:
    with wired() as wire:
        wire.get(GET, json=bad(36009003, "internal"), status=500)
        with pytest.raises(Transient):
            list(adapter().observe(ids=[PRODUCT]))
        wire.replace(responses.GET, GET, json=bad(105005, "no scope"), status=401)
        with pytest.raises(MarketplaceError):
            list(adapter().observe(ids=[PRODUCT]))


def test_a_status_that_nobody_knows_is_noticed() -> None:
    shop = adapter()
    with wired() as wire:
        wire.get(GET, json=ok(product_row(status="SLEEPING", integrated_platform_statuses=[])))
        [shown] = shop.observe(ids=[PRODUCT])
    assert shown.state is ListingState.hidden
    assert [(n.notion, n.name) for n in shop.noticed()] == [(Notion.status, "SLEEPING")]


# --- find ------------------------------------------------------------------------------------------------------------


def test_a_small_shop_is_read_whole_so_that_a_title_counts_too() -> None:
    strange = search_row(skus=[sku_row(sku="")])
    with wired() as wire:
        wire.post(SEARCH, json=page(strange, search_row(id="2", title="Lain", skus=[])))
        wire.get(GET, json=ok(product_row()))
        [found] = adapter().find([intent_of(plain_listing())])
    assert isinstance(found, Found)
    assert [o.external_id for o in found.listings] == [PRODUCT]


@pytest.mark.parametrize("status", ["DRAFT", "PENDING", "FAILED", "SELLER_DEACTIVATED", "FREEZE"])
def test_find_looks_in_every_state_and_an_audit_carries_its_receipt(status: str) -> None:
    state = {"status": status, "integrated_platform_statuses": []}
    with wired() as wire:
        wire.post(SEARCH, json=page(search_row(**state)))
        wire.get(GET, json=ok(product_row(**state)))
        [found] = adapter().find([intent_of(plain_listing(), sent_at=START)])
    assert isinstance(found, Found)
    assert (found.listings[0].receipt is not None) == (status == "PENDING")


def test_what_was_deleted_before_is_no_obstacle() -> None:
    gone = search_row(status="DELETED", integrated_platform_statuses=[])
    with wired() as wire:
        wire.post(SEARCH, json=page(gone))
        assert adapter().find([intent_of(plain_listing())]) == [Absent()]


def test_a_large_shop_is_searched_by_sku_and_by_what_is_new() -> None:
    intents = [
        replace(intent_of(plain_listing()), title=f"Barang {n}", code=f"P{n}", skus=(f"P{n}-A",), sent_at=START)
        for n in range(12)
    ]
    asked: list[dict[str, Any]] = []

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        body = json.loads(request.body or "{}")
        asked.append(body)
        hit = search_row(id="7", skus=[sku_row(sku="p3-a")]) if "P3-A" in body.get("seller_skus", ()) else None
        whole = page(*([hit] if hit else []), total=5000, token="" if len(body) > 1 else "next")
        return 200, {}, json.dumps(whole)

    with wired() as wire:
        wire.add_callback(responses.POST, SEARCH, answer)
        wire.get(url("/product/202309/products/7"), json=ok(product_row(id="7")))
        found = adapter().find(intents)
    assert [type(one) for one in found] == [Absent] * 3 + [Found] + [Absent] * 8
    assert [len(body["seller_skus"]) for body in asked if "seller_skus" in body] == [10, 2]
    assert asked[-1]["create_time_ge"] == int((START - timedelta(minutes=5)).timestamp())


def test_no_intent_asks_nothing() -> None:
    with responses.RequestsMock():
        assert adapter().find([]) == []


def test_the_cipher_is_asked_for_once() -> None:
    with wired() as wire:
        wire.get(GET, json=ok(product_row()))
        list(adapter().observe(ids=[PRODUCT, PRODUCT]))
        shop = adapter()
        list(shop.observe(ids=[PRODUCT]))
        list(shop.observe(ids=[PRODUCT]))
        ciphers = [c for c in wire.calls if str(c.request.url).startswith(SHOPS)]
        assert len(ciphers) == 2
        assert f"shop_cipher={CIPHER}" in str(wire.calls[-1].request.url)
        assert "shop_cipher" not in str(ciphers[0].request.url)
