"""Reads beside the calls: one out at a time, in turn, concluded by the run's own thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from adapters.contract import Cause, Transient
from syncer.sync.beside import at_once, beside


@dataclass
class Told:
    """An errand that gives `answers` one by one, and remembers what it was told, and by which thread."""

    answers: list[object]
    concluded: list[object] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    threads: list[str] = field(default_factory=list)

    def begin(self) -> Callable[[], object] | None:
        if not self.answers:
            return None
        answer = self.answers.pop(0)

        def read() -> object:
            self.threads.append(threading.current_thread().name)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return read

    def conclude(self, read: object) -> bool:
        self.concluded.append(read)
        return read == "news"

    def failed(self, error: Exception) -> None:
        self.errors.append(error)


def _finished(errands: object) -> bool:
    return bool(errands.come_home())  # type: ignore[attr-defined]


def test_errands_go_out_in_turn_and_only_one_at_a_time() -> None:
    first, second = Told(["a", "news"]), Told(["b"])
    with beside([first, second]) as errands:
        news = []
        for _ in range(3):
            assert errands.turn() is False  # sent out
            news.append(_finished(errands))
    assert (first.concluded, second.concluded, news) == (["a", "news"], ["b"], [False, False, True])
    assert {name.split("_")[0] for name in first.threads} == {"beside"}


def test_what_is_out_at_the_end_is_waited_for_and_concluded() -> None:
    errand = Told(["a"])
    with beside([errand]) as errands:
        errands.turn()
    assert errand.concluded == ["a"]


def test_an_errand_with_nothing_due_lets_the_next_go() -> None:
    idle, busy = Told([]), Told(["a"])
    with beside([idle, busy]) as errands:
        errands.turn()
    assert busy.concluded == ["a"]


def test_a_failed_read_is_told_to_its_errand_and_does_not_end_the_flight() -> None:
    gone = Transient(Cause.transient, "", "the line is down")
    errand = Told([gone, "a"])
    with beside([errand]) as errands:
        errands.turn()
        assert errands.come_home() is False
        errands.turn()
    assert (errand.errors, errand.concluded) == ([gone], ["a"])


def test_a_defect_in_a_read_is_raised_and_not_taken_for_a_bad_line() -> None:
    def flight() -> None:
        with beside([Told([ZeroDivisionError()])]) as errands:
            errands.turn()

    with pytest.raises(ZeroDivisionError):
        flight()


def test_nothing_is_concluded_after_the_flight_itself_failed() -> None:
    errand = Told(["a"])

    def flight() -> None:
        with beside([errand]) as errands:
            errands.turn()
            raise KeyError

    with pytest.raises(KeyError):
        flight()
    assert errand.concluded == []


def test_at_once_reads_in_the_callers_own_thread() -> None:
    errand = Told(["news", Transient(Cause.transient, "", "down")])
    assert at_once(errand) is True
    assert at_once(errand) is False
    assert at_once(errand) is False  # nothing is due any more
    assert (errand.concluded, len(errand.errors)) == (["news"], 1)
    assert errand.threads == [threading.current_thread().name] * 2
