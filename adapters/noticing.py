"""What answers show beside what they were asked for: words and fields that no source names, answers to open questions.

One `Noticing` serves one adapter. Its client hands it every opened answer; `drain` says once what came of that.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from threading import Lock
from typing import Any

from adapters.contract import Cause, Noticed, Notion
from adapters.redaction import redact

Tree = Mapping[str, Any]
"""Known fields by name, each with the tree of those inside it; ``*`` = any name (ids as keys)."""

WHOLE, EVERY = 200, 50
"""So many answers of an operation are looked at field by field; from then on every fiftieth."""

ROWS_MOST = 25
"""Rows of one list that are looked at: a field that is new stands in all of them."""

EVIDENCE_MOST = 160


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the sources name: fields by operation, and words by operation and dotted path.

    `spelling` = how words are compared, where a marketplace spells one word in several ways.
    """

    fields: Mapping[str, Tree] = field(default_factory=dict)
    statuses: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    spelling: Callable[[str], str] = str


def known_fields(package: str) -> Mapping[str, Tree]:
    """The fields of ``fields.json`` in an adapter's package, {operation: tree}; their source stands in the file."""
    found: Mapping[str, Tree] = json.loads((files(package) / "fields.json").read_text(encoding="utf-8"))["operations"]
    return found


class Noticing:
    """Gathers what surprised an adapter; may be used by several threads. The same thing is said once a process."""

    def __init__(self, vocabulary: Vocabulary | None = None) -> None:
        self._vocabulary = vocabulary or Vocabulary()
        self._lock = Lock()
        self._looked: Counter[str] = Counter()
        self._said: set[Noticed] = set()
        self._new: list[Noticed] = []

    def answered(self, operation: str, body: Any) -> None:
        """Look at the body of an answer for fields and words that no source names."""
        with self._lock:
            self._looked[operation] += 1
            count = self._looked[operation]
        if count > WHOLE and count % EVERY:
            return
        self.saw(*_strange(self._vocabulary, operation, body))

    def refused(self, operation: str, cause: Cause | None, code: str, text: str, secrets: Sequence[str] = ()) -> None:
        """Note a refusal that no row of the table of causes knows. One without a code is the line's, not a word."""
        if cause is Cause.unknown and code:
            self.saw(Noticed(Notion.code, code, operation, evidence=redact(text, secrets, EVIDENCE_MOST)))

    def saw(self, *noticed: Noticed) -> None:
        """Keep what has not been said before; of an open question each position counts once, wherever it was seen."""
        for one in noticed:
            key = Noticed(one.notion, one.name, "" if one.notion is Notion.assumption else one.operation, one.position)
            with self._lock:
                if key not in self._said:
                    self._said.add(key)
                    self._new.append(one)

    def drain(self) -> tuple[Noticed, ...]:
        """What is new since the last time."""
        with self._lock:
            found, self._new = tuple(self._new), []
            return found


def answer_of(question: str, position: str, operation: str, evidence: str) -> Noticed:
    """That an open question was answered. `evidence` must be our own words, codes or numbers: no buyer's, no secret."""
    return Noticed(Notion.assumption, question, operation, position, evidence[:EVIDENCE_MOST])


def values_at(body: Any, path: Sequence[str]) -> Iterator[Any]:
    """The values at a path, through every list on the way."""
    if isinstance(body, list):
        for row in body[:ROWS_MOST]:
            yield from values_at(row, path)
    elif not path:
        yield body
    elif isinstance(body, dict) and path[0] in body:
        yield from values_at(body[path[0]], path[1:])


def _strange(vocabulary: Vocabulary, operation: str, body: Any) -> Iterator[Noticed]:
    tree = vocabulary.fields.get(operation)
    if tree is not None:
        for path in dict.fromkeys(_unknown(body, tree, ())):
            yield Noticed(Notion.field, redact(path, limit=EVIDENCE_MOST), operation)
    for path, known in vocabulary.statuses.get(operation, {}).items():
        for word in dict.fromkeys(_words(values_at(body, path.split(".")))):
            if vocabulary.spelling(word) not in known:
                yield Noticed(Notion.status, redact(word, limit=60), operation, evidence=path)


def _words(values: Iterable[Any]) -> Iterator[str]:
    return (str(value) for value in values if value is not None and not isinstance(value, dict | list))


def _unknown(body: Any, tree: Tree, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(body, list):
        for row in body[:ROWS_MOST]:
            yield from _unknown(row, tree, path)
    elif isinstance(body, dict):
        for name, value in body.items():
            known = tree.get(name, tree.get("*"))
            if known is None:
                yield ".".join((*path, name))
            elif isinstance(value, dict | list):
                yield from _unknown(value, known, (*path, name))
