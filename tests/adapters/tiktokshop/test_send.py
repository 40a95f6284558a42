"""Writes: what became of each change, whatever came back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
import responses

from adapters.clock import ManualClock
from adapters.contract import (
    Accepted,
    Applied,
    AuthError,
    Begun,
    Cause,
    Change,
    Deferred,
    Facet,
    Ids,
    Listing,
    Locked,
    Notion,
    Price,
    Receipt,
    Rejected,
    Unknown,
)
from adapters.tiktokshop import reading
from syncer.texts import told
from tests.adapters.tiktokshop.shop import (
    ACTIVATE,
    CIPHER,
    CREATE,
    DEACTIVATE,
    EDIT,
    GET,
    IMAGE,
    INVENTORY,
    OTHER_WAREHOUSE,
    PARTIAL,
    PRICES,
    PRODUCT,
    SECOND,
    SECRET,
    SHOPS,
    SIZES,
    SKU,
    START,
    STOCK,
    TOKEN,
    TWO,
    WAREHOUSE,
    Grants,
    Unasked,
    adapter,
    bad,
    content,
    create,
    following,
    lines,
    listing_change,
    offer_change,
    ok,
    picture,
    plain_listing,
    product_error,
    product_row,
    put,
    row_error,
    sent,
    sized,
    sized_listing,
    sku_row,
    stock,
    wired,
)

CREATED = {"product_id": PRODUCT, "skus": [{"id": SKU, "seller_sku": "KOPI-GAYO-250"}], "warnings": []}
REFUSED_ZERO = {"tiktokshop.zero_quantity": "refused"}


def sizes(first: int, second: int, listing: Listing | None = None, before: int = 9) -> list[Change]:
    """Stocks of both sizes, the first as the listing has it."""
    whole = listing or sized_listing(first, second)
    pairs = zip(TWO.offers, (first, second), strict=True)
    return [offer_change(Facet.stock, sku, before, pieces, TWO, listing=whole) for sku, pieces in pairs]


def numbers(*skus: tuple[str, int, int]) -> dict[str, Any]:
    """An inventory search: (SKU id, available, committed) in our warehouse, 3 more in another."""
    rows = [
        {
            "id": sku, "warehouse_inventory": [
                {"warehouse_id": WAREHOUSE, "available_quantity": available, "committed_quantity": committed},
                {"warehouse_id": OTHER_WAREHOUSE, "available_quantity": 3, "committed_quantity": 0},
            ],
        }
        for sku, available, committed in skus
    ]  # fmt: skip
    return ok({"inventory": [{"product_id": PRODUCT, "skus": rows}]})


def _bytes(body: Any) -> bytes:
    """What a request carried, however it was handed over."""
    return body if isinstance(body, bytes) else bytes(body.getvalue())


# --- stock and price -------------------------------------------------------------------------------------------------


def test_a_stock_is_applied() -> None:
    with wired() as wire:
        wire.post(STOCK, json=ok())
        assert put(adapter(), stock(7)) == [Applied()]
        assert sent(wire) == {"skus": [{"id": SKU, "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 7}]}]}


@pytest.mark.parametrize(
    "answer",
    [{"status": 500, "body": "oops"}, {"status": 503, "body": ""}, {"body": "not json"}, {"json": {"data": 1}}],
)
def test_a_stock_whose_answer_says_nothing_is_unknown_and_never_repeated(answer: dict[str, Any]) -> None:
    with wired() as wire:
        wire.post(STOCK, **answer)
        [outcome] = put(adapter(), stock(7))
        assert isinstance(outcome, Unknown)
        assert len(lines(wire)) == 2  # a read before it, and the write


def test_a_lost_answer_is_unknown_until_it_settles() -> None:
    with wired() as wire:
        wire.post(STOCK, body=requests.ReadTimeout("lost"))
        [outcome] = put(adapter(), stock(7))
    assert isinstance(outcome, Unknown)
    assert 60 <= (outcome.settles_at - START).total_seconds() < 62


@pytest.mark.parametrize("code", [36009003, 36009007, 12001000, 12052881, 33001002, 12052372])
def test_a_failure_of_the_server_is_unknown_for_a_write(code: int) -> None:
    with wired() as wire:
        wire.post(STOCK, json=bad(code, "try later"), status=500)
        assert isinstance(put(adapter(), stock(7))[0], Unknown)


def test_too_many_requests_wait_as_long_as_is_said() -> None:
    with wired() as wire:
        wire.post(STOCK, json=bad(36009002, "too many requests"), status=429, headers={"Retry-After": "40"})
        [outcome] = put(adapter(), stock(7))
    assert isinstance(outcome, Deferred)
    assert outcome.cause is Cause.throttled
    assert (outcome.until - START).total_seconds() >= 30


def test_a_code_0_that_lists_a_failure_is_no_success() -> None:
    """Section 5.1: what is named is refused by its inner code; the rest goes again, alone."""
    shop = adapter()
    first, second = sizes(7, 5)
    with wired() as wire:
        wire.post(STOCK, json=ok({"errors": [row_error(12052990, SKU, 12052097, "warehouse not exist")]}))
        refused, again = put(shop, first, second)
        assert isinstance(refused, Rejected)
        assert (refused.cause, refused.code) == (Cause.binding, "12052097")
        wire.replace(responses.POST, STOCK, json=ok())
        assert put(shop, following(second, again)) == [Applied()]
        assert [row["id"] for row in sent(wire)["skus"]] == [SECOND]


def test_a_failure_that_names_none_of_ours_leaves_all_unknown() -> None:
    with wired() as wire:
        wire.post(STOCK, json=ok({"errors": [row_error(12052990, "999")]}))
        assert [type(o) for o in put(adapter(), *sizes(7, 5))] == [Unknown, Unknown]


def test_a_refused_price_call_is_parted_until_the_bad_row_stands_alone() -> None:
    """No list of failed SKUs is documented (section 7.4)."""
    shop = adapter()
    changes = [offer_change(Facet.price, sku, Price(1), Price(70_000 + n), TWO) for n, sku in enumerate(TWO.offers)]

    def judge(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        wrong = SECOND in str(request.body)
        return 200, {}, json.dumps(bad(12052073, "price out of range") if wrong else ok())

    with wired() as wire:
        wire.add_callback(responses.POST, PRICES, judge)
        halves = put(shop, *changes)
        ends = put(shop, *map(following, changes, halves))
    assert ends[0] == Applied()
    assert isinstance(ends[1], Rejected)
    assert ends[1].code == "12052073"


def test_a_promotion_locks_a_price() -> None:
    with wired() as wire:
        wire.post(PRICES, json=bad(12059999, "The product is in a promotion"))
        [outcome] = put(adapter(), offer_change(Facet.price, "KOPI-GAYO-250", Price(1), Price(2)))
    assert isinstance(outcome, Locked)


def test_a_merge_of_seller_centers_locks_content() -> None:
    with wired() as wire:
        wire.get(GET, json=ok(product_row()))
        wire.post(PARTIAL, json=bad(12052332, "seller center is locked"))
        [outcome] = put(adapter(), listing_change(Facet.content, content(), content(title="x" * 30)))
    assert isinstance(outcome, Locked)


# --- stock 0 ---------------------------------------------------------------------------------------------------------


def test_a_zero_that_is_taken_is_a_stock_like_any_other() -> None:
    shop = adapter()
    with wired() as wire:
        wire.post(STOCK, json=ok())
        assert put(shop, stock(0, listing=plain_listing(pieces=0))) == [Applied()]
    [seen] = shop.noticed()
    assert (seen.notion, seen.name, seen.position) == (Notion.assumption, "tiktokshop.zero_quantity", "accepted")


@pytest.mark.parametrize("answer", [bad(12052055, "stock out of range"), ok({"errors": [row_error(12052055)]}),
                                    ok({"errors": [row_error(12052990, SKU, 12052055)]})])  # fmt: skip
def test_a_refused_zero_takes_the_listing_off_sale(answer: dict[str, Any]) -> None:
    shop = adapter()
    change = stock(0, listing=plain_listing(pieces=0))
    with wired() as wire:
        wire.post(STOCK, json=answer)
        wire.post(INVENTORY, json=numbers((SKU, 12, 0)))
        wire.post(DEACTIVATE, json=ok())
        [turned] = put(shop, change)
        [end] = put(shop, following(change, turned))
        assert sent(wire)["product_ids"] == [PRODUCT]
    assert isinstance(end, Applied)
    assert end.disturbs == (Facet.visibility,)
    [said] = end.warnings
    assert "whole listing was taken off sale; it comes back" in told(said)
    noticed = {n.name: n.position for n in shop.noticed()}
    assert noticed["tiktokshop.zero_quantity"] == "refused"
    # From now on it is known: no refused call comes first.
    assert [call.operation for call in shop.calls([change])] == ["deactivate_products"]


def test_one_variant_at_zero_is_never_left_on_sale_at_its_old_number() -> None:
    """Promises 3 and 7: rather the whole listing off sale than pieces sold that are not there."""
    shop = adapter()
    none, some = sizes(0, 5)
    with wired() as wire:
        wire.post(STOCK, json=bad(12052055, "stock out of range"))
        turned, again = put(shop, none, some)
        wire.replace(responses.POST, STOCK, json=ok())
        wire.post(INVENTORY, json=numbers((SKU, 9, 0)))
        wire.post(DEACTIVATE, json=ok())
        off, number = put(shop, following(none, turned), following(some, again))
    assert number == Applied()
    assert isinstance(off, Applied)
    assert "with 1 other variants that still have stock" in told(off.warnings[0])


def test_a_listing_with_a_variant_at_zero_does_not_come_on_sale_while_it_shows_more() -> None:
    shop = adapter()
    show = listing_change(Facet.visibility, False, True, TWO, listing=sized_listing(0, 5))
    other = listing_change(Facet.visibility, False, True, Ids("17"))
    with wired() as wire:
        wire.post(INVENTORY, json=numbers((SKU, 3, 0), (SECOND, 5, 0)))
        wire.post(ACTIVATE, json=ok())
        held, shown = put(shop, show, other)
        assert sent(wire)["product_ids"] == ["17"]
    assert isinstance(held, Locked)
    assert (held.code, held.until is not None) == ("zero_stock", True)
    assert isinstance(shown, Applied)


def test_it_comes_on_sale_when_the_shop_shows_the_zero_itself() -> None:
    rows = [{"id": SKU, "warehouse_inventory": [{"warehouse_id": WAREHOUSE, "available_quantity": 0}]}]
    with wired() as wire:
        wire.post(INVENTORY, json=ok({"inventory": [{"product_id": PRODUCT, "skus": rows}]}))
        wire.post(ACTIVATE, json=ok())
        show = listing_change(Facet.visibility, False, True, TWO, listing=sized_listing(0, 5))
        [shown] = put(adapter(), show)
    assert isinstance(shown, Applied)


def test_the_last_piece_that_a_buyer_took_takes_no_listing_off_sale() -> None:
    """The shop shows the 0 by itself: there is nothing to write, and the other variants go on selling."""
    rows = [{"id": SKU, "warehouse_inventory": [{"warehouse_id": WAREHOUSE, "available_quantity": 0}]}]
    with wired() as wire:
        wire.post(INVENTORY, json=ok({"inventory": [{"product_id": PRODUCT, "skus": rows}]}))
        wire.post(DEACTIVATE, json=ok())
        hide = listing_change(Facet.visibility, True, False, Ids("17"))
        outcomes = put(adapter(assumptions=REFUSED_ZERO), sizes(0, 5)[0], hide)
        assert outcomes == [Applied(), Applied()]
        assert sent(wire)["product_ids"] == ["17"]


def test_a_number_that_is_not_shown_is_not_zero() -> None:
    with wired() as wire:
        wire.post(INVENTORY, json=ok({"inventory": []}))
        wire.post(DEACTIVATE, json=ok())
        put(adapter(assumptions=REFUSED_ZERO), sizes(0, 5)[0])
        assert sent(wire) == {"product_ids": [PRODUCT], "listing_platforms": ["TIKTOK_SHOP", "TOKOPEDIA"]}


def test_a_price_of_a_listing_that_is_not_on_sale_waits() -> None:
    """Section 7.4: only what is on sale takes a price, and the refusal has no code in any source."""
    price = offer_change(Facet.price, "KOPI-GAYO-250", Price(1), Price(2))
    with wired() as wire:
        wire.post(PRICES, json=bad(12059998, "not allowed"))
        wire.get(GET, json=ok(product_row(status="SELLER_DEACTIVATED", integrated_platform_statuses=[])))
        [waits] = put(adapter(), price)
        wire.replace(responses.GET, GET, json=ok(product_row()))
        [refused] = put(adapter(), price)
    assert isinstance(waits, Locked)
    assert isinstance(refused, Rejected)


def test_another_warehouses_pieces_do_not_keep_a_listing_off_sale() -> None:
    """`numbers` shows three pieces in the other warehouse: they are not ours to count."""
    show = listing_change(Facet.visibility, False, True, TWO, listing=sized_listing(0, 5))
    with wired() as wire:
        wire.post(INVENTORY, json=numbers((SKU, 0, 0), (SECOND, 5, 0)))
        wire.post(ACTIVATE, json=ok())
        assert isinstance(put(adapter(), show)[0], Applied)
        assert put(adapter(assumptions=REFUSED_ZERO), sizes(0, 5)[0]) == [Applied()]


def test_pieces_bring_it_back_when_every_variant_has_some() -> None:
    shop = adapter(assumptions=REFUSED_ZERO)
    change = replace(sizes(6, 5)[0], before=0)
    with wired() as wire:
        wire.post(STOCK, json=ok())
        wire.post(ACTIVATE, json=ok())
        [turned] = put(shop, change)
        assert put(shop, following(change, turned)) == [Applied()]
        assert [line.rsplit("/", 1)[1] for line in lines(wire)] == ["search", "update", "activate"]


def test_pieces_of_one_variant_bring_nothing_back_while_another_has_none() -> None:
    shop = adapter(assumptions=REFUSED_ZERO)
    change = replace(sizes(6, 0)[0], before=0)
    with wired() as wire:
        wire.post(STOCK, json=ok())
        assert put(shop, change) == [Applied()]
        assert len(lines(wire)) == 2


def test_a_step_that_another_number_has_overtaken_means_nothing() -> None:
    shop = adapter()
    change = stock(0, listing=plain_listing(pieces=0))
    with wired() as wire:
        wire.post(STOCK, json=bad(12052055))
        [turned] = put(shop, change)
    assert isinstance(turned, Begun)
    later = replace(stock(8), next_step=turned.next_step)
    assert [call.operation for call in shop.calls([later])] == ["update_inventory"]


def test_a_create_with_a_refused_zero_is_kept_as_a_draft() -> None:
    shop = adapter()
    change = create(plain_listing(pieces=0))
    with wired() as wire:
        wire.post(CREATE, json=bad(12052055, "stock out of range"))
        [turned] = put(shop, change)
        wire.replace(responses.POST, CREATE, json=ok(CREATED))
        [made] = put(shop, following(change, turned))
        body = sent(wire)
    assert (body["save_mode"], body["skus"][0]["inventory"][0]["quantity"]) == ("AS_DRAFT", 1)
    assert isinstance(made, Applied)
    assert made.ids == Ids(PRODUCT, {"KOPI-GAYO-250": SKU})
    assert made.disturbs == (Facet.visibility,)
    assert "draft" in made.warnings[0]


# --- several warehouses ----------------------------------------------------------------------------------------------


def test_a_refused_warehouse_list_goes_again_with_every_warehouse() -> None:
    """Section 11.5: all warehouses of a SKU must be listed; the other one's number is repeated as it is."""
    shop = adapter()
    change = stock(7)
    with wired() as wire:
        wire.post(STOCK, json=ok({"errors": [row_error(12052530, SKU)]}))
        [turned] = put(shop, change)
        wire.replace(responses.POST, STOCK, json=ok())
        wire.post(INVENTORY, json=numbers((SKU, 12, 2)))
        assert put(shop, following(change, turned)) == [Applied()]
        assert sent(wire)["skus"][0]["inventory"] == [
            {"warehouse_id": WAREHOUSE, "quantity": 7},
            {"warehouse_id": OTHER_WAREHOUSE, "quantity": 3},
        ]
    assert [n.name for n in shop.noticed()] == ["tiktokshop.omitted_warehouse"]


