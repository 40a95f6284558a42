"""What is wrong with a draft: the rules of facts, section 6, and those of the category. All texts are invented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.sandbox.blibli.context import Context, tree
from adapters.sandbox.blibli.errors import Refusal
from adapters.sandbox.blibli.pictures import PER_VARIANT

COLOUR, FAMILY_COLOUR = "WA-2000010", "FA-2000060"
"""Colour variants need the family colour beside them (facts, section 7.2)."""

DESCRIPTION_MOST, USP_MOST, VALUE_MOST, VARIANTS_MOST, NAME_MOST = 5000, 400, 255, 50, 150


def problem(here: Context, draft: Mapping[str, Any]) -> str | None:
    """The first thing that is wrong with a whole draft, None if nothing is."""
    return next(_problems(here, draft), None)


def _problems(here: Context, draft: Mapping[str, Any]) -> Iterator[str]:
    yield from draft.get("problems", ())
    yield from _texts(here, draft)
    yield from _placed(here, draft)
    if any(number <= 0 for number in draft["size"]):
        yield "length, width, height and weight must be greater than 0"
    try:
        leaf = here.leaf(draft["category"])
    except Refusal as refusal:
        yield refusal.text
        return
    yield from attribute_problems(leaf, draft.get("attributes", {}))
    yield from _variants(here, leaf, draft)


def _texts(here: Context, draft: Mapping[str, Any]) -> Iterator[str]:
    if not draft["name"].strip():
        yield "name is empty"
    if len(draft["name"]) > NAME_MOST and here.on("name_length", "150"):
        yield f"name is longer than {NAME_MOST} characters"
    if len(draft["description"]) > DESCRIPTION_MOST or not draft["description"]:
        yield f"description must have 1 to {DESCRIPTION_MOST} characters"
    if len(draft.get("usp", "")) > USP_MOST:
        yield f"uniqueSellingPoint is longer than {USP_MOST} characters"


def _placed(here: Context, draft: Mapping[str, Any]) -> Iterator[str]:
    try:
        here.pickup(draft.get("pickup"))
    except Refusal as refusal:
        yield refusal.text
    brand = draft.get("brand")
    known = here.brands()
    if brand and brand not in known and brand not in known.values():
        yield f"brand {brand} is not found"
    couriers = {row["code"] for row in tree()["logistics"]}
    if any(code not in couriers for code in draft.get("logistics", ())):
        yield "logistics names a courier that does not exist"


def attribute_problems(leaf: Mapping[str, Any], given: Mapping[str, str | None]) -> Iterator[str]:
    """What is wrong with the attributes that do not make variants."""
    for code in leaf["mandatory"]:
        if not given.get(code):
            yield f"attribute {code} is mandatory"
    for code, value in given.items():
        if code not in leaf["mandatory"] and code not in leaf["optional"]:
            yield f"attribute {code} is not of this category"
        elif value is None or value == "-" or not value.strip():
            yield f"attribute {code} must not be null or -"
        else:
            yield from _value(code, value)


def _value(code: str, value: str) -> Iterator[str]:
    options = tree()["attributes"][code]["options"]
    if len(value) > VALUE_MOST:
        yield f"attribute {code} is longer than {VALUE_MOST} characters"
    if options and value not in options:
        yield f"attribute {code}: {value} is not among its options"


def _variants(here: Context, leaf: Mapping[str, Any], draft: Mapping[str, Any]) -> Iterator[str]:
    variants, defining = draft["variants"], draft.get("defining", {})
    if not 1 <= len(variants) <= VARIANTS_MOST:
        yield f"a product has 1 to {VARIANTS_MOST} variants"
    yield from _defined(leaf, defining)
    yield from combination_problems(defining, variants)
    for variant in variants:
        yield from number_problems(here, variant)
        yield from _pictured(variant, draft.get("pictures", {}))


def _defined(leaf: Mapping[str, Any], defining: Mapping[str, list[str]]) -> Iterator[str]:
    for code, values in defining.items():
        if code not in leaf["variant"]:
            yield f"attribute {code} does not make variants in this category"
            return
        for value in values:
            yield from _value(code, value)
    if COLOUR in defining and FAMILY_COLOUR not in defining:
        yield f"colour variants need the attribute {FAMILY_COLOUR}"


def combination_problems(defining: Mapping[str, list[str]], variants: list[dict[str, Any]]) -> Iterator[str]:
    """Whether each variant has one value of each defining attribute, and no two have the same."""
    wanted = set(defining) - {FAMILY_COLOUR}
    for variant in variants:
        given = variant.get("attributes", {})
        if not wanted <= set(given) or not set(given) <= set(defining):
            yield f"variant {variant['sku']}: attributesMap must name {', '.join(sorted(wanted)) or 'nothing'}"
        elif any(value not in defining[code] for code, value in given.items()):
            yield f"variant {variant['sku']}: a value that is not among the defining attributes"
    seen = Counter(tuple(sorted(variant.get("attributes", {}).items())) for variant in variants)
    if any(number > 1 for number in seen.values()):
        yield "two variants have the same options"


def number_problems(here: Context, variant: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with price, sale price, stock and minimum stock, as far as they are given."""
    if not variant.get("sku", "").strip():
        yield "merchantSku is empty"
    if "price" in variant:
        yield from price_problems(here, variant["price"], variant["sale"])
    if variant.get("stock", 0) < 0:
        yield "stock must be 0 or more"
    if variant.get("minimum", 1) < 1:
        yield "minimumStock must be 1 or more"


def price_problems(here: Context, price: float, sale: float) -> Iterator[str]:
    """What is wrong with a pair of prices; which floor holds is open (facts, section 6)."""
    floor = int(here.switches["blibli.price_floor"])
    if price != int(price) or sale != int(sale):
        yield "price and sale price must be whole rupiah"
    if min(price, sale) < floor:
        yield f"price must be {floor} or more"
    if sale > price:
        yield "sale price must not be higher than the price"


def _pictured(variant: Mapping[str, Any], pictures: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    keys = variant.get("images", ())
    if not 1 <= len(keys) <= PER_VARIANT:
        yield f"variant {variant['sku']} needs 1 to {PER_VARIANT} images"
    for key in keys:
        if key not in pictures:
            yield f"image {key} is not in imageMap"
        elif "error" in pictures[key]:
            yield f"image {key}: {pictures[key]['error']}"
