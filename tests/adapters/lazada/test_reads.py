"""Reading listings: whole, changed, by id, and looking before a create."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import responses

from adapters.contract import (
    Absent,
    AuthError,
    CategoryNode,
    Cause,
    Facet,
    Facts,
    Found,
    MarketplaceError,
    Notion,
    Transient,
)
from adapters.lazada.looking import DEEPEST
from tests.adapters.lazada.shop import (
    CATEGORY,
    ITEM,
    LIST,
    ONE,
    SHOP,
    START,
    adapter,
    asked,
    bad,
    intent_of,
    listing,
    ok,
    page,
    product,
    sku_row,
    url,
)


def rows(count: int, first: int = 1) -> list[dict[str, Any]]:
    """Many products with a SKU each."""
    return [product(sku_row(str(n), f"S-{n}"), item_id=n) for n in range(first, first + count)]


def test_pages_to_the_short_one_and_what_moved_meanwhile() -> None:
    with responses.RequestsMock() as wire:
        wire.get(LIST, json=page(*rows(50)))
        wire.get(LIST, json=page(*rows(20, 51)))
        wire.get(LIST, json=page(*rows(2, 70)))
        seen = [o.external_id for o in adapter().observe()]
        assert seen == [str(n) for n in range(1, 72)]
        first, second, third = (asked(wire, at) for at in range(3))
        assert (first["offset"], second["offset"], third["offset"]) == ("0", "50", "0")
        assert first["filter"] == "all"
        assert "create_after" in first
        assert "update_after" in third


def test_a_short_page_is_not_the_end_where_a_total_says_so() -> None:
    with responses.RequestsMock() as wire:
        wire.get(LIST, json=page(*rows(30), total_products=45))
        wire.get(LIST, json=page(*rows(15, 31), total_products=45))
        assert len(list(adapter().observe())) == 45


def test_observing_is_lazy() -> None:
    with responses.RequestsMock() as wire:
        wire.get(LIST, json=page(*rows(50)))
        pages = adapter().observe()
        assert len(wire.calls) == 0
        next(pages)
        assert len(wire.calls) == 1


def test_a_page_that_takes_too_long_is_asked_for_in_halves() -> None:
    with responses.RequestsMock() as wire:
        for _ in range(4):  # as often as the transport tries
            wire.get(LIST, json=bad("ServiceTimeout", "service timeout", kind="ISP"))
        wire.get(LIST, json=page(*rows(3)))
        assert len(list(adapter().observe())) == 3
        assert (asked(wire, 0)["limit"], asked(wire, -1)["limit"]) == ("50", "25")


def test_a_list_that_is_too_deep_is_read_by_halves_of_its_time() -> None:
    asked_for: list[tuple[str, str]] = []

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        params = request.params
        window = (params.get("create_after", params.get("update_after")), params["offset"])
        asked_for.append(window)
        deep = window[0].startswith("2012") and "2026" in str(params.get("create_before"))
        found = rows(50, int(params["offset"]) + 1) if deep else []
        return 200, {}, json.dumps(page(*found))

    with responses.RequestsMock() as wire:
        wire.add_callback(responses.GET, LIST, answer)
        assert len(list(adapter().observe())) == DEEPEST
    starts = {start for start, _ in asked_for}
    assert any(start.startswith("2019") for start in starts)


def test_since_goes_by_the_time_of_change() -> None:
    with responses.RequestsMock() as wire:
        wire.get(LIST, json=page(product()))
        assert len(list(adapter().observe(START - timedelta(hours=1)))) == 1
        assert asked(wire)["update_after"] == "2026-09-01T01:55:00+0000"


def test_single_listings_and_those_that_are_gone() -> None:
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=ok(product()))
        wire.get(ONE, json=bad("208", "item not found"))
        assert [o.external_id for o in adapter().observe(ids=[ITEM, "99"])] == [ITEM]


def test_very_many_listings_are_read_by_the_list_first() -> None:
    with responses.RequestsMock() as wire:
        wire.get(LIST, json=page(*rows(49)))
        for number in range(50, 103):
            wire.get(ONE, json=ok(product(item_id=number)))
        seen = [o.external_id for o in adapter().observe(ids=[str(n) for n in range(1, 103)])]
        assert sorted(map(int, seen)) == list(range(1, 103))
        assert len(wire.calls) == 54


def test_what_may_be_compared() -> None:
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=ok(product()))
        shop = adapter()
        [seen] = shop.observe(ids=[ITEM])
    assert shop.comparable(Facet.price, seen) == {"KOPI-BIJI": 85_000, "KOPI-HALUS": 85_000}
    assert shop.comparable(Facet.stock, seen) == {"KOPI-BIJI": 12, "KOPI-HALUS": 12}
    assert shop.comparable(Facet.structure, seen) == {"KOPI-BIJI": ("Biji",), "KOPI-HALUS": ("Halus",)}
    assert shop.comparable(Facet.visibility, seen) == {"visible": True}
    compared = shop.comparable(Facet.content, seen)
    assert compared is not None
    assert set(compared) == {"title", "description", "category"}


def test_a_refused_read_says_why() -> None:
    with responses.RequestsMock() as wire:
        wire.get(ONE, json=bad("998", "switched off"))
        with pytest.raises(Transient) as raised:
            list(adapter().observe(ids=[ITEM]))
        assert len(wire.calls) == 1
        assert raised.value.until is not None
        assert raised.value.until >= START + timedelta(minutes=15)


def test_no_body_of_lazadas_is_for_later() -> None:
    with responses.RequestsMock() as wire:
        for _ in range(4):
            wire.get(ONE, body="<html>gateway</html>", status=502)
        with pytest.raises(Transient):
            list(adapter().observe(ids=[ITEM]))


# --- find


def test_a_look_goes_by_sku_and_tells_strangers_apart() -> None:
    with responses.RequestsMock() as wire:
        wire.get(LIST, json=page(product(), product(sku_row("5", "OTHER"), item_id=5, attributes={"name": "x"})))
        [found] = adapter().find([intent_of(listing())])
        assert isinstance(found, Found)
        assert [o.external_id for o in found.listings] == [ITEM]
        assert json.loads(asked(wire)["sku_seller_list"]) == ["KOPI-BIJI", "KOPI-HALUS"]
        assert asked(wire)["filter"] == "all"


def test_what_was_never_sent_is_looked_for_once() -> None:
    with responses.RequestsMock() as wire:
        wire.get(LIST, json=page())
        assert adapter().find([intent_of(listing())]) == [Absent()]
        assert len(wire.calls) == 1


def test_a_create_of_unknown_fate_is_looked_for_in_every_state_and_among_what_is_new() -> None:
    filters: list[str] = []

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        filters.append(request.params["filter"])
        found = [product(sku_row(SellerSku=""))] if "create_after" in request.params else []
        return 200, {}, json.dumps(page(*found))

    with responses.RequestsMock() as wire:
        wire.add_callback(responses.GET, LIST, answer)
        [found] = adapter().find([intent_of(listing(), sent_at=START)])
        assert isinstance(found, Found)
    assert filters == ["all", "pending", "rejected", "inactive", "deleted", "all"]


def test_what_was_deleted_long_ago_is_no_obstacle() -> None:
    with responses.RequestsMock() as wire:
        wire.get(LIST, json=page(product(status="Deleted")))
        assert adapter().find([intent_of(listing())]) == [Absent()]


def test_a_look_that_fails_concludes_nothing() -> None:
    with responses.RequestsMock() as wire:
        wire.get(LIST, json=bad("36", "Invalid status filter"))
        with pytest.raises(MarketplaceError):
            adapter().find([intent_of(listing())])


# --- learn

SUGGESTIONS = url("/product/category/suggestion/get")
TREE, ATTRIBUTES = url("/category/tree/get"), url("/category/attributes/get")
SELLER, PLACES = url("/seller/get"), url("/rc/warehouse/get")
WHO = ok({"seller_id": 400100200, "name": "Toko Contoh", "short_code": "ID3EXAMPLE", "cb": False})


def places(*codes: str, **more: Any) -> dict[str, Any]:
    """An answer of the warehouse call."""
    module = [{"code": code, "name": code} for code in codes]
    return {"code": "0", "result": {"success": True, "module": module, **more}, "request_id": "x"}


def test_facts_of_a_shop() -> None:
    with responses.RequestsMock() as wire:
        wire.get(SELLER, json=WHO)
        wire.get(TREE, json=ok([{"category_id": int(CATEGORY), "leaf": True, "var": True, "children": []}]))
        wire.get(ATTRIBUTES, json=ok([{"name": "roast_level", "label": "Sangrai", "is_mandatory": 1}]))
        wire.get(PLACES, json=places("dropshipping"))
        facts: Facts = adapter().learn([CATEGORY, "77"])
        assert facts.shop_id == SHOP
        assert facts.bounds[CATEGORY].required_attributes == (("roast_level", "Sangrai"),)
        assert facts.bounds["77"].known is False
        assert json.loads(facts.private)["warehouse"] is None


def test_the_tree_and_what_lazada_proposes() -> None:
    rows = [
        {
            "category_id": 1,
            "name": "Minuman",
            "leaf": False,
            "children": [{"category_id": 2, "name": "Kopi", "leaf": 1}],
        },
        {"category_id": 3, "name": "Undangan", "leaf": False, "children": []},
    ]
    proposed = [{"categoryId": 2, "categoryName": "Kopi"}, {"categoryId": 9}, {"categoryId": 2}, {}]
    with responses.RequestsMock() as wire:
        wire.get(TREE, json=ok(rows))
        wire.get(SUGGESTIONS, json=ok({"categorySuggestions": proposed}))
        wire.get(SUGGESTIONS, json=bad("701", "E701: there is no suggestion"))
        wire.get(SUGGESTIONS, json=bad("5", "E5: Invalid Request Format"))
        shop = adapter()
        assert list(shop.tree()) == [
            CategoryNode("1", ("Minuman",), leaf=False), CategoryNode("2", ("Minuman", "Kopi"), leaf=True),
            CategoryNode("3", ("Undangan",), leaf=False),
        ]  # fmt: skip
        assert shop.suggest("Kopi Arabika Gayo") == ("2", "9")
        assert asked(wire)["product_name"] == "Kopi Arabika Gayo"
        assert shop.suggest("Sesuatu") == ()
        assert Notion.code not in {one.notion for one in shop.noticed()}
        with pytest.raises(MarketplaceError):
            shop.suggest("")


def test_a_category_that_is_not_taken_any_more() -> None:
    with responses.RequestsMock() as wire:
        wire.get(SELLER, json=WHO)
        wire.get(TREE, json=ok([{"category_id": 77, "leaf": True}]))
        wire.get(ATTRIBUTES, json=bad("4228", "category is inactive"))
        wire.get(PLACES, json=places("dropshipping"))
        assert adapter().learn(["77"]).bounds["77"].known is False


@pytest.mark.parametrize(("location", "bound"), [("w2", "W2"), (None, None)])
def test_one_of_several_warehouses_must_be_bound(location: str | None, bound: str | None) -> None:
    with responses.RequestsMock() as wire:
        wire.get(SELLER, json=WHO)
        wire.get(PLACES, json=places("dropshipping", "W2"))
        shop = adapter(location=location)
        if bound is not None:
            assert json.loads(shop.learn([]).private)["warehouse"] == bound
            return
        with pytest.raises(MarketplaceError) as raised:
            shop.learn([])
        assert raised.value.cause is Cause.binding


def test_a_shop_without_an_id_is_not_written_to() -> None:
    with responses.RequestsMock() as wire:
        wire.get(SELLER, json=ok({"name": "Toko"}))
        with pytest.raises(MarketplaceError) as raised:
            adapter().learn([])
        assert raised.value.cause is Cause.binding


def test_a_refusal_inside_a_good_answer_is_one() -> None:
    with responses.RequestsMock() as wire:
        wire.get(SELLER, json=WHO)
        wire.get(PLACES, json=places(success=False, error_code="IllegalAccessToken"))
        wire.get(PLACES, json=places(success=False, error_code="IllegalAccessToken"))
        with pytest.raises(AuthError):
            adapter().learn([])
