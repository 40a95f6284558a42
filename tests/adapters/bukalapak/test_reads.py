"""Lists, looks, facts and comparisons."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses

from adapters.bukalapak import Bukalapak
from adapters.bukalapak.facts import load
from adapters.contract import (
    Absent,
    Access,
    AuthError,
    Cause,
    Facet,
    Found,
    ListingState,
    MarketplaceError,
    NotYet,
    Observed,
    Price,
    Transient,
)
from tests.adapters.bukalapak.shop import (
    ALL_ON,
    EDIT,
    HOST,
    OFFER,
    PLAIN,
    PRODUCT,
    PRODUCTS,
    SECRETS,
    START,
    TWO,
    adapter,
    bad,
    intent_of,
    ok,
    plain_listing,
    row,
    sized_listing,
    sku_row,
    url,
    v4,
    v4_bad,
)

ME, TREE = url("/me"), url("/v2/categories.json")


def query(wire: responses.RequestsMock, at: int = -1) -> dict[str, list[str]]:
    return parse_qs(urlsplit(str(wire.calls[at].request.url)).query)


def serve(rows: list[dict[str, Any]], wire: responses.RequestsMock) -> None:
    """A list that is read by offset and limit, and searched by words."""

    def page(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        asked = parse_qs(urlsplit(str(request.url)).query)
        words = asked.get("keywords", [""])[0].casefold()
        found = [one for one in rows if words in str(one["name"]).casefold()]
        offset, limit = int(asked["offset"][0]), int(asked["limit"][0])
        return 200, {}, json.dumps(v4(found[offset : offset + limit], total=len(found)))

    wire.add_callback(responses.GET, PRODUCTS, page)


def seen(one: dict[str, Any], shop: Bukalapak | None = None) -> Observed:
    with responses.RequestsMock() as wire:
        serve([one], wire)
        [observed] = (shop or adapter()).observe()
    return observed


# --- observe


def test_every_listing_comes_once_and_deleted_ones_do_not() -> None:
    rows = [row(id=f"p{n}", sku_id=n + 1, state="deleted" if n % 10 == 0 else "active") for n in range(120)]
    with responses.RequestsMock() as wire:
        serve(rows, wire)
        ids = [observed.external_id for observed in adapter().observe()]
        asked = query(wire, 0)
    assert ids == [f"p{n}" for n in range(120) if n % 10]
    assert (asked["product_type"], asked["sort"], asked["limit"]) == (["all"], ["date"], ["50"])


def test_a_list_that_shifts_while_it_is_turned_loses_nothing() -> None:
    rows = [row(id=f"p{n}", sku_id=n + 1) for n in range(120)]
    with responses.RequestsMock() as wire:
        serve(rows, wire)
        pages = adapter().observe()
        ids = [next(pages).external_id for _ in range(50)]
        del rows[:3]  # three products of the first page are gone: the others move up
        ids += [observed.external_id for observed in pages]
    assert sorted(ids) == sorted(f"p{n}" for n in range(120))


def test_observe_is_lazy() -> None:
    rows = [row(id=f"p{n}", sku_id=n + 1) for n in range(120)]
    with responses.RequestsMock() as wire:
        serve(rows, wire)
        pages = adapter().observe()
        assert len(wire.calls) == 0
        next(pages)
        assert len(wire.calls) == 1


def test_only_what_changed_since() -> None:
    rows = [row(), row(id="old", updated_at="2026-08-01T00:00:00+07:00"), row(id="untold", updated_at=None)]
    with responses.RequestsMock() as wire:
        serve(rows, wire)
        ids = [o.external_id for o in adapter().observe(since=START)]
    assert ids == [PRODUCT, "untold"]


def test_the_product_row_of_the_facts() -> None:
    variant = {"id": 700000001, "product_id": "a1b2c3", "sku_name": "KP-1", "variant_name": "M", "price": 150000,
               "stock": 7, "state": "active", "default_sku": True, "details": []}  # fmt: skip
    observed = seen(row(sku_name="KP-1", variants=[variant]))
    [offer] = observed.offers
    assert (observed.external_id, observed.title, observed.state) == ("a1b2c3", "Kaos Polos", ListingState.live)
    assert (offer.external_id, offer.sku, offer.options) == (OFFER, "KP-1", ("M",))
    assert (offer.price, offer.stock, offer.weight_g) == (Price(150000), 7, 250)
    assert observed.content == {"title": "Kaos Polos", "description": "Kaos katun.", "category": "58"}
    assert json.loads(observed.raw) == {"images": ["900001"], "active": True}
    assert observed.created_at == datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
    assert observed.ids() == PLAIN
    compare = adapter().comparable
    assert compare(Facet.price, observed) == {"KP-1": 150000}
    assert compare(Facet.stock, observed) == {"KP-1": 7}
    assert compare(Facet.structure, observed) == {"KP-1": ("M",)}
    assert compare(Facet.visibility, observed) == {"visible": True}
    assert compare(Facet.content, observed) == observed.content


def test_details_name_the_options() -> None:
    details = [{"variant_id": 1, "label": "Ukuran", "value": "M"}, {"variant_id": 2, "label": "Warna", "value": "Biru"}]
    observed = seen(row(variants=[sku_row(1, "M Biru", details=details), sku_row(2, "L / Biru")]))
    assert observed.options == ("Ukuran", "Warna")
    assert [offer.options for offer in observed.offers] == [("M", "Biru"), ("L", "Biru")]


def test_where_the_shop_stores_no_sku_nothing_by_sku_is_compared() -> None:
    observed = seen(row())
    assert observed.offers[0].sku is None
    assert adapter().comparable(Facet.stock, observed) is None
    assert adapter().comparable(Facet.price, observed) is None


@pytest.mark.parametrize(
    ("changes", "state", "visible"),
    [
        ({}, ListingState.live, True),
        ({"stock": 0}, ListingState.live_oos, True),
        ({"stock": "0"}, ListingState.live_oos, True),
        ({"stock": 0, "for_sale": False}, ListingState.live_oos, True),
        ({"stock": 0, "for_sale": False, "active": False}, ListingState.hidden, False),
        ({"for_sale": False}, ListingState.hidden, None),  # active: it is the whole shop that sells nothing
        ({"for_sale": False, "active": False, "state_description": ["Stok Habis"]}, ListingState.live_oos, True),
        ({"state_description": ["Melanggar"]}, ListingState.banned, None),
        ({"state": "banned"}, ListingState.banned, None),
    ],
)
def test_states(changes: dict[str, Any], state: ListingState, visible: bool | None) -> None:
    observed = seen(row(**changes))
    shown = adapter().comparable(Facet.visibility, observed)
    assert observed.state is state
    assert shown == (None if visible is None else {"visible": visible})


def test_a_product_off_sale_shows_no_stock_not_zero() -> None:
    hidden = seen(row(sku_name="KP-1", stock=0, for_sale=False, active=False))
    assert hidden.offers[0].stock is None
    assert adapter().comparable(Facet.stock, hidden) is None
    sold_out = seen(row(sku_name="KP-1", stock=0))
    assert adapter().comparable(Facet.stock, sold_out) == {"KP-1": 0}


def test_a_lowered_price_is_the_sale_price() -> None:
    assert seen(row(price=120000)).offers[0].price == Price(150000, 120000)


def test_what_is_gone_is_not_compared() -> None:
    observed = replace(seen(row()), state=ListingState.gone)
    assert [adapter().comparable(facet, observed) for facet in Facet] == [None] * 5


def test_a_list_that_fails_is_told() -> None:
    with responses.RequestsMock() as wire:
        wire.get(PRODUCTS, status=403, json=v4_bad(403))
        with pytest.raises(AuthError):
            list(adapter().observe())
    with responses.RequestsMock() as wire:
        wire.get(PRODUCTS, status=500, json={})
        with pytest.raises(Transient):
            list(adapter().observe())


# --- by ids


def test_one_by_one_and_what_is_gone_is_left_out() -> None:
    with responses.RequestsMock() as wire:
        wire.get(EDIT, json=ok(product={"id": PRODUCT, "name": "Kaos Polos", "price": "150000"}))
        wire.get(url("/v2/products/gone.json"), json=bad("Barang tidak ditemukan"))
        wire.get(url("/v2/products/404.json"), status=404, body="")
        wire.get(url("/v2/products/dead.json"), json=ok(product={"id": "dead", "state": "deleted"}))
        serve([row(), row(id="twin")], wire)
        observed = list(adapter().observe(ids=[PRODUCT, "gone", "404", "dead", PRODUCT]))
    assert [(o.external_id, o.offers[0].external_id) for o in observed] == [(PRODUCT, OFFER)]


def test_a_detail_that_names_its_sku_needs_no_second_read() -> None:
    with responses.RequestsMock() as wire:
        wire.get(EDIT, json=ok(product_detail={**row(), "id": None}))
        [observed] = adapter().observe(ids=[PRODUCT])
    assert observed.offers[0].external_id == OFFER


def test_a_detail_that_the_list_does_not_show_says_little() -> None:
    with responses.RequestsMock() as wire:
        wire.get(EDIT, json={"status": "OK", "name": "Kaos Polos"})
        serve([], wire)
        [observed] = adapter().observe(ids=[PRODUCT])
    assert (observed.offers, observed.state) == ((), ListingState.half_built)
    assert adapter().comparable(Facet.visibility, observed) is None


def test_a_detail_that_fails_concludes_nothing() -> None:
    with responses.RequestsMock() as wire:
        wire.get(EDIT, status=503, body="")
        with pytest.raises(Transient):
            list(adapter().observe(ids=[PRODUCT]))


def test_very_many_are_read_by_the_list_and_only_what_it_lacks_alone() -> None:
    ids = [f"p{n}" for n in range(60)]
    with responses.RequestsMock() as wire:
        serve([row(id=one, sku_id=n + 1) for n, one in enumerate([*ids[:59], "foreign"])], wire)
        wire.get(url("/v2/products/p59.json"), json=bad("Barang tidak ditemukan"))
        observed = list(adapter().observe(ids=ids))
        assert len(wire.calls) == 3
    assert [o.external_id for o in observed] == ids[:59]


# --- find


def test_a_look_goes_by_exact_title_in_every_state() -> None:
    rows = [
        row(id="longer", name="Kaos Polos Panjang"),
        row(id="dead", state="deleted"),
        row(name=" kaos polos ", for_sale=False, active=False, stock=0),
    ]
    with responses.RequestsMock() as wire:
        serve(rows, wire)
        there, absent = adapter().find([intent_of(plain_listing()), intent_of(plain_listing(title="Tak Ada"))])
        assert query(wire, 0)["keywords"] == ["Kaos Polos"]
        assert query(wire, 0)["product_type"] == ["all"]
    assert isinstance(there, Found)
    assert [o.external_id for o in there.listings] == [PRODUCT]
    assert there.listings[0].ids() == PLAIN, "the only offer is the only SKU"
    assert absent == Absent()


def test_a_lost_create_is_looked_for_in_the_whole_list_too() -> None:
    with responses.RequestsMock() as wire:
        wire.get(PRODUCTS, json=v4([row()]))  # the whole list
        wire.get(PRODUCTS, json=v4([]))  # a search that has not heard of it
        [found] = adapter().find([intent_of(plain_listing(), sent_at=START)])
        assert ["keywords" in query(wire, at) for at in (0, 1)] == [False, True]
    assert isinstance(found, Found)


def test_many_looks_read_the_list_once() -> None:
    intents = [intent_of(plain_listing(title=f"Kaos {n}")) for n in range(9)]
    with responses.RequestsMock() as wire:
        serve([row(name="Kaos 4")], wire)
        answers = adapter().find(intents)
        assert len(wire.calls) == 1
    assert [isinstance(answer, Found) for answer in answers] == [n == 4 for n in range(9)]


def test_variants_are_told_apart_by_the_names_that_were_sent() -> None:
    body = json.dumps({"product": {"variants": [{"variant_name": "M / Merah"}, {"variant_name": "L / Merah"}]}})
    rows = [row(variants=[sku_row(700000011, "M / Merah"), sku_row(700000012, "L / Merah")])]
    with responses.RequestsMock() as wire:
        serve(rows, wire)
        [found] = adapter().find([intent_of(sized_listing(), body=body)])
        assert isinstance(found, Found)
        assert found.listings[0].ids() == TWO
        [other] = adapter().find([intent_of(plain_listing(), has_options=True, body=body)])
        assert isinstance(other, Found)
        assert other.listings[0].ids().offers == {}, "a body of two variants does not speak of one SKU"
        [foreign] = adapter().find([intent_of(plain_listing())])
        assert isinstance(foreign, Found)
        assert foreign.listings[0].ids().offers == {}, "two variants are not the one that we would make"


ASSIGNED, ORPHANED = bad("Assigned"), ok(id="900003", message="Orphaned")


@pytest.mark.parametrize(
    ("rows", "status", "expected"),
    [
        ([row(id="other"), row(id="mine", images={"ids": ["900003"]})], None, ["mine"]),
        ([row(id="other")], ORPHANED, "Absent"),
        ([], ORPHANED, "Absent"),
        ([row(id="mine")], ASSIGNED, ["mine"]),  # nobody knows that v4 shows the ids of v2
        ([], ASSIGNED, "NotYet"),
        ([row(id="mine", state="deleted")], ASSIGNED, "Absent"),
        ([row(id="mine")], bad("?"), ["mine"]),
        ([], bad("?"), "Absent"),
        ([], ok(), "Absent"),
    ],
)
def test_pictures_that_went_out_say_what_became_of_a_create(rows: Any, status: Any, expected: Any) -> None:
    """A picture serves one product (facts, sections 3.3 and 3.4): the only mark that a create leaves."""
    body = json.dumps({"product": {}, "images": "900003,900004"})
    with responses.RequestsMock() as wire:
        serve(rows, wire)
        if status is not None:
            wire.get(url("/v2/images/status/900003.json"), json=status)
        [answer] = adapter().find([intent_of(plain_listing(), body=body, sent_at=START)])
    told = [o.external_id for o in answer.listings] if isinstance(answer, Found) else type(answer).__name__
    assert told == expected


@pytest.mark.parametrize(("waited", "expected"), [(timedelta(hours=23), NotYet), (timedelta(days=1), Absent)])
def test_what_no_list_shows_is_waited_for_a_day(waited: timedelta, expected: type[object]) -> None:
    body = json.dumps({"product": {}, "images": "900003"})
    with responses.RequestsMock() as wire:
        serve([], wire)
        wire.get(url("/v2/images/status/900003.json"), json=ASSIGNED)
        [answer] = adapter().find([intent_of(plain_listing(), body=body, sent_at=START - waited)])
    assert isinstance(answer, expected)
    assert not isinstance(answer, NotYet) or answer.until >= START + timedelta(seconds=60)


def test_a_look_that_cannot_ask_for_a_picture_concludes_nothing() -> None:
    body = json.dumps({"product": {}, "images": "900003"})
    with responses.RequestsMock() as wire:
        serve([], wire)
        wire.get(url("/v2/images/status/900003.json"), status=403, json=bad("?"))
        with pytest.raises(AuthError):
            adapter().find([intent_of(plain_listing(), body=body, sent_at=START)])


def test_the_newest_hit_comes_last() -> None:
    rows = [row(id="new", created_at="2026-09-02T00:00:00+07:00"), row(id="old")]
    with responses.RequestsMock() as wire:
        serve(rows, wire)
        [found] = adapter().find([intent_of(plain_listing())])
    assert isinstance(found, Found)
    assert [o.external_id for o in found.listings] == ["old", "new"]


def test_skus_are_looked_for_only_where_the_shop_is_assumed_to_hold_them() -> None:
    renamed = [row(name="Kaos Lain", sku_name="kp-1")]
    for assumptions, expected in ((ALL_ON, Found), ({}, Absent)):
        with responses.RequestsMock() as wire:
            serve(renamed, wire)
            [answer] = adapter(assumptions=assumptions).find([intent_of(plain_listing(), sent_at=START)])
        assert isinstance(answer, expected)


# --- learn

CATEGORIES = [{"id": 1, "name": "Fashion", "children": [{"id": 58, "name": "Kaos", "children": []}]}]
ATTRIBUTES = [
    {"fieldName": "bahan", "displayName": "Bahan", "inputType": "select", "options": ["Katun"], "required": True},
    {"fieldName": "brand", "displayName": "Merek", "inputType": "combo_select", "options": [{"name": "Acme"}],
     "required": True},
    {"fieldName": "tipe", "inputType": "string", "options": None, "required": False},
]  # fmt: skip
LEFT = {"product_upload_remaining": {"daily": 3, "weekly": "9", "monthly": None}}


def learnt(me: Any, assumptions: dict[str, str] | None = None, rows: Any = None) -> Any:
    with responses.RequestsMock() as wire:
        wire.get(ME, json=v4(me))
        wire.get(TREE, json=ok(categories=CATEGORIES))
        wire.get(url("/v2/categories/58/attributes.json"), json=ok(attributes=ATTRIBUTES))
        wire.get(PRODUCTS, json=v4([row(store=LEFT)] if rows is None else rows))
        return adapter(assumptions=assumptions).learn(["58", "1", "77", "58"])


def test_learning_a_shop() -> None:
    facts = learnt({"id": 1000001, "name": "x"})
    assert facts.shop_id == "1000001"
    assert [facts.bounds[c].known for c in ("58", "1", "77")] == [True, False, False], "a parent is no leaf"
    bounds = facts.bounds["58"]
    assert (bounds.pictures, bounds.options) == ((1, 5), 0)
    assert (bounds.required_attributes, bounds.brand_required) == ((("bahan", "Bahan"),), True)
    known = load(facts)
    assert known.attributes("58")["brand"].options == {"acme": "Acme"}
    assert known.uploads is not None
    assert (known.uploads.daily, known.uploads.weekly, known.uploads.monthly) == (3, 9, None)


def test_variants_are_open_only_where_it_is_assumed() -> None:
    assert learnt({"id": 1000001}, ALL_ON).bounds["58"].options is None


def test_an_empty_shop_tells_no_quota() -> None:
    assert load(learnt({"id": 1000001}, rows=[])).uploads is None


@pytest.mark.parametrize("me", [{"id": 5, "store": {"id": "1000001"}}, {"user_id": 1000001}, {"store_id": 1000001}])
def test_the_shop_is_recognised_under_any_of_its_names(me: Any) -> None:
    assert learnt(me).shop_id == "1000001"


def test_another_shop_is_named() -> None:
    assert learnt({"id": 5}).shop_id == "5"


def test_an_account_without_an_id_is_not_trusted() -> None:
    with responses.RequestsMock() as wire:
        wire.get(ME, json=v4({"name": "x"}))
        with pytest.raises(MarketplaceError) as caught:
            adapter().learn(["58"])
    assert caught.value.cause is Cause.binding


def test_rows_under_an_unexpected_name_are_found() -> None:
    with responses.RequestsMock() as wire:
        wire.get(ME, json=v4({"id": 1000001}))
        wire.get(TREE, json=ok(data=CATEGORIES))
        wire.get(url("/v2/categories/58/attributes.json"), json=ok(rows=ATTRIBUTES))
        wire.get(PRODUCTS, json=v4([]))
        facts = adapter().learn(["58"])
    assert facts.bounds["58"].known


def test_access_without_the_app_still_builds() -> None:
    bare = {key: SECRETS[key] for key in ("user_id", "token")}
    shop = adapter(access=Access("1000001", HOST, bare))
    assert shop.marketplace == "bukalapak"
    assert shop.limits.settle_s == timedelta(minutes=1).total_seconds()
