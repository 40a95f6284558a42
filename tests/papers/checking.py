"""Whether a paper says the truth of the code: what it names is there, and what the code sends is in it."""

from __future__ import annotations

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.papers.paper import ROOT, Entry, Paper, full

DECISIONS = ROOT / "docs" / "decisions"


def findings(paper: Paper) -> Iterator[str]:
    """Everything in which the paper and the code differ, a line each."""
    for entry in (*paper.operations, *paper.traps):
        yield from (f"{paper.marketplace} {entry.name}: {what}" for what in _entry(paper, entry))
    yield from _unsaid(paper)
    names = [trap.name for trap in paper.traps]
    if names != [f"T{number}" for number in range(1, len(names) + 1)]:
        yield f"{paper.marketplace}: its traps are not numbered T1 to T{len(names)}"


def _entry(paper: Paper, entry: Entry) -> Iterator[str]:
    yield from (f"no source {key!r}" for key in entry.sources if key not in paper.sources)
    if not entry.sources:
        yield "no source"
    if entry.left is None:
        yield from (f"nothing is {word}" for word in ("handled", "tested") if not getattr(entry, word))
    elif not list(DECISIONS.glob(f"{entry.left}-*.md")):
        yield f"no decision {entry.left}"
    yield from (f"no code {name}" for name in entry.handled if source(paper.marketplace, name) is None)
    yield from (f"no test {name}" for name in entry.tested if not is_test(name))


# --- operations ------------------------------------------------------------------------------------------------------


def _unsaid(paper: Paper) -> Iterator[str]:
    """Calls that the adapter can make and the paper does not know, or handles elsewhere than it says."""
    said = {plain(entry.name): entry for entry in paper.operations}
    sent = calls(paper.marketplace)
    for call, names in sent.items():
        entry = said.get(call)
        if entry is None:
            yield f"{paper.marketplace}: {call} is sent, and no operation of the paper"
            continue
        code = "".join(source(paper.marketplace, name) or "" for name in entry.handled)
        yield from (
            f"{paper.marketplace} {entry.name}: what handles it does not say {name!r}"
            for name in names
            if f'"{name}"' not in code
        )
    for call, entry in said.items():
        if entry.left is None and call not in sent:
            yield f"{paper.marketplace} {entry.name}: handled, it says, but the adapter cannot send it"


def calls(marketplace: str) -> Mapping[str, list[str]]:
    """{verb and path: names} of every call in the ENDPOINTS of the adapter's client."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, endpoint in import_module(f"adapters.{marketplace}.client").ENDPOINTS.items():
        found[plain(f"{endpoint.method} /{endpoint.path.lstrip('/')}")].append(name)
    return found


def plain(call: str) -> str:
    """A call without the names of the places in its path."""
    return re.sub(r"\{\w*\}", "{}", call)


# --- what a paper names ----------------------------------------------------------------------------------------------


def source(marketplace: str, name: str) -> str | None:
    """The text of what `handled` names; of a table the whole module; None where there is no such thing."""
    module_name, _, path = full(marketplace, name).partition(":")
    try:
        module = import_module(module_name)
    except ModuleNotFoundError:
        return None
    thing: Any = module
    for part in path.split("."):
        thing = getattr(thing, part, None)
        if thing is None:
            return None
    whole = thing if inspect.isroutine(thing) or inspect.isclass(thing) else module
    return inspect.getsource(whole)


def is_test(name: str) -> bool:
    """Whether pytest would find a test of this name: a function of its file, or a method of one of its classes."""
    path, _, test = name.partition("::")
    return test.startswith("test_") and test in _tests(ROOT / path)


@cache
def _tests(path: Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
