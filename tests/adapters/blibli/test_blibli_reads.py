"""Looking, listing, orders and learning: facts, sections 8, 10 and 13."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses
from responses import matchers

from adapters.clock import ManualClock
from adapters.contract import (
    Absent,
    Cause,
    Facet,
    Facts,
    Found,
    Intent,
    ListingState,
    MarketplaceError,
    NotYet,
    ObservedOffer,
    OrderState,
    Price,
    ShopBounds,
    Transient,
)
from tests.adapters.blibli.store import (
    CATEGORY,
    FEED,
    FEEDS,
    L3,
    LIST_V2,
    LIST_V3,
    MS,
    MTA,
    ORDERS,
    POINT,
    QUEUE,
    REJECTED,
    SELLER,
    START,
    STORE,
    SUBMISSIONS,
    adapter,
    bad,
    body,
    coloured_listing,
    create,
    created_row,
    history,
    intent_of,
    mta,
    paths,
    plain_listing,
    query,
    rows,
    seller,
    sent,
    submission_row,
    url,
    variant_row,
)

NEW = intent_of(plain_listing())
SENT = replace(NEW, sent_at=START)
CALLS: Any = responses


def v3(state: str, name: str = "Kaos Polos", sku: str = L3) -> dict[str, Any]:
    """A row of list V3, as in the fact sheet."""
    return {
        "product": {"code": "MTA-9000001", "name": name, "sku": sku, "state": state, "url": {"blibli": "https://x"}},
        "brand": "Acme", "category": {"code": CATEGORY, "name": "Kaos"}, "counter": {"stock": 12, "variant": 2},
        "price": {"normal": {"min": 150000, "max": 150000}, "sale": {"min": 140000, "max": 140000}},
        "pickupPointCodes": [POINT], "images": [], "createdDate": MS, "updatedDate": MS,
    }  # fmt: skip


def shows(
    live: Sequence[Any] = (), archived: Sequence[Any] = (), hidden: Sequence[Any] = (), pending: Sequence[Any] = (),
    rejected: Sequence[Any] = (), queues: Sequence[Any] = (), feed: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """What the store's lists show."""
    for is_archived, found in ((False, live), (True, archived)):
        match = matchers.json_params_matcher({"isArchive": is_archived}, strict_match=False)
        responses.post(LIST_V2, json=rows(list(found)), match=[match])
    for state in ("OOS", "SUSPENDED"):
        match = matchers.json_params_matcher({"filter": {"state": state}}, strict_match=False)
        found = [row for row in hidden if row["product"]["state"] == state]
        responses.post(LIST_V3, json=seller(found), match=[match])
    responses.post(SUBMISSIONS, json=seller(list(pending)))
    responses.get(REJECTED, json=mta(list(rejected)))
    responses.get(FEEDS, json=mta(list(queues)))
    responses.get(FEED, json=feed or history(total=1))


def find(*intents: Intent, after: timedelta = timedelta(minutes=3)) -> list[Found | Absent | NotYet]:
    clock = ManualClock(START)
    clock.advance(after.total_seconds())
    return adapter(clock).find(intents)


def state_of(answer: Found | Absent | NotYet) -> ListingState:
    assert isinstance(answer, Found)
    return answer.listings[0].state


QUEUED = {"requestId": QUEUE, "requestAction": "createProductV2", "total": 1, "timeStamp": MS}


# --- find


@responses.activate
def test_nothing_there_is_absent_one_answer_per_intent() -> None:
    shows()
    other = intent_of(coloured_listing())
    assert find(NEW, other) == [Absent(), Absent()]
    assert find(SENT) == [Absent()]
    assert find() == []
    asked_for = [body(c) for c in responses.calls if "getProductList" in str(c.request.url)]
    assert {"KP-1", "KP-1-R", "KP-1-B"} == set(asked_for[0]["merchantSkus"])
    assert {b["isArchive"] for b in asked_for} == {True, False}


@responses.activate
def test_fifty_skus_a_look() -> None:
    shows()
    find(*(replace(SENT, skus=tuple(f"S{n}-{m}" for m in range(40))) for n in range(3)))
    sizes = [
        len(body(c)["merchantSkus"])
        for c in responses.calls if "getProductList" in str(c.request.url)
    ]  # fmt: skip
    assert sizes == [50, 50, 20] * 2


