"""Our values as Bukalapak's JSON and back. Pure: no network, no clock, no file.

Units on the wire: whole rupiah, grams, pieces, ISO 8601 times, local (+07:00) where they name no zone.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.bukalapak.client import WIB, whole
from adapters.bukalapak.facts import LISTS, Assumed, Attribute, ShopFacts, is_brand
from adapters.contract import Content, Ids, Listing, ListingState, Observed, ObservedOffer, Price, Variant
from adapters.invented import BukalapakVariant
from adapters.words import not_in_list, sentence

Row = Mapping[str, Any]
Json = dict[str, Any]
BETWEEN_OPTIONS = " / "


def dump(body: Json) -> str:
    """JSON text, the same bytes for the same values."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


# --- ids ------------------------------------------------------------------------------------------------------------


def offer_id(product: object, sku: object) -> str:
    """`product;sku`: a stock write needs both (facts, section 4.4)."""
    return f"{product};{sku}"


def parts_of(offer: str) -> tuple[str, str]:
    """The product and the SKU id of an offer id."""
    product, _, sku = offer.partition(";")
    return product, sku


# --- writing --------------------------------------------------------------------------------------------------------

CONTENT_FIELDS = ("title", "description", "category", "attributes", "brand", "parcel", "pictures")


def bbcode(text: str) -> str:
    """Plain text as BBCode: newlines stay, and no bracket can open a tag (facts, section 6, no. 10)."""
    return text.replace("[", "").replace("]", "")


def changed_fields(before: object, to: Content) -> tuple[str, ...]:
    """The fields of content that differ; every one when nothing is known or nothing differs (a forced push)."""
    if not isinstance(before, Content):
        return CONTENT_FIELDS
    changed = {name for name in CONTENT_FIELDS if getattr(before, name) != getattr(to, name)}
    if changed & {"category", "brand"}:
        changed |= {"attributes"}  # they belong to a category, and the brand is one of them
    return tuple(name for name in CONTENT_FIELDS if name in changed) or CONTENT_FIELDS


def product_fields(content: Content, names: Iterable[str], facts: ShopFacts) -> Json:
    """The JSON of the named fields, without pictures, as they stand in `product` (facts, section 3.3)."""
    attributes = {"product_detail_attributes": attribute_values(content, facts)}
    made: dict[str, Json] = {
        "title": {"name": content.title},
        "description": {"description_bb": bbcode(content.description)},
        "category": {"category_id": category_id(content.category)},
        "attributes": attributes,
        "brand": attributes,
        "parcel": {"weight": content.parcel[0]} if content.parcel else {},
    }
    body: Json = {}
    for name in names:
        body |= made.get(name, {})
    # An edit that has nothing to say must still end: the name again changes nothing.
    return body or {"name": content.title}


def category_id(text: str) -> int | str:
    """A category's id as a number, as documents print it."""
    return int(text) if text.isdigit() else text


def attribute_values(content: Content, facts: ShopFacts) -> Json:
    """`product_detail_attributes`: {field: value}, several values as a list."""
    known = facts.attributes(content.category)
    found: dict[str, list[Any]] = defaultdict(list)
    for key, text in _pairs(content, known):
        value = attribute_value(known.get(key), text)
        if value is not None:
            found[key].append(value)
    many = {key for key in found if key in known and known[key].kind == "check_boxes"}
    return {key: values if key in many or len(values) > 1 else values[0] for key, values in found.items()}


def _pairs(content: Content, known: Mapping[str, Attribute]) -> list[tuple[str, str]]:
    """The attributes, and the brand where the category has a field for it."""
    pairs = [(key, text.strip()) for key, text in content.attributes]
    field = next((key for key in known if is_brand(key)), None)
    if field and content.brand and field not in {key for key, _ in pairs}:
        pairs.append((field, content.brand.strip()))
    return pairs


def attribute_value(attribute: Attribute | None, text: str) -> Any:
    """One value; None where there is nothing to say, or a closed list does not hold it."""
    if not text:
        return None
    if attribute is None:
        return text
    if attribute.kind == "boolean":
        return text.casefold() in ("1", "true", "ya", "yes")
    if attribute.options and attribute.kind in LISTS:
        return attribute.options.get(text.casefold())
    return attribute.options.get(text.casefold(), text)


