"""A marketplace's category tree, kept in the store with its date and asked for at most daily.

What is gone from the tree is kept with its path: who is told that a category was closed wants to know which it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.contract import CategoryNode, Classifier
from syncer.channels.shop import Shop
from syncer.errors import UsageError
from syncer.listing.rules import LEVEL
from syncer.store.tables import CategoryTreeRow
from syncer.texts import _

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree as it was at `seen_at`. `gone` = categories that earlier trees had, {id: node}."""

    seen_at: datetime
    nodes: Mapping[str, CategoryNode]
    gone: Mapping[str, CategoryNode]

    def path(self, external_id: str) -> str:
        """The path of a category as people read it, also of one that is gone; its id where it was never seen."""
        node = self.nodes.get(external_id) or self.gone.get(external_id)
        return external_id if node is None else LEVEL.join(node.path)

    def namesakes(self, external_id: str) -> list[CategoryNode]:
        """The leafs that are called like a category that is gone."""
        old = self.gone.get(external_id)
        return [node for node in self.nodes.values() if old and node.leaf and node.path[-1] == old.path[-1]]


def read_tree(shop: Shop, anew: bool = False) -> Tree:
    """The shop's tree: as it is kept where that is no older than a day, else read now (or `anew` in any case).

    Raises:
        UsageError: its adapter reads no tree.
        MarketplaceError: it could not be read; what was kept stays.
    """
    known = _stored(shop)
    now = shop.clock.now()
    if known is not None and not anew and timedelta(0) <= now - known.seen_at < KEPT:
        return known
    classifier = shop.adapter
    if not isinstance(classifier, Classifier):
        text = _(
            "{channel}: the category tree of {marketplace} is not read yet; look the leaf's id up in the seller's app, "
            "and write the line into the categories file"
        )
        raise UsageError(text.format(channel=shop.name, marketplace=shop.rules().marketplace))
    with shop.authorisation.watched():
        nodes = {node.id: node for node in classifier.tree()}
    before = {**known.gone, **known.nodes} if known is not None else {}
    tree = Tree(now, nodes, {key: node for key, node in before.items() if key not in nodes})
    _store(shop, tree)
    return tree


def known_leaves(shop: Shop) -> Tree:
    """What stands for a tree that is not read: the leafs of our lines that the shop's facts know, by their ids."""
    known = [key for key, bounds in shop.rules().bounds.items() if bounds.known]
    return Tree(shop.clock.now(), {key: CategoryNode(key, (key,), True) for key in known}, {})


def _stored(shop: Shop) -> Tree | None:
    with shop.database.read() as session:
        row = session.get(CategoryTreeRow, shop.id)
        if row is None:
            return None
        rows, seen_at = json.loads(row.nodes_json), row.seen_at
    nodes = {row["id"]: CategoryNode(row["id"], tuple(row["path"]), row["leaf"]) for row in rows if not row["gone"]}
    gone = {row["id"]: CategoryNode(row["id"], tuple(row["path"]), row["leaf"]) for row in rows if row["gone"]}
    return Tree(seen_at, nodes, gone)


def _store(shop: Shop, tree: Tree) -> None:
    text = json.dumps(list(_rows(tree)), ensure_ascii=False, sort_keys=True)
    with shop.database.write() as session:
        row = session.get(CategoryTreeRow, shop.id) or CategoryTreeRow(channel_id=shop.id)
        row.seen_at, row.nodes_json = tree.seen_at, text
        session.add(row)


def _rows(tree: Tree) -> Iterator[dict[str, object]]:
    for gone, nodes in ((False, tree.nodes), (True, tree.gone)):
        for node in nodes.values():
            yield {"id": node.id, "path": list(node.path), "leaf": node.leaf, "gone": gone}