def test_where_a_write_sets_the_total_the_committed_pieces_are_added() -> None:
    with wired() as wire:
        wire.post(INVENTORY, json=numbers((SKU, 12, 2)))
        wire.post(STOCK, json=ok())
        put(adapter(assumptions={"tiktokshop.quantity_scale": "total"}), stock(7))
        assert sent(wire)["skus"][0]["inventory"] == [{"warehouse_id": WAREHOUSE, "quantity": 9}]


def test_a_read_before_a_write_that_fails_leaves_the_write_unsent() -> None:
    with wired() as wire:
        wire.post(INVENTORY, body=requests.ConnectTimeout("no line"))
        [outcome] = put(adapter(assumptions={"tiktokshop.quantity_scale": "total"}), stock(7))
        assert not any(line.endswith("update") for line in lines(wire))
    assert isinstance(outcome, Deferred)


# --- creates ---------------------------------------------------------------------------------------------------------


def test_a_create_uploads_then_lists_then_waits_for_its_audit(tmp_path: Path) -> None:
    shop = adapter()
    change = create(plain_listing([picture(tmp_path)]))
    with wired() as wire:
        wire.post(IMAGE, json=ok({"uri": "tos-example/0001", "url": "https://img.invalid/1"}))
        wire.post(CREATE, json=ok({**CREATED, "warnings": [{"message": "Weight looks low"}]}))
        [uploaded] = put(shop, change)
        upload = wire.calls[-1].request
        assert b'name="use_case"\r\n\r\nMAIN_IMAGE' in _bytes(upload.body)
        # Neither cipher nor body are signed (section 8).
        assert "shop_cipher" not in str(upload.url)
        [accepted] = put(shop, following(change, uploaded))
        assert sent(wire)["main_images"] == [{"uri": "tos-example/0001"}]
        assert isinstance(accepted, Accepted)
        wire.get(GET, json=ok(product_row(status="PENDING", integrated_platform_statuses=[])))
        [still] = shop.poll([Receipt(accepted.receipt, (change,))])
        assert isinstance(still, Accepted)
        wire.replace(responses.GET, GET, json=ok(product_row()))
        [end] = shop.poll([Receipt(still.receipt, (change,))])
    assert end == Applied(Ids(PRODUCT, {"KOPI-GAYO-250": SKU}), ("Weight looks low",))