@responses.activate
def test_many_looks_at_a_small_store_read_it_whole() -> None:
    shows(live=[variant_row("KP-1")])
    intents = [NEW, *(replace(NEW, code=f"X{n}", title=f"Lain {n}", skus=(f"X{n}",)) for n in range(9))]
    first, *others = find(*intents)
    assert isinstance(first, Found)
    assert others == [Absent()] * 9
    asked_for = [body(c) for c in responses.calls if "getProductList" in str(c.request.url)]
    assert [(b.get("merchantSkus"), b.get("productName"), b["isArchive"]) for b in asked_for] == [
        (None, None, False), (None, None, True),
    ]  # fmt: skip


@responses.activate
def test_live_archived_out_of_stock_and_hidden_are_found_by_sku() -> None:
    cases = [
        (variant_row("kp-1"), ListingState.live), (variant_row("KP-1", stockAvailableLv2=0), ListingState.live_oos),
        (variant_row("KP-1", buyable=False), ListingState.hidden),
        (variant_row("KP-1", buyable=False, review=True), ListingState.in_review),
    ]  # fmt: skip
    for row, state in cases:
        responses.reset()
        shows(live=[row])
        [answer] = find(SENT)
        assert state_of(answer) is state
    responses.reset()
    shows(archived=[variant_row("KP-1", isArchive=True)])
    assert state_of(find(SENT)[0]) is ListingState.archived


@responses.activate
def test_suspended_is_said_by_the_other_list_and_a_title_alone_is_a_hit() -> None:
    shows(live=[variant_row("KP-1")], hidden=[v3("SUSPENDED")])
    assert state_of(find(SENT)[0]) is ListingState.banned
    responses.reset()
    shows(hidden=[v3("OOS", name="kaos polos", sku="TOQ-15126-00099")])
    [answer] = find(NEW)
    assert isinstance(answer, Found)
    assert answer.listings[0].external_id == "TOQ-15126-00099"
    assert answer.listings[0].state is ListingState.live_oos


@responses.activate
def test_a_listing_made_by_hand_without_a_sku_is_found_by_its_title() -> None:
    shows(live=[variant_row("", merchantSku=None)])
    assert state_of(find(NEW)[0]) is ListingState.live


@pytest.mark.parametrize(
    ("said", "state"), [("IN_PROGRESS", ListingState.in_review), ("NEED_CORRECTION", ListingState.needs_correction)]
)
@responses.activate
def test_in_review_is_found_with_a_receipt_and_dated_by_its_queue(said: str, state: ListingState) -> None:
    shows(pending=[submission_row(said)], queues=[QUEUED], feed=history(created_row("KP-1")))
    [answer] = find(SENT)
    assert isinstance(answer, Found)
    [seen] = answer.listings
    assert (seen.state, seen.external_id, seen.offers) == (state, "MTA-9000001", ())
    assert seen.created_at == START
    assert json.loads(seen.receipt or "") == {
        "stage": "review", "skus": ["KP-1"], "code": "MTA-9000001", "at": int(START.timestamp()),
    }  # fmt: skip
    by_sku = [b for b in map(body, responses.calls) if b.get("filter", {}).get("sellerSku")]
    assert [b["filter"] for b in by_sku] == [{"state": "ALL", "sellerSku": "KP-1"}]


@responses.activate
def test_a_lost_queue_is_found_by_the_day() -> None:
    shows(queues=[QUEUED], feed=history(created_row("KP-1")))
    [answer] = find(SENT)
    assert isinstance(answer, Found)
    [seen] = answer.listings
    assert seen.state is ListingState.queued
    assert json.loads(seen.receipt or "")["queue"] == QUEUE
    days = {query(c)["queueDate"] for c in responses.calls if "feed/list" in str(c.request.url)}
    assert days == {"2026-09-01"}


@responses.activate
def test_around_midnight_both_days_are_asked_for() -> None:
    shows()
    find(replace(NEW, sent_at=datetime(2026, 9, 1, 17, 2, tzinfo=UTC)), after=timedelta(hours=15))
    days = {query(c)["queueDate"] for c in responses.calls if "feed/list" in str(c.request.url)}
    assert days == {"2026-09-01", "2026-09-02"}


@responses.activate
def test_a_row_that_failed_in_a_lost_queue_is_rejected() -> None:
    shows(queues=[QUEUED], feed=history(created_row("KP-1", ok=False, message="no")))
    assert state_of(find(SENT)[0]) is ListingState.rejected


