"""What a Shopee shop says of itself, as values: attributes, brands, couriers, location, bounds. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.contract import Courier, Facts, ShopBounds

Row = Mapping[str, Any]


CLOSED = (1, 4)
"""Input types whose list takes no value of one's own: single and multiple dropdown (facts, section 3.9)."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a category (facts, section 3.9). `values`: {name in lower case: (value id, name)}."""

    name: str
    mandatory: bool
    input_type: int = 3
    validation: int = 0
    with_unit: bool = False
    units: tuple[str, ...] = ()
    values: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def custom(self) -> bool:
        """May a value be sent that is not in the list? 2 combo, 3 free text, 5 multi combo."""
        return self.input_type in (2, 3, 5)


@dataclass(frozen=True, slots=True)
class Category:
    """What one leaf category wants. `days_to_ship` = the fixed days of a product that is not a pre-order."""

    attributes: Mapping[int, Attribute] = field(default_factory=dict)
    brands: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    brand_mandatory: bool = False
    days_to_ship: int | None = None
    least_stock: int = 0
    declares_no_gtin: bool = False


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """Couriers to offer, the stock location of a multi-warehouse shop, and the categories learnt."""

    couriers: tuple[int, ...] = ()
    location: str | None = None
    categories: Mapping[str, Category] = field(default_factory=dict)

    def category(self, external_id: str) -> Category:
        """The category's facts; an empty one if it was never learnt."""
        return self.categories.get(external_id, Category())


def load(facts: Facts) -> ShopFacts:
    """The adapter's own part of stored facts."""
    private = json.loads(facts.private)
    return ShopFacts(
        tuple(private.get("couriers", ())),
        private.get("location"),
        {key: _category(value) for key, value in private.get("categories", {}).items()},
    )


def _category(row: Row) -> Category:
    attributes = {
        int(key): Attribute(
            a["name"], a["mandatory"], a["input_type"], a["validation"], a["with_unit"], tuple(a["units"]),
            {name: (value[0], value[1]) for name, value in a["values"].items()},
        )
        for key, a in row["attributes"].items()
    }  # fmt: skip
    brands = {name: (value[0], value[1]) for name, value in row["brands"].items()}
    return Category(
        attributes,
        brands,
        row["brand_mandatory"],
        row["days_to_ship"],
        row["least_stock"],
        row["declares_no_gtin"],
    )


def attribute_json(row: Row) -> dict[str, Any]:
    """One attribute of get_attribute_tree, cut down to what is kept."""
    info = row.get("attribute_info") or {}
    values = row.get("attribute_value_list") or []
    return {
        "name": str(row.get("name") or ""),
        "mandatory": bool(row.get("mandatory", row.get("is_mandatory", False))),
        "input_type": int(info.get("input_type") or 3),
        "validation": int(info.get("input_validation_type") or 0),
        "with_unit": info.get("format_type") == 2,
        "units": [str(unit) for unit in info.get("attribute_unit_list") or []],
        "values": {str(v.get("name", "")).casefold(): [int(v["value_id"]), str(v.get("name", ""))] for v in values},
    }


def category_json(limits: Row, tree: Sequence[Row], brands: Sequence[Row], brand_mandatory: bool) -> dict[str, Any]:
    """Everything kept of one category, as JSON."""
    dts = (limits.get("dts_limit") or {}).get("non_pre_order_days_to_ship")
    rule = str((limits.get("gtin_limit") or {}).get("gtin_validation_rule") or "")
    stock = _range(limits.get("stock_limit"))
    return {
        "attributes": {str(a["attribute_id"]): attribute_json(a) for a in tree},
        "brands": {name.casefold(): [int(b["brand_id"]), name] for b in brands for name in _brand_names(b)},
        "brand_mandatory": brand_mandatory,
        "days_to_ship": int(dts) if isinstance(dts, int) and dts > 0 else None,
        "least_stock": stock[0] if stock else 0,
        "declares_no_gtin": rule.casefold() == "flexible",
    }


