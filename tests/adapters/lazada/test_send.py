"""What each write puts on the wire and what its answer means."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import responses

from adapters.clock import ManualClock
from adapters.contract import (
    Applied,
    Begun,
    Cause,
    Change,
    Content,
    Deferred,
    Effect,
    Facet,
    Ids,
    Locked,
    Picture,
    Price,
    Rejected,
    Structure,
    Unknown,
    Urgency,
    Variant,
)
from adapters.lazada import mapping
from adapters.lazada.planning import NO_CALLS
from adapters.lazada.steps import new_variants, structure_steps
from tests.adapters.lazada.shop import (
    BIJI,
    CREATE,
    DEACTIVATE,
    GROUND,
    HALUS,
    IMAGE,
    ITEM,
    KNOWN,
    LIST,
    ONE,
    PHOTO,
    PRICES,
    START,
    STOCKS,
    UPDATE,
    adapter,
    asked,
    bad,
    change,
    content,
    create,
    intent_of,
    lines,
    listing,
    ok,
    page,
    payload,
    plain_listing,
    price,
    product,
    put,
    sku_row,
    step,
    stock,
)
from tests.adapters.shop import picture

MADE = ok({
    "item_id": int(ITEM),
    "sku_list": [
        {"seller_sku": "KOPI-BIJI", "shop_sku": f"{ITEM}_ID-{BIJI}", "sku_id": int(BIJI)},
        {"seller_sku": "KOPI-HALUS", "shop_sku": f"{ITEM}_ID-{HALUS}", "sku_id": int(HALUS)},
    ],
})  # fmt: skip
LOST = requests.ReadTimeout("lost")


# --- creates


def test_a_create_from_its_pictures_to_its_ids(tmp_path: Path) -> None:
    shop = adapter()
    pictures = [picture(tmp_path, b"\xff\xd8\xff one", "1.jpg"), picture(tmp_path, b"\x89PNG two", "2.png")]
    one = create(listing(pictures))
    with responses.RequestsMock() as wire:
        for number in (1, 2):
            wire.post(IMAGE, json=ok({"image": {"url": f"{PHOTO}?{number}", "hash_code": "h"}}))
        wire.post(CREATE, json=MADE)
        for _ in pictures:
            operation, outcome, one = step(shop, one)
            assert (operation, type(outcome)) == ("UploadImage", Begun)
        operation, outcome, _ = step(shop, one)
        assert (operation, outcome) == ("CreateProduct", Applied(KNOWN))
        assert lines(wire) == ["POST /image/upload", "POST /image/upload", "POST /product/create"]
        upload = wire.calls[0].request
        assert b'name="image"' in bytes(upload.body or b"")  # type: ignore[arg-type]
        assert "sign=" in str(upload.url)
        sent = payload(wire)
    assert sent["PrimaryCategory"] == "10002019"
    assert sent["Images"] == {"Image": [f"{PHOTO}?1", f"{PHOTO}?2"]}
    assert sent["disableAutoFillAttribute"] == "true"
    assert sent["Attributes"] == {
        "name": "Kopi Arabika Gayo", "description": "<p>Biji sangrai</p>", "brand": "No Brand", "roast_level": "Medium",
    }  # fmt: skip
    assert sent["variation"] == {
        "variation1": {"name": "Gilingan", "hasImage": "false", "customize": "true",
                       "options": {"option": ["Biji", "Halus"]}},
    }  # fmt: skip
    assert sent["Skus"]["Sku"][1] == {
        "SellerSku": "KOPI-HALUS", "saleProp": {"Gilingan": "Halus"}, "quantity": "7", "price": "86000",
        "volume": "250 g", "package_length": "10", "package_width": "8", "package_height": "20",
        "package_weight": "0.31", "Status": "active",
    }  # fmt: skip


def test_every_value_of_a_payload_is_text_and_skus_are_an_array() -> None:
    def texts(value: Any) -> bool:
        if isinstance(value, dict):
            return all(map(texts, value.values()))
        return all(map(texts, value)) if isinstance(value, list) else isinstance(value, str)

    [call] = adapter().calls([create(plain_listing())])
    body = json.loads(call.body)["payload"]
    assert texts(body)
    assert isinstance(body["Request"]["Product"]["Skus"]["Sku"], list)


def test_pictures_that_the_shop_has_are_not_sent_again(tmp_path: Path) -> None:
    shop, photo = adapter(), picture(tmp_path, b"\xff\xd8\xff one", "1.jpg")
    with responses.RequestsMock() as wire:
        wire.post(IMAGE, json=ok({"image": {"url": PHOTO, "hash_code": "h"}}))
        step(shop, create(listing([photo])))
        [call] = shop.calls([create(plain_listing(content=content([photo, photo])))])
        assert call.operation == "CreateProduct"
        # The same picture twice would be refused (4158).
        assert json.loads(call.body)["payload"]["Request"]["Product"]["Images"] == {"Image": [PHOTO]}


def test_a_hidden_listing_is_made_off_sale() -> None:
    [call] = adapter().calls([create(listing(visible=False))])
    assert call.body.count('"Status":"inactive"') == 2


def test_a_create_in_review_is_done_all_the_same() -> None:
    made = ok({**MADE["data"], "item_status": "Pending QC"})
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=made)
        assert put(adapter(), create(listing())) == Applied(KNOWN)


def test_the_stock_of_another_warehouse_follows_the_create() -> None:
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=MADE)
        assert put(adapter(warehouse="W2"), create(listing())) == Applied(KNOWN, disturbs=(Facet.stock,))
        assert [row["quantity"] for row in payload(wire)["Skus"]["Sku"]] == ["0", "0"]


def test_ids_that_the_answer_left_out_are_read_and_nothing_is_made_twice() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=ok({"item_id": int(ITEM)}))
        wire.get(ONE, json=ok(product()))
        _, outcome, one = step(shop, create(listing()))
        assert isinstance(outcome, Begun)
        assert outcome.ids == Ids(ITEM)
        [call] = shop.calls([one])
        assert (call.operation, call.effect) == ("GetProductItem", Effect.upload)
        assert put(shop, one) == Applied(KNOWN)


@pytest.mark.parametrize("body", [LOST, "garbage", ok(), bad("6", "internal error", kind="SYSTEM")])
def test_a_create_whose_fate_is_open_is_unknown_and_sent_once(body: Any) -> None:
    with responses.RequestsMock() as wire:
        if isinstance(body, dict):
            wire.post(CREATE, json=body)
        else:
            wire.post(CREATE, body=body)
        outcome = put(adapter(), create(listing()))
        assert isinstance(outcome, Unknown)
        assert outcome.settles_at >= START + timedelta(seconds=60)
        assert len(wire.calls) == 1


def test_a_throttle_under_code_0_does_not_make_a_second_product() -> None:
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json={"code": "0", "message": "E901: The request is too frequent", "request_id": "x"})
        assert isinstance(put(adapter(), create(listing())), Unknown)
        assert len(wire.calls) == 1


def test_a_second_product_is_refused_as_one() -> None:
    detail = {"field": "SellerSku", "message": "THD_IC_ERR_F_IC_INFRA_PRODUCT_036", "code": "x"}
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=bad("4135", "E4135", detail))
        outcome = put(adapter(), create(listing()))
        assert isinstance(outcome, Rejected)
        assert outcome.cause is Cause.duplicate


def test_a_create_that_is_said_again_is_said_with_the_same_bytes() -> None:
    [first] = adapter().calls([create(listing())])
    again = create(listing(), intent=intent_of(listing(), sent_at=START, body=first.body))
    [second] = adapter(assumptions={"lazada.autofill_off": "attributes"}).calls([again])
    assert second.body == first.body


def test_a_picture_that_is_too_large_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    photo = picture(tmp_path, b"\xff\xd8\xff" + b"x" * 1024 * 1024, "1.jpg")
    with responses.RequestsMock() as wire:
        outcome = put(adapter(), create(listing([photo])))
        assert isinstance(outcome, Rejected)
        assert (outcome.code, outcome.fields) == ("picture_too_large", ("pictures",))
        assert len(wire.calls) == 0
        wire.post(IMAGE, json=ok({"image": {"url": PHOTO}}))
        assert isinstance(put(adapter(assumptions={"lazada.image_size": "3 MB"}), create(listing([photo]))), Begun)


def test_a_refused_picture_is_named(tmp_path: Path) -> None:
    photo = picture(tmp_path, b"\xff\xd8\xff one", "1.jpg")
    with responses.RequestsMock() as wire:
        wire.post(IMAGE, json=bad("302", "E302: image is not binary"))
        outcome = put(adapter(), create(listing([photo])))
        assert isinstance(outcome, Rejected)
        assert outcome.fields == ("pictures",)


# --- price and stock


def test_stock_goes_as_sellable_pieces_and_price_without_a_quantity() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(STOCKS, json=ok())
        wire.post(PRICES, json=ok())
        assert put(shop, stock(to=3)) == Applied()
        assert put(shop, price(to=90_000)) == Applied()
        stocks, prices = asked(wire, 0)["payload"], asked(wire, 1)["payload"]
    assert f"<ItemId>{ITEM}</ItemId><SkuId>{BIJI}</SkuId>" in stocks
    assert "<SellableQuantity>3</SellableQuantity>" in stocks
    assert "<Price>90000</Price>" in prices
    assert "Quantity" not in prices


def many(facet: Facet, count: int) -> list[Change]:
    """Changes of many offers, each of a product of its own."""
    offers = {f"S-{n}": Ids(str(n), {f"S-{n}": f"{n}:{n}"}) for n in range(count)}
    if facet is Facet.stock:
        return [stock(sku, 3, ids=ids) for sku, ids in offers.items()]
    return [price(sku, ids=ids) for sku, ids in offers.items()]


@pytest.mark.parametrize("facet", [Facet.stock, Facet.price])
def test_twenty_skus_a_call_over_all_products(facet: Facet) -> None:
    calls = adapter().calls(many(facet, 45))
    assert [len(call.changes) for call in calls] == [20, 20, 5]


def test_the_most_urgent_first_and_no_offer_twice_in_a_call() -> None:
    rise, fall = stock("KOPI-HALUS", 20, 12), stock("KOPI-BIJI", 1, 12)
    again = replace(fall, to=2, urgency=Urgency.manual)
    calls = adapter().calls([price(), create(plain_listing()), again, rise, fall])
    assert [c.operation for c in calls] == [
        "UpdateSellableQuantity", "UpdateSellableQuantity", "UpdatePriceQuantity", "CreateProduct",
    ]  # fmt: skip
    assert [len(c.changes) for c in calls[:2]] == [2, 1]
    assert rise not in calls[0].changes[:1]


@pytest.mark.parametrize("body", [LOST, "garbage"])
def test_a_lost_stock_is_unknown_and_never_said_again(body: Any) -> None:
    with responses.RequestsMock() as wire:
        wire.post(STOCKS, body=body)
        assert isinstance(put(adapter(), stock()), Unknown)
        assert len(wire.calls) == 1


def test_a_throttled_stock_waits_as_long_as_lazada_says() -> None:
    with responses.RequestsMock() as wire:
        for _ in range(8):
            wire.post(STOCKS, json=bad("ApiCallLimit", "this ban will last 1 seconds"))
        outcome = put(adapter(), stock())
        wire.assert_all_requests_are_fired = False
        assert isinstance(outcome, Deferred)
        assert outcome.cause is Cause.throttled


def test_a_campaign_locks_a_falling_stock() -> None:
    detail = {"seller_sku": "KOPI-BIJI", "message": "negative sellable on channel inventory,entityId=1,id=2"}
    with responses.RequestsMock() as wire:
        wire.post(STOCKS, json=bad("501", "E501: Update product failed", detail, kind="ISP"))
        outcome = put(adapter(), stock())
        assert isinstance(outcome, Locked)
        assert "negative sellable" in outcome.text


def test_code_0_with_a_detail_is_no_success() -> None:
    detail = [{"field": "ItemId", "message": "ITEM_NOT_FOUND", "code": "E0501"}]
    with responses.RequestsMock() as wire:
        wire.post(STOCKS, json=ok(detail=detail))
        outcome = put(adapter(), stock())
        assert isinstance(outcome, Rejected)
        assert (outcome.cause, outcome.code) == (Cause.missing, "E0501")


def two_prices() -> list[Change]:
    """Both grinds, dearer."""
    return [price("KOPI-BIJI", 90_000), price("KOPI-HALUS", 91_000, 86_000)]


@pytest.mark.parametrize("code", ["0", "501"])
def test_one_bad_sku_does_not_fail_its_call_where_the_others_were_written(code: str) -> None:
    shop = adapter()
    detail = {"seller_sku": "KOPI-HALUS", "message": "E4104: price precision", "code": "4104"}
    shown = product(sku_row(price=90000.0), sku_row(HALUS, "KOPI-HALUS", "Halus"))
    with responses.RequestsMock() as wire:
        wire.post(PRICES, json={**bad(code, "E501: Update product failed", detail), "data": {}})
        wire.get(LIST, json=page(shown))
        [call] = shop.calls(two_prices())
        good, refused = shop.send(call)
        assert good == Applied()
        assert isinstance(refused, Rejected)
        assert refused.cause is Cause.rejected
        assert json.loads(asked(wire)["sku_seller_list"]) == ["KOPI-BIJI"]
    told = {n.name: n.position for n in shop.noticed()}
    assert told.get("lazada.refused_rest") == ("applied" if code == "501" else None)


def test_what_a_refused_call_left_untouched_is_sent_apart() -> None:
    shop = adapter()
    detail = {"seller_sku": "KOPI-HALUS", "message": "price precision", "code": "4104"}
    with responses.RequestsMock() as wire:
        wire.post(PRICES, json=bad("501", "E501: Update product failed", detail))
        wire.get(LIST, json=page(product()))
        [call] = shop.calls(two_prices())
        open_one, _ = shop.send(call)
        assert isinstance(open_one, Begun)
        assert json.loads(open_one.next_step) == {"part": "0"}
    assert {n.name: n.position for n in shop.noticed()}["lazada.refused_rest"] == "untouched"


def test_what_cannot_be_read_back_is_unknown() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(PRICES, json=bad("501", "E501: Update product failed", {"message": "price precision"}))
        wire.get(LIST, json=bad("36", "Invalid filter"))
        [call] = shop.calls(two_prices())
        assert [type(outcome) for outcome in shop.send(call)] == [Unknown, Unknown]


def test_a_price_call_that_takes_too_long_is_halved() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        for _ in range(4):
            wire.post(PRICES, json=bad("513", "internal call exception", kind="ISP"))
        [call] = shop.calls(two_prices())
        parts = [json.loads(o.next_step)["part"] for o in shop.send(call) if isinstance(o, Begun)]
        assert parts == ["0", "1"]


def test_a_stock_call_that_takes_too_long_is_looked_up_first() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(STOCKS, json=bad("513", "internal call exception", kind="ISP"))
        [call] = shop.calls([stock(), stock("KOPI-HALUS")])
        assert [type(o) for o in shop.send(call)] == [Unknown, Unknown]
        assert len(wire.calls) == 1


def test_prices_that_are_not_permitted_go_by_an_update_from_then_on() -> None:
    shop = adapter()
    detail = {"seller_sku": "KOPI-BIJI", "message": "SELLER_NOT_PERMITTED"}
    with responses.RequestsMock() as wire:
        wire.post(PRICES, json=bad("501", "E501: Update product failed", detail, kind="ISP"))
        wire.get(ONE, json=ok(product()))
        wire.post(UPDATE, json=ok())
        _, outcome, one = step(shop, price())
        assert isinstance(outcome, Begun)
        assert put(shop, one) == Applied()
        rows = {row["SkuId"]: row for row in payload(wire)["Skus"]["Sku"]}
        assert rows[BIJI]["price"] == "90000"
        assert rows[BIJI]["Status"] == "active"
        assert "price" not in rows[HALUS]
    [call] = shop.calls(two_prices())
    assert (call.operation, len(call.changes)) == ("UpdateProduct", 2)


def test_one_item_that_lazada_manages_says_nothing_of_the_others() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(PRICES, json=bad("4225", "E4225: semi hosted item"))
        _, outcome, one = step(shop, price())
        assert isinstance(outcome, Begun)
    [by_update], [as_ever] = shop.calls([one]), shop.calls([price("KOPI-HALUS")])
    assert (by_update.operation, as_ever.operation) == ("UpdateProduct", "UpdatePriceQuantity")


def test_a_read_that_took_too_long_is_followed_by_no_write() -> None:
    clock = ManualClock(START)

    def slow(request: Any) -> tuple[int, dict[str, str], str]:
        clock.advance(31)
        return 200, {}, json.dumps(ok(product()))

    with responses.RequestsMock() as wire:
        wire.add_callback(responses.GET, ONE, slow)
        outcome = put(adapter(clock), EDITED)
        assert isinstance(outcome, Deferred)
        assert lines(wire) == ["GET /product/item/get"]


def test_ids_of_new_variants_that_no_answer_told_are_read() -> None:
    fresh = sku_row("13000000003", "KOPI-KASAR", "Kasar")
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=ok({"item_id": int(ITEM)}))
        wire.get(ONE, json=ok(product(sku_row(), sku_row(HALUS, "KOPI-HALUS", "Halus"), fresh)))
        outcome = put(adapter(), wider())
        assert isinstance(outcome, Applied)
        assert outcome.ids is not None
        assert outcome.ids.offers["KOPI-KASAR"] == f"{ITEM}:13000000003"


def test_a_written_variant_whose_ids_cannot_be_read_is_unknown() -> None:
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=ok({"item_id": int(ITEM)}))
        wire.get(ONE, json=bad("998", "switched off"))
        assert isinstance(put(adapter(), wider()), Unknown)


def test_a_product_with_an_id_exists_whatever_stands_beside_it() -> None:
    shop = adapter()
    detail = [{"field": "color_family", "message": "was ignored", "code": "x"}]
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json={**MADE, "detail": detail})
        wire.get(ONE, json=ok(product()))
        _, outcome, one = step(shop, create(listing()))
        assert isinstance(outcome, Begun)
        assert outcome.ids == KNOWN
        assert put(shop, one) == Applied(KNOWN)


def test_skus_that_a_product_never_shows_are_looked_up() -> None:
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=ok(product(sku_row())))
        wire.get(ONE, json=bad("208", "not found"))
        begun = create(listing(), ids=Ids(ITEM))
        assert [type(put(adapter(), begun)) for _ in range(2)] == [Unknown, Unknown]


def test_a_row_that_met_trouble_may_have_been_written() -> None:
    detail = {"seller_sku": "KOPI-BIJI", "message": "SYS_ERROR", "code": "SYS_ERROR"}
    with responses.RequestsMock() as wire:
        wire.post(STOCKS, json=bad("501", "E501: Update product failed", detail))
        assert isinstance(put(adapter(), stock()), Unknown)


def test_a_call_that_the_shop_may_not_use_is_not_cut_into_halves() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(STOCKS, json=bad("InsufficientPermission", "App does not have permission"))
        [call] = shop.calls([stock(), stock("KOPI-HALUS")])
        assert [getattr(o, "cause", None) for o in shop.send(call)] == [Cause.config, Cause.config]
        assert len(wire.calls) == 1


def test_a_body_of_a_shape_that_nobody_has_seen_is_unknown() -> None:
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=ok({"item_id": 7, "sku_list": [{"seller_sku": ["a"], "sku_id": {}}]}))
        assert not isinstance(put(adapter(), create(listing())), Applied)


def test_a_refused_picture_does_not_hold_an_edit(tmp_path: Path) -> None:
    shop, photo = adapter(), picture(tmp_path, b"\xff\xd8\xff one", "1.jpg")
    one = change(Facet.content, content(), content([photo], title="Kopi Gayo Baru"))
    with responses.RequestsMock() as wire:
        wire.post(IMAGE, json=bad("303", "E303: format"))
        wire.get(ONE, json=ok(product()))
        wire.post(UPDATE, json=ok())
        operation, outcome, one = step(shop, one)
        assert (operation, type(outcome)) == ("UploadImage", Begun)
        ended = put(shop, one)
        assert isinstance(ended, Rejected)
        assert ended.fields == ("pictures",)
        assert payload(wire)["Attributes"] == {"name": "Kopi Gayo Baru"}


@pytest.mark.parametrize("answer", [ok({"image": {}}), bad("1000", "internal error")])
def test_an_upload_without_an_address_changed_nothing(answer: dict[str, Any], tmp_path: Path) -> None:
    photo = picture(tmp_path, b"\xff\xd8\xff one", "1.jpg")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        for _ in range(4):
            wire.post(IMAGE, json=answer)
        assert isinstance(put(adapter(), create(listing([photo]))), Deferred)


def test_an_offer_without_an_id_is_not_sent() -> None:
    with responses.RequestsMock() as wire:
        outcome = put(adapter(), stock("KOPI-BARU"))
        assert isinstance(outcome, Rejected)
        assert outcome.cause is Cause.missing
        assert len(wire.calls) == 0


def test_stock_and_prices_are_written_to_the_warehouse_that_is_bound() -> None:
    with responses.RequestsMock() as wire:
        wire.post(STOCKS, json=ok())
        put(adapter(warehouse="W2"), stock())
        assert "<WarehouseCode>W2</WarehouseCode>" in asked(wire)["payload"]


# --- content


EDITED = change(Facet.content, content(), content(title="Kopi Gayo Baru", description="Sangrai & giling"))


def test_an_edit_sends_what_changed_and_every_sku_as_it_stands() -> None:
    shown = product(sku_row(), sku_row(HALUS, "KOPI-HALUS", "Halus", Status="inactive"))
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=ok(shown))
        wire.post(UPDATE, json=ok({"item_status": "Pending QC"}))
        assert put(adapter(), EDITED) == Applied()
        sent = payload(wire)
    assert sent["ItemId"] == ITEM
    assert sent["Attributes"] == {"name": "Kopi Gayo Baru", "description": "<p>Sangrai &amp; giling</p>"}
    assert "Images" not in sent
    assert [(row["SkuId"], row["Status"]) for row in sent["Skus"]["Sku"]] == [(BIJI, "active"), (HALUS, "inactive")]
    assert sent["Skus"]["Sku"][0]["package_weight"] == "0.3"


def test_a_refused_field_does_not_hold_the_others() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=ok(product()))
        wire.post(UPDATE, json=bad("4160", "E4160: name too long"))
        wire.post(UPDATE, json=ok())
        _, outcome, one = step(shop, EDITED)
        assert isinstance(outcome, Begun)
        refused = put(shop, one)
        assert isinstance(refused, Rejected)
        assert (refused.cause, refused.fields) == (Cause.rejected, ("title",))
        assert payload(wire)["Attributes"] == {"description": "<p>Sangrai &amp; giling</p>"}
    # Cured elsewhere: once the catalogue wants something else, everything is sent again.
    assert isinstance(EDITED.to, Content)
    other = replace(one, to=replace(EDITED.to, title="Kopi Gayo"))
    [call] = shop.calls([other])
    assert '"name":"Kopi Gayo"' in call.body


def test_another_category_takes_its_attributes_along() -> None:
    [call] = adapter().calls([change(Facet.content, content(category="5"), content())])
    sent = json.loads(call.body)["payload"]["Request"]["Product"]
    assert sent["PrimaryCategory"] == "10002019"
    assert sent["Attributes"] == {"brand": "No Brand", "roast_level": "Medium"}


def test_new_pictures_replace_the_gallery(tmp_path: Path) -> None:
    shop, photo = adapter(), picture(tmp_path, b"\xff\xd8\xff one", "1.jpg")
    one = change(Facet.content, content(), content([photo]))
    with responses.RequestsMock() as wire:
        wire.post(IMAGE, json=ok({"image": {"url": PHOTO}}))
        wire.get(ONE, json=ok(product()))
        wire.post(UPDATE, json=ok())
        _, _, one = step(shop, one)
        assert put(shop, one) == Applied()
        assert payload(wire)["Images"] == {"Image": [PHOTO]}
        assert "Attributes" not in payload(wire)


def test_a_parcel_goes_to_the_one_sku() -> None:
    ids = Ids(ITEM, {"KOPI": f"{ITEM}:{BIJI}"})
    before, to = content(parcel=(250, (10, 8, 20))), content(parcel=(455, (11, 8, 20)))
    [call] = adapter().calls([change(Facet.content, before, to, ids=ids)])
    [row] = json.loads(call.body)["payload"]["Request"]["Product"]["Skus"]["Sku"]
    assert (row["SkuId"], row["package_weight"], row["package_length"]) == (BIJI, "0.46", "11")


def test_an_edit_of_what_is_gone_is_refused_without_a_write() -> None:
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=bad("208", "item not found"))
        outcome = put(adapter(), EDITED)
        assert isinstance(outcome, Rejected)
        assert outcome.cause is Cause.missing
        assert lines(wire) == ["GET /product/item/get"]


def test_another_edit_in_flight_is_waited_for() -> None:
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=ok(product()))
        wire.post(UPDATE, json=bad("4147", "concurrent edit"))
        outcome = put(adapter(), EDITED)
        assert isinstance(outcome, Deferred)
        assert outcome.until <= START + timedelta(seconds=30)


# --- visibility


@pytest.mark.parametrize(
    "answer", [ok(), bad("E0004", "item is already inactive"), bad("501", "E501", {"code": "E0004", "message": "off"})]
)
def test_a_take_down_is_one_call_and_off_already_is_as_good(answer: dict[str, Any]) -> None:
    with responses.RequestsMock() as wire:
        wire.post(DEACTIVATE, json=answer)
        assert put(adapter(), change(Facet.visibility, True, False)) == Applied()
        body = json.loads(asked(wire)["apiRequestBody"])
        assert body == {"Request": {"Product": {"ItemId": ITEM}}}


def test_on_sale_again_by_the_status_of_our_skus() -> None:
    foreign = sku_row("13000000009", "ORANG-LAIN", "Kasar", Status="inactive")
    shown = product(sku_row(Status="inactive"), sku_row(HALUS, "KOPI-HALUS", "Halus", Status="inactive"), foreign)
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=ok(shown))
        wire.post(UPDATE, json=ok())
        assert put(adapter(), change(Facet.visibility, False, True)) == Applied()
        assert [row["Status"] for row in payload(wire)["Skus"]["Sku"]] == ["active", "active", "inactive"]


def test_more_listings_than_the_shop_may_have() -> None:
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=ok(product(status="InActive")))
        wire.post(UPDATE, json=bad("4148", "active items reached the limit"))
        outcome = put(adapter(), change(Facet.visibility, False, True))
        assert isinstance(outcome, Locked)
        assert outcome.cause is Cause.locked


# --- structure

NOT_SHOWN = ("not_shown", NO_CALLS["not_shown"][1])
COARSE = Variant("KOPI-KASAR", ("Kasar",), 300, (10, 8, 20))


def wider(**more: Any) -> Change:
    """A third grind, beside one that is not ours."""
    to = Structure(("Gilingan",), (*GROUND.variants, COARSE))
    whole = listing(
        structure=to, prices={**listing().prices, "KOPI-KASAR": Price(84_000)},
        stocks={**listing().stocks, "KOPI-KASAR": 4},
    )  # fmt: skip
    foreign = sku_row("13000000009", "ORANG-LAIN", "Bubuk")
    halus = sku_row(HALUS, "KOPI-HALUS", "Halus", package_weight="0.31")  # 305 g, rounded up
    seen = mapping.observed(product(sku_row(), halus, foreign), START)
    made = change(Facet.structure, GROUND, to, observed=seen, listing=whole)
    return replace(made, **more)


def test_a_new_variant_joins_its_product_with_price_and_stock() -> None:
    made = ok({"item_id": int(ITEM), "sku_list": [{"seller_sku": "KOPI-KASAR", "sku_id": 13000000003}]})
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=made)
        outcome = put(adapter(), wider())
        assert outcome == Applied(Ids(ITEM, {**KNOWN.offers, "KOPI-KASAR": f"{ITEM}:13000000003"}))
        sent = payload(wire)
    assert sent["AssociatedSku"] == BIJI
    assert sent["variation"]["variation1"]["options"]["option"] == ["Biji", "Halus", "Bubuk", "Kasar"]
    [row] = sent["Skus"]["Sku"]
    assert (row["SellerSku"], row["price"], row["quantity"]) == ("KOPI-KASAR", "84000", "4")
    assert sent["Images"] == {"Image": [PHOTO]}


@pytest.mark.parametrize(("position", "first", "second"), [(None, BIJI, "KOPI-BIJI"), ("SellerSku", "KOPI-BIJI", BIJI)])
def test_a_refused_association_is_said_by_its_other_name(position: str | None, first: str, second: str) -> None:
    shop = adapter(assumptions={"lazada.associated_sku": position} if position else {})
    made = ok({"item_id": int(ITEM), "sku_list": [{"seller_sku": "KOPI-KASAR", "sku_id": 13000000003}]})
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=bad("4137", "sku not found"))
        wire.post(CREATE, json=made)
        _, outcome, one = step(shop, wider())
        assert isinstance(outcome, Begun)
        assert isinstance(put(shop, one), Applied)
        assert [payload(wire, at)["AssociatedSku"] for at in (0, 1)] == [first, second]


def test_an_association_refused_by_both_names_ends() -> None:
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=bad("4137", "sku not found"))
        wire.post(CREATE, json=bad("4137", "sku not found"))
        _, _, one = step(shop, wider())
        assert isinstance(put(shop, one), Rejected)


def test_a_structure_write_carries_every_sku_that_is_there() -> None:
    renamed = replace(GROUND.variants[1], options=("Sangat halus",))
    to = Structure(("Gilingan",), (GROUND.variants[0], renamed))
    one = wider(to=to)
    shown = product(sku_row(), sku_row(HALUS, "KOPI-HALUS", "Halus"), sku_row("13000000009", "ORANG-LAIN", "Bubuk"))
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=ok(shown))
        wire.post(UPDATE, json=ok())
        assert isinstance(put(adapter(), one), Applied)
        sent = payload(wire)
    rows = {row["SkuId"]: row["saleProp"]["Gilingan"] for row in sent["Skus"]["Sku"]}
    assert rows == {BIJI: "Biji", HALUS: "Sangat halus", "13000000009": "Bubuk"}
    assert sent["variation"]["variation1"]["options"]["option"] == ["Biji", "Sangat halus", "Bubuk"]


def test_new_and_moved_variants_take_two_steps() -> None:
    shop, moved = adapter(), replace(GROUND.variants[0], weight_g=400)
    one = wider(to=Structure(("Gilingan",), (moved, GROUND.variants[1], COARSE)))
    made = ok({"item_id": int(ITEM), "sku_list": [{"seller_sku": "KOPI-KASAR", "sku_id": 13000000003}]})
    with responses.RequestsMock() as wire:
        wire.post(CREATE, json=made)
        wire.get(ONE, json=ok(product()))
        wire.post(UPDATE, json=ok())
        operation, outcome, one = step(shop, one)
        assert (operation, type(outcome)) == ("CreateProduct", Begun)
        operation, outcome, one = step(shop, one)
        assert (operation, type(outcome)) == ("UpdateProduct", Applied)


def test_what_the_change_leaves_out_is_deleted_and_said_twice_it_is_said_of_nothing() -> None:
    shop, one = adapter(), wider(to=Structure(("Gilingan",), GROUND.variants[:1]))
    foreign = sku_row("13000000009", "ORANG-LAIN", "Bubuk")
    [call] = shop.calls([one])
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=ok(product(sku_row(), sku_row(HALUS, "KOPI-HALUS", "Halus"), foreign)))
        wire.get(ONE, json=ok(product(sku_row(), foreign)))
        wire.post(UPDATE, json=ok())
        wire.post(UPDATE, json=ok())
        assert [type(shop.send(call)[0]) for _ in range(2)] == [Applied, Applied]
        first, second = (payload(wire, at) for at in (1, 3))
    assert {row["SkuId"]: row["Status"] for row in first["Skus"]["Sku"]} == {
        BIJI: "active", HALUS: "deleted", "13000000009": "active"
    }  # fmt: skip
    assert first["variation"]["variation1"]["options"]["option"] == ["Biji", "Bubuk"]
    assert [row["SkuId"] for row in second["Skus"]["Sku"]] == [BIJI, "13000000009"]


def test_a_variant_is_known_by_its_id_whatever_either_side_calls_it() -> None:
    ours = replace(GROUND.variants[0], sku="KOPI-BARU", options=("Utuh",))
    to = Structure(("Gilingan",), (ours, GROUND.variants[1]))
    ids = Ids(ITEM, {"KOPI-BARU": f"{ITEM}:{BIJI}", "KOPI-HALUS": f"{ITEM}:{HALUS}"})
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=ok(product()))
        wire.post(UPDATE, json=ok())
        assert isinstance(put(adapter(), wider(before=to, to=to, ids=ids)), Applied)
        rows = {row["SkuId"]: row for row in payload(wire)["Skus"]["Sku"]}
    assert rows[BIJI]["saleProp"] == {"Gilingan": "Utuh"}
    assert all("SellerSku" not in row for row in rows.values())


def test_the_sku_of_a_renamed_variant_makes_a_new_one_not_that_one() -> None:
    renamed = replace(GROUND.variants[0], sku="KOPI-BARU")
    again = replace(COARSE, sku="KOPI-BIJI")
    to = Structure(("Gilingan",), (renamed, GROUND.variants[1], again))
    ids = Ids(ITEM, {"KOPI-BARU": f"{ITEM}:{BIJI}", "KOPI-HALUS": f"{ITEM}:{HALUS}"})
    assert [v.sku for v in new_variants(wider(to=to, ids=ids))] == ["KOPI-BIJI"]


def test_a_new_variant_waits_until_its_options_are_free_and_the_product_is_shown() -> None:
    shop, heir = adapter(), replace(COARSE, options=("Halus",))
    to = Structure(("Gilingan",), (GROUND.variants[0], heir))
    whole = listing(structure=to, prices={"KOPI-BIJI": Price(85_000), "KOPI-KASAR": Price(84_000)},
                    stocks={"KOPI-BIJI": 12, "KOPI-KASAR": 4})  # fmt: skip
    one = wider(to=to, listing=whole)
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=ok(product()))
        wire.post(UPDATE, json=ok())
        operation, outcome, one = step(shop, one)
        assert (operation, type(outcome)) == ("UpdateProduct", Begun)
        in_review = mapping.observed(product(sku_row(), status="Pending"), START)
        assert put(shop, replace(one, observed=in_review)) == Locked(Cause.locked, None, *NOT_SHOWN)
        wire.post(CREATE, json=ok({"item_id": int(ITEM), "sku_list": [{"seller_sku": "KOPI-KASAR", "sku_id": 3}]}))
        shown = mapping.observed(product(sku_row()), START)
        assert isinstance(put(shop, replace(one, observed=shown)), Applied)


def test_what_is_off_sale_still_loses_and_moves_variants() -> None:
    halus = sku_row(HALUS, "KOPI-HALUS", "Halus", package_weight="0.31")
    hidden = mapping.observed(product(sku_row(), halus, status="InActive"), START)
    assert structure_steps(wider(observed=hidden)) == ["CreateProduct"]
    moved = replace(GROUND.variants[0], options=("Utuh",))
    to = Structure(("Gilingan",), (moved, GROUND.variants[1], COARSE))
    assert structure_steps(wider(to=to, observed=hidden)) == ["UpdateProduct", "CreateProduct"]
    assert structure_steps(wider(to=to)) == ["CreateProduct", "UpdateProduct"]


def test_other_options_have_no_call() -> None:
    to = Structure(("Gilingan", "Berat"), (Variant("KOPI-BIJI", ("Biji", "250"), 300, (10, 8, 20)),))
    with responses.RequestsMock() as wire:
        outcome = put(adapter(), wider(to=to))
        assert isinstance(outcome, Rejected)
        assert (outcome.cause, outcome.code) == (Cause.config, "options_unsupported")
        assert len(wire.calls) == 0


def test_the_same_changes_give_the_same_calls(tmp_path: Path) -> None:
    shop = adapter()
    photo = Picture("f" * 64, str(tmp_path / "gone.jpg"))
    due = [create(listing([photo])), create(plain_listing()), EDITED, *two_prices(), stock(), wider()]
    assert shop.calls(due) == shop.calls(due)
    carried = [one for call in shop.calls(due) for one in call.changes]
    assert len(carried) == len(due)
    assert all(one in carried for one in due)