@responses.activate
def test_a_queue_that_does_not_say_whose_it_is_is_not_yet_until_a_day_has_passed() -> None:
    shows(queues=[QUEUED])
    [answer] = find(SENT)
    assert isinstance(answer, NotYet)
    assert answer.until == START + timedelta(minutes=6)
    assert find(SENT, after=timedelta(days=1, minutes=1)) == [Absent()]
    assert find(NEW) == [Absent()]


@responses.activate
def test_other_peoples_queues_are_no_reason_to_wait() -> None:
    shows(queues=[QUEUED, {**QUEUED, "requestId": "OLD", "timeStamp": MS - 10**7}], feed=history(created_row("OTHER")))
    assert find(SENT) == [Absent()]
    assert [query(c)["requestId"] for c in responses.calls if "feed/detail" in str(c.request.url)] == [QUEUE]


@responses.activate
def test_rejected_since_is_found_rejected_before_is_not() -> None:
    row = {"productName": "Kaos Polos", "rejectedReason": "x", "rejectedDate": MS + 5, "productCode": "MTA-9000001"}
    shows(rejected=[row])
    [answer] = find(SENT)
    assert state_of(answer) is ListingState.rejected
    assert find(NEW) == [Absent()]
    responses.reset()
    shows(rejected=[{**row, "rejectedDate": MS - 10**7}])
    assert find(SENT) == [Absent()]


@responses.activate
def test_a_look_that_fails_teaches_nothing() -> None:
    responses.post(LIST_V3, body=requests.ConnectionError("x"))
    with pytest.raises(Transient):
        find(NEW)


# --- observe and compare


@responses.activate
def test_everything_grouped_across_pages_each_once() -> None:
    first = [variant_row(f"S{n}", n, l3=f"TOQ-15126-{n:05d}") for n in range(99)]
    split = [variant_row("T1", 1), variant_row("T2", 2)]
    found = [*first, *split]
    for page, part in enumerate((found[:100], found[100:])):
        match = matchers.json_params_matcher({"isArchive": False, "page": page}, strict_match=False)
        answer = mta(part, pageMetaData={"totalRecords": 101})
        responses.post(LIST_V2, json=answer, match=[match])
    archived = matchers.json_params_matcher({"isArchive": True}, strict_match=False)
    responses.post(LIST_V2, json=rows([variant_row("Z", 1, l3="TOQ-15126-70000", isArchive=True)]), match=[archived])
    responses.post(LIST_V3, json=seller([v3("SUSPENDED", sku="TOQ-15126-80000")]))
    responses.post(SUBMISSIONS, json=seller([submission_row("IN_PROGRESS", code="MTA-5")]))
    shop = adapter()
    seen = {o.external_id: o for o in shop.observe()}
    assert len(seen) == 98 + 1 + 1 + 1 + 1 + (L3 not in {r["productSku"] for r in first})
    assert [o.sku for o in seen[L3].offers if o.sku in ("T1", "T2")] == ["T1", "T2"]
    assert seen["TOQ-15126-70000"].state is ListingState.archived
    assert seen["TOQ-15126-80000"].state is ListingState.banned
    assert seen["MTA-5"].receipt is not None


@responses.activate
def test_observe_reads_nothing_before_it_is_asked() -> None:
    adapter().observe()
    assert len(responses.calls) == 0


@responses.activate
def test_an_edit_in_review_is_the_listing_that_was_live_and_stands_once() -> None:
    shows(live=[variant_row("KP-1", review=True)], pending=[submission_row("IN_PROGRESS", sku=L3)])
    shop = adapter()
    for seen in (list(shop.observe()), list(shop.observe(ids=[L3]))):
        assert [(o.external_id, o.state, len(o.offers), o.receipt) for o in seen] == [
            (L3, ListingState.in_review, 1, None)
        ]
    [found] = shop.find([intent_of(plain_listing(sku="KP-1"), START)])
    assert isinstance(found, Found)
    assert [(o.external_id, o.state) for o in found.listings] == [(L3, ListingState.in_review)]