def test_a_lost_create_is_unknown_and_said_once() -> None:
    with wired() as wire:
        wire.post(CREATE, body=requests.ReadTimeout("lost"))
        assert isinstance(put(adapter(), create(plain_listing()))[0], Unknown)
        assert len(lines(wire)) == 1


@pytest.mark.parametrize("data", [{}, {"product_id": PRODUCT, "skus": []}])
def test_a_create_that_brings_no_ids_is_unknown(data: dict[str, Any]) -> None:
    with wired() as wire:
        wire.post(CREATE, json=ok(data))
        assert isinstance(put(adapter(), create(plain_listing()))[0], Unknown)


def test_a_taken_product_code_is_a_duplicate() -> None:
    """The second guard against a second product (section 11.1)."""
    with wired() as wire:
        wire.post(CREATE, json=bad(12052996, "external product id duplicated"))
        [outcome] = put(adapter(), create(plain_listing()))
    assert isinstance(outcome, Rejected)
    assert outcome.cause is Cause.duplicate


def test_the_daily_listing_limit_waits_for_the_next_day_in_jakarta() -> None:
    with wired() as wire:
        wire.post(CREATE, json=bad(12052093, "listing limit"))
        [outcome] = put(adapter(), create(plain_listing()))
    assert isinstance(outcome, Deferred)
    assert outcome.until.isoformat() == "2026-09-01T17:00:00+00:00"


