"""What each write puts on the wire and what its answer means; payloads as in the facts, section 8."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
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
    Deferred,
    Facet,
    Ids,
    Locked,
    Outcome,
    Price,
    Rejected,
    Structure,
    Unknown,
)
from adapters.shopee import Shopee
from adapters.words import not_in_list
from tests.adapters.shop import (
    ITEM,
    LIMITS,
    START,
    TOKEN,
    Grants,
    adapter,
    bad,
    coloured_listing,
    content,
    create,
    ids,
    listing_change,
    offer_change,
    ok,
    paths,
    picture,
    plain_listing,
    sent,
    step,
    url,
    variant,
)

TWO = ids("MUG-BTK-R", "MUG-BTK-B")
PLAIN = Ids(ITEM, {"MUG-BTK": f"{ITEM}:0"})
PRICES = [
    offer_change(Facet.price, "MUG-BTK-R", Price(45000), Price(46000), TWO),
    offer_change(Facet.price, "MUG-BTK-B", Price(45000), Price(46000), TWO),
]
STOCKS = [
    offer_change(Facet.stock, "MUG-BTK-R", 8, 7, TWO),
    offer_change(Facet.stock, "MUG-BTK-B", 4, 3, TWO),
]
UPLOADED = ok(
    {
        "image_info": {"image_id": "id-00000000-aaaaa-mugred01", "image_url_list": []},
        "image_info_list": [
            {
                "id": 0,
                "error": "",
                "message": "",
                "image_info": {"image_id": "id-00000000-aaaaa-mugred01", "image_url_list": []},
            }
        ],
    }
)
TIERS = ok(
    {
        "tier_variation": [{"name": "Warna", "option_list": [{"option": "Merah"}, {"option": "Biru"}]}],
        "model": [
            {"tier_index": [0], "model_id": 310000000011, "model_sku": "MUG-BTK-R", "weight": 0.45},
            {"tier_index": [1], "model_id": 310000000012, "model_sku": "MUG-BTK-B", "weight": 0.45},
        ],
    }
)
PROMOTION_END = START + timedelta(days=3)
PROMOTION = ok(
    {
        "success_list": [
            {
                "item_id": int(ITEM),
                "promotion": [
                    {"promotion_type": "Campaign", "promotion_id": 2**63, "model_id": 310000000012,
                     "start_time": 1, "end_time": int(PROMOTION_END.timestamp()), "promotion_staging": "ongoing"}
                ],
            }
        ],
        "failure_list": [],
    }
)  # fmt: skip


def put(shop: Shopee, changes: list[Change]) -> list[Outcome]:
    """Plan and send; the outcomes of one single call."""
    [call] = shop.calls(changes)
    assert list(call.changes) == changes
    return shop.send(call)


# --- creates, step by step


def test_create_with_options_from_picture_to_shown(tmp_path: Path) -> None:
    clock = ManualClock(START)
    shop = adapter(clock)
    change = create(coloured_listing([picture(tmp_path)]))
    with responses.RequestsMock() as wire:
        wire.post(url("media_space/upload_image"), json=UPLOADED)
        wire.post(url("product/add_item"), json=ok({"item_id": int(ITEM), "item_status": "UNLIST"}))
        wire.post(url("product/init_tier_variation"), json=TIERS)
        done = ok({"success_list": [{"item_id": int(ITEM), "unlist": False}], "failure_list": None})
        wire.post(url("product/unlist_item"), json=done)
        operation, outcome, change = step(shop, change)
        assert operation == "upload_image"
        assert isinstance(outcome, Begun)
        assert b'name="image"' in bytes(wire.calls[0].request.body or b"")  # type: ignore[arg-type]
        assert "access_token" not in str(wire.calls[0].request.url), "uploads carry the app's signature alone"
        operation, outcome, change = step(shop, change)
        assert isinstance(outcome, Begun)
        assert outcome.ids == Ids(ITEM)
        assert outcome.not_before >= clock.now() + timedelta(seconds=5) - timedelta(milliseconds=1)
        _, outcome, change = step(shop, change)
        assert isinstance(outcome, Begun)
        assert outcome.ids == TWO
        model = sent(wire)["model"]
        assert [(m["model_sku"], m["tier_index"], m["original_price"]) for m in model] == [
            ("MUG-BTK-R", [0], 45000),
            ("MUG-BTK-B", [1], 47000),
        ]
        _, outcome, _ = step(shop, change)
        assert outcome == Applied(TWO)
        assert sent(wire) == {"item_list": [{"item_id": int(ITEM), "unlist": False}]}
        assert paths(wire) == ["upload_image", "add_item", "init_tier_variation", "unlist_item"]


def test_a_hidden_product_with_options_ends_with_its_models() -> None:
    change = create(coloured_listing(visible=False), ids=Ids(ITEM))
    with responses.RequestsMock() as wire:
        wire.post(url("product/init_tier_variation"), json=TIERS)
        assert step(adapter(), change)[1] == Applied(TWO)


def test_create_without_options_is_one_write() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("product/add_item"), json=ok({"item_id": 29000000001}))
        [outcome] = put(adapter(), [create(plain_listing())])
    assert outcome == Applied(Ids("29000000001", {"MUG-BTK": "29000000001:0"}))


def test_a_value_that_a_closed_list_lacks_is_left_out_with_a_warning() -> None:
    listing = plain_listing()
    listing = replace(listing, content=content(attributes=(("100777", "Bangka"),)))
    with responses.RequestsMock() as wire:
        wire.post(url("product/add_item"), json=ok({"item_id": 29000000001}))
        [outcome] = put(adapter(), [create(listing)])
        assert sent(wire)["attribute_list"] == []
    assert isinstance(outcome, Applied)
    assert outcome.warnings == (not_in_list("Asal", "Bangka", "Shopee"),)


def test_a_repeated_init_after_a_lost_answer_goes_on_as_if_applied() -> None:
    change = create(coloured_listing(), ids=Ids(ITEM), next_step='{"step":"init_tier_variation"}')
    with responses.RequestsMock() as wire:
        wire.post(
            url("product/init_tier_variation"),
            json=bad("product.error_param", "The level of tier-variation not change."),
        )
        wire.get(url("product/get_model_list"), json=TIERS)
        _, outcome, after = step(adapter(), change)
    assert isinstance(outcome, Begun)
    assert after.ids == TWO


def test_a_repeated_init_whose_models_are_not_ours_is_a_duplicate() -> None:
    other = ok({"model": [{"tier_index": [0], "model_id": 1, "model_sku": "SOMETHING"}]})
    with responses.RequestsMock() as wire:
        wire.post(
            url("product/init_tier_variation"), json=bad("error_param", "The level of tier-variation not change.")
        )
        wire.get(url("product/get_model_list"), json=other)
        [outcome] = put(adapter(), [create(coloured_listing(), ids=Ids(ITEM))])
    assert isinstance(outcome, Rejected)
    assert outcome.cause is Cause.duplicate


def test_init_before_shopee_is_ready_waits_again() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("product/init_tier_variation"), json=bad("error_item_not_found", "Product not found"))
        [outcome] = put(adapter(), [create(coloured_listing(), ids=Ids(ITEM))])
    assert isinstance(outcome, Deferred)
    assert outcome.cause is Cause.missing_step


def test_a_lost_create_is_unknown_and_not_sent_again() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("product/add_item"), body=requests.ConnectionError("Connection aborted."))
        [outcome] = put(adapter(), [create(plain_listing())])
        assert len(wire.calls) == 1
    assert isinstance(outcome, Unknown)
    assert outcome.settles_at >= START + timedelta(seconds=LIMITS.settle_s)


@pytest.mark.parametrize(
    "broken", [{"status": 502, "body": "<html>"}, {"status": 200, "body": "<html>"}, {"json": [1]}]
)
def test_a_create_answered_by_something_else_than_shopee_is_unknown(broken: dict[str, Any]) -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("product/add_item"), **broken)
        [outcome] = put(adapter(), [create(plain_listing())])
    assert isinstance(outcome, Unknown)


def test_a_create_that_brings_no_id_is_unknown() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("product/add_item"), json=ok({"item_status": "NORMAL"}))
        [outcome] = put(adapter(), [create(plain_listing())])
    assert isinstance(outcome, Unknown)


def test_a_missing_attribute_names_its_field() -> None:
    with responses.RequestsMock() as wire:
        wire.post(
            url("product/add_item"),
            json=bad("product.error_less_required_attribute", "Mandatory attribute information required"),
        )
        [outcome] = put(adapter(), [create(plain_listing())])
    assert isinstance(outcome, Rejected)
    assert (outcome.cause, outcome.code, outcome.fields) == (
        Cause.rejected,
        "error_less_required_attribute",
        ("attributes",),
    )


# --- pictures


def test_a_picture_file_that_changed_is_never_sent(tmp_path: Path) -> None:
    one = picture(tmp_path)
    Path(one.path).write_bytes(b"other bytes")
    with responses.RequestsMock():
        [outcome] = put(adapter(), [create(plain_listing([one]))])
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.fields) == ("picture_changed", ("pictures",))


def test_a_picture_file_that_is_gone_does_not_name_its_folder(tmp_path: Path) -> None:
    one = picture(tmp_path)
    Path(one.path).unlink()
    [outcome] = put(adapter(), [create(plain_listing([one]))])
    assert isinstance(outcome, Rejected)
    assert outcome.code == "picture_missing"
    assert str(tmp_path) not in outcome.text


def test_an_error_of_one_file_inside_a_successful_answer(tmp_path: Path) -> None:
    good, bad_one = picture(tmp_path, b"\xff\xd8 good", "a.jpg"), picture(tmp_path, b"\xff\xd8 bad", "b.jpg")
    answer = ok(
        {
            "image_info_list": [
                {"id": 0, "error": "", "image_info": {"image_id": "id-good"}},
                {"id": 1, "error": "error_image_size", "message": "Image is too small."},
            ]
        }
    )
    shop = adapter()
    with responses.RequestsMock() as wire:
        wire.post(url("media_space/upload_image"), json=answer)
        [outcome] = put(shop, [create(plain_listing([good, bad_one]))])
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.fields) == ("error_image_size", ("pictures",))


def test_a_picture_is_uploaded_once_for_two_listings(tmp_path: Path) -> None:
    shop = adapter()
    one = picture(tmp_path)
    with responses.RequestsMock() as wire:
        wire.post(url("media_space/upload_image"), json=UPLOADED)
        step(shop, create(plain_listing([one])))
    [call] = shop.calls([create(coloured_listing([one]))])
    assert call.operation == "add_item"


def test_a_lost_upload_harms_nothing_and_is_sent_again_later(tmp_path: Path) -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("media_space/upload_image"), body=requests.ConnectionError("Connection aborted."))
        [outcome] = put(adapter(), [create(plain_listing([picture(tmp_path)]))])
        assert len(wire.calls) == LIMITS.attempts
    assert isinstance(outcome, Deferred)


# --- price and stock


def test_part_of_the_prices_fails() -> None:
    answer = ok(
        {
            "success_list": [{"model_id": 310000000011, "original_price": 46000}],
            "failure_list": [{"model_id": 310000000012, "failed_reason": "Price should be within 100-150000000"}],
        }
    )
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_price"), json=answer)
        first, second = put(adapter(), PRICES)
        assert sent(wire) == {
            "item_id": int(ITEM),
            "price_list": [
                {"model_id": 310000000011, "original_price": 46000},
                {"model_id": 310000000012, "original_price": 46000},
            ],
        }
    assert first == Applied()
    assert isinstance(second, Rejected)
    assert second.cause is Cause.rejected


def test_all_prices_fail_with_a_list_in_the_same_body() -> None:
    answer = bad(
        "product.error_update_price_fail",
        "Update price failed, please try later.",
        {
            "success_list": [],
            "failure_list": [
                {"model_id": 310000000011, "failed_reason": "some words"},
                {"model_id": 310000000012, "failed_reason": "under promotion"},
            ],
        },
    )
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_price"), json=answer)
        wire.get(url("product/get_item_promotion"), json=PROMOTION)
        first, second = put(adapter(), PRICES)
    assert isinstance(first, Rejected)
    assert (first.cause, first.code) == (Cause.rejected, "error_update_price_fail")
    assert isinstance(second, Locked)
    assert second.until == PROMOTION_END


@pytest.mark.parametrize("empty", [[], None])
def test_a_product_without_options_is_echoed_without_model_id(empty: list[object] | None) -> None:
    answer = ok({"success_list": [{"original_price": 46000}], "failure_list": empty})
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_price"), json=answer)
        change = offer_change(Facet.price, "MUG-BTK", Price(45000), Price(46000), PLAIN)
        assert put(adapter(), [change]) == [Applied()]


def test_a_model_in_neither_list_is_unknown() -> None:
    answer = ok({"success_list": [{"model_id": 310000000011, "location_id": "", "stock": 7}]})
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_stock"), json=answer)
        first, second = put(adapter(), STOCKS)
    assert first == Applied()
    assert isinstance(second, Unknown)


def test_stock_below_what_a_promotion_reserves_is_locked_until_its_end() -> None:
    answer = ok(
        {
            "success_list": [{"model_id": 310000000011, "location_id": "", "stock": 7}],
            "failure_list": [
                {"model_id": 310000000012, "failed_reason": "Stock should be larger than 5 (reserve stock number)"}
            ],
        }
    )
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_stock"), json=answer)
        wire.get(url("product/get_item_promotion"), json=PROMOTION)
        first, second = put(adapter(), STOCKS)
    assert first == Applied()
    assert isinstance(second, Locked)
    assert (second.cause, second.until) == (Cause.locked, PROMOTION_END)


def test_a_lock_whose_end_cannot_be_read_has_none() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_price"), json=bad("error_cannt_edit_price_in_promotion", "under promotion"))
        wire.get(url("product/get_item_promotion"), json=bad("error_param", "no"))
        first, second = put(adapter(), PRICES)
    assert first == second
    assert isinstance(first, Locked)
    assert first.until is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"body": requests.ConnectionError("Connection aborted.")}, Unknown),
        ({"body": requests.ReadTimeout("read")}, Unknown),
        ({"body": requests.ConnectTimeout("connect")}, Deferred),
        ({"status": 503, "body": ""}, Unknown),
        ({"json": bad("error_server", "Something wrong. Please try later.")}, Unknown),
        ({"json": bad("error_rate_limit", "Too many requests.")}, Deferred),
        ({"status": 429, "body": "", "headers": {"Retry-After": "7"}}, Deferred),
    ],
)
def test_a_stock_write_is_never_sent_twice(answer: dict[str, Any], kind: type) -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_stock"), **answer)
        outcomes = put(adapter(), STOCKS)
        assert len(wire.calls) == 1
    assert [type(o) for o in outcomes] == [kind, kind]


def test_retry_after_is_obeyed() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_stock"), status=429, headers={"Retry-After": "7"})
        [outcome] = put(adapter(), STOCKS[:1])
    assert isinstance(outcome, Deferred)
    assert outcome.cause is Cause.throttled
    assert outcome.until >= START + timedelta(seconds=7)


def test_a_price_write_is_sent_again_after_a_lost_answer() -> None:
    done = ok({"success_list": [{"model_id": 310000000011}, {"model_id": 310000000012}]})
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_price"), body=requests.ConnectionError("Connection aborted."))
        wire.post(url("product/update_price"), json=done)
        assert put(adapter(), PRICES) == [Applied(), Applied()]


def test_one_bad_model_does_not_fail_the_others() -> None:
    """A whole call refused for one row is cut in halves until the row stands alone (C16)."""
    shop = adapter()
    due = [*PRICES]
    done: dict[str | None, Outcome] = {}

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        rows = [row["model_id"] for row in json.loads(str(request.body, "utf-8"))["price_list"]]  # type: ignore[arg-type]
        if 310000000012 in rows:
            return 200, {}, json.dumps(bad("product.error_param", "Wrong model_id."))
        return 200, {}, json.dumps(ok({"success_list": [{"model_id": r} for r in rows]}))

    with responses.RequestsMock() as wire:
        wire.add_callback(responses.POST, url("product/update_price"), answer)
        while due:
            again = []
            for call in shop.calls(due):
                for change, outcome in zip(call.changes, shop.send(call), strict=True):
                    if isinstance(outcome, Begun):
                        again.append(replace(change, next_step=outcome.next_step))
                    else:
                        done[change.sku] = outcome
            due = again
        assert len(wire.calls) == 3
    assert done["MUG-BTK-R"] == Applied()
    assert isinstance(done["MUG-BTK-B"], Rejected)
    assert done["MUG-BTK-B"].cause is Cause.missing


def test_quota_waits_for_midnight_in_utc_plus_8() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_price"), json=bad("error_limit", "daily API call limit"))
        first, _ = put(adapter(), PRICES)
    assert first == Deferred(
        datetime(2026, 9, 1, 16, 0, tzinfo=UTC), Cause.quota, "error_limit", "daily API call limit (request r1)"
    )


# --- visibility


def test_both_directions_in_one_call_each_with_its_own_outcome() -> None:
    shown, hidden = Ids("29000000001"), Ids("29000000002")
    changes = [
        listing_change(Facet.visibility, True, False, hidden),
        listing_change(Facet.visibility, False, True, shown),
    ]
    answer = ok(
        {
            "success_list": [{"item_id": 29000000001, "unlist": False}],
            "failure_list": [
                {"item_id": 29000000002, "failed_reason": "Can't unlist item when item is under promotion"}
            ],
        }
    )
    with responses.RequestsMock() as wire:
        wire.post(url("product/unlist_item"), json=answer)
        wire.get(url("product/get_item_promotion"), json=ok({"success_list": []}))
        down, up = put(adapter(), changes)
        assert sent(wire, 0) == {
            "item_list": [{"item_id": 29000000002, "unlist": True}, {"item_id": 29000000001, "unlist": False}]
        }
    assert isinstance(down, Locked)
    assert up == Applied()


# --- content


def test_a_locked_field_does_not_hold_the_others() -> None:
    shop = adapter()
    to = content(title="Mug Keramik Batik 350 ml", description="Mug keramik buatan tangan, aman.")
    change = listing_change(Facet.content, content(), to, Ids(ITEM))
    with responses.RequestsMock() as wire:
        wire.post(
            url("product/update_item"),
            json=bad("error_cannt_edit_name_in_promotion", "Item_name cannot be edited in promotion"),
        )
        wire.post(url("product/update_item"), json=ok({"item_id": int(ITEM)}))
        wire.get(url("product/get_item_promotion"), json=PROMOTION)
        _, outcome, change = step(shop, change)
        assert isinstance(outcome, Begun)
        _, outcome, _ = step(shop, change)
        assert sent(wire, 1) == {"item_id": int(ITEM), "description": to.description}
    assert isinstance(outcome, Locked)
    assert outcome.until == PROMOTION_END


def test_a_refused_field_is_named_when_the_others_went_through() -> None:
    shop = adapter()
    to = content(title="Mug!!", brand="Contoh")
    change = listing_change(Facet.content, content(), to, Ids(ITEM))
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_item"), json=bad("product.error_title_character_forbidden", "forbidden"))
        wire.post(url("product/update_item"), json=ok({"item_id": int(ITEM)}))
        change = step(shop, change)[2]
        outcome = step(shop, change)[1]
        assert sent(wire)["brand"] == {"brand_id": 1146303, "original_brand_name": "Contoh"}
    assert outcome == Rejected(Cause.rejected, "error_title_character_forbidden", "forbidden (request r1)", ("title",))


def test_content_applied() -> None:
    change = listing_change(Facet.content, content(), content(title="Mug Keramik Batik 350 ml"), Ids(ITEM))
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_item"), json=ok({"item_id": int(ITEM), "item_status": "UNLIST"}))
        assert put(adapter(), [change]) == [Applied()]


# --- structure


def read(shop: Shopee, base: dict[str, Any], models: dict[str, Any]) -> Any:
    with responses.RequestsMock() as wire:
        wire.get(url("product/get_item_base_info"), json=base)
        wire.get(url("product/get_model_list"), json=models)
        [observed] = shop.observe(ids=[ITEM])
    return observed


def test_a_new_variant_in_two_writes_then_price_and_stock_are_due() -> None:
    shop = adapter()
    base = ok({"item_list": [{"item_id": int(ITEM), "item_name": "Mug", "item_status": "NORMAL", "has_model": True}]})
    observed = read(shop, base, TIERS)
    three = (variant("MUG-BTK-R", "Merah"), variant("MUG-BTK-B", "Biru"), variant("MUG-BTK-H", "Hijau"))
    change = listing_change(Facet.structure, None, Structure(("Warna",), three), TWO, observed=observed)
    added = ok({"model": [{"tier_index": [2], "model_id": 310000000013, "model_sku": "MUG-BTK-H"}]})
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_tier_variation"), json=ok())
        wire.post(url("product/add_model"), json=added)
        wire.post(url("product/update_model"), json=ok())
        operations = []
        outcome: Outcome = Unknown(START)
        for _ in range(3):
            operation, outcome, change = step(shop, change)
            operations.append(operation)
    assert operations == ["update_tier_variation", "add_model", "update_model"]
    assert isinstance(outcome, Applied)
    assert outcome.ids is not None
    assert outcome.ids.offers["MUG-BTK-H"] == f"{ITEM}:310000000013"
    assert outcome.disturbs == (Facet.price, Facet.stock)


def test_models_missing_from_the_answer_are_read_back() -> None:
    change = create(coloured_listing(), ids=Ids(ITEM))
    with responses.RequestsMock() as wire:
        wire.post(url("product/init_tier_variation"), json=ok({}))
        wire.get(url("product/get_model_list"), json=TIERS)
        _, outcome, after = step(adapter(), change)
    assert isinstance(outcome, Begun)
    assert after.ids == TWO


# --- tokens, clock, secrets


def test_a_refused_token_is_renewed_once_and_the_call_said_again() -> None:
    grants = Grants()
    done = ok({"success_list": [{"model_id": 310000000011}, {"model_id": 310000000012}]})
    with responses.RequestsMock() as wire:
        wire.post(
            url("product/update_stock"), json=bad("invalid_acceess_token", "Invalid access_token, please have a check.")
        )
        wire.post(url("product/update_stock"), json=done)
        assert put(adapter(grants=grants), STOCKS) == [Applied(), Applied()]
        assert "access_token=renewed-token-1" in str(wire.calls[1].request.url)
    assert grants.renewals == 1


@pytest.mark.parametrize("grants", [Grants(), Grants(renewable=False)])
def test_a_token_refused_twice_or_not_renewable_is_for_a_person(grants: Grants) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.post(url("product/update_stock"), json=bad("error_auth", "Invalid access_token."))
        outcomes = put(adapter(grants=grants), STOCKS)
        assert len(wire.calls) == (2 if grants.renewable else 1)
    assert [type(o) for o in outcomes] == [Rejected, Rejected]
    assert all(isinstance(o, Rejected) and o.cause is Cause.auth for o in outcomes)


def test_an_overloaded_error_auth_does_not_renew() -> None:
    grants = Grants()
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_stock"), json=bad("error_auth", "Total stock must be more than reserved stock."))
        wire.get(url("product/get_item_promotion"), json=ok({"success_list": []}))
        outcomes = put(adapter(grants=grants), STOCKS)
    assert grants.renewals == 0
    assert all(isinstance(o, Locked) for o in outcomes)


def test_while_the_clock_is_off_nothing_is_signed() -> None:
    clock = ManualClock(START)
    shop = adapter(clock)
    right = (START + timedelta(minutes=20)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    with responses.RequestsMock() as wire:
        wire.post(
            url("product/update_price"), json=bad("error_param", "Timestamp is expired."), headers={"Date": right}
        )
        first, _ = put(shop, PRICES)
        second, _ = put(shop, PRICES)
        assert len(wire.calls) == 1, "the second call was not signed at all"
    assert isinstance(first, Deferred)
    assert isinstance(second, Deferred)
    assert (first.cause, second.cause) == (Cause.clock, Cause.clock)


def test_once_the_clock_is_right_again_an_unsigned_look_lets_calls_through() -> None:
    clock = ManualClock(START)
    shop = adapter(clock)
    form = "%a, %d %b %Y %H:%M:%S GMT"
    with responses.RequestsMock() as wire:
        off = (START + timedelta(minutes=20)).strftime(form)
        wire.post(url("product/update_price"), json=bad("error_param", "Invalid timestamp"), headers={"Date": off})
        put(shop, PRICES)
        clock.advance(60)
        right = clock.now().strftime(form)
        wire.get("http://127.0.0.1:9/", status=404, body="", headers={"Date": right})
        wire.post(url("product/update_price"), json=ok({"success_list": [{"model_id": 310000000011}]}))
        first, _ = put(shop, PRICES)
        assert "sign=" not in str(wire.calls[1].request.url)
    assert first == Applied()


def test_no_secret_stands_in_any_outcome() -> None:
    told = f"denied for access_token={TOKEN} sign=abcdef0123456789 refresh_token: refresh-0001"
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_price"), json=bad("error_strange", told))
        outcomes = put(adapter(), PRICES)
    assert isinstance(outcomes[0], Rejected)
    assert outcomes[0].cause is Cause.unknown
    text = repr(outcomes)
    for secret in (TOKEN, "abcdef0123456789", "refresh-0001"):
        assert secret not in text
    assert "denied for" in text


def test_an_answer_of_an_unexpected_shape_is_unknown() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_price"), json=ok({"success_list": [{"model_id": "not a number"}]}))
        outcomes = put(adapter(), PRICES)
    assert all(isinstance(o, Unknown) for o in outcomes)


def test_options_taken_away_leave_one_offer_without_a_model() -> None:
    shop = adapter()
    base = ok({"item_list": [{"item_id": int(ITEM), "item_name": "Mug", "item_status": "NORMAL", "has_model": True}]})
    observed = read(shop, base, TIERS)
    to = Structure((), (variant("MUG-BTK-R"),))
    with responses.RequestsMock() as wire:
        wire.post(url("product/init_tier_variation"), json=ok({}))
        [outcome] = put(shop, [listing_change(Facet.structure, None, to, TWO, observed=observed)])
    assert isinstance(outcome, Applied)
    assert outcome.ids is not None
    assert outcome.ids.offers["MUG-BTK-R"] == f"{ITEM}:0"


def test_a_change_without_an_offer_id_is_refused_without_a_call() -> None:
    lost = offer_change(Facet.price, "GONE", Price(1), Price(2), TWO)
    with responses.RequestsMock():
        [outcome] = put(adapter(), [lost])
    assert isinstance(outcome, Rejected)
    assert outcome.cause is Cause.missing


def test_a_failed_step_of_a_structure_change() -> None:
    shop = adapter()
    base = ok({"item_list": [{"item_id": int(ITEM), "item_name": "Mug", "item_status": "NORMAL", "has_model": True}]})
    observed = read(shop, base, TIERS)
    three = (variant("MUG-BTK-R", "Merah"), variant("MUG-BTK-B", "Biru"), variant("MUG-BTK-H", "Hijau"))
    change = listing_change(Facet.structure, None, Structure(("Warna",), three), TWO, observed=observed)
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_tier_variation"), json=bad("error_tier_opt_too_many", "larger than 20"))
        [outcome] = put(shop, [change])
    assert isinstance(outcome, Rejected)


def test_models_that_cannot_be_read_back_leave_it_open() -> None:
    with responses.RequestsMock() as wire:
        wire.post(url("product/init_tier_variation"), json=ok({}))
        wire.get(url("product/get_model_list"), json=bad("error_server", "Something wrong."))
        [outcome] = put(adapter(), [create(coloured_listing(), ids=Ids(ITEM))])
    assert isinstance(outcome, Unknown)


def test_a_picture_that_shopee_no_longer_has_is_forgotten(tmp_path: Path) -> None:
    shop = adapter()
    change = create(plain_listing([picture(tmp_path)]))
    with responses.RequestsMock() as wire:
        wire.post(url("media_space/upload_image"), json=UPLOADED)
        wire.post(url("product/add_item"), json=bad("product.error_param", "Image not exist."))
        step(shop, change)
        _, outcome, _ = step(shop, change)
    assert isinstance(outcome, Rejected)
    assert outcome.fields == ("pictures",)
    assert shop.calls([change])[0].operation == "upload_image"


def test_a_refused_field_is_tried_again_once_the_catalogue_says_something_else() -> None:
    shop = adapter()
    change = listing_change(Facet.content, content(), content(title="Mug!!", description="Lain sekali."), Ids(ITEM))
    with responses.RequestsMock() as wire:
        wire.post(url("product/update_item"), json=bad("product.error_title_character_forbidden", "forbidden"))
        change = step(shop, change)[2]
    mended = replace(change, to=content(title="Mug Batik Baru", description="Lain sekali."))
    assert json.loads(shop.calls([mended])[0].body)["item_name"] == "Mug Batik Baru"
    assert "item_name" not in json.loads(shop.calls([change])[0].body)
