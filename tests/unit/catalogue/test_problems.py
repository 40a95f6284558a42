"""Problems are kept compactly, and come out as they went in, by row."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syncer.catalogue.problems import Level, Problem, Problems

FOUND = st.builds(
    Problem, st.none() | st.integers(1, 9), st.sampled_from("ab"), st.sampled_from("cd"), st.sampled_from(Level),
    st.sampled_from(["x", "y"]),
)  # fmt: skip


@given(st.lists(FOUND))
def test_nothing_is_lost_and_rows_are_in_order(found: list[Problem]) -> None:
    problems = Problems(found)
    assert list(problems) == sorted(found, key=lambda problem: problem.row or 0)
    assert len(problems) == len(found)
    assert problems.errors == sum(problem.level is Level.error for problem in found)
    assert problems[:] == list(problems)
    assert [problems[place] for place in range(len(found))] == list(problems)


def test_equal_problems_of_many_rows_are_stored_once() -> None:
    problems = Problems(Problem(row, "stock", "stock_out", Level.remark, "stock is 0") for row in range(2, 1002))
    assert len(problems) == 1000
    assert len(problems._distinct) == 1
    assert problems[999].row == 1001