def test_a_storefront_that_is_refused_is_left_out_and_named() -> None:
    shop = adapter()
    change = create(plain_listing())
    with wired() as wire:
        wire.post(CREATE, json=bad(12052358, "not a Tokopedia seller"))
        [turned] = put(shop, change)
        wire.replace(responses.POST, CREATE, json=ok(CREATED))
        [accepted] = put(shop, following(change, turned))
        assert "listing_platforms" not in sent(wire)
        assert isinstance(accepted, Accepted)
        wire.get(GET, json=ok(product_row(integrated_platform_statuses=[])))
        [end] = shop.poll([Receipt(accepted.receipt, (change,))])
    assert isinstance(end, Applied)
    assert told(end.warnings[0]) == "listed on TIKTOK_SHOP only: the other storefront was refused"


def test_pictures_that_are_gone_are_uploaded_anew_once(tmp_path: Path) -> None:
    shop = adapter()
    change = create(plain_listing([picture(tmp_path)]))
    with wired() as wire:
        wire.post(IMAGE, json=ok({"uri": "tos-example/0001"}))
        wire.post(CREATE, json=bad(12052302, "image not found"))
        change = following(change, put(shop, change)[0])
        change = following(change, put(shop, change)[0])
        assert [c.operation for c in shop.calls([change])] == ["upload_product_image"]
        change = following(change, put(shop, change)[0])
        [end] = put(shop, change)
    assert isinstance(end, Rejected)
    assert end.fields == ("pictures",)


def test_a_picture_that_is_gone_from_disk_is_refused(tmp_path: Path) -> None:
    gone = picture(tmp_path)
    Path(gone.path).unlink()
    with wired():
        [outcome] = put(adapter(), create(plain_listing([gone])))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "picture_missing"


