"""Which leafs are called like one of our categories."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import CategoryNode
from syncer.listing.naming import alike

TREE = (
    CategoryNode("1", ("Rumah Tangga",), leaf=False),
    CategoryNode("2", ("Rumah Tangga", "Keranjang Anyam"), leaf=True),
    CategoryNode("3", ("Makanan", "Madu"), leaf=True),
    CategoryNode("4", ("Kesehatan", "Suplemen Madu"), leaf=True),
    CategoryNode("5", ("Elektronik", "Kamera"), leaf=True),
)
NAMES = st.lists(st.sampled_from(["Madu", "Hutan", "Anyam", "Kopiah", "Rumah", "Ikan Asin"]), min_size=1, max_size=3)
NODES = st.lists(st.builds(CategoryNode, st.text("12345", min_size=1), NAMES.map(tuple), st.booleans()), max_size=8)


def test_its_own_name_counts_before_those_above_it() -> None:
    assert [node.id for node in alike("Makanan & Minuman > Madu", (), TREE, 3)] == ["3", "4"]


def test_words_are_alike_that_begin_alike() -> None:
    assert [node.id for node in alike("Kerajinan > Anyaman", (), TREE, 3)] == ["2"]


def test_a_title_helps_where_the_name_says_nothing() -> None:
    assert alike("Aneka", (), TREE, 3) == []
    assert [node.id for node in alike("Aneka", ("Madu Pelawan",), TREE, 1)] == ["3"]


@given(NAMES, NODES, st.integers(0, 4))
def test_only_leafs_in_an_order_that_does_not_depend_on_the_trees(
    ours: list[str], nodes: list[CategoryNode], most: int
) -> None:
    found = alike(" > ".join(ours), (), nodes, most)
    assert len(found) <= most
    assert all(node.leaf for node in found)
    assert [n.path for n in alike(" > ".join(ours), (), nodes[::-1], most)] == [n.path for n in found]
