"""A marketplace's categories as nodes with their paths, from the two shapes in which trees are told. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.contract import CategoryNode

Row = Mapping[str, Any]


def nested(
    rows: Sequence[Row], ids: Sequence[str], names: Sequence[str], leaf_key: str = "leaf"
) -> Iterator[CategoryNode]:
    """The nodes of a tree whose rows hold their `children`. `ids`, `names` = the keys looked for, first found wins.

    A row without an id is no category that a product could name; what hangs below it is still told. One without
    children is a leaf, unless its `leaf_key` says that it is none: its children are not shown to this shop.
    """
    yield from _below(rows, (), ids, names, leaf_key)


def _below(
    rows: Sequence[Row], above: tuple[str, ...], ids: Sequence[str], names: Sequence[str], leaf_key: str
) -> Iterator[CategoryNode]:
    for row in rows:
        path = (*above, _first(row, names))
        children = [child for child in row.get("children") or [] if isinstance(child, Mapping)]
        if external := _first(row, ids):
            yield CategoryNode(external, path, leaf=not children and row.get(leaf_key) not in (False, "false"))
        yield from _below(children, path, ids, names, leaf_key)


def flat(rows: Sequence[Row], *, id_key: str, parent_key: str, name_keys: Sequence[str], parent_of_key: str
         ) -> Iterator[CategoryNode]:  # fmt: skip
    """The nodes of a tree told as rows that name their parent; `parent_of_key` says whether a row has children.

    A row whose parent is not told stands at the root: a category that cannot be placed can still be sold in.
    """
    by_id = {_first(row, (id_key,)): row for row in rows}
    for external, row in by_id.items():
        path = [_first(row, name_keys)]
        seen, parent = {external}, _first(row, (parent_key,))
        while parent in by_id and parent not in seen:
            seen.add(parent)
            path.append(_first(by_id[parent], name_keys))
            parent = _first(by_id[parent], (parent_key,))
        yield CategoryNode(external, tuple(reversed(path)), leaf=not row.get(parent_of_key))


def _first(row: Row, keys: Sequence[str]) -> str:
    return next((str(row[key]) for key in keys if row.get(key) not in (None, "")), "")