def test_what_the_audit_sends_back_is_corrected_and_never_made_twice() -> None:
    shop = adapter()
    change = create(plain_listing())
    failed = product_row(
        status="FAILED", integrated_platform_statuses=[],
        audit_failed_reasons=[{"listing_platform": "TIKTOK_SHOP", "position": "title", "reasons": ["Too short"],
                               "suggestions": ["Say more"]}],
    )  # fmt: skip
    with wired() as wire:
        wire.post(CREATE, json=ok(CREATED))
        wire.get(GET, json=ok(failed))
        [accepted] = put(shop, change)
        assert isinstance(accepted, Accepted)
        [refused] = shop.poll([Receipt(accepted.receipt, (change,))])
        assert isinstance(refused, Rejected)
        assert (refused.cause, refused.code) == (Cause.review, "audit_failed")
        assert refused.text == "TIKTOK_SHOP title: Too short; Say more"
        again = replace(change, ids=refused.ids, next_step=refused.next_step)
        wire.put(EDIT, json=ok(CREATED))
        assert isinstance(put(shop, again)[0], Accepted)
        assert sent(wire)["skus"][0]["id"] == SKU
        assert len([line for line in lines(wire) if line.startswith("POST /product/202309/products")]) == 1


# --- content, structure, visibility ----------------------------------------------------------------------------------


def test_a_refused_field_does_not_hold_the_others_and_is_tried_again_later() -> None:
    shop = adapter()
    change = listing_change(
        Facet.content, content(), content(title="Kopi Gayo dengan nama lain", attributes=(("100200", "Aceh"),))
    )
    with wired() as wire:
        wire.get(GET, json=ok(product_row()))
        wire.post(PARTIAL, json=bad(12052104, "attribute required"))
        [turned] = put(shop, change)
        wire.replace(responses.POST, PARTIAL, json=ok({"product_id": PRODUCT, "audit": {"status": "AUDITING"}}))
        again = following(change, turned)
        [accepted] = put(shop, again)
        assert sent(wire) == {"title": "Kopi Gayo dengan nama lain"}
        assert isinstance(accepted, Accepted)
        wire.get(GET, json=ok(product_row()))
        [end] = shop.poll([Receipt(accepted.receipt, (again,))])
    assert isinstance(end, Rejected)
    assert end.fields == ("attributes",)
    # The engine keeps the newest step: with it nothing is left out, as the field may be cured elsewhere.
    [call] = shop.calls([replace(change, next_step=end.next_step)])
    assert set(json.loads(call.body)) == {"title", "product_attributes"}


def test_an_edit_is_followed_through_its_audit_while_the_old_version_stays() -> None:
    shop = adapter()
    change = listing_change(Facet.content, content(), content(title="Kopi Gayo dengan nama lain"))
    with wired() as wire:
        wire.get(GET, json=ok(product_row()))
        wire.post(PARTIAL, json=ok({"product_id": PRODUCT, "audit": {"status": "AUDITING"}}))
        [accepted] = put(shop, change)
        assert isinstance(accepted, Accepted)
        for audit, kind in (
            ("AUDITING", Accepted),
            ("A_NEW_WORD", Accepted),
            ("FAILED", Rejected),
            ("APPROVED", Applied),
        ):
            wire.upsert(responses.GET, GET, json=ok(product_row(audit={"status": audit})))
            [outcome] = shop.poll([Receipt(accepted.receipt, (change,))])
            assert isinstance(outcome, kind), audit
    assert [n.name for n in shop.noticed() if n.notion is Notion.status] == ["A_NEW_WORD"]


def test_a_storefront_that_hides_an_edited_listing_is_named() -> None:
    """Section 7.2: one storefront may refuse what the other takes."""
    shop = adapter()
    change = listing_change(Facet.content, content(), content(title="Kopi Gayo dengan nama lain"))
    hidden = product_row(
        integrated_platform_statuses=[{"platform": "TOKOPEDIA", "status": "PLATFORM_DEACTIVATED"}],
        audit_failed_reasons=[{"listing_platform": "TOKOPEDIA", "reasons": ["Not allowed"]}],
    )
    with wired() as wire:
        wire.post(PARTIAL, json=ok({"product_id": PRODUCT}))
        wire.get(GET, json=ok(hidden))
        [accepted] = put(shop, change)
        assert isinstance(accepted, Accepted)
        [end] = shop.poll([Receipt(accepted.receipt, (change,))])
    assert isinstance(end, Applied)
    [said] = end.warnings
    assert told(said) == "not on sale on TOKOPEDIA: TOKOPEDIA: Not allowed"
    assert end == Applied(None, (said,), (Facet.visibility,))


def test_another_category_repeats_everything_that_is_shown() -> None:
    """A full edit blanks what it leaves out, except prices and stock (section 11.4)."""
    shown = product_row(brand={"id": "77", "name": "Gayo"}, is_cod_allowed=True, video={"id": "v-1"})
    with wired() as wire:
        wire.get(GET, json=ok(shown))
        wire.put(EDIT, json=ok({"product_id": PRODUCT}))
        change = listing_change(Facet.content, content(), content(category="600009"))
        assert isinstance(put(adapter(), change)[0], Accepted)
        body = sent(wire)
    assert (body["category_id"], body["category_version"], body["is_cod_allowed"]) == ("600009", "v2", True)
    assert (body["title"], body["video"], body["main_images"]) == (
        shown["title"],
        {"id": "v-1"},
        [{"uri": "tos-example/0001"}],
    )
    assert body["skus"] == [{"id": SKU, "seller_sku": "KOPI-GAYO-250"}]
    assert body["listing_platforms"] == ["TIKTOK_SHOP", "TOKOPEDIA"]


