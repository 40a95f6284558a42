"""What each write puts on the wire and what its answer means."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from responses import matchers

from adapters.contract import (
    Applied,
    Begun,
    Cause,
    Deferred,
    Facet,
    Ids,
    Locked,
    Outcome,
    Picture,
    Price,
    Rejected,
    Structure,
    Unknown,
)
from adapters.words import not_in_list
from tests.adapters.bukalapak.shop import (
    ALL_ON,
    CREATE,
    EDIT,
    IMAGES,
    OFFER,
    PATCH,
    PLAIN,
    PRODUCT,
    PRODUCTS,
    START,
    TWO,
    adapter,
    bad,
    content,
    create,
    intent_of,
    lines,
    listing_change,
    offer_change,
    ok,
    plain_listing,
    put,
    row,
    sent,
    sized_listing,
    sku_row,
    step,
    url,
    v4,
    v4_bad,
)
from tests.adapters.shop import picture

DONE = ok(id=PRODUCT, product_detail={"id": PRODUCT, "name": "Kaos Polos", "price": 150000, "stock": 7})
SOLD, RELIST = url(f"/v2/products/{PRODUCT}/sold.json"), url(f"/v2/products/{PRODUCT}/relist.json")
OFF = '{"off":true}'
RELISTED = listing_change(Facet.visibility, False, True)
EDITED = listing_change(Facet.content, content(), content(title="Kaos Baru", description="Katun tebal."))


def serve_product(wire: responses.RequestsMock, shown: dict[str, Any]) -> None:
    """The detail of v2, and the list of v4 with the row."""
    wire.get(EDIT, json=ok(product={"id": PRODUCT, "name": "Kaos Polos"}))
    wire.get(PRODUCTS, json=v4([shown]))


# --- creates, step by step


def test_a_create_from_its_pictures_to_its_ids(tmp_path: Path) -> None:
    shop = adapter()
    pictures = [picture(tmp_path, b"\xff\xd8\xff one", "1.jpg"), picture(tmp_path, b"\x89PNG two", "2.png")]
    change = create(plain_listing(pictures))
    with responses.RequestsMock() as wire:
        wire.post(IMAGES, json=ok(id="900001"))
        wire.post(IMAGES, json=ok(id=900002))
        wire.post(CREATE, json=DONE)
        wire.get(PRODUCTS, json=v4([row()]))
        for _ in range(2):
            operation, outcome, change = step(shop, change)
            assert operation == "upload_image"
            assert isinstance(outcome, Begun)
            assert outcome.ids is None
        operation, outcome, _ = step(shop, change)
        assert (operation, outcome) == ("create_product", Applied(PLAIN))
        uploaded = bytes(wire.calls[1].request.body or b"")  # type: ignore[arg-type]
        assert b'name="file"' in uploaded
        assert b"image/png" in uploaded
        assert sent(wire, 2)["images"] == "900001,900002"
        assert lines(wire) == [
            "POST /v2/images.json", "POST /v2/images.json", "POST /v2/products.json", "GET /stores/me/products",
        ]  # fmt: skip


def test_no_read_follows_where_the_answer_names_the_sku() -> None:
    detail = {**DONE["product_detail"], "sku_id": 700000001}
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=ok(id=PRODUCT, product_detail=detail))
        assert put(adapter(), create(plain_listing())) == Applied(PLAIN)
        assert len(wire.calls) == 1


def test_an_answer_that_is_only_a_detail_has_its_id() -> None:
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=ok(product_detail={"id": PRODUCT, "sku_id": 700000001}))
        assert put(adapter(), create(plain_listing())) == Applied(PLAIN)


def test_a_hidden_product_is_taken_off_sale_in_a_step_of_its_own() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=DONE)
        wire.get(PRODUCTS, json=v4([row()]))
        wire.put(SOLD, json=ok())
        _, outcome, change = step(shop, create(plain_listing(visible=False)))
        assert isinstance(outcome, Begun)
        assert outcome.ids == PLAIN
        operation, outcome, _ = step(shop, change)
        assert (operation, outcome) == ("sold", Applied(PLAIN))


@pytest.mark.parametrize("listed", [v4([]), v4([row(id="other")]), v4_bad(500)])
def test_ids_that_the_list_does_not_show_yet_are_a_step_of_their_own(listed: Any) -> None:
    shop = adapter()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.post(CREATE, json=DONE)
        wire.get(PRODUCTS, status=listed["meta"]["http_status"], json=listed)
        wire.get(EDIT, json=ok(product={"id": PRODUCT, "name": "Kaos Polos", "active": True}))
        _, outcome, change = step(shop, create(plain_listing()))
        assert isinstance(outcome, Begun)
        assert outcome.ids == Ids(PRODUCT), "what exists is known at once"
        operation, outcome, _ = step(shop, change)
        assert (operation, type(outcome)) == ("read_product", Deferred)
    with responses.RequestsMock() as wire:
        wire.get(PRODUCTS, json=v4([row()]))
        assert put(shop, change) == Applied(PLAIN)


def test_a_create_with_options_learns_every_variant() -> None:
    rows = [sku_row(700000011, "M / Merah"), sku_row(700000012, "L / Merah")]
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=DONE)
        wire.get(PRODUCTS, json=v4([row(variants=rows)]))
        assert put(adapter(assumptions=ALL_ON), create(sized_listing())) == Applied(TWO)


def test_variants_that_the_shop_swallowed_are_told_and_the_ids_kept() -> None:
    shop = adapter(assumptions=ALL_ON)
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=DONE)
        wire.get(PRODUCTS, json=v4([row()]))
        _, outcome, change = step(shop, create(sized_listing()))
        assert isinstance(outcome, Begun)
        assert outcome.ids == Ids(PRODUCT)
        outcome = put(shop, change)
    assert isinstance(outcome, Rejected)
    assert (outcome.cause, outcome.code) == (Cause.config, "variants_not_there")


@pytest.mark.parametrize("body", [requests.ConnectionError("reset"), "<html>", '{"status":"OK"', "{}"])
def test_a_lost_create_is_unknown_and_is_not_repeated(body: Any) -> None:
    with responses.RequestsMock() as wire:
        wire.post(CREATE, body=body)
        outcome = put(adapter(), create(plain_listing()))
        assert len(wire.calls) == 1
    assert isinstance(outcome, Unknown)
    assert outcome.settles_at == START + timedelta(seconds=60)


def test_a_create_that_brings_no_id_is_unknown() -> None:
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=ok())
        assert isinstance(put(adapter(), create(plain_listing())), Unknown)


def test_a_create_after_an_unknown_one_uploads_again(tmp_path: Path) -> None:
    shop, one = adapter(), picture(tmp_path)
    listing = plain_listing([one])
    change = create(listing, next_step=json.dumps({"images": {one.sha256: "900001"}}))
    [call] = shop.calls([change])
    with responses.RequestsMock() as wire:
        wire.post(CREATE, body=requests.ConnectionError("reset"))
        assert isinstance(shop.send(call)[0], Unknown)
    again = replace(change, intent=intent_of(listing, sent_at=START, body=call.body))
    with responses.RequestsMock() as wire:
        wire.post(IMAGES, json=ok(id="900002"))
        wire.post(CREATE, json=ok(id=PRODUCT, product_detail={"sku_id": 700000001}))
        operation, _, again = step(shop, again)
        assert operation == "upload_image"
        assert put(shop, again) == Applied(PLAIN)
        assert sent(wire)["images"] == "900002"


@pytest.mark.parametrize("message", ["Gambar sudah digunakan", "Assigned"])
def test_used_up_pictures_are_uploaded_anew_but_not_for_ever(tmp_path: Path, message: str) -> None:
    shop, one = adapter(), picture(tmp_path)
    change = create(plain_listing([one]))
    told: list[str] = []
    outcome: Outcome = Begun(None, "", START)
    with responses.RequestsMock() as wire:
        for number in range(3):
            wire.post(IMAGES, json=ok(id=f"90000{number}"))
            wire.post(CREATE, json=bad(message))
        while isinstance(outcome, Begun):
            operation, outcome, change = step(shop, change)
            told.append(operation)
    assert told == ["upload_image", "create_product"] * 3
    assert isinstance(outcome, Rejected)
    assert outcome.fields == ("pictures",)


def test_a_refused_create_says_what_was_refused() -> None:
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=bad("Nama barang harus diisi"))
        outcome = put(adapter(), create(plain_listing()))
    assert outcome == Rejected(Cause.rejected, "ERROR", "Nama barang harus diisi", ("title",))


def test_a_closed_marketplace_is_nobodys_data_fault() -> None:
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=bad("Penjualan produk fisik sudah berakhir"))
        outcome = put(adapter(), create(plain_listing()))
    assert isinstance(outcome, Rejected)
    assert outcome.cause is Cause.config


# --- quotas

MIDNIGHT = datetime(2026, 9, 1, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "until"),
    [
        ([0, 5, 50], MIDNIGHT),
        ([3, 0, 50], datetime(2026, 9, 6, 17, 0, tzinfo=UTC)),
        ([0, 0, 0], datetime(2026, 9, 30, 17, 0, tzinfo=UTC)),
    ],
)
def test_a_used_up_quota_holds_creates_before_anything_is_sent(left: list[int], until: datetime) -> None:
    uploads = {"seen_at": START.isoformat(), "left": left}
    outcome = put(adapter(uploads=uploads), create(plain_listing()))
    assert isinstance(outcome, Deferred)
    assert (outcome.cause, outcome.until) == (Cause.quota, until)


@pytest.mark.parametrize(("seen", "left"), [(START, [1, 1, None]), (START - timedelta(days=1), [0, 5, 5])])
def test_a_quota_that_is_left_or_was_yesterdays_holds_nothing(seen: datetime, left: list[int | None]) -> None:
    uploads = {"seen_at": seen.isoformat(), "left": left}
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=ok(id=PRODUCT, product_detail={"sku_id": 700000001}))
        assert put(adapter(uploads=uploads), create(plain_listing())) == Applied(PLAIN)


def test_the_quota_that_the_created_product_shows_counts_from_then_on() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=DONE)
        wire.get(PRODUCTS, json=v4([row(store={"product_upload_remaining": {"daily": 0, "weekly": 5, "monthly": 9}})]))
        assert put(shop, create(plain_listing())) == Applied(PLAIN)
        assert put(shop, create(plain_listing(title="Lain"))) == Deferred(
            MIDNIGHT, Cause.quota, "product_upload_remaining", "the shop's upload quota is used up"
        )


def test_a_quota_that_the_shop_complains_of_ends_at_midnight() -> None:
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=bad("Kuota upload harian habis"))
        outcome = put(adapter(), create(plain_listing()))
    assert isinstance(outcome, Deferred)
    assert (outcome.cause, outcome.until) == (Cause.quota, MIDNIGHT)


# --- uploads


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"json": bad("Gambar minimal 300x300")}, Rejected),
        ({"json": bad("?")}, Rejected),
        ({"json": ok()}, Deferred),
        ({"status": 500, "body": "oops"}, Deferred),
        ({"status": 429, "json": bad("?")}, Deferred),
        ({"status": 403, "json": bad("?")}, Rejected),
        ({"body": requests.ConnectionError("reset")}, Deferred),
    ],
)
def test_an_upload_harms_nothing(tmp_path: Path, answer: dict[str, Any], kind: type[Outcome]) -> None:
    with responses.RequestsMock() as wire:
        wire.post(IMAGES, **answer)
        assert isinstance(put(adapter(), create(plain_listing([picture(tmp_path)]))), kind)


@pytest.mark.parametrize("case", ["picture_missing", "picture_changed", "picture_too_large"])
def test_a_picture_that_is_not_what_was_planned_is_not_sent(
    tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = picture(tmp_path)
    if case == "picture_missing":
        one = Picture(one.sha256, str(tmp_path / "gone.jpg"))
    elif case == "picture_changed":
        Path(one.path).write_bytes(b"other")
    else:
        monkeypatch.setattr("adapters.bukalapak.pictures.MAX_PICTURE", 3)
    outcome = put(adapter(), create(plain_listing([one])))
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.fields) == (case, ("pictures",))


# --- stock, price, visibility


def test_stock_of_one_offer() -> None:
    with responses.RequestsMock() as wire:
        wire.patch(PATCH, json=v4({"id": 700000001, "stock": 3}), match=[matchers.json_params_matcher({"stock": 3})])
        assert put(adapter(), offer_change(Facet.stock, "KP-1", 7, 3)) == Applied()


@pytest.mark.parametrize(("status", "cause"), [(404, Cause.missing), (422, Cause.rejected), (418, Cause.unknown)])
def test_a_refused_stock(status: int, cause: Cause) -> None:
    with responses.RequestsMock() as wire:
        wire.patch(PATCH, status=status, json=v4_bad(status))
        outcome = put(adapter(), offer_change(Facet.stock, "KP-1", 7, 3))
    assert isinstance(outcome, Rejected)
    assert outcome.cause is cause


def test_price_of_a_product_and_of_a_variant() -> None:
    with responses.RequestsMock() as wire:
        wire.put(EDIT, json=ok(), match=[matchers.json_params_matcher({"product": {"price": 5}})])
        wire.patch(url(f"/products/{PRODUCT}/skus/700000011"), json=v4())
        assert put(adapter(), offer_change(Facet.price, "KP-1", Price(4), Price(5))) == Applied()
        variant = offer_change(Facet.price, "KP-M", Price(4), Price(5), TWO)
        assert put(adapter(assumptions=ALL_ON), variant) == Applied()
        refused = put(adapter(), variant)
    assert isinstance(refused, Rejected)
    assert (refused.cause, refused.code) == (Cause.config, "price_of_variant_unsupported")


def test_off_sale_and_on_again_which_makes_stock_due() -> None:
    with responses.RequestsMock() as wire:
        wire.put(SOLD, json=ok())
        serve_product(wire, row(active=False, for_sale=False, stock=0))
        wire.put(RELIST, json=ok())
        assert put(adapter(), listing_change(Facet.visibility, True, False)) == Applied()
        operation, outcome, change = step(adapter(), RELISTED)
        assert (operation, type(outcome)) == ("read_product", Begun)
        assert step(adapter(), change)[:2] == ("relist", Applied(disturbs=(Facet.stock,)))


@pytest.mark.parametrize("shown", [{}, {"stock": 0, "for_sale": False}, {"for_sale": False}])
def test_what_is_on_sale_is_not_relisted_which_would_cost_it_its_stock(shown: dict[str, Any]) -> None:
    with responses.RequestsMock() as wire:
        serve_product(wire, row(**shown))
        assert put(adapter(), RELISTED) == Applied(disturbs=(Facet.stock,))
        assert not [line for line in lines(wire) if line.startswith("PUT")]


def test_a_relist_whose_answer_is_lost_is_not_repeated() -> None:
    with responses.RequestsMock() as wire:
        wire.put(RELIST, body=requests.ConnectionError("reset"))
        assert isinstance(put(adapter(), replace(RELISTED, next_step=OFF)), Unknown)
        assert len(wire.calls) == 1


def test_a_shop_that_is_closed_or_a_product_under_review_is_locked() -> None:
    with responses.RequestsMock() as wire:
        wire.put(RELIST, json=bad("Lapak Tutup"))
        assert put(adapter(), replace(RELISTED, next_step=OFF)) == Locked(Cause.locked, None, "ERROR", "Lapak Tutup")
        wire.put(SOLD, json=bad("Barang melanggar aturan"))
        outcome = put(adapter(), listing_change(Facet.visibility, True, False))
    assert isinstance(outcome, Locked)
    assert outcome.cause is Cause.review


def test_what_cannot_be_written_is_refused_without_a_call() -> None:
    one = Structure((), ())
    outcome = put(adapter(), listing_change(Facet.structure, one, one))
    assert isinstance(outcome, Rejected)
    assert (outcome.cause, outcome.code) == (Cause.config, "structure_unsupported")
    lost = put(adapter(), offer_change(Facet.stock, "GONE", 1, 2))
    assert isinstance(lost, Rejected)
    assert lost.cause is Cause.missing


# --- content


def test_content_that_is_taken() -> None:
    with responses.RequestsMock() as wire:
        wire.put(EDIT, json=ok())
        outcome = put(adapter(), listing_change(Facet.content, content(), content(preorder_days=4)))
        assert sent(wire)["product"]["name"] == "Kaos Polos"
    assert outcome == Applied(None, ("days to make have no field on Bukalapak; left out",))


def test_a_value_that_a_closed_list_lacks_is_left_out_with_a_warning() -> None:
    odd = content(attributes=(("bahan", "Sutra"),))
    with responses.RequestsMock() as wire:
        wire.put(EDIT, json=ok())
        outcome = put(adapter(), listing_change(Facet.content, content(), odd))
        assert sent(wire) == {"product": {"product_detail_attributes": {}}}
    assert outcome == Applied(None, (not_in_list("Bahan", "Sutra", "Bukalapak"),))


def test_a_refused_field_does_not_hold_the_others() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.put(EDIT, json=bad("Nama barang harus diisi"))
        _, outcome, change = step(shop, EDITED)
        assert isinstance(outcome, Begun)
        wire.put(EDIT, json=ok())
        _, outcome, _ = step(shop, change)
        assert sent(wire) == {"product": {"description_bb": "Katun tebal."}}
    assert outcome == Rejected(Cause.rejected, "ERROR", "Nama barang harus diisi", ("title",))


def test_a_last_field_that_is_refused_ends_it() -> None:
    change = listing_change(Facet.content, content(), content(title="Kaos Baru"))
    with responses.RequestsMock() as wire:
        wire.put(EDIT, json=bad("Nama terlalu panjang"))
        assert put(adapter(), change) == Rejected(Cause.rejected, "ERROR", "Nama terlalu panjang", ("title",))


def test_a_category_is_not_our_data() -> None:
    change = listing_change(Facet.content, content(), content(category="59"))
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.put(EDIT, json=bad("Kategori tidak valid"))
        _, outcome, change = step(shop, change)
        assert isinstance(outcome, Begun)
        wire.put(EDIT, json=ok())
        assert put(shop, change) == Rejected(Cause.config, "ERROR", "Kategori tidak valid", ("category",))


def test_pictures_are_replaced_whole(tmp_path: Path) -> None:
    shop = adapter()
    change = listing_change(Facet.content, content(), content([picture(tmp_path)]))
    with responses.RequestsMock() as wire:
        wire.post(IMAGES, json=ok(id="900002"))
        wire.get(EDIT, json=ok(product={"id": PRODUCT, "name": "Kaos Polos"}))
        wire.get(PRODUCTS, json=v4([row()]))
        wire.put(EDIT, json=ok())
        operations, outcome = [], None
        while not isinstance(outcome, Applied):
            operation, outcome, change = step(shop, change)
            operations.append(operation)
        assert operations == ["upload_image", "read_product", "update_product"]
        said = sent(wire)
        assert (said["new_images"], said["removed_images"]) == ("900002", "900001")


def test_pictures_are_not_added_to_ones_that_nobody_sees(tmp_path: Path) -> None:
    one = picture(tmp_path)
    up = json.dumps({"images": {one.sha256: "900002"}})
    change = listing_change(Facet.content, content(), content([one]), next_step=up)
    for images in ([], ["https://img.invalid/a.jpg"], None):
        with responses.RequestsMock() as wire:
            serve_product(wire, row(images=images))
            outcome = put(adapter(), change)
        assert isinstance(outcome, Deferred)
        assert outcome.code == "pictures_not_shown"
    with responses.RequestsMock() as wire:
        serve_product(wire, row(images=["900001"]))
        _, _, change = step(adapter(), change)
    assert json.loads(change.next_step or "")["old"] == ["900001"]


def test_pictures_of_a_product_that_is_gone(tmp_path: Path) -> None:
    one = picture(tmp_path)
    up = json.dumps({"images": {one.sha256: "900002"}})
    change = listing_change(Facet.content, content(), content([one]), next_step=up)
    with responses.RequestsMock() as wire:
        wire.get(EDIT, json=bad("Barang tidak ditemukan"))
        outcome = put(adapter(), change)
    assert isinstance(outcome, Rejected)
    assert outcome.cause is Cause.missing


def test_pictures_that_an_edit_calls_used_are_uploaded_and_the_old_ones_read_anew(tmp_path: Path) -> None:
    one = picture(tmp_path)
    known = json.dumps({"images": {one.sha256: "900002"}, "old": ["900001"]})
    change = listing_change(Facet.content, content(), content([one]), next_step=known)
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.put(EDIT, json=bad("Gambar sudah digunakan"))
        _, outcome, change = step(shop, change)
    assert isinstance(outcome, Begun)
    assert shop.calls([change])[0].operation == "upload_image"
    assert json.loads(change.next_step or "{}") == {"images": {}, "again": 1}


def test_an_edit_with_pictures_is_not_repeated_by_the_transport(tmp_path: Path) -> None:
    with responses.RequestsMock() as wire:
        wire.put(EDIT, status=500, body="oops")
        assert isinstance(put(adapter(), EDITED), Unknown)
        assert len(wire.calls) == 1


def test_an_answer_of_an_unseen_shape_is_unknown() -> None:
    odd = {"status": "OK", "id": PRODUCT, "product_detail": {"sku_id": 1, "variants": 7}}
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=odd)
        assert isinstance(put(adapter(), create(plain_listing())), Unknown)


def test_ids_go_into_the_address_as_they_are() -> None:
    odd = Ids("a/b", {"KP-1": "a/b;1"})
    with responses.RequestsMock() as wire:
        wire.patch(url("/products/a%2Fb/skus/1"), json=v4())
        assert put(adapter(), offer_change(Facet.stock, "KP-1", 7, 3, odd)) == Applied()
    assert OFFER == "a1b2c3;700000001"
