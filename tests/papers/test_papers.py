"""The papers say what is so, and their pages what the papers say."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import import_module

import pytest

from syncer.channels.registry import OURS
from tests.papers.checking import DECISIONS, calls, findings, is_test, source
from tests.papers.paper import FOLDER, Entry, Paper, read, there
from tests.papers.rendering import BEGIN, END, between, pages

ALL = [*OURS, *(name for name in there() if name not in OURS)]


@pytest.mark.parametrize("marketplace", OURS)
def test_a_paper_says_what_is_so(marketplace: str) -> None:
    assert list(findings(read(marketplace))) == []


@pytest.mark.parametrize("name", ["README.md", *(f"{name}.md" for name in ALL)])
def test_a_page_is_what_make_papers_gives(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == pages([read(n) for n in ALL], OURS)[name]


def test_every_trap_of_the_sheets_is_numbered() -> None:
    """As many as the fact sheets of 2026 number; a trap that is dropped would be missed here."""
    assert {name: len(read(name).traps) for name in ALL} == {
        "shopee": 25, "bukalapak": 11, "blibli": 15, "lazada": 15, "tiktokshop": 16,
    }  # fmt: skip


def test_a_decision_names_every_trap_that_it_leaves() -> None:
    for name in ALL:
        for trap in read(name).traps:
            if trap.left is not None:
                [decision] = DECISIONS.glob(f"{trap.left}-*.md")
                assert f"{name} {trap.name}:" in decision.read_text(encoding="utf-8")


@pytest.mark.parametrize("marketplace", OURS)
def test_a_page_names_no_switch_that_is_none(marketplace: str) -> None:
    switches = import_module(f"adapters.sandbox.{marketplace}.switches").SWITCHES
    page = (FOLDER / f"{marketplace}.md").read_text(encoding="utf-8")
    named = set(re.findall(rf"`({marketplace}\.[a-z0-9_]+)`", page))
    assert named == {switch.id for switch in switches}


# --- the check itself can fail


def paper(**changes: object) -> Paper:
    """Shopee's paper with its first operation changed."""
    good = read("shopee")
    first = replace(good.operations[0], **changes)  # type: ignore[arg-type]
    return replace(good, operations=(first, *good.operations[1:]))


def test_what_is_not_there_is_found() -> None:
    first = read("shopee").operations[0].name
    assert next(iter(findings(paper(handled=("steps:no_such_step",))))) == f"shopee {first}: no code steps:no_such_step"
    assert list(findings(paper(tested=("tests/papers/test_papers.py::test_none",)))) == [
        f"shopee {first}: no test tests/papers/test_papers.py::test_none"
    ]
    assert f"shopee {first}: nothing is tested" in list(findings(paper(tested=())))
    assert f"shopee {first}: no decision 9999" in list(findings(paper(left="9999")))
    assert list(findings(paper(sources=("hearsay",)))) == [f"shopee {first}: no source 'hearsay'"]


def test_a_call_that_the_paper_does_not_know_is_found() -> None:
    good = read("shopee")
    first = good.operations[0].name
    assert list(findings(replace(good, operations=good.operations[1:]))) == [
        f"shopee: {first} is sent, and no operation of the paper"
    ]
    found = list(findings(paper(handled=("mapping:dump",))))
    assert found
    assert all("what handles it does not say" in line for line in found)
    more = Entry("GET /product/never", "", good.operations[0].sources, ("mapping:dump",), good.traps[0].tested, None)
    assert list(findings(replace(good, operations=(*good.operations, more)))) == [
        "shopee GET /product/never: handled, it says, but the adapter cannot send it"
    ]


def test_a_trap_that_is_dropped_is_found() -> None:
    good = read("shopee")
    assert list(findings(replace(good, traps=good.traps[1:]))) == ["shopee: its traps are not numbered T1 to T24"]


def test_names_are_looked_up_and_not_believed() -> None:
    assert source("shopee", "client:ShopeeClient.listed") is not None
    assert source("shopee", "client:ShopeeClient.nothing") is None
    assert source("shopee", "nowhere:nothing") is None
    assert source("shopee", "adapters.transport:Transport") is not None
    assert is_test("tests/papers/test_papers.py::test_names_are_looked_up_and_not_believed")
    assert not is_test("tests/papers/test_papers.py::paper")
    assert not is_test("tests/papers/no_such_file.py::test_names_are_looked_up_and_not_believed")
    assert calls("shopee")["POST /product/add_item"] == ["add_item"]


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    assert between(f"a\n{BEGIN}\nold\n{END}\nb\n", "new") == f"a\n{BEGIN}\n\nnew\n\n{END}\nb\n"
    with pytest.raises(ValueError, match="marks"):
        between("a\nb\n", "new")