def test_visibility_is_judged_product_by_product() -> None:
    shop = adapter()
    first, second = (listing_change(Facet.visibility, True, False, Ids(p)) for p in (PRODUCT, "17"))
    with wired() as wire:
        wire.post(DEACTIVATE, json=ok({"errors": [product_error(12052332)]}))
        locked, again = put(shop, first, second)
        assert isinstance(locked, Locked)
        wire.replace(responses.POST, DEACTIVATE, json=ok())
        assert put(shop, following(second, again)) == [Applied()]
        assert sent(wire)["product_ids"] == ["17"]


def test_what_is_so_already_counts_as_done() -> None:
    with wired() as wire:
        wire.post(DEACTIVATE, json=ok({"errors": [product_error(12050001, message="status does not allow it")]}))
        wire.get(GET, json=ok(product_row(status="SELLER_DEACTIVATED", integrated_platform_statuses=[])))
        assert put(adapter(), listing_change(Facet.visibility, True, False)) == [Applied()]


def test_a_draft_is_published() -> None:
    shop = adapter()
    change = listing_change(Facet.visibility, False, True)
    with wired() as wire:
        wire.post(ACTIVATE, json=ok({"errors": [product_error(12050001, message="status does not allow it")]}))
        wire.get(GET, json=ok(product_row(status="DRAFT", integrated_platform_statuses=[])))
        [turned] = put(shop, change)
        wire.post(PARTIAL, json=ok({"product_id": PRODUCT}))
        assert isinstance(put(shop, following(change, turned))[0], Accepted)
        assert sent(wire) == {"save_mode": "LISTING"}


def test_a_new_variant_brings_its_id() -> None:
    shop = adapter()
    row = product_row(skus=[sized(SKU, "KG-250", "250 gram")])
    seen = reading.observed(row, WAREHOUSE, START)
    change = listing_change(
        Facet.structure, None, SIZES, Ids(PRODUCT, {"KG-250": SKU}), observed=seen, listing=sized_listing()
    )
    with wired() as wire:
        wire.post(PARTIAL, json=ok({"product_id": PRODUCT, "skus": [{"id": SECOND, "seller_sku": "KG-500"}]}))
        wire.get(GET, json=ok(row))
        [accepted] = put(shop, change)
        assert isinstance(accepted, Accepted)
        [end] = shop.poll([Receipt(accepted.receipt, (change,))])
    assert end == Applied(TWO, (), (Facet.price, Facet.stock, Facet.visibility))


def test_a_new_variant_without_stock_waits_for_some_where_zero_is_refused() -> None:
    seen = reading.observed(product_row(skus=[sized(SKU, "KG-250", "250 gram")]), WAREHOUSE, START)
    ids = Ids(PRODUCT, {"KG-250": SKU})
    change = listing_change(Facet.structure, None, SIZES, ids, observed=seen, listing=sized_listing(12, 0))
    with wired() as wire:
        wire.get(GET, json=ok(product_row()))
        wire.post(PARTIAL, json=bad(12052055, "stock out of range"))
        [outcome] = put(adapter(), change)
    assert isinstance(outcome, Locked)
    assert (outcome.code, outcome.until is not None) == ("zero_stock", True)


def test_an_old_variant_takes_another_sku_barcode_and_option() -> None:
    """What is left out of a SKU would be blanked: its picture and other fields are repeated (section 7.2)."""
    option = {"id": "100000", "name": "Ukuran", "value_id": "91", "value_name": "250 g", "sku_img": {"uri": "tos/9"}}
    mine = sku_row(SKU, "OLD-SKU", sales_attributes=[option], external_sku_id="ext-1")
    theirs = sku_row(
        "77", "ASING", sales_attributes=[{"name": "Ukuran", "value_name": "1 kg", "sku_img": {"uri": "t"}}]
    )
    seen = reading.observed(product_row(skus=[mine, theirs]), WAREHOUSE, START)
    wanted = replace(SIZES, variants=(replace(SIZES.variants[0], options=("250 g",), barcode="012345678905"),))
    [call] = adapter().calls([listing_change(Facet.structure, None, wanted, TWO, observed=seen)])
    assert json.loads(call.body)["skus"] == [
        {
            "id": SKU, "seller_sku": "KG-250", "external_sku_id": "ext-1",
            "identifier_code": {"code": "012345678905", "type": "UPC"},
            "sales_attributes": [{"id": "100000", "value_name": "250 g", "sku_img": {"uri": "tos/9"}}],
        },
        {
            "id": "77", "seller_sku": "ASING",
            "sales_attributes": [{"value_name": "1 kg", "name": "Ukuran", "sku_img": {"uri": "t"}}],
        },
    ]  # fmt: skip


def test_what_a_closed_list_does_not_hold_is_left_out_and_named() -> None:
    shop = adapter()
    listing = plain_listing()
    words = content(attributes=(("100100", "Extra dark"), ("100200", "Aceh"), ("100100", " ")), brand="Tak dikenal")
    change = create(replace(listing, content=words))
    with wired() as wire:
        wire.post(CREATE, json=ok(CREATED))
        wire.get(GET, json=ok(product_row()))
        [accepted] = put(shop, change)
        assert sent(wire)["product_attributes"] == [{"id": "100200", "values": [{"name": "Aceh"}]}]
        assert "brand_id" not in sent(wire)
        assert isinstance(accepted, Accepted)
        [end] = shop.poll([Receipt(accepted.receipt, (change,))])
    assert isinstance(end, Applied)
    assert [told(w) for w in end.warnings] == [
        "attribute Roast: 'Extra dark' is not in the list of Tokopedia & TikTok Shop; left out",
        "brand 'Tak dikenal' is not in the list of Tokopedia & TikTok Shop; listed without a brand",
    ]


