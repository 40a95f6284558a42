"""From changes to calls: pure (C1), complete (C2), few and urgent first (C3)."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.contract import Call, Change, Effect, Facet, Ids, Price, Structure, Urgency
from tests.adapters.bukalapak.shop import (
    ALL_ON,
    PLAIN,
    START,
    TWO,
    adapter,
    content,
    create,
    intent_of,
    listing_change,
    offer_change,
    plain_listing,
    sized_listing,
)
from tests.adapters.shop import picture


def body(call: Call) -> object:
    return json.loads(call.body)


@st.composite
def due(draw: st.DrawFn) -> list[Change]:
    """Changes of some listings with and without options, creates among them, shuffled."""
    changes: list[Change] = []
    for number in range(draw(st.integers(1, 4))):
        skus = [f"S{number}-{n}" for n in range(draw(st.integers(1, 6)))]
        known = Ids(f"p{number}", {sku: f"p{number};{n}" for n, sku in enumerate(skus)})
        for sku in skus:
            if draw(st.booleans()):
                changes.append(offer_change(Facet.price, sku, Price(900), Price(1000), known))
            if draw(st.booleans()):
                changes.append(offer_change(Facet.stock, sku, 5, draw(st.integers(0, 9)), known))
        if draw(st.booleans()):
            changes.append(listing_change(Facet.visibility, True, draw(st.booleans()), known))
        if draw(st.booleans()):
            changes.append(create(plain_listing()))
    return draw(st.permutations(changes))


@settings(max_examples=40, deadline=None)
@given(due())
def test_no_change_is_lost_or_doubled_and_calls_are_fewest(changes: list[Change]) -> None:
    calls = adapter(assumptions=ALL_ON).calls(changes)
    carried = Counter(id(change) for call in calls for change in call.changes)
    assert carried == Counter(id(change) for change in changes)
    assert len(calls) == len(changes), "no bulk write exists"
    looks = [call for call in calls if call.effect is not Effect.write]
    assert all(change.to is True for call in looks for change in call.changes), "only a relist looks first"


@settings(max_examples=20, deadline=None)
@given(due())
def test_the_same_changes_give_the_same_calls(changes: list[Change]) -> None:
    shop = adapter()
    assert shop.calls(changes) == shop.calls(list(changes))


def test_what_stops_a_sale_goes_first_then_manual_then_the_order_of_promise_7() -> None:
    known = [Ids(f"p{n}", {f"X{n}": f"p{n};1"}) for n in range(8)]
    changes = {
        "stock down": offer_change(Facet.stock, "X0", 5, 2, known[0]),
        "take-down": listing_change(Facet.visibility, True, False, known[1]),
        "manual price": offer_change(Facet.price, "X4", Price(5), Price(6), known[4], urgency=Urgency.manual),
        "stock up": offer_change(Facet.stock, "X2", 5, 9, known[2]),
        "price": offer_change(Facet.price, "X3", Price(5), Price(6), known[3]),
        "content": listing_change(Facet.content, content(), content(title="Kaos Baru"), known[5]),
        "half-built": create(plain_listing(visible=False), ids=PLAIN),
        "create": create(plain_listing()),
    }
    names = {id(change): name for name, change in changes.items()}
    shuffled = list(changes.values())
    random.Random(3).shuffle(shuffled)
    assert [names[id(call.changes[0])] for call in adapter().calls(shuffled)] == list(changes)


# --- what each call says


def test_a_create_without_options(tmp_path: Path) -> None:
    change = create(plain_listing([picture(tmp_path)], description="Kaos [b]katun[/b].\nHalus."))
    [upload] = adapter().calls([change])
    assert (upload.operation, upload.effect, upload.body) == ("upload_image", Effect.upload, "")
    sha = picture(tmp_path).sha256
    [call] = adapter().calls([replace(change, next_step=json.dumps({"images": {sha: "900001"}}))])
    assert (call.operation, call.effect) == ("create_product", Effect.write)
    assert body(call) == {
        "product": {
            "category_id": 58, "name": "Kaos Polos", "price": 150000, "weight": 250, "stock": 7,
            "description_bb": "Kaos bkatun/b.\nHalus.", "new": True, "negotiable": False,
            "product_detail_attributes": {"bahan": "Katun"},
        },
        "images": "900001",
    }  # fmt: skip


def test_attributes_by_their_kind() -> None:
    pairs = (("bahan", "katun"), ("ukuran", "m"), ("ukuran", "L"), ("tipe", "Garis"), ("garansi", "ya"), ("x", "y"))
    [call] = adapter().calls([create(plain_listing(attributes=pairs, brand="Acme"))])
    assert json.loads(call.body)["product"]["product_detail_attributes"] == {
        "bahan": "Katun", "ukuran": ["M", "L"], "tipe": "Garis", "garansi": True, "x": "y", "brand": "Acme",
    }  # fmt: skip


def test_a_create_with_options_carries_the_invented_list_only_where_it_is_assumed() -> None:
    change = create(sized_listing())
    [assumed] = adapter(assumptions=ALL_ON).calls([change])
    product = json.loads(assumed.body)["product"]
    colour = {"label": "Warna", "value": "Merah"}
    sizes = [{"label": "Ukuran", "value": value} for value in ("M", "L")]
    rows: list[dict[str, Any]] = [
        {"variant_name": "M / Merah", "details": [sizes[0], colour], "price": 150000, "stock": 3},
        {"variant_name": "L / Merah", "details": [sizes[1], colour], "price": 160000, "stock": 4},
    ]
    named = [{**row, "sku_name": sku} for row, sku in zip(rows, ("KP-M", "KP-L"), strict=True)]
    assert product["variants"] == named
    [nameless] = adapter(assumptions={**ALL_ON, "bukalapak.sku_name": "null"}).calls([change])
    assert json.loads(nameless.body)["product"]["variants"] == rows
    assert (product["price"], product["stock"], product["weight"]) == (150000, 7, 300)
    [careful] = adapter().calls([change])
    assert "variants" not in json.loads(careful.body)["product"]


def test_stock_names_no_sku_unless_that_is_assumed_and_is_never_negative() -> None:
    change = offer_change(Facet.stock, "KP-1", 7, -2)
    assert body(adapter().calls([change])[0]) == {"stock": 0}
    assert body(adapter(assumptions=ALL_ON).calls([change])[0]) == {"stock": 0, "sku_name": "KP-1"}


@pytest.mark.parametrize(("before", "to", "sent"), [
    (0, 5, {"stock": 5, "state": "active"}), (None, 5, {"stock": 5, "state": "active"}), (3, 5, {"stock": 5}),
    (0, 0, {"stock": 0}), (None, 0, {"stock": 0}),
])  # fmt: skip
def test_what_had_nothing_comes_back_on_sale_with_its_stock(before: int | None, to: int, sent: dict[str, Any]) -> None:
    assert body(adapter().calls([offer_change(Facet.stock, "KP-1", before, to)])[0]) == sent


def test_the_price_of_a_product_and_of_a_variant() -> None:
    change = offer_change(Facet.price, "KP-1", Price(1), Price(2))
    [plain] = adapter().calls([change])
    assert (plain.operation, body(plain)) == ("update_price", {"product": {"price": 2}})
    # The only variant of a product with options looks no different from here, so the tried way is for all.
    [tried] = adapter(assumptions=ALL_ON).calls([change])
    assert (tried.operation, body(tried)) == ("update_sku", {"price": 2})
    variant = offer_change(Facet.price, "KP-M", Price(1), Price(2), TWO)
    [assumed] = adapter(assumptions=ALL_ON).calls([variant])
    assert (assumed.operation, body(assumed)) == ("update_sku", {"price": 2})
    [careful] = adapter().calls([variant])
    assert (careful.operation, careful.body) == ("price_of_variant_unsupported", "")


def test_content_sends_what_changed() -> None:
    change = listing_change(Facet.content, content(), content(title="Kaos Baru", parcel=(300, (1, 1, 1))))
    [call] = adapter().calls([change])
    assert (call.operation, body(call)) == ("update_product", {"product": {"name": "Kaos Baru", "weight": 300}})


def test_a_forced_push_sends_every_field_and_a_new_category_its_attributes() -> None:
    whole = {"name", "description_bb", "category_id", "product_detail_attributes", "weight"}
    [forced] = adapter().calls([listing_change(Facet.content, None, content())])
    assert set(json.loads(forced.body)["product"]) == whole
    moved = content(category="x9", attributes=(("bahan", " "),))
    [call] = adapter().calls([listing_change(Facet.content, content(attributes=moved.attributes), moved)])
    assert body(call) == {"product": {"category_id": "x9", "product_detail_attributes": {}}}


def test_changed_pictures_go_up_then_the_old_ones_are_read_then_both_are_named(tmp_path: Path) -> None:
    new = picture(tmp_path)
    change = listing_change(Facet.content, content(), content([new]))
    shop = adapter()
    assert shop.calls([change])[0].operation == "upload_image"
    up = replace(change, next_step=json.dumps({"images": {new.sha256: "900002"}}))
    [read] = shop.calls([up])
    assert (read.operation, read.effect) == ("read_product", Effect.upload)
    known = replace(change, next_step=json.dumps({"images": {new.sha256: "900002"}, "old": ["900001"]}))
    said = json.loads(shop.calls([known])[0].body)
    assert (said["new_images"], said["removed_images"]) == ("900002", "900001")


def test_an_edit_that_has_no_field_for_what_changed_still_ends() -> None:
    change = listing_change(Facet.content, content(), content(preorder_days=3, parcel=None))
    assert body(adapter().calls([change])[0]) == {"product": {"name": "Kaos Polos"}}


def test_visibility() -> None:
    calls = adapter().calls([listing_change(Facet.visibility, not to, to) for to in (False, True)])
    assert [(call.operation, call.body) for call in calls] == [("sold", ""), ("read_product", "")]
    seen_off = listing_change(Facet.visibility, False, True, next_step='{"off":true}')
    [relist] = adapter().calls([seen_off])
    assert (relist.operation, relist.effect, relist.body) == ("relist", Effect.write, "")


def test_what_cannot_be_written_is_carried_but_never_sent() -> None:
    one = Structure((), ())
    changes = [
        offer_change(Facet.price, "GONE", Price(1), Price(2)),
        offer_change(Facet.stock, "KP-1", 1, 2, ids=None),
        listing_change(Facet.structure, one, one),
    ]
    calls = {call.operation: call.changes for call in adapter().calls(changes)}
    assert set(calls) == {"no_offer_id", "structure_unsupported"}


# --- the steps of a create


def test_the_step_of_a_create_follows_from_what_is_known() -> None:
    shop = adapter()
    operations = [
        shop.calls([create(listing, ids=ids)])[0].operation
        for listing, ids in [
            (plain_listing(), None),
            (plain_listing(), Ids("a1b2c3")),
            (plain_listing(), PLAIN),
            (plain_listing(visible=False), Ids("a1b2c3")),
            (plain_listing(visible=False), PLAIN),
        ]
    ]
    assert operations == ["create_product", "read_product", "read_product", "read_product", "sold"]


def test_pictures_that_went_out_with_a_lost_create_are_never_used_again(tmp_path: Path) -> None:
    one = picture(tmp_path)
    listing = plain_listing([one])
    remembered = json.dumps({"images": {one.sha256: "900001"}})
    sent_body = json.dumps({"product": {}, "images": "900001"})
    lost = intent_of(listing, sent_at=START, body=sent_body)
    shop = adapter()
    assert shop.calls([create(listing, intent=lost, next_step=remembered)])[0].operation == "upload_image"
    unsent = intent_of(listing, body=sent_body)  # it surely did not arrive: nothing was used up
    assert shop.calls([create(listing, intent=unsent, next_step=remembered)])[0].operation == "create_product"
    anew = json.dumps({"images": {one.sha256: "900077"}})
    [call] = shop.calls([create(listing, intent=lost, next_step=anew)])
    assert (call.operation, json.loads(call.body)["images"]) == ("create_product", "900077")


def test_each_product_uploads_its_own_pictures(tmp_path: Path) -> None:
    one = picture(tmp_path)
    first = create(plain_listing([one]), next_step=json.dumps({"images": {one.sha256: "900001"}}))
    second = create(plain_listing([one], title="Kaos Lain"))
    assert [call.operation for call in adapter().calls([second, first])] == ["create_product", "upload_image"]
