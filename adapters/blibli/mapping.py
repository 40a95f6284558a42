"""Our values as Blibli's JSON. Pure: no network, no clock, no file.

Units on the wire: whole rupiah, grams (V1 reads alone say kilograms), whole centimetres, epoch milliseconds.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.blibli.facts import FAMILY_COLOUR, PICTURES_AT_MOST, Category, ShopFacts
from adapters.contract import Content, Listing, Observed, Picture, Price, Structure, Variant
from adapters.words import not_in_list, sentence

Row = Mapping[str, Any]
Json = dict[str, Any]

REGULAR, BIG = 1, 2  # productType: a parcel of more than 50 kg is shipped by the seller (facts, section 6)
BIG_FROM_G = 50_000
LEAST_STOCK = 1  # minimumStock must be at least 1 (facts, section 6)
PLACEHOLDER = "sha256:"
CONTENT_FIELDS = ("title", "description", "category", "pictures", "brand", "attributes", "parcel", "preorder_days")
EDITABLE = ("title", "description", "brand", "attributes", "parcel")
"""What the detail update carries. No source shows a call that changes the category or replaces all pictures of a live
product; both are refused here, by name, so that the others go through."""


def dump(body: Json) -> str:
    """JSON text, the same bytes for the same values."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def b64(text: str) -> str:
    """Descriptions travel as base64 (facts, section 6)."""
    return base64.b64encode(text.encode()).decode()


def whole(value: Any) -> int | None:
    """A number of Blibli's, sometimes with decimals, as a whole one."""
    try:
        return round(float(value)) if value is not None else None
    except (TypeError, ValueError):
        return None


# --- ids -------------------------------------------------------------------------------------------------------------


def listing_of(offer: str) -> str:
    """The product (L3) of a variant (L4): one dash section less (facts, section 4)."""
    return offer.rpartition("-")[0]


# --- prices and stock ------------------------------------------------------------------------------------------------


def sale_of(to: Price) -> int:
    """The sale price of what is new, which must go along (facts, section 7.5): none is spelt as the list price."""
    return min(to.sale, to.list) if to.sale is not None else to.list


def price_row(offer: str, to: Price, facts: ShopFacts) -> Json:
    """A row of updateProduct with the prices, and nothing else; a sale price that is the seller's is read when the row
    is sent (see `pairs`)."""
    sale = {"salePrice": sale_of(to)} if to.sale is not None else {}
    return {"gdnSku": offer, "price": to.list, **sale, **_place(facts)}


def stock_row(offer: str, pieces: int, facts: ShopFacts) -> Json:
    """A row of updateProduct with the absolute stock; `stock` would be added (facts, section 12, trap 1)."""
    return {"gdnSku": offer, "exactStock": pieces, **_place(facts)}


def buyable_row(offer: str, facts: ShopFacts) -> Json:
    """A row of updateProduct that puts a variant on sale."""
    return {"gdnSku": offer, "buyable": True, **_place(facts)}


def stock_json(pieces: int, facts: ShopFacts) -> Json:
    """The body of the single stock write."""
    return {"availableStock": pieces, **_place(facts)}


def _place(facts: ShopFacts) -> Json:
    """The pickup point, which stores with several must name (facts, section 12, trap 14)."""
    return {"pickupPointCode": facts.point} if facts.several and facts.point else {}


# --- creates ---------------------------------------------------------------------------------------------------------


def picture_key(picture: Picture) -> str:
    """The name of a picture within one product."""
    return f"{picture.sha256[:16]}.{'png' if picture.path.lower().endswith('.png') else 'jpg'}"


def pictures_of(content: Content) -> list[Picture]:
    """The pictures that are sent, each once."""
    return list({p.sha256: p for p in content.pictures}.values())[:PICTURES_AT_MOST]


def product_json(listing: Listing, facts: ShopFacts) -> Json:
    """One product of createProduct V2 (facts, section 7.2). Pictures are placeholders until they are sent."""
    content, category = listing.content, facts.category(listing.content.category)
    weight, (length, width, height) = _parcel(listing)
    keys = [picture_key(p) for p in pictures_of(content)]
    named = brand_name(content.brand, facts)
    product: Json = {
        "bpCode": facts.store, "name": content.title, "categoryCode": content.category,
        "productType": BIG if weight > BIG_FROM_G else REGULAR,
        "length": length, "width": width, "height": height, "weight": weight,
        "description": b64(content.description),
        "productNonDefiningAttributes": descriptive(content, category),
        "productDefiningAttributes": defining(listing, category),
        "productItems": [_item(listing, v, keys, category) for v in listing.structure.variants],
        "imageMap": _image_map(content),
    }  # fmt: skip
    product |= {"brand": named} if named else {}
    return product | ({"pickupPointCode": facts.point} if facts.point else {})


