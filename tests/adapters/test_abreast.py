"""Reads side by side: in order, lazily, never more at once than there are lanes."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.abreast import abreast


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(), max_size=40), st.integers(1, 8))
def test_answers_come_in_the_order_of_the_questions(values: list[int], lanes: int) -> None:
    assert list(abreast(lambda n: n * 2, values, lambda: lanes)) == [n * 2 for n in values]


def test_as_many_at_once_as_there_are_lanes() -> None:
    meeting = threading.Barrier(3)

    def meet(_: int) -> int:
        return meeting.wait(timeout=30)  # passes only when three are in flight together

    assert sorted(abreast(meet, range(3), lambda: 3)) == [0, 1, 2]


def test_never_more_at_once_than_there_are_lanes() -> None:
    now, most, lock = [0], [0], threading.Lock()

    def count(value: int) -> int:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        with lock:
            now[0] -= 1
        return value

    assert list(abreast(count, range(200), lambda: 3)) == list(range(200))
    assert most[0] <= 3


def test_one_lane_stays_in_the_callers_thread() -> None:
    names = list(abreast(lambda _: threading.current_thread().name, range(3), lambda: 1))
    assert names == [threading.current_thread().name] * 3


def test_it_is_lazy_no_further_ahead_than_its_lanes() -> None:
    asked: list[int] = []

    def questions() -> Iterator[int]:
        for number in range(100):
            asked.append(number)
            yield number

    answers = abreast(lambda n: n, questions(), lambda: 4)
    assert next(answers) == 0
    assert len(asked) <= 4
    answers.close()  # type: ignore[attr-defined]
    assert len(asked) <= 4


def test_an_error_stands_in_the_place_of_its_answer() -> None:
    def third_fails(number: int) -> int:
        if number == 2:
            raise ValueError("two")
        return number

    answers = abreast(third_fails, range(10), lambda: 4)
    assert [next(answers), next(answers)] == [0, 1]
    with pytest.raises(ValueError, match="two"):
        next(answers)
