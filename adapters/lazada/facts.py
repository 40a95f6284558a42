"""What a Lazada shop says of itself, as values: warehouse, attributes of categories, bounds. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.contract import Facts, Location, ShopBounds

Row = Mapping[str, Any]
DEFAULT_WAREHOUSE = "dropshipping"  # compared without case: one guide prints a capital (facts, section 10.1)
MOST_PICTURES = 8  # facts, section 7.1
LISTS = ("singleselect", "multiselect")
"""Input types whose list of values is closed (facts, section 8)."""
OURS = frozenset({
    "name", "description", "short_description", "brand", "brand_id", "sellersku", "price", "quantity", "special_price",
    "special_from_date", "special_to_date", "package_weight", "package_length", "package_width", "package_height",
    "package_content", "__images__", "images",
})  # fmt: skip
"""Fields that a category lists among its attributes, and that we fill from elsewhere (facts, section 7.1)."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a category (facts, section 8). `values` = {name in lower case: name}; `of_sku`: sent by SKU."""

    label: str
    required: bool = False
    kind: str = "text"
    of_sku: bool = False
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """True if only a value of its list is taken."""
        return bool(self.values) and _closed(self.kind)


@dataclass(frozen=True, slots=True)
class Category:
    """What one leaf category wants. `short_description`: it must be sent beside the description."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    short_description: bool = False


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """The warehouse that is written to, in shops that have several, and the categories learnt."""

    warehouse: str | None = None
    categories: Mapping[str, Category] = field(default_factory=dict)

    def category(self, external_id: str) -> Category:
        """The category's facts; an empty one if it was never learnt."""
        return self.categories.get(external_id, Category())

    @property
    def default_warehouse(self) -> bool:
        """True if a create's own quantity goes where our stock is: into the default warehouse (facts, section 7.1)."""
        return self.warehouse is None or self.warehouse.casefold() == DEFAULT_WAREHOUSE


def load(facts: Facts) -> ShopFacts:
    """The adapter's own part of stored facts."""
    private = json.loads(facts.private)
    return ShopFacts(
        private.get("warehouse"), {key: _category(row) for key, row in private.get("categories", {}).items()}
    )


def _category(row: Row) -> Category:
    attributes = {
        name: Attribute(
            a["label"], a["required"], a["kind"], a["of_sku"], {value.casefold(): value for value in a["values"]}
        )
        for name, a in row["attributes"].items()
    }
    return Category(attributes, row["short_description"])


def category_json(rows: Sequence[Row]) -> dict[str, Any]:
    """What is kept of a category. Sale properties are left out: our options are sent as ones of our own (7.1)."""
    own = {name: row for row in rows if (name := str(row.get("name") or ""))}
    return {
        "attributes": {
            name: {
                "label": str(row.get("label") or name),
                "required": _yes(row.get("is_mandatory")),
                "kind": str(row.get("input_type") or "text"),
                "of_sku": row.get("attribute_type") == "sku",
                "values": [str(o["name"]) for o in row.get("options") or [] if isinstance(o, dict) and o.get("name")],
            }
            for name, row in own.items()
            if name.casefold() not in OURS and not _yes(row.get("is_sale_prop"))
        },
        "short_description": _yes(own.get("short_description", {}).get("is_mandatory")),
    }


def _closed(kind: str) -> bool:
    return kind.casefold() in LISTS


def _yes(value: Any) -> bool:
    return str(value).casefold() in ("1", "true")


def bounds_of(kept: Row) -> ShopBounds:
    """What a category accepts (facts, sections 7.1 and 8). "No Brand" is taken everywhere but in LazMall.

    No brands are told: their list is that of the whole country, and one budget of all callers reads it (section 6).
    """
    rows = kept["attributes"].items()
    return ShopBounds(
        title=(1, 255),
        description=(1, 25_000),
        pictures=(1, MOST_PICTURES),
        option_name=(1, 15),
        option_value=(1, 20),
        options=2,
        attributes=tuple(kept["attributes"]),
        required_attributes=tuple((name, str(a["label"])) for name, a in rows if a["required"]),
        closed_values={name: tuple(a["values"]) for name, a in rows if a["values"] and _closed(a["kind"])},
    )


def locations_of(result: Any) -> list[Location]:
    """The warehouses in the answer of the warehouse call, whose `module` is a list or an object (facts, 10.1)."""
    module = result.get("module") if isinstance(result, dict) else None
    rows = module if isinstance(module, list) else _nested(module)
    return [_location(row) for row in rows if isinstance(row, dict) and _code(row)]


def _nested(module: Any) -> list[Any]:
    """An object is one warehouse, or holds them: in a list of its own, or by their codes."""
    if not isinstance(module, dict):
        return []
    if _code(module):
        return [module]
    lists = [value for value in module.values() if isinstance(value, list)]
    return lists[0] if lists else [{"code": key, **row} for key, row in module.items() if isinstance(row, dict)]


def _code(row: Row) -> str:
    return str(row.get("code") or row.get("warehouse_code") or row.get("warehouseCode") or "")


def _location(row: Row) -> Location:
    code = _code(row)
    said = row.get("defaultAddress", row.get("default_address"))
    default = _yes(said) if said is not None else code.casefold() == DEFAULT_WAREHOUSE
    return Location(code, str(row.get("name") or code), default)
