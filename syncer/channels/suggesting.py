"""Candidates for our categories from a marketplace's tree, as lines for the categories file.

The marketplace's own proposals stand before what is merely called alike. Nothing here decides: `append` writes lines
that wait behind a # until a person takes it away.
"""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.contract import CategoryNode, Classifier, Learner, ShopBounds
from syncer.channels.categories import COLUMNS
from syncer.channels.shop import Shop
from syncer.channels.trees import Tree
from syncer.listing.naming import alike, words

MOST = 3
TITLES = 3
"""So many products' titles are shown to the marketplace for one category: it answers by title."""

WAITS = "# "
"""What a line begins with that a person has not looked at yet: no category of ours is called so."""

PLACES = (
    ("pirt", "{pirt}"), ("irt", "{pirt}"), ("bpom", "{bpom_md}"), ("halal", "{halal_id}"), ("merek", "{brand}"),
    ("brand", "{brand}"), ("kedaluwarsa", "{shelf_life_days}"), ("simpan", "{shelf_life_days}"),
    ("berat", "{net_weight_g} g"), ("netto", "{net_weight_g} g"), ("asal", "{district}"), ("daerah", "{district}"),
    ("produsen", "{producer_name}"),
)  # fmt: skip
"""{word of an attribute's name: the place that fills it from the product}; the first that stands there."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A leaf that one of our categories may be mapped to. `proposed` = by the marketplace itself, not by its name."""

    node: CategoryNode
    proposed: bool
    bounds: ShopBounds | None = None

    @property
    def attributes(self) -> str:
        """The `attributes` cell: each demanded attribute with the place or value that fills it, where one is plain."""
        demanded = self.bounds.required_attributes if self.bounds is not None else ()
        return ";".join(f"{key}={self._filled(key, name)}" for key, name in demanded)

    def _filled(self, key: str, name: str) -> str:
        closed = self.bounds.closed_values.get(key, ()) if self.bounds is not None else ()
        if len(closed) == 1:
            return closed[0]
        spoken = words(name)
        return "" if closed else next((place for word, place in PLACES if word in spoken), "")


def candidates(shop: Shop, tree: Tree, wanted: Mapping[str, Sequence[str]]) -> dict[str, list[Candidate]]:
    """{our category: at most `MOST` leafs, best first} for `wanted`, {category: titles of products in it}.

    Raises:
        MarketplaceError: the marketplace could not be asked.
    """
    found = {category: _nodes(shop, tree, category, titles) for category, titles in wanted.items()}
    leafs = sorted({node.id for nodes in found.values() for node, _proposed in nodes})
    bounds: Mapping[str, ShopBounds] = {}
    if leafs and isinstance(shop.adapter, Learner):
        with shop.authorisation.watched():
            bounds = shop.adapter.learn(leafs).bounds
    return {
        category: [Candidate(node, proposed, bounds.get(node.id)) for node, proposed in nodes]
        for category, nodes in found.items()
    }


def _nodes(shop: Shop, tree: Tree, category: str, named_so: Sequence[str]) -> list[tuple[CategoryNode, bool]]:
    titles = list(dict.fromkeys(named_so))[:TITLES]
    votes: Counter[str] = Counter()
    if isinstance(shop.adapter, Classifier):
        with shop.authorisation.watched():
            for title in titles:
                # The first proposal counts most; what no tree shows cannot be used.
                proposals = [one for one in shop.adapter.suggest(title) if one in tree.nodes and tree.nodes[one].leaf]
                votes.update({one: MOST - place for place, one in enumerate(proposals[:MOST])})
    proposed = [tree.nodes[one] for one, _votes in votes.most_common(MOST)]
    named = [node for node in alike(category, titles, tree.nodes.values(), MOST) if node not in proposed]
    return [*((node, True) for node in proposed), *((node, False) for node in named)][:MOST]


def line(category: str, marketplace: str, candidate: Candidate) -> str:
    """A line as it stands in the categories file."""
    return _csv([category, marketplace, candidate.node.id, candidate.attributes])


def append(path: Path, marketplace: str, found: Mapping[str, Sequence[Candidate]]) -> list[str]:
    """Add the first candidate of each category to the file, each behind a #; returns the categories that were added.

    Lines that are there are left as they are, byte for byte; a category that has a line, or one that waits, gets none.
    """
    text = path.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    header = next(csv.reader(io.StringIO(text)), list(COLUMNS))
    there = {(row["category"] or "").removeprefix(WAITS) for row in rows if row["marketplace"] == marketplace}
    added = [category for category, nodes in found.items() if nodes and category not in there]
    if not added:
        return []
    lines = []
    for category in added:
        best = found[category][0]
        cells = dict(zip(COLUMNS, (WAITS + category, marketplace, best.node.id, best.attributes), strict=True))
        lines.append(_csv([cells.get(name, "") for name in header]))
    raw = path.read_bytes()
    gap = b"" if raw.endswith(b"\n") or not raw else b"\n"
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(raw + gap + "".join(one + "\n" for one in lines).encode())
    os.replace(fresh, path)
    return added


def _csv(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()
