"""Orders: none missed, pieces and times typed, nothing of the buyer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses

from adapters.contract import AuthError, Order, OrderLine, OrderState
from tests.adapters.bukalapak.shop import OFFER, PRODUCT, START, adapter, url, v4, v4_bad

TRANSACTIONS = url("/transactions")
SINCE = START - timedelta(hours=1)


def bought(number: int = 5000000001, state: str = "paid", quantity: Any = 2, **changes: Any) -> dict[str, Any]:
    """One transaction, shaped as in the facts, section 4.6."""
    stuff = {"id": 700000001, "product": {"id": PRODUCT, "weight": 250}, "variant_name": "", "sku_name": None}
    made: dict[str, Any] = {
        "id": number, "transaction_id": f"BL{number}", "state": state, "state_changed_at": {},
        "items": [{"id": 1, "name": "Kaos Polos", "quantity": quantity, "stuff": stuff}],
        "buyer": {"name": "Pembeli Rahasia"},
        "delivery": {"consignee": {"name": "Pembeli Rahasia", "phone": "Terkunci"}},
        "created_at": "2026-09-01T09:30:00+07:00", "updated_at": "2026-09-01T09:45:00+07:00",
    }  # fmt: skip
    return made | changes


def read(rows: list[dict[str, Any]], since: datetime = SINCE) -> tuple[list[Order], list[dict[str, list[str]]]]:
    """The orders of a shop that filters by state and pages by offset, and what it was asked."""
    asked = []

    def page(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        said = parse_qs(urlsplit(str(request.url)).query)
        asked.append(said)
        last = {one["id"]: one for one in rows}  # what moves on while it is read shows in two filters, but is one
        found = [one for one in rows if one["state"] in said["states[]"]] if "states[]" in said else [*last.values()]
        offset, limit = int(said["offset"][0]), int(said["limit"][0])
        return 200, {}, json.dumps(v4(found[offset : offset + limit], total=len(found)))

    with responses.RequestsMock() as wire:
        wire.add_callback(responses.GET, TRANSACTIONS, page)
        return list(adapter().orders(since)), asked


def test_one_order() -> None:
    [order], asked = read([bought()])
    assert order == Order(
        "5000000001", OrderState.open, datetime(2026, 9, 1, 2, 30, tzinfo=UTC), datetime(2026, 9, 1, 2, 45, tzinfo=UTC),
        (OrderLine(PRODUCT, OFFER, None, 2),),
    )  # fmt: skip
    assert "Rahasia" not in repr(order)
    assert [a.get("states[]") for a in asked] == [
        ["pending", "paid", "accepted", "delivered"], ["received", "remitted"], ["cancelled", "expired", "refunded"],
        None,
    ]  # fmt: skip
    assert asked[0]["context"] == ["sale"]
    assert asked[0]["start_time"] == ["2026-08-02T09:00:00+07:00"], "as early as an order that changes now may be"
    assert asked[0]["end_time"] == ["2026-09-01T10:00:11+07:00"]


@pytest.mark.parametrize(
    ("state", "expected", "taken"),
    [
        ("pending", OrderState.unpaid, 2),
        ("paid", OrderState.open, 2),
        ("accepted", OrderState.open, 2),
        ("delivered", OrderState.open, 2),
        ("received", OrderState.closed, 2),
        ("remitted", OrderState.closed, 2),
        ("cancelled", OrderState.cancelled, 0),
        ("expired", OrderState.cancelled, 0),
        ("refunded", OrderState.cancelled, 0),
        ("rejected", OrderState.cancelled, 0),
    ],
)
def test_states(state: str, expected: OrderState, taken: int) -> None:
    [order], _ = read([bought(state=state)])
    assert (order.state, order.lines[0].taken) == (expected, taken)


def test_money_that_went_back_after_the_goods_had_left_brings_no_pieces_back() -> None:
    moved = {"delivered_at": "2026-08-20T09:00:00+07:00", "refunded_at": "2026-09-01T09:40:00+07:00"}
    [order], _ = read([bought(state="refunded", state_changed_at=moved)])
    assert (order.state, order.lines[0].taken) == (OrderState.closed, 2)


def test_every_order_once_over_many_pages_the_oldest_change_first() -> None:
    rows = [bought(n, updated_at=f"2026-09-01T09:{n % 60:02}:00+07:00") for n in range(120)]
    orders, _ = read(rows)
    assert sorted(int(o.id) for o in orders) == list(range(120))
    assert [o.updated_at for o in orders] == sorted(o.updated_at for o in orders)


def test_an_order_that_moves_on_while_it_is_read_counts_as_it_was_last() -> None:
    moved = bought(state="cancelled", updated_at="2026-09-01T09:50:00+07:00")
    [order], _ = read([bought(), moved])
    assert order.state is OrderState.cancelled


def test_what_has_not_changed_since_is_left_out_and_what_says_nothing_is_not() -> None:
    old = bought(1, updated_at="2026-08-20T00:00:00+07:00", created_at="2026-08-20T00:00:00+07:00")
    late = bought(2, updated_at=None, created_at="2026-08-20T00:00:00+07:00",
                  state_changed_at={"paid_at": "2026-09-01T09:59:00+07:00"})  # fmt: skip
    orders, _ = read([old, late])
    assert [o.id for o in orders] == ["2"]


def test_rows_of_one_offer_are_summed_and_numbers_may_be_text() -> None:
    one = bought(quantity="2")
    one["items"] = [*one["items"], *one["items"], "odd"]
    [order], _ = read([one])
    assert order.lines == (OrderLine(PRODUCT, OFFER, None, 4),)


def test_a_long_absence_is_read_in_windows() -> None:
    orders, asked = read([bought()], START - timedelta(days=100))
    assert [o.id for o in orders] == ["5000000001"] * 3, "the same order may come twice, missed is none"
    assert len(asked) == 3 * 4


def test_orders_are_lazy_and_fail_with_a_name() -> None:
    with responses.RequestsMock() as wire:
        pages = adapter().orders(SINCE)
        assert len(wire.calls) == 0
        wire.get(TRANSACTIONS, status=401, json=v4_bad(401, 10001))
        with pytest.raises(AuthError):
            next(pages)