# --- tokens, cipher, clock -------------------------------------------------------------------------------------------


def test_an_ended_token_is_renewed_once() -> None:
    grants = Grants()
    with wired() as wire:
        wire.post(STOCK, json=bad(105002, "expired"), status=401)
        wire.post(STOCK, json=ok())
        assert put(adapter(grants=grants), stock(7)) == [Applied()]
    assert grants.renewals == 1


def test_a_shop_that_cannot_be_renewed_needs_a_person() -> None:
    with wired() as wire:
        wire.post(STOCK, json=bad(105002, "expired"), status=401)
        [outcome] = put(adapter(grants=Grants(renewable=False)), stock(7))
    assert isinstance(outcome, Rejected)
    assert outcome.cause is Cause.auth


def test_a_cipher_of_another_authorisation_is_asked_for_anew() -> None:
    with responses.RequestsMock(registry=Unasked) as wire:
        for cipher in ("ROW_old", "ROW_new"):
            wire.get(SHOPS, json=ok({"shops": [{"id": "7494000000000000001", "cipher": cipher}]}))
        wire.post(STOCK, json=bad(101000, "token does not belong to the shop"))
        wire.post(STOCK, json=ok())
        assert put(adapter(), stock(7)) == [Applied()]
        assert "shop_cipher=ROW_new" in str(wire.calls[-1].request.url)


@pytest.mark.parametrize(("shops", "cause"), [([], Cause.auth), ([{"id": "1", "cipher": "x"}], Cause.binding)])
def test_a_grant_of_another_shop_is_refused(shops: list[Any], cause: Cause) -> None:
    with responses.RequestsMock() as wire:
        wire.get(SHOPS, json=ok({"shops": shops}))
        [outcome] = put(adapter(), stock(7))
        assert isinstance(outcome, Rejected)
        assert outcome.cause is cause
        with pytest.raises(AuthError):
            list(adapter().observe())


def test_a_clock_that_is_off_signs_nothing_until_it_is_looked_at_again() -> None:
    """Section 11.15: the window is 30 s on the fast side."""
    clock = ManualClock(START)
    shop = adapter(clock)
    date = {"Date": "Tue, 01 Sep 2026 02:59:20 GMT"}
    with wired() as wire:
        wire.post(STOCK, json=bad(36009004, "Invalid timestamp"), headers=date)
        [first] = put(shop, stock(7))
        [second] = put(shop, stock(7))
        assert isinstance(first, Deferred)
        assert isinstance(second, Deferred)
        assert (first.cause, second.cause) == (Cause.clock, Cause.clock)
        assert len(lines(wire)) == 2
        clock.advance(31)
        wire.get("http://127.0.0.1:9/", body="", headers={"Date": "Tue, 01 Sep 2026 03:00:31 GMT"})
        wire.replace(responses.POST, STOCK, json=ok())
        assert put(shop, stock(7)) == [Applied()]


def test_a_scope_that_is_missing_is_for_the_operator() -> None:
    with wired() as wire:
        wire.post(STOCK, json=bad(105005, "no scope"), status=401)
        [outcome] = put(adapter(), stock(7))
    assert isinstance(outcome, Rejected)
    assert outcome.cause is Cause.config


def test_a_code_that_nobody_knows_is_noticed_once() -> None:
    shop = adapter()
    with wired() as wire:
        wire.post(STOCK, json=bad(12999999, "something new"))
        [outcome] = put(shop, stock(7))
        put(shop, stock(7))
    assert isinstance(outcome, Rejected)
    assert outcome.cause is Cause.unknown
    assert [n.name for n in shop.noticed() if n.notion is Notion.code] == ["12999999"]
    assert shop.noticed() == ()


def test_no_secret_stands_in_what_is_said() -> None:
    with wired() as wire:
        wire.post(STOCK, json=bad(12999999, f"you sent {TOKEN} and {CIPHER} and {SECRET}"))
        said = repr(put(adapter(), stock(7)))
    assert not [secret for secret in (TOKEN, CIPHER, SECRET) if secret in said]


def test_the_shop_of_a_listing_without_ids_is_not_asked() -> None:
    with responses.RequestsMock():
        [outcome] = put(adapter(), replace(stock(3), ids=None))
    assert isinstance(outcome, Rejected)
    assert outcome.cause is Cause.missing


# --- what was noticed, and answers of shapes that nobody has seen ----------------------------------------------------


@pytest.mark.parametrize(("data", "form"), [({"data": None}, "null"), ({}, "missing")])
@pytest.mark.parametrize(("status", "position"), [(200, "200"), (400, "400")])
def test_the_clothes_of_a_refusal_are_noticed(data: dict[str, Any], form: str, status: int, position: str) -> None:
    shop = adapter()
    with wired() as wire:
        wire.post(STOCK, json={"code": 12052557, "message": "no such sku", "request_id": "r", **data}, status=status)
        put(shop, stock(7))
    noticed = {n.name: n.position for n in shop.noticed()}
    assert noticed == {"tiktokshop.error_status": position, "tiktokshop.error_data": form}


def test_whether_a_throttle_says_how_long_is_noticed() -> None:
    shop = adapter()
    with wired() as wire:
        wire.post(STOCK, json=bad(36009002), status=429, headers={"Retry-After": "40"})
        put(shop, stock(7))
    assert [(n.name, n.position) for n in shop.noticed()] == [("tiktokshop.retry_after", "present")]


