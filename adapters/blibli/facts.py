"""What a Blibli store says of itself, as values: pickup point, brands, categories with their attributes. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.contract import Facts, ShopBounds

Row = Mapping[str, Any]

FAMILY_COLOUR = "FA-2000060"  # goes along with every colour, as one of a closed list (facts, section 7.2)
_COLOURS = frozenset({"warna", "colour", "color"})
_SAME = (_COLOURS, frozenset({"ukuran", "size"}))
OPTIONS_AT_MOST = 2
PICTURES_AT_MOST = 8  # a variant (facts, section 6)
VARIANTS_AT_MOST = 50  # facts, section 6
DESCRIPTION_AT_MOST = 5000  # facts, section 6
NO_UPPER_LIMIT = 10**12  # rupiah: none is published
PRICE_FLOORS = {"1000": 1000, "1": 1}
"""Which floor applies today is an open question (facts, section 15): `blibli.price_floor`, the higher by default."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a category (facts, section 8).

    `variant` = it makes variants (variant-creating, or of type DEFINING); `names` in every language; `values` where the
    list is closed.
    """

    name: str
    mandatory: bool = False
    variant: bool = False
    names: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    def value(self, text: str) -> str | None:
        """The list's own spelling of `text`; None where a closed list does not hold it, or nothing is said."""
        wanted = text.strip()[:255]
        if wanted in ("", "-"):
            return None
        if not self.values:
            return wanted
        return next((v for v in self.values if v.casefold() == wanted.casefold()), None)

    def called(self, option: str) -> bool:
        """True if an option of ours goes by this name, in Indonesian or English."""
        wanted = option.strip().casefold()
        alike = next((words for words in _SAME if wanted in words), frozenset({wanted}))
        return any(name.casefold() in alike for name in (self.name, *self.names))


@dataclass(frozen=True, slots=True)
class Category:
    """What one leaf category wants, by attribute code."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)

    def variant_codes(self) -> list[str]:
        """The attributes that make variants; the family colour only follows one of them."""
        return [code for code, a in self.attributes.items() if a.variant and code != FAMILY_COLOUR]

    def option_codes(self, options: Sequence[str]) -> list[str]:
        """The attribute of each option: by its name, else in the category's order.

        An option too many keeps its own name, and Blibli refuses it in words that a person understands.
        """
        left = self.variant_codes()
        named: dict[str, str] = {}
        for option in options:
            code = next((c for c in left if self.attributes[c].called(option)), None)
            if code is not None:
                named[option] = code
                left.remove(code)
        rest = iter(left)
        return [named.get(option) or next(rest, option) for option in options]

    def family_of(self, colour: str) -> str:
        """The family colour that a colour's words name; the colour itself where none does."""
        family = self.attributes.get(FAMILY_COLOUR)
        known = family.values if family else ()
        words = colour.casefold()
        return next((v for v in known if v.casefold() in words), colour)

    def is_colour(self, code: str) -> bool:
        """True for the attribute that a family colour goes along with."""
        attribute = self.attributes.get(code)
        return FAMILY_COLOUR in self.attributes and attribute is not None and attribute.called("warna")


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """`point` = where stock lies; `several` = writes must name it; brands by their name in lower case: (code, name)."""

    store: str
    point: str | None = None
    several: bool = False
    brands: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    categories: Mapping[str, Category] = field(default_factory=dict)
    one_product_per_create: bool = False

    def category(self, code: str) -> Category:
        """The category's facts; an empty one if it was never learnt."""
        return self.categories.get(code, Category())

    def brand(self, name: str | None) -> tuple[str, str] | None:
        """(code, name) of a brand that Blibli knows; no brand is a brand there."""
        if name:
            return self.brands.get(name.strip().casefold())
        return next((self.brands[n] for n in ("no brand", "nobrand", "tanpa merek") if n in self.brands), None)


def load(facts: Facts, start: ShopFacts) -> ShopFacts:
    """The adapter's own part of stored facts, for the store of `start`."""
    private = json.loads(facts.private)
    return ShopFacts(
        start.store,
        start.point or private.get("point"),
        bool(private.get("several", start.several)),
        {key: (code, name) for key, (code, name) in private.get("brands", {}).items()},
        {key: _category(value) for key, value in private.get("categories", {}).items()},
        start.one_product_per_create,
    )


def _category(rows: Mapping[str, Row]) -> Category:
    return Category({
        code: Attribute(
            a["name"], a["mandatory"], a["variant"], tuple(a["names"]), tuple(a["values"]),
        )
        for code, a in rows.items()
    })  # fmt: skip


def attributes_json(rows: Sequence[Row]) -> dict[str, Any]:
    """The attributes of one category, cut down to what is kept; both versions' names are read (facts, section 8)."""
    return {str(row.get("code") or row.get("attributeCode")): _attribute_json(row) for row in rows}


def _attribute_json(row: Row) -> dict[str, Any]:
    locale = row.get("nameLocale")
    kind = str(row.get("type") or row.get("attributeType") or "").upper()
    variant = bool(row.get("variantCreating", row.get("variantCreation", False)))
    return {
        "name": str(row.get("name") or ""),
        "mandatory": bool(row.get("mandatory")),
        "variant": variant or kind.startswith("DEFINING"),
        "names": sorted({str(v) for v in locale.values() if v}) if isinstance(locale, dict) else [],
        "values": [] if kind.startswith("DESCRIPTIVE") else [_value(v) for v in row.get("options") or []],
    }


def _value(option: Any) -> str:
    return str(option.get("name") or option.get("value") or "") if isinstance(option, dict) else str(option)


def bounds_of(attributes: Sequence[Row], floor: int) -> ShopBounds:
    """What a category accepts (facts, sections 6 and 8). `floor` = the lowest price, in whole rupiah."""
    kept = attributes_json(attributes)
    variant = [code for code, a in kept.items() if a["variant"] and code != FAMILY_COLOUR]
    required = [(c, str(a["name"])) for c, a in kept.items() if a["mandatory"] and not a["variant"]]
    return ShopBounds(
        description=(0, DESCRIPTION_AT_MOST),
        pictures=(1, PICTURES_AT_MOST),
        price=(floor, NO_UPPER_LIMIT),
        options=min(OPTIONS_AT_MOST, len(variant)),
        variants=VARIANTS_AT_MOST,
        attributes=tuple(kept),
        closed_values={code: tuple(a["values"]) for code, a in kept.items() if a["values"] and not a["variant"]},
        required_attributes=tuple((code, name) for code, name in required if code != FAMILY_COLOUR),
    )
