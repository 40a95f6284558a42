"""Trees of both shapes as nodes with their paths."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.categories import flat, nested
from adapters.contract import CategoryNode

TREE = st.recursive(
    st.fixed_dictionaries({"id": st.integers(1, 10**6), "name": st.text("abc", min_size=1)}),
    lambda rows: st.fixed_dictionaries(
        {"id": st.integers(1, 10**6), "name": st.text("abc", min_size=1), "children": st.lists(rows, max_size=3)}
    ),
    max_leaves=12,
)


def unrolled(rows: list[dict[str, Any]], parent: int, ids: Any) -> list[dict[str, Any]]:
    """The same tree as rows that name their parent, with ids of their own."""
    found = []
    for row in rows:
        own, children = next(ids), row.get("children") or []
        row["id"] = own
        found.append({"id": own, "up": parent, "name": row["name"], "more": bool(children)})
        found += unrolled(children, own, ids)
    return found


@given(st.lists(TREE, max_size=3))
def test_both_shapes_of_one_tree_are_the_same_nodes(tree: list[dict[str, Any]]) -> None:
    rows = unrolled(tree, 0, iter(range(1, 1_000)))
    told = list(nested(tree, ("id",), ("name",)))
    assert told == list(flat(rows, id_key="id", parent_key="up", name_keys=("name",), parent_of_key="more"))
    assert len(told) == len(rows)
    assert {node.id for node in told if node.leaf} == {str(row["id"]) for row in rows if not row["more"]}


def test_a_row_without_an_id_still_leads_to_those_below() -> None:
    rows = [{"name": "All", "children": [{"code": "K-1", "label": "Madu"}]}]
    assert list(nested(rows, ("code", "id"), ("name", "label"))) == [CategoryNode("K-1", ("All", "Madu"), leaf=True)]


def test_a_row_that_says_that_it_is_no_leaf_is_none() -> None:
    rows = [{"id": 1, "name": "a", "children": [], "leaf": False}, {"id": 2, "name": "b", "leaf": "false"},
            {"id": 3, "name": "c", "leaf": True}]  # fmt: skip
    assert [node.id for node in nested(rows, ("id",), ("name",)) if node.leaf] == ["3"]


def test_rows_in_a_ring_end() -> None:
    rows = [{"id": 1, "up": 2, "name": "a", "more": True}, {"id": 2, "up": 1, "name": "b", "more": True}]
    paths = [n.path for n in flat(rows, id_key="id", parent_key="up", name_keys=("name",), parent_of_key="more")]
    assert paths == [("b", "a"), ("a", "b")]


def test_a_parent_that_is_not_told_leaves_its_child_at_the_root() -> None:
    [node] = flat(
        [{"id": 5, "up": 4, "shown": "", "name": "Madu"}],
        id_key="id", parent_key="up", name_keys=("shown", "name"), parent_of_key="more",
    )  # fmt: skip
    assert node == CategoryNode("5", ("Madu",), leaf=True)
