"""Blibli's examples (fact sheet, sections 3.4, 7 and 13): what is made of each answer, and sent of each request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import responses

from adapters.blibli import reads, seen
from adapters.contract import (
    Accepted,
    Applied,
    Cause,
    Change,
    Facet,
    Ids,
    ListingState,
    Order,
    OrderLine,
    OrderState,
    Price,
    Rejected,
    Urgency,
)
from tests.adapters.blibli.store import (
    BULK,
    CREATE,
    FEED,
    L3,
    LIST_V2,
    QUEUE,
    START,
    SUBMISSIONS,
    adapter,
    content,
    create,
    listing_change,
    offer_change,
    plain_listing,
    queued,
    receipt,
    rows,
    seller,
    sent,
    submission_row,
    url,
    variant_row,
)
from tests.papers.payloads import payloads
from tests.vectors import BLIBLI

ALL = payloads("blibli")
OFFER = f"{L3}-00001"
KNOWN = Ids(L3, {"KP-1": OFFER})


def body(name: str) -> Any:
    return ALL[name].body


def test_every_example_is_met() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in ALL if f'"{name}"' not in source] == []


# --- answers


@responses.activate
def test_a_create_is_followed_by_its_queue() -> None:
    responses.post(CREATE, json=body("created"))
    shop = adapter()
    hat = plain_listing(sku="TP-1", content=content(title="Topi"))
    [call] = shop.calls([create(plain_listing(sku="KP-1-M")), create(hat)])
    outcomes = shop.send(call)
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert {json.loads(o.receipt)["queue"] for o in outcomes if isinstance(o, Accepted)} == {QUEUE}


@responses.activate
def test_a_feed_fails_in_part() -> None:
    responses.get(FEED, json=body("feed in part"))
    responses.post(LIST_V2, json=rows([]))
    responses.post(SUBMISSIONS, json=seller([submission_row("IN_PROGRESS")]))
    shirt, hat = create(plain_listing(sku="KP-1-M")), create(plain_listing(sku="TP-1"))
    one, two = list(adapter().poll([receipt(shirt, skus=["KP-1-M"]), receipt(hat, skus=["TP-1"])]))
    assert isinstance(one, Accepted)
    assert isinstance(two, Rejected)
    assert (two.cause, two.fields) == (Cause.config, ("category",))


@responses.activate
def test_a_row_of_a_bulk_update_fails() -> None:
    change = offer_change(Facet.price, "KP-2", Price(1), Price(2), Ids(L3, {"KP-2": f"{L3}-00002"}))
    responses.get(FEED, json=body("bulk row refused"))
    [outcome] = list(adapter().poll([receipt(change)]))
    assert not isinstance(outcome, Applied | Accepted)


@responses.activate
def test_a_row_of_the_product_list() -> None:
    responses.post(url("/proxy/seller/v1/products/filter"), json=body("product list"))
    [row] = list(reads.products(client(), "ACTIVE"))
    found = seen.without_variants(row, ListingState.live, START)
    assert (found.external_id, found.title) == (L3, "Kaos Polos")
    assert found.created_at is not None
    assert int(found.created_at.timestamp()) * 1000 == 1767225600000


def client() -> Any:
    return adapter()._client


def test_a_package_row_is_one_line_of_an_order() -> None:
    [order] = seen.orders_from(body("order packages")["content"])
    assert isinstance(order, Order)
    assert (order.id, order.state) == ("12000000001", OrderState.open)
    assert order.lines == (OrderLine(L3, OFFER, "KP-1-M", 1),)
    assert "Pembeli" not in repr(order)


def test_a_store_that_is_not_bound_is_for_its_owner() -> None:
    assert (ALL["unbound store"].status, ALL["unbound store"].code) == (400, "ERR-PA400054")


# --- requests


@responses.activate
def test_bulk_rows_carry_what_the_example_carries() -> None:
    """Price and stock go apart, and a minimum stock is left as it is; together they are the example's fields."""
    responses.post(BULK, json=queued())
    responses.post(LIST_V2, json=rows([variant_row("KP-1", regularPrice=1.0, sellingPrice=1.0)]))
    shop = adapter()
    made: dict[str, Any] = {}
    changes = [
        offer_change(Facet.price, "KP-1", Price(1), Price(150000, 140000), KNOWN),
        offer_change(Facet.stock, "KP-1", 9, 7, KNOWN),
    ]
    for change in changes:
        for call in shop.calls([change, twin(change)]):
            shop.send(call)
            request = sent(responses)
            assert request["merchantCode"] == body("bulk update")["merchantCode"]
            made |= next(row for row in request["productRequests"] if row["gdnSku"] == OFFER)
    [example] = body("bulk update")["productRequests"]
    assert {key: value for key, value in example.items() if key in made} == made
    assert set(example) - set(made) == {"minimumStock", "buyable"}
    [vector] = body("bulk stock vector")["productRequests"]
    assert set(vector) == {"gdnSku", "exactStock"} <= set(made)


def twin(change: Change) -> Change:
    """The same change of another variant, so that both travel in one bulk call."""
    other = Ids(L3, {"KP-2": f"{L3}-00002"})
    return offer_change(change.facet, "KP-2", change.before, change.to, other)


def test_single_stock_is_absolute_and_single_price_is_never_sent() -> None:
    [call] = adapter().calls([offer_change(Facet.stock, "KP-1", 9, 0, KNOWN, urgency=Urgency.now)])
    assert (call.operation, set(json.loads(call.body))) == ("stock", set(body("single stock")))
    # Five an hour and SKU: prices go by bulk (section 6).
    assert body("single price")["price"] == {"regular": 150000, "sale": 140000}
    [price] = adapter().calls([offer_change(Facet.price, "KP-1", Price(1), Price(150000), KNOWN)])
    assert price.operation == "bulk_update"


def test_archive() -> None:
    [call] = adapter().calls([listing_change(Facet.visibility, True, False, KNOWN)])
    assert (call.operation, json.loads(call.body)) == ("archive", body("archive"))


def test_the_bodies_of_the_vectors_are_those_that_were_signed() -> None:
    signed = {vector.path.rpartition("/")[2]: vector.body for vector in BLIBLI if vector.body}
    for name, last in (("bulk stock vector", "updateProduct"), ("filter vector", "filter"), ("single stock", "stock")):
        assert json.loads(signed[last]) == body(name)
