"""The tables of the papers as Markdown, between two marks of a file whose other words are written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module

from tests.papers.paper import FOLDER, Entry, Paper, full

BEGIN = "<!-- begin: made by `make papers` from the .toml files of this folder -->"
END = "<!-- end -->"


def overview(papers: Sequence[Paper]) -> str:
    """The table of `README.md`: operation × marketplace × evidence × handled × tested, and the traps counted."""
    rows = [
        (f"`{entry.name}`", paper.title, _evidence(paper, entry), _handled(paper, entry), _tested(entry))
        for paper in papers
        for entry in paper.operations
    ]
    counts = [
        (paper.title, str(len(paper.operations)), str(sum(not e.left for e in paper.operations)),
         str(len(paper.traps)), str(sum(not e.left for e in paper.traps)))
        for paper in papers
    ]  # fmt: skip
    head = ("marketplace", "operations known", "of them sent", "traps", "of them handled and tested")
    return "\n\n".join((
        "## In figures", table(head, counts),
        "## Operations", table(("operation", "marketplace", "evidence", "handled", "tested"), rows),
    ))  # fmt: skip


def traps(paper: Paper, handled: bool) -> str:
    """The trap table of `NAME.md`. `handled` = whether the adapter is there, so that code and tests can be named."""
    head = ("number", "trap", "evidence")
    rows = [(entry.name, entry.text, _evidence(paper, entry)) for entry in paper.traps]
    if not handled:
        return table(head, rows)
    more = [(_handled(paper, entry), _tested(entry)) for entry in paper.traps]
    return table((*head, "handled", "tested"), [(*row, *rest) for row, rest in zip(rows, more, strict=True)])


def sources(paper: Paper) -> str:
    """The source table of `NAME.md`."""
    return table(("source", "what it is"), paper.sources.items())


def questions(marketplace: str) -> str:
    """What no source says: the switches of the sandbox, the first position the one it takes by itself."""
    switches = import_module(f"adapters.sandbox.{marketplace}.switches").SWITCHES
    rows = [(f"`{switch.id}`", switch.question, ", ".join(switch.positions)) for switch in switches]
    return table(("switch", "section and question", "positions"), rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar in a cell is kept from ending it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def between(text: str, made: str) -> str:
    """`text` with `made` between its marks.

    Raises:
        ValueError: the marks are not there, once each and in order.
    """
    before, mark, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end or BEGIN in after:
        raise ValueError("the file does not hold the marks of the generated part once each")
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def pages(papers: Sequence[Paper], registered: Iterable[str]) -> dict[str, str]:
    """{file name: what it has to say} of every page with a generated part."""
    known = set(registered)
    made = {"README.md": overview([paper for paper in papers if paper.marketplace in known])}
    for paper in papers:
        shown = traps(paper, paper.marketplace in known)
        parts = ["## Sources", sources(paper), "## Traps", shown]
        if paper.marketplace in known:
            parts += ["## Open questions", questions(paper.marketplace)]
        made[f"{paper.marketplace}.md"] = "\n\n".join(parts)
    return {name: between((FOLDER / name).read_text(encoding="utf-8"), text) for name, text in made.items()}


def _evidence(paper: Paper, entry: Entry) -> str:
    return ", ".join(entry.sources)


def _handled(paper: Paper, entry: Entry) -> str:
    if entry.left:
        return f"no: decision {entry.left}"
    return "<br>".join(f"`{full(paper.marketplace, name).removeprefix('adapters.')}`" for name in entry.handled)


def _tested(entry: Entry) -> str:
    return "<br>".join(f"`{name.removeprefix('tests/')}`" for name in entry.tested) or "–"
