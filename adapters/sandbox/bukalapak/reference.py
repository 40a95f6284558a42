"""Categories, their attributes and the carriers, in the words of both generations (facts, sections 3.5 and 4.5)."""

from __future__ import annotations

from typing import Any

from adapters.sandbox.bukalapak.ask import Ask, is_flag
from adapters.sandbox.bukalapak.context import Context, tree
from adapters.sandbox.bukalapak.refusals import Refusal, invalid

SEVERAL = "check_boxes"
CHOSEN = frozenset({"select", "radio_buttons"})


def categories_v2(here: Context, _ask: Ask) -> dict[str, Any]:
    """The tree."""
    return {"categories": _branch(here.categories(), 0)}


def categories_v4(here: Context, _ask: Ask) -> list[dict[str, Any]]:
    """The tree."""
    return _branch(here.categories(), 0)


def _branch(rows: list[dict[str, Any]], parent: int) -> list[dict[str, Any]]:
    return [
        {"id": row["id"], "name": row["name"], "children": _branch(rows, row["id"])}
        for row in rows
        if row["parent"] == parent
    ]


def attributes_v2(here: Context, ask: Ask) -> dict[str, Any]:
    """What a category asks for, and the variants that it suggests."""
    rows = [
        {"fieldName": name, "displayName": row["display"], "inputType": row["input"], "options": row["options"],
         "required": row["required"]}
        for name, row in _leaf(here, ask).items()
    ]  # fmt: skip
    return {"attributes": rows, "variants": tree()["variants"]}


def attributes_v4(here: Context, ask: Ask) -> list[dict[str, Any]]:
    """What a category asks for."""
    return [
        {"name": name, "display_name": row["display"], "multiple": row["input"] == SEVERAL,
         "required": row["required"], "options": row["options"]}
        for name, row in _leaf(here, ask).items()
    ]  # fmt: skip


def _leaf(here: Context, ask: Ask) -> dict[str, dict[str, Any]]:
    return here.leaf(int(ask.ids[0]) if ask.ids[0].isdecimal() and len(ask.ids[0]) < 10 else 0)


def carriers(_here: Context, _ask: Ask) -> list[dict[str, Any]]:
    """The carriers."""
    found: list[dict[str, Any]] = tree()["carriers"]
    return found


def path_of(category_id: int) -> list[str]:
    """The names from the root down to a category; none for one that does not exist."""
    by_id = {row["id"]: row for row in tree()["categories"]}
    names: list[str] = []
    while category_id in by_id:
        names.insert(0, by_id[category_id]["name"])
        category_id = by_id[category_id]["parent"]
    return names


def check_attributes(here: Context, category_id: int, given: dict[str, Any]) -> None:
    """Hold attributes against what the category asks for.

    Raises:
        Refusal: the category is none, a field is missing or unknown, or a value does not fit.
    """
    rows = here.leaf(category_id)
    for name, row in rows.items():
        if row["required"] and given.get(name) in (None, "", []):
            raise invalid(f"{row['display']} harus diisi")
    for name, value in given.items():
        if name not in rows:
            raise invalid(f"{name} tidak dikenal")
        if not _fits(rows[name], value):
            raise _unfit(name)


def _fits(row: dict[str, Any], value: Any) -> bool:
    if row["input"] == "boolean":
        return is_flag(value)
    if row["input"] == SEVERAL:
        several = value if isinstance(value, list) else [value]
        return all(one in row["options"] for one in several)
    if row["input"] in CHOSEN:
        return value in row["options"]
    return isinstance(value, str)


def _unfit(name: str) -> Refusal:
    return invalid(f"{name} tidak sah")