def brand_name(name: str | None, facts: ShopFacts) -> str | None:
    """A known brand in Blibli's spelling, an unknown one in ours, no brand as the brand that says so."""
    known = facts.brand(name)
    return known[1] if known else name


def _item(listing: Listing, variant: Variant, keys: Sequence[str], category: Category) -> Json:
    price = listing.prices[variant.sku]
    return {
        "merchantSku": variant.sku, **_upc(variant), "price": price.list, "salePrice": sale_of(price),
        "stock": listing.stocks[variant.sku], "minimumStock": LEAST_STOCK,
        "displayable": listing.visible, "buyable": listing.visible, "images": list(keys),
        "dangerousGoodsLevel": 0,
        "attributesMap": variant_attributes(variant, listing.structure.options, listing.content, category),
    }  # fmt: skip


def _upc(variant: Variant) -> Json:
    return {"upcCode": variant.barcode} if variant.barcode else {}


def _parcel(listing: Listing) -> tuple[int, tuple[int, int, int]]:
    """The product's parcel; with options the heaviest variant's, since Blibli keeps one for all of them."""
    if listing.content.parcel is not None:
        return listing.content.parcel
    heaviest = max(listing.structure.variants, key=lambda v: v.weight_g)
    return heaviest.weight_g, heaviest.size_cm


def descriptive(content: Content, category: Category) -> dict[str, str]:
    """Attribute values that make no variants: {code: value}."""
    values: dict[str, str] = {}
    for code, text in content.attributes:
        attribute = category.attributes.get(code)
        if attribute is not None and attribute.variant:
            continue
        value = attribute.value(text) if attribute is not None else text.strip()[:255] or None
        if value is None and attribute is not None and attribute.mandatory:
            value = text.strip()[:255] or None  # refused in Blibli's own words rather than as missing
        if value is not None:
            values[code] = f"{values[code]}, {value}"[:255] if code in values else value
    return values


def left_out(content: Content, category: Category) -> tuple[str, ...]:
    """Warnings for values that a closed list does not hold, and so are not sent, and for what a create cannot say."""
    said = []
    for code, text in content.attributes:
        attribute = category.attributes.get(code)
        if attribute and text.strip() and not attribute.mandatory and attribute.value(text) is None:
            said.append(not_in_list(attribute.name or code, text, "Blibli"))
    if content.preorder_days is not None:
        said.append(sentence("made to order: Blibli's create has no place for it; set it in Seller Center"))
    return tuple(said)


def variant_attributes(variant: Variant, options: Sequence[str], content: Content, category: Category) -> Json:
    """attributesMap of one variant: its option values, and the defining values that all variants share."""
    values = _fixed(content, category)
    for code, text in zip(category.option_codes(options), variant.options, strict=True):
        attribute = category.attributes.get(code)
        values[code] = (attribute.value(text) if attribute else None) or text
    for code in list(values):
        if category.is_colour(code):
            values[FAMILY_COLOUR] = category.family_of(values[code])
    return values


def _fixed(content: Content, category: Category) -> Json:
    """Defining attributes that the product itself says (a plain product's colour)."""
    pairs = ((code, category.attributes.get(code), text.strip()) for code, text in content.attributes)
    return {code: a.value(text) or text for code, a, text in pairs if a is not None and a.variant and text}


def defining(listing: Listing, category: Category) -> dict[str, list[str]]:
    """productDefiningAttributes: every value that a variant has, by attribute (facts, section 7.2)."""
    values: dict[str, dict[str, None]] = {}
    for variant in listing.structure.variants:
        of_variant = variant_attributes(variant, listing.structure.options, listing.content, category)
        for code, value in of_variant.items():
            values.setdefault(code, {})[value] = None
    return {code: list(found) for code, found in values.items()}


# --- corrections -----------------------------------------------------------------------------------------------------


def revision_json(listing: Listing, facts: ShopFacts) -> Json:
    """A corrected product by the revision V1 (facts, section 7.3): V2's body stands in no source."""
    content, category = listing.content, facts.category(listing.content.category)
    weight, size = _parcel(listing)
    brand = facts.brand(content.brand)
    body: Json = {
        "product": {
            "name": content.title, "description": b64(content.description),
            "productType": BIG if weight > BIG_FROM_G else REGULAR,
        },
        "category": {"code": content.category},
        "dimension": dimension(weight, size),
        "nonDefiningAttributes": descriptive(content, category),
        "definingAttributes": defining(listing, category),
        "productItems": [_revised_item(listing, v, category) for v in listing.structure.variants],
        "imageMap": [
            {"name": picture_key(p), "data": f"{PLACEHOLDER}{p.sha256}"} for p in pictures_of(content)
        ],
    }  # fmt: skip
    body |= {"brand": {"code": brand[0]}} if brand else {}
    return body | ({"pickupPoint": {"code": facts.point}} if facts.point else {})


