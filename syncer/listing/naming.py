"""Which of a marketplace's categories are called like one of ours. Pure.

A name is a hint, never a decision: what comes of it is shown to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from adapters.contract import CategoryNode
from syncer.listing.rules import LEVEL

STEM = 4
"""Words of Indonesian that begin alike for so many letters count as one: 'anyaman' and 'anyam'."""

OWN, ABOVE, TITLE = 4.0, 1.0, 0.5
"""How much a word counts: of our category's own name, of those above it, of a product's title."""


def alike(category: str, titles: Sequence[str], nodes: Iterable[CategoryNode], most: int) -> list[CategoryNode]:
    """At most `most` leafs whose names share words with our `category` and its products' titles, the nearest first.

    Between leafs that share as much, the shorter name, the shorter path and then the alphabet decide.
    """
    wanted = _weights(category, titles)
    scored = [(score, node) for node in nodes if node.leaf and (score := _shared(wanted, node))]
    ordered = sorted(scored, key=lambda found: (-found[0], *_length(found[1]), found[1].path, found[1].id))
    return [node for _score, node in ordered[:most]]


def _length(node: CategoryNode) -> tuple[int, int]:
    """The words of a leaf's own name, then the levels above it: of two that share as much, the plainer is meant."""
    return len(words(node.path[-1])), len(node.path)


def _weights(category: str, titles: Sequence[str]) -> dict[str, float]:
    """{word: how much it counts}; the strongest place where it stands."""
    *above, own = category.split(LEVEL)
    weights: dict[str, float] = {}
    for weight, texts in ((TITLE, titles), (ABOVE, above), (OWN, [own])):
        for text in texts:
            weights.update(dict.fromkeys(words(text), weight))
    return weights


def _shared(wanted: dict[str, float], node: CategoryNode) -> float:
    """The weight of the words that a leaf shares; its own name counts double, as those above it stand on many."""
    *above, own = [words(name) for name in node.path]
    upper = {word for names in above for word in names}
    total = 0.0
    for word, weight in wanted.items():
        if any(_same(word, other) for other in own):
            total += 2 * weight
        elif any(_same(word, other) for other in upper):
            total += weight
    return total


def _same(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= STEM and longer.startswith(shorter))


def words(text: str) -> list[str]:
    """The words of a name, without letter case and signs; what is shorter than three letters says nothing."""
    return [word for word in re.findall(r"[^\W_]+", text.casefold()) if len(word) > 2]