def _brand_names(row: Row) -> list[str]:
    names = (row.get("original_brand_name"), row.get("display_brand_name"))
    return [str(name) for name in names if name]


def couriers_of(rows: Sequence[Row]) -> list[int]:
    """The couriers an item may use: enabled, and not one behind a mask (facts, section 3.10)."""
    return [int(r["logistics_channel_id"]) for r in rows if r.get("enabled") and not r.get("mask_channel_id")]


def courier_values(rows: Sequence[Row]) -> tuple[Courier, ...]:
    """The couriers that an item may name, with the largest parcel of each; 0 and null mean no limit (section 3.10)."""
    return tuple(_courier(row) for row in rows if not row.get("mask_channel_id"))


def _courier(row: Row) -> Courier:
    weight, size = row.get("weight_limit") or {}, row.get("item_max_dimension") or {}
    sides = tuple(int(float(size.get(side) or 0)) for side in ("length", "width", "height"))
    # Floats of kilograms: 1.001 * 1000 is 1000.9999999999999, which is rounded, not cut.
    grams = [round(float(weight.get(key) or 0) * 1000) for key in ("item_min_weight", "item_max_weight")]
    return Courier(
        id=str(row["logistics_channel_id"]),
        name=str(row.get("logistics_channel_name") or ""),
        enabled=bool(row.get("enabled")),
        weight_g=(grams[0], grams[1]) if grams[1] else None,
        size_cm=(sides[0], sides[1], sides[2]) if all(sides) else None,
        size_sum_cm=int(float(size.get("dimension_sum") or 0)) or None,
    )


def bounds_of(
    limits: Row, tree: Sequence[Row], brand_mandatory: bool, brands: Sequence[Row] = (), plain_days: int | None = None
) -> ShopBounds:
    """What a category accepts, from get_item_limit, its attributes and brands (facts, sections 3.8 and 3.9).

    `plain_days` = the fixed days to ship of what is not made to order.
    """
    dts = _range((limits.get("dts_limit") or {}).get("days_to_ship_limit"))
    closed = {str(a["attribute_id"]): values for a in tree if (values := _closed_values(a))}
    return ShopBounds(
        title=_range(limits.get("item_name_length_limit")),
        description=_range(limits.get("item_description_length_limit")),
        pictures=_range(limits.get("item_image_count_limit")),
        price=_range(limits.get("price_limit")),
        stock=_range(limits.get("stock_limit")),
        option_name=_range(limits.get("tier_variation_name_length_limit")),
        option_value=_range(limits.get("tier_variation_option_length_limit")),
        variants=50,  # facts, section 3.5
        price_ratio=7.0,  # Indonesia: facts, section 3.6
        # -1/-1 = no pre-order (facts, section 3.8)
        preorder_days=None if dts is None else dts if dts[0] > 0 else (0, 0),
        days_to_ship=plain_days,
        attributes=tuple(str(a["attribute_id"]) for a in tree),
        required_attributes=tuple((str(a["attribute_id"]), str(a.get("name") or "")) for a in tree if _mandatory(a)),
        closed_values=closed,
        brand_required=brand_mandatory,
        brands=tuple(name for b in brands for name in _brand_names(b)) if brand_mandatory else (),
    )


def _closed_values(row: Row) -> tuple[str, ...]:
    """The values of an attribute that takes no other; () where the list is open."""
    if (row.get("attribute_info") or {}).get("input_type") not in CLOSED:
        return ()
    return tuple(str(value.get("name") or "") for value in row.get("attribute_value_list") or [])


def _mandatory(row: Row) -> bool:
    return bool(row.get("mandatory", row.get("is_mandatory", False)))


def _range(row: Row | None) -> tuple[int, int] | None:
    if not row or row.get("min_limit") is None or row.get("max_limit") is None:
        return None
    low = float(row["min_limit"])
    # A lower limit of 5.5 rupiah means 6: our prices are whole.
    return int(low) if low == int(low) else int(low) + 1, int(float(row["max_limit"]))
