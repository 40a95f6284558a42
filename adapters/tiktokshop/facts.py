"""What a shop says of itself, as values: its warehouse and storefronts, categories, bounds. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.contract import Facts, ShopBounds

Row = Mapping[str, Any]
TIKTOK, TOKOPEDIA = "TIKTOK_SHOP", "TOKOPEDIA"
BOTH = (TIKTOK, TOKOPEDIA)

# What the reference says of Indonesia (facts, section 7.1); prices have bounds that no source names.
TITLE, DESCRIPTION_MOST, PICTURES = (25, 255), 10_000, (1, 9)
STOCK, VARIANTS_MOST, OPTIONS_MOST = (0, 99_999), 100, 3
OPTION_NAME, OPTION_VALUE = (1, 20), (1, 50)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a category (facts, section 8). `values`: {name in lower case: (value id, name)}.

    `sales` = it tells variants apart, else it describes the product; `custom` = values of our own are taken.
    """

    name: str
    required: bool = False
    sales: bool = False
    custom: bool = False
    values: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Category:
    """What one leaf category wants, and on which storefronts it stands."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    brands: Mapping[str, str] = field(default_factory=dict)
    storefronts: tuple[str, ...] = ()

    def option(self, name: str) -> tuple[str, Attribute] | None:
        """Id and attribute that tells variants apart by this name."""
        wanted = name.strip().casefold()
        found = ((k, a) for k, a in self.attributes.items() if a.sales and a.name.strip().casefold() == wanted)
        return next(found, None)

    def offers(self, option: str) -> bool:
        """Whether an option's id is the category's own; of a category that was never learnt, every id is."""
        return bool(option) and (not self.attributes or option in self.attributes)

    def offers_value(self, option: str, value: str) -> bool:
        """Whether a value's id is the category's own, in the same way."""
        known = self.attributes.get(option)
        return bool(value) and (known is None or any(listed == value for listed, _ in known.values.values()))


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """The warehouse that our stock lies in (None = not learnt), the shop's storefronts, and the categories learnt."""

    warehouse: str | None = None
    storefronts: tuple[str, ...] = ()
    categories: Mapping[str, Category] = field(default_factory=dict)

    def category(self, external_id: str) -> Category:
        """The category's facts; an empty one if it was never learnt."""
        return self.categories.get(external_id, Category())


def load(facts: Facts) -> ShopFacts:
    """The adapter's own part of stored facts."""
    private = json.loads(facts.private)
    return ShopFacts(
        private.get("warehouse"),
        tuple(private.get("storefronts", ())),
        {key: _category(value) for key, value in private.get("categories", {}).items()},
    )


def _category(row: Row) -> Category:
    attributes = {
        key: Attribute(
            a["name"], a["required"], a["sales"], a["custom"],
            {name: (value[0], value[1]) for name, value in a["values"].items()},
        )
        for key, a in row["attributes"].items()
    }  # fmt: skip
    return Category(attributes, dict(row["brands"]), tuple(row["storefronts"]))


def category_json(attributes: Sequence[Row], brands: Sequence[Row], storefronts: Sequence[str]) -> dict[str, Any]:
    """Everything kept of one category, as JSON."""
    return {
        "attributes": {str(a["id"]): _attribute_json(a) for a in attributes if a.get("id")},
        "brands": {str(b["name"]).casefold(): str(b["id"]) for b in brands if b.get("id") and b.get("name")},
        "storefronts": list(storefronts),
    }


def _attribute_json(row: Row) -> dict[str, Any]:
    values = [v for v in row.get("values") or [] if isinstance(v, dict) and v.get("id")]
    return {
        "name": str(row.get("name") or ""),
        "required": required(row),
        "sales": row.get("type") == "SALES_PROPERTY",
        "custom": bool(row.get("is_customizable")) or not values,
        "values": {str(v.get("name", "")).casefold(): [str(v["id"]), str(v.get("name", ""))] for v in values},
    }


def required(row: Row) -> bool:
    """Whether an attribute must be filled: the flag is misspelt by the marketplace itself (facts, section 8)."""
    return bool(row.get("is_requried", row.get("is_required", False)))


def bounds_of(attributes: Sequence[Row]) -> ShopBounds:
    """What a category accepts."""
    wanted = [a for a in attributes if required(a) and a.get("type") != "SALES_PROPERTY" and a.get("id")]
    return ShopBounds(
        title=TITLE,
        description=(1, DESCRIPTION_MOST),
        pictures=PICTURES,
        stock=STOCK,
        option_name=OPTION_NAME,
        option_value=OPTION_VALUE,
        options=OPTIONS_MOST,
        variants=VARIANTS_MOST,
        required_attributes=tuple((str(a["id"]), str(a.get("name") or "")) for a in wanted),
    )
