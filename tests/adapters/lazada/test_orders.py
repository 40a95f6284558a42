"""Orders: the window that follows them, and lines of one piece each."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses

from adapters.contract import MarketplaceError, OrderLine, OrderState, Transient
from adapters.lazada.orders import instant, order, state_of
from tests.adapters.lazada.shop import BIJI, HALUS, ITEM, START, adapter, asked, bad, ok, url

ORDERS, LINES = url("/orders/get"), url("/orders/items/get")


def row(number: int | str = 1, minute: int = 0, **changes: Any) -> dict[str, Any]:
    """An order, in the shape of the facts, section 10.3."""
    made: dict[str, Any] = {
        "order_id": number, "order_number": str(number), "statuses": ["pending"], "price": "170000.00",
        "voucher": "0", "shipping_fee": "9000.00", "items_count": 2, "warehouse_code": "dropshipping",
        "created_at": "2026-09-01 10:00:00 +0700", "updated_at": f"2026-09-01 10:{minute:02}:00 +0700",
        "address_shipping": {"first_name": "B***", "city": "…", "country": "Indonesia"},
    }  # fmt: skip
    return made | changes


def line(number: int = 1, sku: str = BIJI, status: str = "pending", **changes: Any) -> dict[str, Any]:
    """One piece of an order."""
    name = "KOPI-BIJI" if sku == BIJI else "KOPI-HALUS"
    made = {"order_id": 1, "order_item_id": number, "sku": name, "sku_id": int(sku), "product_id": int(ITEM),
            "status": status, "item_price": 85000.0, "buyer_id": 7, "name": "Kopi"}  # fmt: skip
    return made | changes


def test_an_order_counts_its_lines_by_offer() -> None:
    made = order(row(), [line(1), line(2), line(3, HALUS), line(4, status="canceled")])
    assert made.lines == (
        OrderLine(ITEM, f"{ITEM}:{BIJI}", "KOPI-BIJI", 2), OrderLine(ITEM, f"{ITEM}:{HALUS}", "KOPI-HALUS", 1),
    )  # fmt: skip
    assert (made.id, made.state) == ("1", OrderState.open)
    assert made.placed_at == datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
    assert "B***" not in repr(made)


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        (["unpaid"], OrderState.unpaid),
        (["pending", "canceled"], OrderState.open),
        (["ready_to_ship"], OrderState.open),
        (["delivered", "canceled"], OrderState.closed),
        (["delivered", "shipped"], OrderState.open),
        (["canceled", "canceled"], OrderState.cancelled),
        (["returned"], OrderState.closed),
        (["lost"], OrderState.closed),
        (["never_seen"], OrderState.open),
        ([], OrderState.open),
    ],
)
def test_an_order_is_as_far_as_its_least_line(statuses: list[str], state: OrderState) -> None:
    assert state_of(statuses) is state


def test_what_was_returned_brings_no_piece_back() -> None:
    made = order(row(), [line(1, status="returned"), line(2, status="failed")])
    assert [one.taken for one in made.lines] == [2]


@pytest.mark.parametrize("text", ["2026-01-02 10:11:12 +0700", "2026-01-02T10:11:12+0700", "2026-01-02 03:11:12 +0000"])
def test_times_are_aware(text: str) -> None:
    assert instant(text) == datetime(2026, 1, 2, 3, 11, 12, tzinfo=UTC)


def test_no_time_is_none() -> None:
    assert instant(None) is None


def served(wire: responses.RequestsMock, shop: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Orders as Lazada lists them: changed after a moment, in the order of their change, by offset."""
    asked_for: list[dict[str, str]] = []

    def listed(request: Any) -> tuple[int, dict[str, str], str]:
        params = request.params
        asked_for.append(params)
        after = datetime.strptime(params["update_after"], "%Y-%m-%dT%H:%M:%S%z")
        due = sorted((r for r in shop if (instant(r["updated_at"]) or START) > after), key=lambda r: r["updated_at"])
        at, most = int(params["offset"]), int(params["limit"])
        return 200, {}, json.dumps(ok({"orders": due[at : at + most], "countTotal": len(due)}))

    def itemised(request: Any) -> tuple[int, dict[str, str], str]:
        numbers = json.loads(request.params["order_ids"])
        assert len(numbers) <= 50
        found = [{"order_id": n, "order_number": n, "order_items": [line(n, order_id=n)]} for n in numbers]
        return 200, {}, json.dumps(ok(found))

    wire.add_callback(responses.GET, ORDERS, listed)
    wire.add_callback(responses.GET, LINES, itemised)
    return asked_for


def test_the_window_follows_the_orders() -> None:
    shop = [row(n, n % 60, updated_at=f"2026-09-01 {10 + n // 60}:{n % 60:02}:00 +0700") for n in range(1, 251)]
    with responses.RequestsMock() as wire:
        asked_for = served(wire, shop)
        found = list(adapter().orders(START))
    assert [one.id for one in found] == [str(n) for n in range(1, 251)]
    assert all(params["offset"] == "0" for params in asked_for)
    assert {params["sort_by"] for params in asked_for} == {"updated_at"}


def test_an_order_that_moves_while_pages_are_turned_hides_no_other() -> None:
    shop = [row(n, updated_at=f"2026-09-01 {10 + n // 60}:{n % 60:02}:00 +0700") for n in range(1, 151)]
    with responses.RequestsMock() as wire:
        served(wire, shop)
        orders = adapter().orders(START)
        seen = [next(orders).id]
        shop[0] = row(1, updated_at="2026-09-01 18:00:00 +0700")  # it moves to the end: the others move up
        seen += [one.id for one in orders]
    assert set(seen) == {str(n) for n in range(1, 151)}
    assert seen[-1] == "1"


def test_many_orders_of_one_moment_are_turned_by_their_offset() -> None:
    shop = [row(n, 5) for n in range(1, 231)]
    with responses.RequestsMock() as wire:
        asked_for = served(wire, shop)
        found = {one.id for one in adapter().orders(START)}
    assert len(found) == 230
    assert len({(p["update_after"], p["offset"]) for p in asked_for}) == len(asked_for)


def test_reading_is_lazy_and_an_order_that_did_not_change_is_left_out() -> None:
    with responses.RequestsMock() as wire:
        served(wire, [row(1, updated_at="2026-09-01 09:59:52 +0700")])
        orders = adapter().orders(START)
        assert len(wire.calls) == 0
        assert [one.id for one in orders] == ["1"]  # ten seconds back: clocks differ
        assert asked(wire, 0)["update_after"] == "2026-09-01T02:59:50+0000"
        assert list(adapter().orders(START + timedelta(hours=1))) == []


def test_a_failed_page_is_for_later_and_what_came_stands() -> None:
    with responses.RequestsMock() as wire:
        for _ in range(4):
            wire.get(ORDERS, json=bad("15", "Remote service error"))
        with pytest.raises(Transient):
            list(adapter().orders(START))


def test_an_order_whose_lines_did_not_come_is_not_shown_without_them() -> None:
    with responses.RequestsMock() as wire:
        wire.get(ORDERS, json=ok({"orders": [row(1), row(2)]}))
        wire.get(LINES, json=ok([{"order_id": 1, "order_items": [line(1)]}]))
        with pytest.raises(Transient):
            list(adapter().orders(START))


def test_more_orders_of_one_moment_than_a_list_shows_are_no_silence() -> None:
    shop = [row(n, 5) for n in range(1, 5202)]
    with responses.RequestsMock() as wire:
        served(wire, shop)
        with pytest.raises(MarketplaceError) as raised:
            list(adapter().orders(START))
        assert raised.value.code == "list_too_deep"
