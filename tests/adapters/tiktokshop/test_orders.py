"""Orders: one line a unit, cancelled ones give back, and only what leaves our warehouse counts."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import responses

from adapters.contract import Notion, Order, OrderLine, OrderState
from adapters.tiktokshop.orders import order
from tests.adapters.tiktokshop.shop import (
    ORDERS,
    OTHER_WAREHOUSE,
    PRODUCT,
    SECOND,
    SKU,
    START,
    WAREHOUSE,
    adapter,
    ok,
    wired,
)

NOW = int(START.timestamp())


def line(number: int, sku: str = SKU, **changes: Any) -> dict[str, Any]:
    """One unit."""
    made = {"id": f"57646141303878575{number}", "product_id": PRODUCT, "sku_id": sku, "seller_sku": "KOPI-GAYO-250",
            "sale_price": "85000", "currency": "IDR", "display_status": "AWAITING_SHIPMENT"}  # fmt: skip
    return made | changes


def order_row(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An order as a search shows it, buyer and all."""
    made: dict[str, Any] = {
        "id": "576461413038785752", "status": "AWAITING_SHIPMENT", "create_time": NOW - 60, "update_time": NOW,
        "commerce_platform": "TOKOPEDIA", "fulfillment_type": "FULFILLMENT_BY_SELLER", "warehouse_id": WAREHOUSE,
        "line_items": list(items), "recipient_address": {"name": "Pembeli", "phone_number": "081"},
    }  # fmt: skip
    return made | changes


def taken(row: dict[str, Any]) -> int:
    """Pieces that an order takes of our stock."""
    return sum(one.taken for one in order(row, WAREHOUSE).lines)


def test_units_of_one_offer_are_summed() -> None:
    found = order(order_row(line(1), line(2), line(3, SECOND, seller_sku="KG-500")), WAREHOUSE)
    assert found.lines == (OrderLine(PRODUCT, SKU, "KOPI-GAYO-250", 2), OrderLine(PRODUCT, SECOND, "KG-500", 1))
    assert found.state is OrderState.open
    assert found.placed_at == START - timedelta(seconds=60)
    assert "Pembeli" not in repr(found)


@pytest.mark.parametrize(
    ("status", "state"),
    [("UNPAID", OrderState.unpaid), ("ON_HOLD", OrderState.open), ("DELIVERED", OrderState.open),
     ("COMPLETED", OrderState.closed), ("CANCELLED", OrderState.cancelled), ("CANCEL", OrderState.cancelled)],
)  # fmt: skip
def test_states(status: str, state: OrderState) -> None:
    found = order(order_row(line(1), status=status), WAREHOUSE)
    assert found.state is state
    assert found.lines[0].taken == (0 if state is OrderState.cancelled else 1)


def test_a_cancelled_unit_is_not_taken() -> None:
    assert taken(order_row(line(1), line(2, display_status="CANCELLED"))) == 1


def test_a_bundle_takes_its_parts() -> None:
    parts = [{"product_id": PRODUCT, "sku_id": SKU, "sku_count": 3, "seller_sku": "KOPI-GAYO-250"}]
    found = order(order_row(line(1, "999", combined_listing_skus=parts)), WAREHOUSE)
    assert found.lines == (OrderLine(PRODUCT, SKU, "KOPI-GAYO-250", 3),)


@pytest.mark.parametrize(
    "changes",
    [{"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}, {"fulfillment_type": "FULFILLMENT_BY_DILAYANI_TOKOPEDIA"},
     {"warehouse_id": OTHER_WAREHOUSE}],
)  # fmt: skip
def test_what_leaves_another_warehouse_takes_nothing_of_ours(changes: dict[str, Any]) -> None:
    assert taken(order_row(line(1), **changes)) == 0


def test_windows_are_half_open_overlap_and_are_paged() -> None:
    shop = adapter()
    asked: list[tuple[str, dict[str, Any]]] = []

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        asked.append((request.url, json.loads(request.body)))
        first = "page_token" not in request.url
        row = order_row(line(1), id="1" if first else "2")
        return 200, {}, json.dumps(ok({"orders": [row], "next_page_token": "more" if first else ""}))

    with wired() as wire:
        wire.add_callback(responses.POST, ORDERS, answer)
        found = shop.orders(START - timedelta(hours=1))
        assert asked == []
        assert [one.id for one in found] == ["1", "2"]
    window = asked[0][1]
    assert window["update_time_ge"] == NOW - 3600 - 300
    assert window["update_time_lt"] > NOW + 299
    assert all(part in asked[0][0] for part in ("page_size=50", "sort_field=update_time", "sort_order=ASC"))


def test_a_long_time_is_read_window_by_window() -> None:
    with wired() as wire:
        wire.post(ORDERS, json=ok({"orders": []}))
        assert list(adapter().orders(START - timedelta(days=20))) == []
        bodies = [json.loads(c.request.body or "") for c in wire.calls if c.request.method == "POST"]
    assert len(bodies) == 3
    assert all(one["update_time_lt"] > two["update_time_ge"] for one, two in pairwise(bodies))


def test_a_shop_may_say_that_its_pages_are_larger() -> None:
    with wired() as wire:
        wire.post(ORDERS, json=ok({"orders": []}))
        list(adapter(assumptions={"tiktokshop.orders_page": "100"}).orders(START))
        assert "page_size=100" in str(wire.calls[-1].request.url)


def test_a_status_that_nobody_knows_still_takes_its_pieces() -> None:
    shop = adapter()
    with wired() as wire:
        wire.post(ORDERS, json=ok({"orders": [order_row(line(1), status="PACKING")]}))
        [found] = shop.orders(START)
    assert isinstance(found, Order)
    assert (found.state, found.lines[0].taken) == (OrderState.open, 1)
    assert [(n.notion, n.name) for n in shop.noticed()] == [(Notion.status, "PACKING")]