def _revised_item(listing: Listing, variant: Variant, category: Category) -> Json:
    row = _item(listing, variant, [picture_key(p) for p in pictures_of(listing.content)], category)
    kept = ("upcCode", "stock", "minimumStock", "buyable", "displayable", "images", "attributesMap")
    price = {"price": {"regular": row["price"], "sale": row["salePrice"]}}
    return {"sellerSku": variant.sku, **{k: row[k] for k in kept if k in row}, **price}


def dimension(weight_g: int, size_cm: tuple[int, int, int]) -> Json:
    """Centimetres and grams (facts, section 1; the unit's label is an open question of section 15)."""
    length, width, height = size_cm
    return {"length": length, "width": width, "height": height, "weight": weight_g}


# --- content and structure of what is live ---------------------------------------------------------------------------


def changed_fields(before: object, to: Content) -> tuple[str, ...]:
    """The fields of content that differ; all that can be edited when nothing is known or nothing differs."""
    changed: tuple[str, ...] = ()
    if isinstance(before, Content):
        changed = tuple(n for n in CONTENT_FIELDS if getattr(before, n) != getattr(to, n))
    return changed or tuple(n for n in EDITABLE if n != "parcel" or to.parcel is not None)


CREATE_NAMES, REVISION_NAMES = "create", "revision"
OPEN_NAMES = ("brand", "attributes")
"""Fields of a detail update whose names no source shows: those of create V3 are tried, then those of a revision V1."""


def detail_json(content: Content, fields: Iterable[str], facts: ShopFacts, names: str) -> Json:
    """These fields of content for the detail update: only what changed (facts, section 7.8)."""
    as_created = names == CREATE_NAMES
    brand = facts.brand(content.brand)
    known = {"brandCode": brand[0]} if brand and as_created else {"brand": {"code": brand[0]}} if brand else None
    attributes = descriptive(content, facts.category(content.category))
    made: dict[str, Json] = {
        "title": {"name": content.title},
        "description": {"description": b64(content.description)},
        "brand": known or ({"newBrand": content.brand} if content.brand else {}),
        "attributes": {"attributes" if as_created else "nonDefiningAttributes": attributes},
        "parcel": {"dimension": dimension(*content.parcel)} if content.parcel else {},
    }
    body: Json = {}
    for field in fields:
        body.update(made.get(field, {}))
    return body


def variants_json(
    to: Structure, seen: Observed, listing: Listing | None, facts: ShopFacts, leaving: frozenset[str] = frozenset()
) -> Json:
    """Every variant that stays, ours or not, and the new ones: what is not named goes (facts, section 7.9), and that
    is only what is `leaving` (ids of variants of ours that a person let go).

    A new variant brings its pictures as in a create, named in an imageMap: whether it must is an open question.
    """
    ids = {o.sku: o.external_id for o in seen.offers if o.sku}
    category = facts.category(listing.content.category) if listing else Category()
    rows: list[Json] = []
    for variant in to.variants:
        attributes = variant_attributes(variant, to.options, listing.content, category) if listing else {}
        row: Json = {"sellerSku": variant.sku, **_upc(variant), "attributesMap": attributes}
        if variant.sku in ids:
            row = {"blibliSku": ids[variant.sku], **row}
        elif listing is not None:
            row |= _new_variant(listing, variant, facts)
        rows.append(row)
    ours = {v.sku for v in to.variants}
    foreign = [o for o in seen.offers if (o.sku is None or o.sku not in ours) and o.external_id not in leaving]
    rows += [{"blibliSku": o.external_id, **({"sellerSku": o.sku} if o.sku else {})} for o in foreign]
    fresh = listing is not None and any("price" in row for row in rows)
    return {"variants": rows, **({"imageMap": _image_map(listing.content)} if listing is not None and fresh else {})}


def _image_map(content: Content) -> Json:
    """{name: placeholder} of a product's pictures."""
    return {picture_key(p): f"{PLACEHOLDER}{p.sha256}" for p in pictures_of(content)}


def _new_variant(listing: Listing, variant: Variant, facts: ShopFacts) -> Json:
    """Price, stock and pictures, which are read for new variants only (facts, section 7.9)."""
    price = listing.prices[variant.sku]
    row: Json = {
        "price": {"regular": price.list, "sale": sale_of(price)}, "stock": listing.stocks[variant.sku],
        "minimumStock": LEAST_STOCK, "buyable": listing.visible, "displayable": listing.visible,
        "images": [picture_key(p) for p in pictures_of(listing.content)],
    }  # fmt: skip
    return row | ({"pickupPointCode": facts.point} if facts.point else {})
