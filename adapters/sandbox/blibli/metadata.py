"""What a store can ask about Blibli: categories, attributes, brands, pickup points, couriers, itself."""

from __future__ import annotations

from typing import Any

from adapters.sandbox.blibli.context import Answer, Ask, Context, page_of, paged, tree
from adapters.sandbox.blibli.errors import absent
from adapters.sandbox.blibli.shape import checked

BRANDS = frozenset({"brandName", "page", "size"})


def categories(here: Context, _ask: Ask) -> Answer:
    """GET getCategory: the tree; products stand in leafs only."""
    gone = {*here.shop.closed, *here.shop.merged}

    def below(parent: str | None) -> list[dict[str, Any]]:
        return [
            {"categoryCode": row["code"], "categoryName": row["name"], "children": below(row["code"])}
            for row in tree()["categories"]
            if row["parent"] == parent and row["code"] not in gone
        ]

    rows = [] if here.fault == "empty_page" else below(None)
    return Answer(rows, (0, max(1, len(rows)), len(rows)))


def attributes_v2(here: Context, ask: Ask) -> Answer:
    """GET categories/{code}/attributes."""
    rows = [
        {"code": code, "name": row["name"], "nameLocale": {"ID": row["name"], "EN": row["name"]},
         "mandatory": mandatory, "type": row["type"], "variantCreating": row["variant"],
         "specialAttribute": row["special"], "options": row["options"]}
        for code, mandatory, row in _rows(here, ask.ids["category-code"])
    ]  # fmt: skip
    return Answer(rows, (0, max(1, len(rows)), len(rows)))


def attributes_v1(here: Context, ask: Ask) -> Answer:
    """GET getCategoryAttributes?categoryCode=."""
    rows = [
        {"attributeCode": key, "attributeType": row["type"], "name": row["name"], "options": row["options"],
         "variantCreation": row["variant"], "mandatory": mandatory, "skuValue": row["variant"]}
        for key, mandatory, row in _rows(here, ask.query.get("categoryCode", ""))
    ]  # fmt: skip
    return Answer(rows, (0, max(1, len(rows)), len(rows)))


def _rows(here: Context, code: str) -> list[tuple[str, bool, dict[str, Any]]]:
    if code not in tree()["leafs"] or code in here.shop.closed or code in here.shop.merged:
        raise absent(f"there is no leaf category {code}")
    leaf = tree()["leafs"][code]
    codes = [*leaf["mandatory"], *leaf["optional"], *leaf["variant"]]
    return [(key, key in leaf["mandatory"], tree()["attributes"][key]) for key in codes]


def brands(here: Context, ask: Ask) -> Answer:
    """GET getBrands?brandName=."""
    page, size = page_of(ask.query, 100)
    wanted = ask.query.get("brandName", "").casefold()
    rows = [
        {"code": code, "brandName": name, "brandApprovalStatus": "APPROVED"}
        for code, name in here.brands().items()
        if wanted in name.casefold()
    ]
    return paged(here, rows, page, size)


def pickup_points_v2(here: Context, ask: Ask) -> Answer:
    """POST stores/pickup-points/filter."""
    shape = {"filter": {"code": "text", "name": "text"}, "paging": {"page": "whole", "size": "whole"}}
    body = checked(ask.body, shape)
    wanted = body.get("filter", {})
    page, size = page_of(body.get("paging", {}), 50, 50)
    rows = [
        point
        for point in here.points()
        if wanted.get("code", point["code"]) == point["code"] and wanted.get("name", "") in point["name"]
    ]
    return paged(here, rows, page, size)


def pickup_points_v1(here: Context, ask: Ask) -> Answer:
    """GET getPickupPoint."""
    page, size = page_of(ask.query, 100, 100)
    return paged(here, here.points(), page, size)


def stores(here: Context, _ask: Ask) -> Answer:
    """GET stores: whether the store may have several pickup points; the names of the fields are invented."""
    return Answer({"code": here.shop.store, "multiPickupPoint": here.shop.points > 1})


def logistics(_here: Context, _ask: Ask) -> Answer:
    """GET logistics."""
    rows = tree()["logistics"]
    return Answer(rows, (0, len(rows), len(rows)))
