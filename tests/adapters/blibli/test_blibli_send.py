"""What each write puts on the wire and what its answer means: facts, section 7."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import responses

from adapters.blibli import Blibli
from adapters.blibli import adapter as adapter_module
from adapters.clock import ManualClock
from adapters.contract import (
    Accepted,
    Applied,
    Begun,
    Cause,
    Change,
    Deferred,
    Facet,
    Ids,
    Limits,
    ListingState,
    Locked,
    Observed,
    Outcome,
    Price,
    Rate,
    Receipt,
    Rejected,
    Unknown,
    Urgency,
)
from tests.adapters.blibli.store import (
    ARCHIVE,
    BULK,
    CREATE,
    FEED,
    L3,
    LIST_V2,
    QUEUE,
    SELLER,
    START,
    UNARCHIVE,
    adapter,
    asked,
    bad,
    coloured_listing,
    content,
    create,
    history,
    ids,
    listing_change,
    mta,
    offer_change,
    offer_row,
    picture,
    plain_listing,
    queued,
    rows,
    seller,
    sent,
    url,
    variant_row,
)

KNOWN = ids("A", "B")
PRICES = [offer_change(Facet.price, s, Price(1000), Price(2000), KNOWN) for s in ("A", "B")]
STOCKS = [offer_change(Facet.stock, s, 1, 5, KNOWN) for s in ("A", "B")]
DETAIL = url(f"{SELLER}/products/{L3}/detail")


def outcomes(shop: Blibli, *changes: Change) -> list[Outcome]:
    """The outcomes of one call."""
    [call] = shop.calls(list(changes))
    return shop.send(call)


# --- creates


@responses.activate
def test_a_create_is_queued_each_change_with_a_receipt_of_its_own(tmp_path: Path) -> None:
    shot = picture(tmp_path)
    responses.post(CREATE, json=queued(2))
    two = replace(plain_listing([shot], "KP-2"), content=content([shot], title="Topi"))
    found = outcomes(adapter(), create(plain_listing([shot])), create(two))
    receipts = [json.loads(o.receipt) for o in found if isinstance(o, Accepted)]
    assert receipts == [
        {"stage": "queue", "queue": QUEUE, "skus": [sku], "at": int(START.timestamp())} for sku in ("KP-1", "KP-2")
    ]
    assert [o.not_before for o in found if isinstance(o, Accepted)] == [START + timedelta(seconds=180)] * 2
    images = sent(responses)["products"][0]["imageMap"]
    assert list(images.values()) == [base64.b64encode(b"\xff\xd8\xff picture").decode()]
    assert asked(responses)["businessPartnerCode"] == "TOQ-15126"


@responses.activate
def test_the_pause_follows_the_limit_of_the_queues_reads() -> None:
    responses.post(CREATE, json=queued())
    fast = Limits(rates=(Rate("queue", 5, 15.0, "feed_detail"),))
    [outcome] = outcomes(adapter(limits=fast), create(plain_listing()))
    assert isinstance(outcome, Accepted)
    assert outcome.not_before == START + timedelta(seconds=3)


@responses.activate
def test_a_bad_picture_holds_its_own_product_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shots = [picture(tmp_path, f"p{n}".encode(), f"{n}.jpg") for n in range(4)]
    listings = [
        replace(plain_listing([s], f"KP-{n}"), content=content([s], title=f"K{n}")) for n, s in enumerate(shots)
    ]
    Path(shots[0].path).unlink()
    Path(shots[1].path).write_bytes(b"another")
    big = b"x" * 40
    Path(shots[2].path).write_bytes(big)
    large = picture(tmp_path, big, "2.jpg")
    listings[2] = replace(listings[2], content=content([large], title="K2"))
    monkeypatch.setattr(adapter_module, "MAX_PICTURE", 30)
    responses.post(CREATE, json=queued())
    shop = adapter()
    found = outcomes(shop, *map(create, listings))
    assert [o.code for o in found if isinstance(o, Rejected)] == [
        "picture_missing", "picture_changed", "picture_too_large",
    ]  # fmt: skip
    assert all(o.fields == ("pictures",) for o in found if isinstance(o, Rejected))
    assert isinstance(found[3], Accepted)
    assert [p["name"] for p in sent(responses)["products"]] == ["K3"]
    assert isinstance(outcomes(shop, create(listings[0]))[0], Rejected)
    assert len(responses.calls) == 1


@responses.activate
def test_a_body_that_is_too_large_after_all_is_parted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter_module, "CREATE_BYTES", 100)
    changes = [create(replace(plain_listing(sku=f"K{n}"), content=content(title=f"K{n}"))) for n in range(2)]
    shop = adapter()
    found = outcomes(shop, *changes)
    assert [o.next_step for o in found if isinstance(o, Begun)] == ['{"part":"0"}', '{"part":"1"}']
    assert len(responses.calls) == 0
    apart = [replace(c, next_step=o.next_step) for c, o in zip(changes, found, strict=True) if isinstance(o, Begun)]
    assert len(shop.calls(apart)) == 2


@pytest.mark.parametrize(
    "answer",
    [
        {"body": requests.ReadTimeout("x")}, {"status": 500}, {"json": bad("ERR-MA500007")}, {"body": "<html>"},
        {"json": mta({"total": 1})},
    ],
)  # fmt: skip
@responses.activate
def test_a_create_without_a_queue_id_is_unknown_and_never_repeated(answer: dict[str, Any]) -> None:
    responses.post(CREATE, **answer)
    [outcome] = outcomes(adapter(), create(plain_listing()))
    assert isinstance(outcome, Unknown)
    assert outcome.settles_at == START + timedelta(seconds=300)
    assert len(responses.calls) == 1


@responses.activate
def test_a_throttled_create_is_surely_not_applied() -> None:
    responses.post(CREATE, status=429)
    slow = Limits(rates=(Rate("shop", 25, 60.0, "create"),))
    [outcome] = outcomes(adapter(limits=slow), create(plain_listing()))
    assert isinstance(outcome, Deferred)
    assert outcome.cause is Cause.throttled
    assert outcome.until >= START + timedelta(seconds=59)


@responses.activate
def test_a_call_refused_as_a_whole_is_parted_until_the_bad_one_stands_alone() -> None:
    responses.post(CREATE, json=bad("ERR-X", "attribute Bahan is mandatory"), status=400)
    changes = [create(replace(plain_listing(sku=f"K{n}"), content=content(title=f"K{n}"))) for n in range(2)]
    shop = adapter()
    halves = outcomes(shop, *changes)
    assert all(isinstance(o, Begun) for o in halves)
    [alone] = outcomes(shop, replace(changes[0], next_step='{"part":"0"}'))
    assert isinstance(alone, Rejected)
    assert (alone.cause, alone.fields) == (Cause.rejected, ("attributes",))


@responses.activate
def test_a_correction_goes_to_its_product_by_the_code() -> None:
    responses.post(url(f"{SELLER}/product-submissions/MTA-2"), json=seller({"queueId": QUEUE}))
    [outcome] = outcomes(adapter(), create(plain_listing(), ids=Ids(L3), next_step='{"revise":"MTA-2"}'))
    assert isinstance(outcome, Accepted)
    assert json.loads(outcome.receipt)["code"] == "MTA-2"


@responses.activate
def test_a_create_that_is_there_is_followed_without_a_call() -> None:
    seen = Observed("MTA-1", None, "K", ListingState.in_review, None, None, START, receipt='{"stage":"review","at":1}')
    shop = adapter()
    change = create(plain_listing(), ids=Ids("MTA-1"))
    assert outcomes(shop, replace(change, observed=seen)) == [Accepted('{"stage":"review","at":1}', START)]
    [outcome] = outcomes(shop, change)
    assert isinstance(outcome, Accepted)
    assert json.loads(outcome.receipt)["code"] == "MTA-1"


# --- price and stock


def _bodies(address: str) -> list[dict[str, Any]]:
    return [
        json.loads(call.request.body or "{}") for call in responses.calls if str(call.request.url).startswith(address)
    ]


def _shown(*found: dict[str, Any]) -> None:
    responses.post(LIST_V2, json=rows(found))


@responses.activate
def test_the_sellers_discount_survives_a_price_push() -> None:
    known = ids("A", "B", "C", "D")
    shown = [variant_row("A", 1, regularPrice=100.0, sellingPrice=100.0),
             variant_row("B", 2, regularPrice=100.0, sellingPrice=80.0),
             variant_row("C", 3, regularPrice=300.0, sellingPrice=250.0),
             variant_row("D", 4, regularPrice=300.0, sellingPrice=200.0)]  # fmt: skip
    _shown(*shown)
    responses.post(BULK, json=mta({"queueFeedId": QUEUE}))
    shop = adapter()
    changes = [offer_change(Facet.price, sku, Price(100), Price(200), known) for sku in "ABCD"]
    found = outcomes(shop, *changes)
    assert sent(responses)["productRequests"] == [
        {"gdnSku": f"{L3}-0000{n}", "price": 200, "salePrice": sale} for n, sale in enumerate((200, 80, 200, 200), 1)
    ]
    assert _bodies(LIST_V2)[0]["merchantSkus"] == list("ABCD")
    responses.get(FEED, json=history(*(offer_row(f"{L3}-0000{n}") for n in range(1, 5))))
    receipts = [Receipt(o.receipt, (c,)) for c, o in zip(changes, found, strict=True) if isinstance(o, Accepted)]
    ends = shop.poll(receipts)
    assert [bool(end.warnings) for end in ends if isinstance(end, Applied)] == [False, False, True, True]


@responses.activate
def test_a_price_whose_variant_no_list_shows_is_not_sent() -> None:
    _shown(variant_row("B", 2))
    responses.post(BULK, json=mta({"queueFeedId": QUEUE}))
    shop = adapter()
    apart, sent_on = outcomes(shop, *PRICES)
    assert [row["gdnSku"] for row in sent(responses)["productRequests"]] == [f"{L3}-00002"]
    assert isinstance(sent_on, Accepted)
    assert isinstance(apart, Begun)
    alone = replace(PRICES[0], next_step=apart.next_step)
    assert len(shop.calls([alone, PRICES[1]])) == 2
    [outcome] = outcomes(shop, alone)
    assert isinstance(outcome, Deferred)
    assert outcome.code == "not_listed"
    assert [(body.get("gdnSku"), body["isArchive"]) for body in _bodies(LIST_V2)[-2:]] == [
        (f"{L3}-00001", False), (f"{L3}-00001", True),
    ]  # fmt: skip


@responses.activate
def test_a_variant_under_another_sku_is_found_by_its_id() -> None:
    _shown(variant_row("renamed", 1, sellingPrice=900.0))
    responses.post(BULK, json=mta({"queueFeedId": QUEUE}))
    assert isinstance(outcomes(adapter(), PRICES[0])[0], Accepted)
    assert sent(responses)["productRequests"][0]["salePrice"] == 900


@responses.activate
def test_prices_wait_where_the_sale_prices_cannot_be_read() -> None:
    responses.post(LIST_V2, status=503)
    found = outcomes(adapter(), *PRICES)
    assert all(isinstance(o, Deferred) for o in found)
    assert not _bodies(BULK)


@responses.activate
def test_after_a_slow_read_no_price_is_sent() -> None:
    clock = ManualClock(START)

    def slowly(request: Any) -> tuple[int, dict[str, str], str]:
        clock.advance(20)
        found = [variant_row("renamed", 1)] if "gdnSku" in json.loads(request.body) else []
        return 200, {}, json.dumps(rows(found))

    responses.add_callback(responses.POST, LIST_V2, slowly)
    [outcome] = outcomes(adapter(clock), PRICES[0])
    assert isinstance(outcome, Deferred)
    assert outcome.code == "slow_read"
    assert not _bodies(BULK)


@responses.activate
def test_bulk_rows_share_one_receipt() -> None:
    _shown(variant_row("A", 1), variant_row("B", 2))
    responses.post(BULK, json=mta({"queueFeedId": QUEUE}))
    found = outcomes(adapter(), *PRICES)
    assert len({o.receipt for o in found if isinstance(o, Accepted)}) == 1
    assert sent(responses) == {
        "merchantCode": "TOQ-15126",
        "productRequests": [
            {"gdnSku": f"{L3}-0000{n}", "price": 2000, "salePrice": 2000} for n in (1, 2)
        ],
    }  # fmt: skip


@responses.activate
def test_the_older_answer_names_the_queue_by_its_request_id() -> None:
    responses.post(BULK, json=mta(None, requestId="acme-77"))
    [outcome, _] = outcomes(adapter(), *STOCKS)
    assert isinstance(outcome, Accepted)
    assert json.loads(outcome.receipt)["queue"] == "acme-77"


@responses.activate
def test_prices_may_be_said_again_by_the_line_but_stocks_never() -> None:
    _shown(variant_row("A", 1), variant_row("B", 2))
    responses.post(BULK, status=503)
    outcomes(adapter(), *PRICES)
    many = len(_bodies(BULK))
    assert many > 1
    outcomes(adapter(), *STOCKS)
    assert len(_bodies(BULK)) == many + 1


@pytest.mark.parametrize("status", [200, 204])
@responses.activate
def test_single_stock_is_applied_at_once(status: int) -> None:
    answer: dict[str, Any] = {"json": seller({})} if status == 200 else {}
    responses.put(url(f"{SELLER}/products/{L3}-00001/stock"), status=status, **answer)
    assert outcomes(adapter(), replace(STOCKS[0], urgency=Urgency.now)) == [Applied()]


@responses.activate
def test_a_locked_stock_is_locked() -> None:
    responses.put(url(f"{SELLER}/products/{L3}-00001/stock"), json=bad("X", "product is archived"), status=400)
    [outcome] = outcomes(adapter(), replace(STOCKS[0], urgency=Urgency.now))
    assert isinstance(outcome, Locked)


def test_an_offer_without_an_id_is_missing() -> None:
    [outcome] = outcomes(adapter(), offer_change(Facet.price, "Z", None, Price(5), KNOWN))
    assert isinstance(outcome, Rejected)
    assert outcome.cause is Cause.missing


# --- visibility, content, structure


@responses.activate
def test_take_down_and_back_go_through_the_queue() -> None:
    for address in (ARCHIVE, UNARCHIVE):
        responses.post(address, json=seller({"queueId": QUEUE}))
    shop = adapter()
    for to in (False, True):
        [outcome] = outcomes(shop, listing_change(Facet.visibility, not to, to, KNOWN))
        assert isinstance(outcome, Accepted)
        assert sent(responses) == {"productSkus": [L3]}


@responses.activate
def test_what_is_so_already_counts_as_done() -> None:
    responses.post(ARCHIVE, json=bad("X", "product is already archived"), status=400)
    responses.post(UNARCHIVE, json=bad("X", "product is not archived"), status=400)
    shop = adapter()
    assert outcomes(shop, listing_change(Facet.visibility, True, False, KNOWN)) == [Applied()]
    [back] = outcomes(shop, listing_change(Facet.visibility, False, True, KNOWN))
    assert isinstance(back, Accepted)
    assert json.loads(back.receipt)["stage"] == "shown"


@responses.activate
def test_content_is_applied_field_by_field() -> None:
    change = listing_change(Facet.content, content(), content(title="Baru", description="Lain"), KNOWN)
    responses.put(DETAIL, json=bad("X", "name cannot be changed after an order"), status=400)
    shop = adapter()
    [first] = outcomes(shop, change)
    assert isinstance(first, Begun)
    responses.replace(responses.PUT, DETAIL, json=seller({}))
    [end] = outcomes(shop, replace(change, next_step=first.next_step))
    assert list(sent(responses)) == ["description"]
    assert isinstance(end, Rejected)
    assert end.fields == ("title",)


@responses.activate
def test_the_detail_update_goes_by_the_other_path_where_the_first_is_none() -> None:
    responses.put(DETAIL, json=bad("X", "no such service"), status=404)
    responses.put(url(f"{SELLER}/{L3}/detail"), json=seller({}))
    shop, change = adapter(), listing_change(Facet.content, content(), content(title="Baru"), KNOWN)
    [first] = outcomes(shop, change)
    assert isinstance(first, Begun)
    assert outcomes(shop, replace(change, next_step=first.next_step)) == [Applied(None, ())]
    responses.replace(responses.PUT, url(f"{SELLER}/{L3}/detail"), json=bad("X", "not found"), status=404)
    [gone] = outcomes(shop, replace(change, next_step=first.next_step))
    assert isinstance(gone, Rejected)
    assert gone.cause is Cause.missing


@responses.activate
def test_fields_of_which_no_name_is_known_go_under_both() -> None:
    responses.put(DETAIL, json=bad("X", "attribute: Sutra is not among its options"), status=400)
    shop = adapter()
    wanted = content(title="Baru", attributes=(("BA-0000004", "Sutra"),))
    change = listing_change(Facet.content, content(), wanted, KNOWN)
    [first] = outcomes(shop, change)
    assert sent(responses) == {"name": "Baru", "attributes": {"BA-0000004": "Sutra"}}
    assert isinstance(first, Begun)
    responses.replace(responses.PUT, DETAIL, json=bad("X", "unknown field nonDefiningAttributes"), status=400)
    [second] = outcomes(shop, replace(change, next_step=first.next_step))
    assert sent(responses) == {"name": "Baru", "nonDefiningAttributes": {"BA-0000004": "Sutra"}}
    assert isinstance(second, Begun)
    responses.replace(responses.PUT, DETAIL, json=seller({}))
    [end] = outcomes(shop, replace(change, next_step=second.next_step))
    assert list(sent(responses)) == ["name"]
    assert isinstance(end, Rejected)
    assert (end.fields, end.text.split(" (")[0]) == (("attributes",), "attribute: Sutra is not among its options")


@responses.activate
def test_content_that_no_call_changes_is_named() -> None:
    responses.put(DETAIL, json=seller({}))
    change = listing_change(Facet.content, content(), content(title="Baru", category="KA-9"), KNOWN)
    [outcome] = outcomes(adapter(), change)
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.fields) == ("not_editable", ("category",))
    [alone] = outcomes(adapter(), listing_change(Facet.content, content(), content(category="KA-9"), KNOWN))
    assert isinstance(alone, Rejected)
    assert len(responses.calls) == 1
    [fine] = outcomes(adapter(), listing_change(Facet.content, content(), content(title="Baru"), KNOWN))
    assert fine == Applied(None, ())


@responses.activate
def test_content_that_is_queued_is_followed() -> None:
    responses.put(DETAIL, json=seller({"queueId": QUEUE}))
    [outcome] = outcomes(adapter(), listing_change(Facet.content, content(), content(title="Baru"), KNOWN))
    assert isinstance(outcome, Accepted)
    assert json.loads(outcome.receipt)["queue"] == QUEUE


@pytest.mark.parametrize(("answer", "stage"), [(seller({}), "variants"), (seller({"queueId": QUEUE}), "queue")])
@responses.activate
def test_a_structure_write_waits_for_its_ids(answer: dict[str, Any], stage: str) -> None:
    responses.post(url(f"{SELLER}/products/{L3}/variants"), json=answer)
    seen = Observed(L3, None, "K", ListingState.live, None, None, START)
    two = coloured_listing()
    change = listing_change(Facet.structure, None, two.structure, KNOWN, observed=seen, listing=two)
    [outcome] = outcomes(adapter(), change)
    assert isinstance(outcome, Accepted)
    assert json.loads(outcome.receipt)["stage"] == stage
    responses.replace(responses.POST, url(f"{SELLER}/products/{L3}/variants"), json=bad("X", "in review"), status=400)
    assert isinstance(outcomes(adapter(), change)[0], Locked)


@responses.activate
def test_a_new_variant_brings_its_pictures(tmp_path: Path) -> None:
    responses.post(url(f"{SELLER}/products/{L3}/variants"), json=seller({}))
    seen = Observed(L3, None, "K", ListingState.live, None, None, START)
    shirt = picture(tmp_path)
    two = coloured_listing([shirt])
    change = listing_change(Facet.structure, None, two.structure, KNOWN, observed=seen, listing=two)
    assert isinstance(outcomes(adapter(), change)[0], Accepted)
    [key] = sent(responses)["imageMap"]
    assert sent(responses)["variants"][0]["images"] == [key]
    assert base64.b64decode(sent(responses)["imageMap"][key]) == (tmp_path / "kaos.jpg").read_bytes()
    (tmp_path / "kaos.jpg").unlink()
    [outcome] = outcomes(adapter(), change)
    assert isinstance(outcome, Rejected)
    assert outcome.fields == ("pictures",)


@responses.activate
def test_several_take_downs_of_which_one_is_archived_are_parted() -> None:
    responses.post(ARCHIVE, json=bad("X", "product is already archived"), status=400)
    changes = [listing_change(Facet.visibility, True, False, ids("A", l3=f"TOQ-15126-0000{n}")) for n in (1, 2)]
    assert all(isinstance(o, Begun) for o in outcomes(adapter(), *changes))


@responses.activate
def test_a_bulk_answer_without_any_queue_is_unknown() -> None:
    _shown(variant_row("A", 1), variant_row("B", 2))
    responses.post(BULK, json={"success": True, "errorCode": None})
    assert all(isinstance(o, Unknown) for o in outcomes(adapter(), *PRICES))