def test_the_daily_limit_of_edits_waits_for_the_next_day() -> None:
    with wired() as wire:
        wire.get(GET, json=ok(product_row()))
        wire.post(PARTIAL, json=bad(12050099, "You can edit a product 10 times per day"))
        [outcome] = put(adapter(), listing_change(Facet.content, content(), content(title="x" * 30)))
    assert isinstance(outcome, Deferred)
    assert outcome.cause is Cause.quota


@pytest.mark.parametrize("data", [[], "text", {"errors": "none"}, {"errors": [1, None]}])
def test_a_success_of_an_odd_shape_is_still_no_failure(data: Any) -> None:
    with wired() as wire:
        wire.post(STOCK, json={"code": 0, "message": "Success", "data": data})
        assert put(adapter(), stock(7)) == [Applied()]


def test_an_answer_of_an_unexpected_shape_is_unknown() -> None:
    with wired() as wire:
        wire.get(GET, json=ok(product_row(category_chains=["no object"])))
        [outcome] = put(adapter(), listing_change(Facet.content, content(), content(category="600009")))
    assert isinstance(outcome, Unknown)
    assert "AttributeError" in outcome.text


def test_what_is_in_review_cannot_be_taken_down_yet_and_is_tried_again_soon() -> None:
    with wired() as wire:
        wire.post(DEACTIVATE, json=ok({"errors": [product_error(12050001, message="status does not allow it")]}))
        wire.get(GET, json=ok(product_row(status="PENDING", integrated_platform_statuses=[])))
        [outcome] = put(adapter(), listing_change(Facet.visibility, True, False))
    assert isinstance(outcome, Locked)
    assert outcome.until is not None
    assert 59 <= (outcome.until - START).total_seconds() <= 62


def test_a_take_down_of_what_is_gone_says_so() -> None:
    with wired() as wire:
        wire.post(DEACTIVATE, json=ok({"errors": [product_error(12050001, message="no")]}))
        wire.get(GET, json=bad(12052260, "product not found"))
        [outcome] = put(adapter(), listing_change(Facet.visibility, True, False))
    assert isinstance(outcome, Rejected)
    assert outcome.cause is Cause.missing


def test_a_look_after_a_refusal_that_fails_leaves_the_refusal() -> None:
    with wired() as wire:
        wire.post(DEACTIVATE, json=ok({"errors": [product_error(12050001, message="no")]}))
        wire.get(GET, json=bad(105005, "no scope"))
        [outcome] = put(adapter(), listing_change(Facet.visibility, True, False))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "12050001"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [({"body": requests.ReadTimeout("lost")}, Deferred), ({"json": ok({})}, Deferred),
     ({"json": bad(12052305, "image too small")}, Rejected)],
)  # fmt: skip
def test_a_picture_that_is_not_taken_leaves_its_create_unsent(
    answer: dict[str, Any], kind: type, tmp_path: Path
) -> None:
    with wired() as wire:
        wire.post(IMAGE, **answer)
        [outcome] = put(adapter(), create(plain_listing([picture(tmp_path)])))
        assert isinstance(outcome, kind)
        assert not any(line.endswith("/products") for line in lines(wire))


def test_a_product_that_no_read_shows_is_waited_for_then_unknown() -> None:
    clock = ManualClock(START)
    shop = adapter(clock)
    change = create(plain_listing())
    with wired() as wire:
        wire.post(CREATE, json=ok(CREATED))
        wire.get(GET, json=bad(12052260, "product not found"))
        [accepted] = put(shop, change)
        assert isinstance(accepted, Accepted)
        [still] = shop.poll([Receipt(accepted.receipt, (change,))])
        assert isinstance(still, Accepted)
        clock.advance(61)
        [lost] = shop.poll([Receipt(still.receipt, (change,))])
    assert isinstance(lost, Unknown)


def test_an_audit_is_looked_at_ever_more_rarely() -> None:
    clock = ManualClock(START)
    shop = adapter(clock)
    change = create(plain_listing())
    pauses = []
    with wired() as wire:
        wire.post(CREATE, json=ok(CREATED))
        wire.get(GET, json=ok(product_row(status="PENDING", integrated_platform_statuses=[])))
        [outcome] = put(shop, change)
        for hours in (0, 0.1, 10):
            assert isinstance(outcome, Accepted)
            pauses.append(round((outcome.not_before - clock.now()).total_seconds()))
            clock.advance(hours * 3600)
            [outcome] = shop.poll([Receipt(outcome.receipt, (change,))])
        assert isinstance(outcome, Accepted)
        pauses.append(round((outcome.not_before - clock.now()).total_seconds()))
    assert pauses == [5, 5, 90, 900]


@pytest.mark.parametrize(("status", "code"), [("FREEZE", "FREEZE"), ("PLATFORM_DEACTIVATED", "PLATFORM_DEACTIVATED")])
def test_what_the_marketplace_froze_is_kept_for_correction(status: str, code: str) -> None:
    shop = adapter()
    change = create(plain_listing())
    with wired() as wire:
        wire.post(CREATE, json=ok(CREATED))
        wire.get(GET, json=ok(product_row(status=status, integrated_platform_statuses=[])))
        [accepted] = put(shop, change)
        assert isinstance(accepted, Accepted)
        [end] = shop.poll([Receipt(accepted.receipt, (change,))])
    assert isinstance(end, Rejected)
    assert (end.cause, end.code, end.ids is not None) == (Cause.review, code, True)
    assert end.text == "the marketplace refused the listing and gave no reason"