def left_out(content: Content, facts: ShopFacts) -> tuple[str, ...]:
    """Warnings for what the marketplace has no place for, and so is not sent."""
    known = facts.attributes(content.category)
    out = [
        not_in_list(known[key].name, str(text), "Bukalapak")
        for key, text in _pairs(content, known)
        if text and key in known and attribute_value(known[key], text) is None
    ]
    if content.preorder_days is not None:
        out.append(sentence("days to make have no field on Bukalapak; left out"))
    return tuple(out)


def variant_name(variant: Variant) -> str:
    """The option values of a variant as one name, by which it is known again: the shop may hold no SKU."""
    return BETWEEN_OPTIONS.join(variant.options)


def create_body(listing: Listing, images: Sequence[str], facts: ShopFacts, assumed: Assumed) -> Json:
    """The body of a v2 create. It has no place for a SKU (facts, section 3.3).

    The list `variants` is invented (`adapters.invented`): no source shows a create with variants. It is sent only where
    the assumption `bukalapak.create_variants` says that it is accepted.
    """
    variants = listing.structure.variants
    names = [name for name in CONTENT_FIELDS if name != "pictures"]
    product = product_fields(listing.content, names, facts)
    product |= {
        "price": min(listing.prices[v.sku].list for v in variants),
        "stock": sum(max(0, listing.stocks[v.sku]) for v in variants),
        "weight": listing.content.parcel[0] if listing.content.parcel else max(v.weight_g for v in variants),
        "new": True,
        "negotiable": False,
    }
    if listing.structure.options and assumed.variants:
        product["variants"] = [_variant_json(v, listing, assumed) for v in variants]
    return {"product": product, "images": ",".join(images)}


def _variant_json(variant: Variant, listing: Listing, assumed: Assumed) -> BukalapakVariant:
    labels = zip(listing.structure.options, variant.options, strict=True)
    row: BukalapakVariant = {
        "variant_name": variant_name(variant),
        "details": [{"label": label, "value": value} for label, value in labels],
        "price": listing.prices[variant.sku].list,
        "stock": max(0, listing.stocks[variant.sku]),
    }
    if assumed.sku_name:
        row["sku_name"] = variant.sku
    return row


# --- reading --------------------------------------------------------------------------------------------------------


def deleted(row: Row) -> bool:
    """True for a row that a list still shows though its product is gone (facts, section 4.3)."""
    return str(row.get("state") or "").casefold() == "deleted"


def observed(row: Row, seen_at: datetime) -> Observed:
    """One listing from a row of v4, or from the leaner one of v2."""
    product = str(row["id"])
    state = state_of(row)
    offers = [_offer(product, one, row, state) for one in _skus(row)]
    labels = [d.get("label") for v in _skus(row)[:1] for d in v.get("details") or [] if isinstance(d, dict)]
    return Observed(
        external_id=product,
        code=None,  # there is no field for it
        title=str(row.get("name") or ""),
        state=state,
        created_at=instant(row.get("created_at")),
        updated_at=instant(row.get("updated_at")),
        seen_at=seen_at,
        options=tuple(str(label or "") for label in labels),
        offers=tuple(offers),
        content=_content(row),
        raw=dump({"images": image_ids(row), "active": row.get("active") is True}),
    )


def _skus(row: Row) -> list[Row]:
    """The rows that carry SKU ids: the variants, else the product itself, which has one, too (facts, section 4.3)."""
    variants: list[Row] = [v for v in row.get("variants") or [] if isinstance(v, dict) and v.get("id") is not None]
    alone: list[Row] = [row] if row.get("sku_id") is not None else []
    return variants or alone


def has_skus(row: Row) -> bool:
    """True if a product row names at least one SKU id."""
    return bool(_skus(row))