@responses.activate
def test_just_these_by_what_an_earlier_read_knows() -> None:
    shows(live=[variant_row("KP-1"), variant_row("X", l3="TOQ-15126-00002")])
    shop = adapter()
    list(shop.observe())
    responses.calls.reset()
    assert [o.external_id for o in shop.observe(ids=[L3])] == [L3]
    *filters, submissions = map(body, responses.calls)
    assert submissions["filter"] == {"state": "NEED_CORRECTION"}
    assert all(b.get("merchantSkus") == ["KP-1"] or b.get("productName") == "Kaos Polos" for b in filters)
    assert len(filters) == 4


@responses.activate
def test_an_id_that_nobody_knows_is_looked_for_in_the_whole_list_and_left_out() -> None:
    shows(live=[variant_row("KP-1")])
    shop = adapter()
    assert [o.external_id for o in shop.observe(ids=["TOQ-15126-99999", L3])] == [L3]


@responses.activate
def test_one_row_a_variant_at_our_pickup_point() -> None:
    elsewhere = variant_row("KP-1", pickupPointCode="PP-2", stockAvailableLv2=99)
    for order in ([elsewhere, variant_row("KP-1")], [variant_row("KP-1"), elsewhere]):
        responses.reset()
        shows(live=order)
        [seen] = adapter().observe()
        assert [o.stock for o in seen.offers] == [7]


@responses.activate
def test_comparable_is_in_our_terms() -> None:
    shows(live=[
        variant_row("A", 1, sellingPrice=140000.0, stockReservedLv2=2), variant_row("B", 2, stockAvailableLv2=None),
    ])  # fmt: skip
    shop = adapter()
    [seen] = shop.observe()
    assert seen.offers[0] == ObservedOffer(f"{L3}-00001", "A", (), Price(150000, 140000), 7, 7, 2)
    assert shop.comparable(Facet.price, seen) == {"A": 150000, "B": 150000}
    assert shop.comparable(Facet.stock, seen) == {"A": 7}
    assert shop.comparable(Facet.structure, seen) is None
    assert shop.comparable(Facet.content, seen) == {"title": "Kaos Polos"}
    assert shop.comparable(Facet.visibility, seen) == {"visible": True}
    for state, visible in ((ListingState.archived, False), (ListingState.hidden, False), (ListingState.banned, None)):
        shown = shop.comparable(Facet.visibility, replace(seen, state=state))
        assert (shown["visible"] if shown else None) is visible
    assert seen.created_at == START
    json.loads(seen.raw)


@responses.activate
def test_names_of_variants_are_not_the_products_name() -> None:
    shows(live=[variant_row("A", 1, productName="Kaos M"), variant_row("B", 2, productName="Kaos L")])
    shop = adapter()
    [seen] = shop.observe()
    assert shop.comparable(Facet.content, seen) is None


# --- orders


def order_row(item: str = "12000000002", status: str = "FP", quantity: int = 1, **more: Any) -> dict[str, Any]:
    """An order's line, as in the fact sheet."""
    return {
        "createdDate": MS,
        "order": {
            "id": more.get("id", "12000000001"), "itemId": item, "itemStatus": status, "quantity": quantity, "date": MS,
            "customerFullName": "Pembeli Uji", "statusFPUpdatedTimestamp": more.get("at", MS), "type": "SINGLE",
        },
        "product": {"blibliSku": f"{L3}-00001", "sellerSku": more.get("sku", "KP-1-M"), "itemName": "Kaos", "price": 1},
        "storeCode": STORE,
    }  # fmt: skip


def serve_orders(*packages: dict[str, Any]) -> None:
    """Orders of the open window; none of the older ones were cancelled."""

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        wanted = json.loads(request.body)["filter"]
        found = [] if wanted.get("orderItemStatuses") else list(packages)
        return 200, {}, json.dumps(seller(found))

    responses.add_callback(responses.POST, ORDERS, answer)


@responses.activate
def test_one_row_is_one_line_summed_per_order_without_the_buyer() -> None:
    lines = [order_row("1", "FP", 1), order_row("2", "PU", 2), order_row("3", "X", 4)]
    serve_orders({"packageId": "P1", "orderItems": lines[:1]}, {"packageId": "P2", "orderItems": lines[1:]})
    [order] = adapter().orders(START - timedelta(hours=1))
    assert order.id == "12000000001"
    assert order.state is OrderState.open
    [line] = order.lines
    assert (line.listing_id, line.offer_id, line.sku, line.taken) == (L3, f"{L3}-00001", "KP-1-M", 3)
    assert (order.placed_at, order.updated_at) == (START, START)
    assert "Pembeli" not in repr(order)


