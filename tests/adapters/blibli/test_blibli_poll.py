"""What waits in queues and reviews, followed to its end: facts, sections 7.3, 7.4, 9 and 13."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
import responses

from adapters.clock import ManualClock
from adapters.contract import (
    Accepted,
    Applied,
    Begun,
    Cause,
    Change,
    Facet,
    Ids,
    Limits,
    Locked,
    Outcome,
    Price,
    Rate,
    Receipt,
    Rejected,
    Structure,
    Transient,
    Unknown,
)
from tests.adapters.blibli.store import (
    FEED,
    L3,
    LIST_V2,
    MS,
    QUEUE,
    REJECTED,
    START,
    SUBMISSIONS,
    adapter,
    asked,
    coloured_listing,
    content,
    create,
    created_row,
    history,
    ids,
    listing_change,
    mta,
    offer_change,
    offer_row,
    paths,
    plain_listing,
    query,
    receipt,
    rows,
    seller,
    submission_row,
    variant,
    variant_row,
)

CREATE = create(plain_listing())
KNOWN = ids("A", "B", "C")
DAY = timedelta(days=1, minutes=1)


def poll(*receipts: Receipt, after: timedelta = timedelta(), **more: Any) -> list[Outcome]:
    """Poll some time after the start."""
    clock = ManualClock(START)
    clock.advance(after.total_seconds())
    return adapter(clock, **more).poll(list(receipts))


def nowhere() -> None:
    """Neither live nor in review nor rejected."""
    responses.post(LIST_V2, json=rows([]))
    responses.post(SUBMISSIONS, json=seller([]))
    responses.get(REJECTED, json=mta([]))


# --- creates in the queue


@responses.activate
def test_the_feed_of_the_fact_sheet_fails_in_part() -> None:
    good = '{"productCode":"MTA-9000001","productName":"Kaos Polos","merchantSkuList":["KP-1-M"]}'
    poor = '{"productName":"Topi","merchantSkuList":["TP-1"]}'
    responses.get(FEED, json={
        "requestId": QUEUE, "errorMessage": None, "errorCode": None, "success": True,
        "value": {
            "queueFeed": {"requestId": QUEUE, "requestAction": "createProductV2", "total": 2, "timeStamp": MS},
            "queueHistory": [
                {"gdnSku": None, "value": good, "timestamp": MS, "isSuccess": True, "errorMessage": None},
                {"gdnSku": None, "value": poor, "timestamp": MS, "isSuccess": False,
                 "errorMessage": "(invented) category is not a leaf"},
            ],
        },
    })  # fmt: skip
    responses.post(LIST_V2, json=rows([]))
    responses.post(SUBMISSIONS, json=seller([submission_row("IN_PROGRESS")]))
    shirt, hat = create(plain_listing(sku="KP-1-M")), create(plain_listing(sku="TP-1"))
    one, two = poll(receipt(shirt, skus=["KP-1-M"]), receipt(hat, skus=["TP-1"]))
    assert isinstance(one, Accepted)
    assert json.loads(one.receipt) == {
        "stage": "review", "queue": QUEUE, "skus": ["KP-1-M"], "code": "MTA-9000001", "at": int(START.timestamp()),
    }  # fmt: skip
    assert one.not_before == START + timedelta(seconds=600)
    assert isinstance(two, Rejected)
    assert (two.cause, two.fields) == (Cause.config, ("category",))
    assert paths(responses).count("detail") == 1
    feed = next(c for c in responses.calls if "feed/detail" in str(c.request.url))
    assert query(feed)["requestId"] == QUEUE


@responses.activate
def test_an_unfinished_queue_stays_open() -> None:
    responses.get(FEED, json=history(created_row("OTHER"), total=2))
    asked_for = receipt(CREATE)
    [outcome] = poll(asked_for)
    assert isinstance(outcome, Accepted)
    assert outcome.not_before == START + timedelta(seconds=180)
    assert json.loads(outcome.receipt) == json.loads(asked_for.receipt)


@responses.activate
def test_a_finished_queue_without_its_row_is_unknown() -> None:
    responses.get(FEED, json=history(created_row("OTHER")))
    [outcome] = poll(receipt(CREATE))
    assert isinstance(outcome, Unknown)


@responses.activate
def test_a_row_without_skus_is_known_by_its_name() -> None:
    row = {**created_row(), "value": json.dumps({"productName": "Kaos Polos"}), "isSuccess": False,
           "errorMessage": "image is blurred"}  # fmt: skip
    responses.get(FEED, json=history(row))
    [outcome] = poll(receipt(CREATE))
    assert isinstance(outcome, Rejected)
    assert outcome.fields == ("pictures",)


@responses.activate
def test_a_budget_that_is_used_up_leaves_the_queue_open() -> None:
    responses.get(FEED, json=history(total=1))
    limits = Limits(rates=(Rate("queue", 1, 900.0, "feed_detail"),), settle_s=120.0)
    shop = adapter(limits=limits)
    shop.poll([receipt(CREATE)])
    [outcome] = shop.poll([receipt(CREATE)])
    assert isinstance(outcome, Accepted)
    assert outcome.not_before >= START + timedelta(seconds=899)
    assert len(responses.calls) == 1


@responses.activate
def test_a_read_that_fails_teaches_nothing() -> None:
    responses.get(FEED, body=requests.ConnectionError("x"))
    with pytest.raises(Transient):
        poll(receipt(CREATE))


@responses.activate
def test_a_silent_queue_is_waited_for_then_helped_then_called_lost() -> None:
    responses.get(FEED, json=history(total=1))
    nowhere()
    [early] = poll(receipt(CREATE), after=timedelta(minutes=30))
    assert isinstance(early, Accepted)
    assert paths(responses) == ["detail"]
    [later] = poll(receipt(CREATE), after=timedelta(hours=3))
    assert isinstance(later, Accepted)
    assert json.loads(later.receipt)["stage"] == "queue"
    [lost] = poll(receipt(CREATE), after=DAY)
    assert isinstance(lost, Unknown)


@responses.activate
def test_a_silent_queue_whose_product_is_in_review_goes_on() -> None:
    responses.get(FEED, json=history(total=1))
    responses.post(LIST_V2, json=rows([]))
    responses.post(SUBMISSIONS, json=seller([submission_row("IN_PROGRESS")]))
    [outcome] = poll(receipt(CREATE), after=DAY)
    assert isinstance(outcome, Accepted)
    assert json.loads(outcome.receipt)["stage"] == "review"


# --- review


@responses.activate
def test_live_is_applied_with_both_ids() -> None:
    two = create(coloured_listing())
    responses.post(LIST_V2, json=rows([variant_row("KP-1-R", 1), variant_row("kp-1-b", 2)]))
    [outcome] = poll(receipt(two, "review", code="MTA-9000001"))
    assert outcome == Applied(Ids(L3, {"KP-1-R": f"{L3}-00001", "KP-1-B": f"{L3}-00002"}), ())


@responses.activate
def test_live_in_part_is_not_live_yet() -> None:
    responses.post(LIST_V2, json=rows([variant_row("KP-1-R", 1)]))
    responses.post(SUBMISSIONS, json=seller([submission_row("IN_PROGRESS")]))
    [outcome] = poll(receipt(create(coloured_listing()), "review", code="MTA-9000001"))
    assert isinstance(outcome, Accepted)


@responses.activate
def test_an_older_listing_with_the_same_sku_is_not_ours() -> None:
    old = variant_row("KP-1", l3="TOQ-15126-00009", productItemCode="MTA-1-00001", createdDate=MS - 86_400_000)
    ours = variant_row("KP-1")
    responses.post(LIST_V2, json=rows([ours, old]))
    for code in ("MTA-9000001", ""):
        [outcome] = poll(receipt(CREATE, "review", code=code))
        assert isinstance(outcome, Applied)
        assert outcome.ids == Ids(L3, {"KP-1": f"{L3}-00001"})


@responses.activate
def test_values_that_were_left_out_are_said_at_the_end() -> None:
    odd = plain_listing(content=content(attributes=(("AS-0000005", "Mars"),), preorder_days=7))
    responses.post(LIST_V2, json=rows([variant_row("KP-1")]))
    [outcome] = poll(receipt(create(odd), "review"))
    assert isinstance(outcome, Applied)
    assert len(outcome.warnings) == 2


@pytest.mark.parametrize("l3", [L3, None])
@responses.activate
def test_need_correction_comes_back_with_its_notes(l3: str | None) -> None:
    responses.post(LIST_V2, json=rows([]))
    row = submission_row("NEED_CORRECTION", sku=l3, revisionNotes="image is blurred")
    responses.post(SUBMISSIONS, json=seller([row]))
    [outcome] = poll(receipt(CREATE, "review", code="MTA-9000001"))
    assert isinstance(outcome, Rejected)
    assert (outcome.cause, outcome.code, outcome.text) == (Cause.review, "needs_correction", "image is blurred")
    assert outcome.ids == Ids(l3 or "MTA-9000001")
    assert json.loads(outcome.next_step or "") == {"revise": "MTA-9000001"}
    again = replace(CREATE, ids=outcome.ids, next_step=outcome.next_step)
    [call] = adapter().calls([again])
    assert call.operation == "revise"


@responses.activate
def test_a_correction_just_sent_still_shows_as_needing_one() -> None:
    responses.post(LIST_V2, json=rows([]))
    responses.post(SUBMISSIONS, json=seller([submission_row("NEED_CORRECTION", sku=L3)]))
    responses.get(FEED, json=history(created_row("KP-1")))
    step = json.dumps({"revise": "MTA-9000001"})
    corrected = replace(CREATE, ids=Ids(L3), next_step=step)
    [early] = poll(receipt(corrected), after=timedelta(seconds=60))
    assert isinstance(early, Accepted)
    [late] = poll(receipt(corrected), after=timedelta(seconds=600))
    assert isinstance(late, Rejected)


@responses.activate
def test_what_vanished_is_rejected_with_its_reason() -> None:
    responses.post(LIST_V2, json=rows([]))
    responses.post(SUBMISSIONS, json=seller([]))
    row = {"productName": "Kaos Polos", "rejectedReason": "counterfeit", "rejectedDate": MS + 1000,
           "productCode": "MTA-9000001"}  # fmt: skip
    responses.get(REJECTED, json=mta([{**row, "productCode": "MTA-1", "rejectedDate": MS - 10**9}, row]))
    for code in ("MTA-9000001", ""):
        [outcome] = poll(receipt(CREATE, "review", code=code))
        assert outcome == Rejected(Cause.rejected, "rejected", "counterfeit")
    assert asked(responses)["merchantSku"] == "KP-1"


@responses.activate
def test_what_is_nowhere_is_waited_for_then_lost() -> None:
    nowhere()
    [early] = poll(receipt(CREATE, "review", code="MTA-9000001"))
    assert isinstance(early, Accepted)
    [lost] = poll(receipt(CREATE, "review", code="MTA-9000001"), after=DAY)
    assert isinstance(lost, Unknown)


# --- price, stock, visibility, content, structure


@responses.activate
def test_bulk_rows_end_one_by_one_and_the_queue_is_read_once() -> None:
    responses.get(FEED, json=history(
        offer_row(f"{L3}-00001", message="dropped from promotion"),
        offer_row(f"{L3}-00002", ok=False, message="(invented) product is archived"),
    ))  # fmt: skip
    changes = tuple(offer_change(Facet.price, s, None, Price(5), KNOWN) for s in ("A", "B", "C"))
    one, two, three = poll(replace(receipt(changes[0]), changes=changes))
    assert one == Applied(None, ("dropped from promotion",))
    assert isinstance(two, Locked)
    assert isinstance(three, Unknown)
    assert len(responses.calls) == 1


@responses.activate
def test_a_silent_bulk_queue_is_unknown_after_an_hour() -> None:
    responses.get(FEED, json=history(total=1))
    change = offer_change(Facet.stock, "A", 1, 2, KNOWN)
    assert isinstance(poll(receipt(change))[0], Accepted)
    assert isinstance(poll(receipt(change), after=timedelta(hours=2))[0], Unknown)


def visibility(to: bool) -> Change:
    return listing_change(Facet.visibility, not to, to, KNOWN)


@responses.activate
def test_a_take_down_ends_with_its_rows() -> None:
    responses.get(FEED, json=history(offer_row(f"{L3}-00001"), offer_row(f"{L3}-00002"), offer_row("TOQ-15126-00010")))
    assert poll(receipt(visibility(False))) == [Applied()]
    responses.replace(responses.GET, FEED, json=history(offer_row(L3, ok=False, message="already archived")))
    assert poll(receipt(visibility(False))) == [Applied()]
    responses.replace(responses.GET, FEED, json=history(offer_row(L3, ok=False, message="product is suspended")))
    assert isinstance(poll(receipt(visibility(False)))[0], Locked)


@responses.activate
def test_what_comes_back_is_put_on_sale_if_it_is_not() -> None:
    responses.get(FEED, json=history(offer_row(L3, ok=False, message="product is not archived")))
    responses.post(LIST_V2, json=rows([variant_row("A", buyable=False)]))
    [outcome] = poll(receipt(visibility(True)))
    assert isinstance(outcome, Begun)
    shop = adapter()
    [call] = shop.calls([replace(visibility(True), next_step=outcome.next_step)])
    assert call.operation == "bulk_update"
    wanted = [{"gdnSku": offer, "buyable": True} for offer in KNOWN.offers.values()]
    assert json.loads(call.body)["productRequests"] == wanted
    responses.replace(responses.GET, FEED, json=history(*(offer_row(o) for o in KNOWN.offers.values())))
    assert poll(receipt(replace(visibility(True), next_step=outcome.next_step))) == [Applied()]
    responses.replace(responses.POST, LIST_V2, json=rows([variant_row("A")]))
    assert poll(receipt(visibility(True), "shown")) == [Applied()]


@responses.activate
def test_content_in_a_queue_ends_there() -> None:
    responses.get(FEED, json=history(offer_row(L3)))
    assert poll(receipt(listing_change(Facet.content, None, content(), KNOWN))) == [Applied()]


@responses.activate
def test_new_variants_are_done_once_they_show() -> None:
    to = Structure(("Color",), (variant("A", "Merah"), variant("N", "Biru")))
    change = listing_change(Facet.structure, None, to, ids("A"), listing=plain_listing())
    responses.post(LIST_V2, json=rows([variant_row("A")]))
    assert isinstance(poll(receipt(change, "variants"))[0], Accepted)
    assert isinstance(poll(receipt(change, "variants"), after=DAY)[0], Unknown)
    responses.replace(responses.POST, LIST_V2, json=rows([variant_row("A"), variant_row("N", 2)]))
    assert poll(receipt(change, "variants")) == [Applied(Ids(L3, {"A": f"{L3}-00001", "N": f"{L3}-00002"}))]
    [apart] = poll(receipt(replace(change, listing=None), "variants"))
    assert isinstance(apart, Applied)
    assert apart.disturbs == (Facet.price, Facet.stock)