def state_of(row: Row) -> ListingState:
    """What buyers see. A product that is off sale for want of stock is not hidden; the words are those of v2 (3.3)."""
    said = " ".join(_texts(row.get("state_description"))).casefold()
    pieces = whole(row.get("stock"))
    if deleted(row):
        return ListingState.gone
    if "melanggar" in said or str(row.get("state")).casefold() in ("banned", "blocked"):
        return ListingState.banned
    if row.get("for_sale") is False or row.get("active") is False:
        sold_out = "stok habis" in said or (row.get("active") is True and not pieces)
        return ListingState.live_oos if sold_out else ListingState.hidden
    if "for_sale" not in row and "active" not in row:
        return ListingState.half_built  # a v2 detail without either word: nothing may be concluded
    return ListingState.live_oos if pieces == 0 else ListingState.live


def _texts(value: Any) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else [str(value or "")]


def _offer(product: str, row: Row, parent: Row, state: ListingState) -> ObservedOffer:
    pieces = whole(row.get("stock"))
    shown = state in (ListingState.live, ListingState.live_oos)
    details = [str(d.get("value") or "") for d in row.get("details") or [] if isinstance(d, dict)]
    named = str(row.get("variant_name") or "")
    return ObservedOffer(
        external_id=offer_id(product, row["id"] if row is not parent else row["sku_id"]),
        sku=str(row["sku_name"]) if row.get("sku_name") else None,
        options=tuple(details) or (tuple(named.split(BETWEEN_OPTIONS)) if named else ()),
        price=_price(row),
        # A product that is off sale shows 0, whatever its stock is (facts, section 4.4).
        stock=pieces if shown or pieces else None,
        sellable=pieces if shown else 0,
        weight_g=whole(parent.get("weight")),
    )


def _price(row: Row) -> Price | None:
    current = whole(row.get("price"))
    listed = whole(row.get("original_price")) or current
    if current is None or listed is None:
        return None
    return Price(listed, current if current != listed else None)


def _content(row: Row) -> dict[str, object]:
    category = row.get("category")
    found: dict[str, object] = {"title": str(row.get("name") or "")}
    if row.get("description_bb") is not None:
        found["description"] = str(row["description_bb"])
    if isinstance(category, dict) and category.get("id") is not None:
        found["category"] = str(category["id"])
    return found


def image_ids(row: Row) -> list[str]:
    """The ids of a product's pictures; v4 puts them beside their addresses, v2 shows them alone, or only addresses."""
    images = row.get("images")
    found = images.get("ids") if isinstance(images, dict) else images or row.get("image_ids")
    return [str(i) for i in found if "/" not in str(i)] if isinstance(found, list) else []


def instant(text: Any) -> datetime | None:
    """An ISO 8601 time as an aware datetime in UTC; local (+07:00) where it names no zone; None if it is none."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=WIB)).astimezone(UTC)


# --- SKUs of a listing that stores none -----------------------------------------------------------------------------


def sku_ids(row: Row, skus: Sequence[str], names: Mapping[str, str], has_options: bool) -> Ids:
    """The ids of our SKUs in a product row: by the shop's SKU field, else by variant name, else the only one.

    `names` = {variant name in lower case: SKU} as the create said them.
    """
    offers: dict[str, str] = {}
    rows = _skus(row)
    known = {s.casefold(): s for s in skus}
    for one in rows:
        sku = known.get(str(one.get("sku_name") or "").casefold())
        sku = sku or names.get(str(one.get("variant_name") or "").strip().casefold())
        if sku is None and not has_options and len(rows) == 1 and len(skus) == 1:
            sku = skus[0]
        if sku is not None:
            offers[sku] = offer_id(row["id"], one["id"] if one is not row else one["sku_id"])
    return Ids(str(row["id"]), offers)


def images_in(body: str | None) -> frozenset[str]:
    """The ids of the pictures that went out with a create."""
    said = str(json.loads(body).get("images") or "") if body else ""
    return frozenset(said.split(",")) - {""}


def names_in(body: str | None, skus: Sequence[str]) -> dict[str, str]:
    """{variant name in lower case: SKU} of a create that was sent; its rows stand in the order of the SKUs."""
    product = (json.loads(body) if body else {}).get("product") or {}
    rows = product.get("variants") or []
    named = zip(rows, skus, strict=True) if len(rows) == len(skus) else ()
    return {str(row["variant_name"]).casefold(): sku for row, sku in named}