@pytest.mark.parametrize(
    ("status", "state", "taken"),
    [
        *((s, OrderState.open, 1) for s in ("FP", "PF", "BP", "PU", "NEW?")),
        *((s, OrderState.closed, 1) for s in ("CX", "D")),
        *((s, OrderState.cancelled, 0) for s in ("X", "OS", "CR")),
    ],
)
@responses.activate
def test_statuses(status: str, state: OrderState, taken: int) -> None:
    serve_orders({"packageId": "P", "orderItems": [order_row(status=status)]})
    [order] = adapter().orders(START - timedelta(hours=1))
    assert (order.state, order.lines[0].taken) == (state, taken)


@responses.activate
def test_crowded_windows_are_halved_oldest_first_and_none_is_missed() -> None:
    count = 230
    all_of_them: list[dict[str, Any]] = [
        {"packageId": f"P{n}", "orderItems": [order_row(str(n), id=f"O{n:03d}", at=MS + n * 1000)]}
        for n in range(count)
    ]

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        wanted = json.loads(request.body)
        window, page = wanted["filter"]["statusFPDateRange"], wanted["paging"]["page"]
        stamps = [p["orderItems"][0]["order"]["statusFPUpdatedTimestamp"] for p in all_of_them]
        found = [p for p, at in zip(all_of_them, stamps, strict=True) if window["start"] <= at < window["end"]]
        found = [] if wanted["filter"].get("orderItemStatuses") else found
        shown = found[:100][page * 50 : page * 50 + 50]
        return 200, {}, json.dumps(seller(shown, total=len(found)))

    responses.add_callback(responses.POST, ORDERS, answer)
    clock = ManualClock(START + timedelta(minutes=10))
    seen = [order.id for order in adapter(clock).orders(START)]
    assert sorted(set(seen)) == [f"O{n:03d}" for n in range(count)]
    assert seen == sorted(seen)


@responses.activate
def test_older_orders_are_read_again_for_cancellations() -> None:
    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        wanted = json.loads(request.body)["filter"].get("orderItemStatuses")
        found = [{"packageId": "P", "orderItems": [order_row(status="X")]}] if wanted == ["X", "OS", "CR"] else []
        return 200, {}, json.dumps(seller(found))

    responses.add_callback(responses.POST, ORDERS, answer)
    [order] = adapter().orders(START - timedelta(hours=1))
    assert order.state is OrderState.cancelled
    first = body(responses.calls[0])["filter"]["statusFPDateRange"]
    assert first["end"] - first["start"] == 30 * 86_400_000


@responses.activate
def test_a_filter_that_knows_six_statuses_is_asked_for_the_one_and_remembered() -> None:
    asked_for = []

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        wanted = json.loads(request.body)["filter"].get("orderItemStatuses")
        asked_for.append(wanted)
        if wanted == ["X", "OS", "CR"]:
            return 400, {}, json.dumps(bad("X", "orderItemStatuses are six"))
        found = [{"packageId": "P", "orderItems": [order_row(status="X")]}] if wanted == ["X"] else []
        return 200, {}, json.dumps(seller(found))

    responses.add_callback(responses.POST, ORDERS, answer)
    shop = adapter()
    for _ in range(2):
        [order] = shop.orders(START - timedelta(hours=1))
        assert order.state is OrderState.cancelled
    assert asked_for == [["X", "OS", "CR"], ["X"], None, ["X"], None]


@responses.activate
def test_orders_are_lazy() -> None:
    adapter().orders(START)
    assert len(responses.calls) == 0


# --- learn


TREE: list[dict[str, Any]] = [{"categoryCode": "KA-1", "categoryName": "Mode", "children": [
    {"categoryCode": CATEGORY, "categoryName": "Kaos", "children": None}, {"code": "KA-3", "name": "Topi"},
]}]  # fmt: skip
ATTRIBUTES: list[dict[str, Any]] = [
    {"code": "WA-0000002", "name": "Warna", "nameLocale": {"ID": "Warna", "EN": "Color"}, "mandatory": True,
     "type": "DESCRIPTIVE_ATTRIBUTE", "variantCreating": True, "specialAttribute": False, "options": []},
    {"code": "FA-2000060", "name": "Family Colour", "mandatory": True, "type": "DEFINING_ATTRIBUTE",
     "variantCreating": False, "options": ["Merah"]},
    {"code": "BA-0000004", "name": "Bahan", "mandatory": True, "type": "DESCRIPTIVE_ATTRIBUTE",
     "variantCreating": False, "options": []},
    {"attributeCode": "AS-0000005", "name": "Asal", "mandatory": False, "attributeType": "PREDEFINED_ATTRIBUTE",
     "variantCreation": False, "options": [{"name": "Indonesia"}]},
]  # fmt: skip


