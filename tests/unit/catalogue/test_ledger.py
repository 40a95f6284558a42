"""The ledger folds in ledger time: what is booked late, twice or in another order gives the same level."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from syncer.catalogue.ledger import MOVEMENT, UnknownSku, book, last_counts, level
from syncer.catalogue.model import Movement, MovementKind
from syncer.catalogue.products import changed_since, counter, ids_of, stock_levels
from tests.unit.catalogue.files import NOW, Desk, row, sized

START = datetime(2026, 11, 1, tzinfo=UTC)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def count(pieces: int, hours: float, sku: str = "X", reference: str | None = None) -> Movement:
    return Movement(sku, MovementKind.counted, at(hours), 0, pieces, "stok opname", reference)


def sale(pieces: int, hours: float, sku: str = "X", reference: str | None = None) -> Movement:
    return Movement(sku, MovementKind.sale, at(hours), -pieces, None, "order", reference)


@pytest.mark.parametrize(
    ("movements", "pieces"),
    [
        ([], 0),
        ([sale(2, 1)], -2),
        ([count(10, 0), sale(3, 1)], 7),
        ([sale(3, 1), count(10, 2)], 10),
        ([count(10, 2), sale(3, 1)], 10),
        ([count(10, 1), sale(3, 1)], 10),
        ([count(10, 0), sale(3, 1), count(8, 2), sale(1, 3), sale(4, 0.5)], 7),
        ([count(10, 1), count(8, 1)], 8),
        ([count(2, 0), sale(5, 1)], -3),
    ],
)
def test_a_count_resets_and_what_is_later_moves(movements: list[Movement], pieces: int) -> None:
    assert level(movements) == pieces


HOURS = st.lists(st.integers(0, 200), min_size=1, max_size=12, unique=True)


@given(HOURS, st.data())
def test_the_order_of_booking_does_not_matter(hours: list[int], data: st.DataObject) -> None:
    def drawn(hour: int) -> Movement:
        counted, pieces = data.draw(st.booleans()), data.draw(st.integers(0, 50))
        return count(pieces, hour) if counted else sale(pieces - 25, hour)

    movements = [drawn(hour) for hour in hours]
    shuffled = data.draw(st.permutations(movements))
    assert level(shuffled) == level(movements)


MOVES = st.lists(
    st.tuples(st.sampled_from(["NPH-UJI-S", "NPH-UJI-M"]), st.booleans(), st.integers(0, 30), st.integers(0, 20)),
    max_size=15,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(moves=MOVES, parts=st.integers(1, 4))
def test_the_database_folds_as_the_pure_function_does(
    desk: Desk, moves: list[tuple[str, bool, int, int]], parts: int
) -> None:
    if not desk.products():
        desk.bring(sized("S"), sized("M"))
    movements = [
        count(pieces, hour, sku) if counted else sale(pieces - 10, hour, sku) for sku, counted, pieces, hour in moves
    ]
    with desk.database.write() as session:
        session.connection().execute(delete(MOVEMENT))
        for part in range(parts):
            book(session, movements[part::parts], NOW)
        booked = [m for part in range(parts) for m in movements[part::parts]]
        levels = stock_levels(session, ["NPH-UJI-S", "NPH-UJI-M"])
    for sku in {movement.sku for movement in movements}:
        assert levels[sku] == level([movement for movement in booked if movement.sku == sku])


def test_a_reference_is_booked_once_for_a_sku(desk: Desk) -> None:
    desk.bring(sized("S", stock="10"), sized("M", stock="10"))
    when = (NOW - START) / timedelta(hours=1)
    first = [
        sale(2, when, "NPH-UJI-S", "order-1"),
        sale(2, when, "NPH-UJI-M", "order-1"),
        sale(2, when, "NPH-UJI-S", "order-1"),
    ]
    with desk.database.write() as session:
        assert sorted(book(session, first, NOW)) == ["NPH-UJI-M", "NPH-UJI-S"]
        assert book(session, first, NOW) == []
        assert stock_levels(session, ["NPH-UJI-S", "NPH-UJI-M"]) == {"NPH-UJI-S": 8, "NPH-UJI-M": 8}


def test_only_levels_that_change_mark_their_product(desk: Desk) -> None:
    desk.bring(row(stock="10"), row(product_code="LAIN", sku="LAIN-1"))
    with desk.database.write() as session:
        ids = ids_of(session, codes=["NPH-UJI"])
        before = counter(session)
        hours = (NOW - START) / timedelta(hours=1)
        assert book(session, [sale(1, hours, "NPH-UJI-1")], NOW) == ["NPH-UJI-1"]
        assert changed_since(session, before) == ([ids["NPH-UJI"]], before + 1)
        assert book(session, [sale(1, 0, "NPH-UJI-1")], NOW) == []  # before the count
        assert book(session, [], NOW) == []
        assert counter(session) == before + 1


def test_a_stranger_is_refused_and_nothing_is_booked(desk: Desk) -> None:
    desk.bring(row())
    with desk.database.write() as session:
        with pytest.raises(UnknownSku, match="HANTU"):
            book(session, [sale(1, 900, "NPH-UJI-1"), sale(1, 900, "HANTU")], NOW)
        assert session.connection().execute(select(func.count()).select_from(MOVEMENT)).scalar_one() == 1


def test_the_last_count_is_known(desk: Desk) -> None:
    desk.bring(row(stock_confirmed_on=""))
    with desk.database.write() as session:
        assert last_counts(session, ["NPH-UJI-1", "HANTU"]) == {"NPH-UJI-1": NOW}
        book(session, [count(4, 1, "NPH-UJI-1")], NOW)
        assert last_counts(session, ["NPH-UJI-1"]) == {"NPH-UJI-1": NOW}
        later = NOW + timedelta(hours=1)
        book(session, [Movement("NPH-UJI-1", MovementKind.counted, later, 0, 5)], NOW)
        assert last_counts(session, ["NPH-UJI-1"]) == {"NPH-UJI-1": later}
        assert stock_levels(session, ["NPH-UJI-1"]) == {"NPH-UJI-1": 5}