def shop_says(points: Sequence[str] = (POINT,)) -> None:
    """A store's metadata."""
    found = [{"code": code, "name": "Gudang"} for code in points]
    responses.get(url(f"{MTA}/v1/product/getPickupPoint"), json=mta(found))
    responses.get(url(f"{MTA}/v1/product/getCategory"), json=mta(TREE))
    responses.get(url(f"{SELLER}/categories/{CATEGORY}/attributes"), json=seller(ATTRIBUTES))
    responses.get(url(f"{SELLER}/categories/KA-3/attributes"), json=bad_category(), status=404)
    brands = [{"code": "BR-1", "brandName": "Acme", "brandApprovalStatus": "APPROVED"},
              {"code": "BR-2", "brandName": "Later", "brandApprovalStatus": "DRAFT"}]  # fmt: skip
    responses.get(url(f"{MTA}/v2/product/getBrands"), json=mta(brands))


def bad_category() -> dict[str, Any]:
    return {"errorCode": "ERR-X", "errorMessage": "category not found"}


@responses.activate
def test_learn_tells_bounds_and_what_a_create_needs() -> None:
    shop_says()
    facts = adapter(private=None).learn([CATEGORY, "KA-1", "KA-3", "KA-404"])
    assert facts.shop_id == STORE
    assert [facts.bounds[c].known for c in (CATEGORY, "KA-1", "KA-3", "KA-404")] == [True, False, False, False]
    assert facts.bounds[CATEGORY] == ShopBounds(
        description=(0, 5000), pictures=(1, 8), price=(1000, 10**12), options=1, variants=50,
        attributes=("WA-0000002", "FA-2000060", "BA-0000004", "AS-0000005"),
        required_attributes=(("BA-0000004", "Bahan"),), closed_values={"AS-0000005": ("Indonesia",)},
    )  # fmt: skip
    private = json.loads(facts.private)
    assert (private["point"], private["several"]) == (POINT, False)
    assert private["brands"] == {"acme": ["BR-1", "Acme"]}
    assert private["categories"][CATEGORY]["AS-0000005"]["values"] == ["Indonesia"]
    shop = adapter(private=None)
    shop.instruct(Facts(STORE, {}, facts.private))
    [call] = shop.calls([create(plain_listing())])
    assert json.loads(call.body)["products"][0]["pickupPointCode"] == POINT
    assert paths(CALLS).count("getCategory") == 1


@responses.activate
def test_the_price_floor_is_an_answered_question() -> None:
    shop_says()
    facts = adapter(private=None, assumptions={"blibli.price_floor": "1"}).learn([CATEGORY])
    assert facts.bounds[CATEGORY].price == (1, 10**12)


@pytest.mark.parametrize(
    ("points", "location", "code"),
    [(("PP-1", "PP-2"), None, "several_locations"), (("PP-1",), "PP-9", "unknown_location")],
)
@responses.activate
def test_stock_must_lie_in_one_place(points: Sequence[str], location: str | None, code: str) -> None:
    shop_says(points)
    with pytest.raises(MarketplaceError) as caught:
        adapter(private=None, location=location).learn([CATEGORY])
    assert (caught.value.cause, caught.value.code) == (Cause.binding, code)


@responses.activate
def test_one_of_several_places_is_bound_and_named() -> None:
    shop_says(("PP-1", "PP-2"))
    shop = adapter(private=None, location="PP-2")
    facts = shop.learn([CATEGORY])
    assert json.loads(facts.private)["several"] is True
    shop.instruct(facts)
    assert shop._facts.several
    assert shop._facts.point == "PP-2"


@responses.activate
def test_nothing_is_learnt_from_half_an_answer() -> None:
    shop_says()
    responses.replace(responses.GET, url(f"{SELLER}/categories/{CATEGORY}/attributes"), status=500)
    with pytest.raises(Transient):
        adapter(private=None).learn([CATEGORY])
    assert sent(CALLS) == {}
