"""Our values as Shopee's JSON and back. Pure: no network, no clock, no file.

Units on the wire: whole rupiah, kilograms (text in reads), whole centimetres, epoch seconds.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.contract import (
    Content,
    Ids,
    Listing,
    ListingState,
    Observed,
    ObservedOffer,
    Order,
    OrderLine,
    OrderState,
    Price,
    Structure,
    Variant,
)
from adapters.shopee.facts import Attribute, Category, ShopFacts
from adapters.words import not_in_list

Row = Mapping[str, Any]
Json = dict[str, Any]

NO_BRAND = {"brand_id": 0, "original_brand_name": "NoBrand"}
DEFAULT_DAYS_TO_SHIP = 2
STATES = {
    "NORMAL": ListingState.live,
    "UNLIST": ListingState.hidden,
    "BANNED": ListingState.banned,
    "REVIEWING": ListingState.in_review,
    "SELLER_DELETE": ListingState.gone,
    "SHOPEE_DELETE": ListingState.gone,
    "DELETED": ListingState.gone,
}


def dump(body: Json) -> str:
    """JSON text, the same bytes for the same values."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


# --- ids ----------------------------------------------------------------------------------------------------


def offer_id(item_id: int | str, model_id: int | str) -> str:
    """`item:model`; a product without options has model 0."""
    return f"{item_id}:{model_id}"


def model_of(offer: str) -> int:
    """The model id in an offer id; 0 = none."""
    return int(offer.rpartition(":")[2])


# --- writing: content ---------------------------------------------------------------------------------------


def content_fields(content: Content, names: Iterable[str], images: Mapping[str, str], facts: ShopFacts) -> Json:
    """The JSON of the named fields of content. `images` = {sha256: image id} for every picture."""
    category = facts.category(content.category)
    couriers = logistics(content.couriers, facts)
    made: dict[str, Json] = {
        "title": {"item_name": content.title},
        "description": {"description": content.description},
        "category": {"category_id": int(content.category)},
        "pictures": {"image": {"image_id_list": [images[p.sha256] for p in content.pictures if p.sha256 in images]}},
        "brand": {"brand": brand_json(content.brand, category)},
        "attributes": {"attribute_list": attribute_list(content.attributes, category)},
        "parcel": parcel_json(*content.parcel) if content.parcel else {},
        "preorder_days": {"pre_order": pre_order(content.preorder_days, category)},
        "couriers": {"logistic_info": couriers} if couriers else {},
    }
    body: Json = {}
    for name in names:
        body.update(made[name])
    return body


CONTENT_FIELDS = (
    "title", "description", "category", "pictures", "brand", "attributes", "parcel", "preorder_days", "couriers",
)  # fmt: skip


def changed_fields(before: object, to: Content) -> tuple[str, ...]:
    """The fields of content that differ; every one when nothing is known or nothing differs (a forced
    push).
    """
    if not isinstance(before, Content):
        return _every_field(to)
    changed = {name for name in CONTENT_FIELDS if getattr(before, name) != getattr(to, name)}
    if "category" in changed:
        # Attributes and brands belong to a category: the old ones mean nothing in the new one.
        changed |= {"attributes", "brand", "preorder_days"}
    return tuple(name for name in CONTENT_FIELDS if name in changed) or _every_field(to)


def _every_field(to: Content) -> tuple[str, ...]:
    """All that content says. Without couriers of its own it leaves those that the seller has picked in the shop."""
    return tuple(name for name in CONTENT_FIELDS if name != "couriers" or to.couriers)


def parcel_json(weight_g: int, size_cm: tuple[int, int, int]) -> Json:
    """Weight in kilograms, (length, width, height) in whole centimetres."""
    length, width, height = size_cm
    return {
        "weight": round(weight_g / 1000, 3),
        "dimension": {"package_length": length, "package_width": width, "package_height": height},
    }


def brand_json(name: str | None, category: Category) -> Json:
    """The brand by its name in the category's list; none or unknown is id 0 (facts, section 3.1)."""
    if name and (known := category.brands.get(name.strip().casefold())):
        return {"brand_id": known[0], "original_brand_name": known[1]}
    return dict(NO_BRAND)


def pre_order(days: int | None, category: Category) -> Json:
    """Made to order in `days`, else the fixed days of the category: no other value is taken (facts, section
    3.1).
    """
    if days is not None:
        return {"is_pre_order": True, "days_to_ship": days}
    return {"is_pre_order": False, "days_to_ship": category.days_to_ship or DEFAULT_DAYS_TO_SHIP}


def logistics(couriers: Sequence[str], facts: ShopFacts) -> list[Json]:
    """The couriers by id, in the shop's order, else every one that it has enabled.

    The list replaces what stood there, so one that the shop has switched off meanwhile is left out: naming it is
    refused (facts, sections 3.2 and 3.10).
    """
    chosen = [courier for courier in facts.couriers if not couriers or str(courier) in couriers]
    return [{"logistic_id": courier, "enabled": True} for courier in chosen]


def attribute_list(pairs: Sequence[tuple[str, str]], category: Category) -> list[Json]:
    """Attribute values by the names in the category's lists, own ones where the list is open (facts, section
    3.9).
    """
    values: dict[int, list[Json]] = defaultdict(list)
    for key, text in pairs:
        number = int(key)
        attribute = category.attributes.get(number, Attribute("", False))
        value = attribute_value(attribute, text.strip())
        if value is not None:
            values[number].append(value)
    return [{"attribute_id": key, "attribute_value_list": found} for key, found in values.items()]


def attribute_value(attribute: Attribute, text: str) -> Json | None:
    """One value, or None where the list is closed and does not hold it, or there is nothing to say."""
    if not text:
        return None
    if known := attribute.values.get(text.casefold()):
        return {"value_id": known[0], "original_value_name": known[1]}
    if not attribute.custom:
        return None
    if attribute.with_unit and (split := _split_unit(text, attribute.units)):
        return {"value_id": 0, "original_value_name": split[0], "value_unit": split[1]}
    if attribute.validation == 4 and (instant := _date(text)):
        return {"value_id": 0, "original_value_name": str(int(instant.timestamp()))}
    return {"value_id": 0, "original_value_name": text}


def refused_attributes(content: Content, facts: ShopFacts) -> tuple[str, ...]:
    """Warnings for attribute values that a closed list does not hold, and so are not sent."""
    category = facts.category(content.category)
    out = []
    for key, text in content.attributes:
        attribute = category.attributes.get(int(key), Attribute("", False))
        if text.strip() and attribute_value(attribute, text.strip()) is None:
            out.append(not_in_list(attribute.name or key, text, "Shopee"))
    return tuple(out)


def _split_unit(text: str, units: Sequence[str]) -> tuple[str, str] | None:
    match = re.fullmatch(r"([\d.,]+)\s*(\D+)", text)
    if not match:
        return None
    number, unit = match[1], match[2].strip()
    spelt = {u.casefold(): u for u in units}
    return number, spelt.get(unit.casefold(), unit)


def _date(text: str) -> datetime | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%m/%Y"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


# --- writing: creates ---------------------------------------------------------------------------------------


def item_body(listing: Listing, images: Mapping[str, str], facts: ShopFacts) -> Json:
    """The body of add_item. With options the parent is hidden and as good as out of stock until its models
    stand.
    """
    plain = not listing.structure.options
    first = listing.structure.variants[0]
    category = facts.category(listing.content.category)
    names = [n for n in CONTENT_FIELDS if n != "parcel"]
    body = content_fields(listing.content, names, images, facts)
    body |= parcel_json(*(listing.content.parcel or _largest(listing.structure.variants)))
    body |= {
        "original_price": listing.prices[first.sku].list,
        "item_sku": first.sku if plain else listing.code,
        "condition": "NEW",
        "item_status": "NORMAL" if plain and listing.visible else "UNLIST",
        "item_dangerous": 0,
        "seller_stock": stock_json(listing.stocks[first.sku] if plain else category.least_stock, facts.location),
    }
    return body | (gtin_json(first.barcode, category) if plain else {})


def _largest(variants: Sequence[Variant]) -> tuple[int, tuple[int, int, int]]:
    """The heaviest variant's parcel: what a parent shows until its models carry their own."""
    heaviest = max(variants, key=lambda v: v.weight_g)
    return heaviest.weight_g, heaviest.size_cm


def gtin_json(barcode: str | None, category: Category) -> Json:
    """The barcode; "00" declares that there is none, where the category wants that said (facts, section
    3.1).
    """
    if barcode:
        return {"gtin_code": barcode}
    return {"gtin_code": "00"} if category.declares_no_gtin else {}


def stock_json(pieces: int, location: str | None) -> list[Json]:
    """seller_stock; the location only in multi-warehouse shops (facts, section 3.7)."""
    return [{"location_id": location, "stock": pieces} if location else {"stock": pieces}]


def tier_values(structure: Structure) -> list[list[str]]:
    """The option values of each tier, in the order in which the variants name them."""
    return [list(dict.fromkeys(v.options[i] for v in structure.variants)) for i in range(len(structure.options))]


def tiers_json(names: Sequence[str], values: Sequence[Sequence[str]], images: Mapping[str, str]) -> list[Json]:
    """standardise_tier_variation with our own words (ids 0). `images` by option value, first tier only
    (3.5).
    """
    tiers = []
    for at, (name, options) in enumerate(zip(names, values, strict=True)):
        rows = []
        for option in options:
            row: Json = {"variation_option_id": 0, "variation_option_name": option}
            if at == 0 and option in images:
                row["image_id"] = images[option]
            rows.append(row)
        tiers.append(
            {
                "variation_id": 0,
                "variation_group_id": 0,
                "variation_name": name,
                "variation_option_list": rows,
            }
        )
    return tiers


def model_json(
    variant: Variant, index: Sequence[int], price: int, pieces: int, facts: ShopFacts, category: Category
) -> Json:
    """One model of init_tier_variation or add_model."""
    return {
        "tier_index": list(index),
        "model_sku": variant.sku,
        "original_price": price,
        "seller_stock": stock_json(pieces, facts.location),
        **parcel_json(variant.weight_g, variant.size_cm),
        **gtin_json(variant.barcode, category),
    }


def tiers_body(item_id: int, listing: Listing, facts: ShopFacts) -> Json:
    """The body of init_tier_variation for a create."""
    values = tier_values(listing.structure)
    category = facts.category(listing.content.category)
    models = [
        model_json(v, tier_index(v, values), listing.prices[v.sku].list, listing.stocks[v.sku], facts, category)
        for v in listing.structure.variants
    ]
    tiers = tiers_json(listing.structure.options, values, {})
    return {"item_id": item_id, "standardise_tier_variation": tiers, "model": models}


def tier_index(variant: Variant, values: Sequence[Sequence[str]]) -> list[int]:
    """Where the variant stands in the tiers."""
    return [tier.index(option) for tier, option in zip(values, variant.options, strict=True)]


# --- reading ------------------------------------------------------------------------------------------------


def observed(base: Row, models: Row | None, seen_at: datetime) -> Observed:
    """One listing from get_item_base_info and, where it has models, get_model_list."""
    item_id = int(base["item_id"])
    rows = _models(models)
    tiers = _tiers(models)
    has_model = bool(base.get("has_model"))
    offers = [_model_offer(item_id, row, tiers) for row in rows] if has_model else [_plain_offer(item_id, base)]
    raw = {
        "has_model": has_model,
        "images": list((base.get("image") or {}).get("image_id_list") or []),
        "tiers": tiers,
        "models": [[int(r["model_id"]), list(r.get("tier_index") or []), r.get("model_sku") or ""] for r in rows],
        "category": str(base.get("category_id") or ""),
    }
    return Observed(
        external_id=str(item_id),
        code=str(base.get("item_sku") or "") or None,
        title=str(base.get("item_name") or ""),
        state=_state(base, offers),
        created_at=instant(base.get("create_time")),
        updated_at=instant(base.get("update_time")),
        seen_at=seen_at,
        options=tuple(t["name"] for t in tiers),
        offers=tuple(offers),
        content=_content(base, has_model),
        raw=dump(raw),
    )


def _models(payload: Row | None) -> list[Row]:
    return list((payload or {}).get("model") or [])


def _tiers(payload: Row | None) -> list[Json]:
    """[{name, options, images}] from tier_variation, or from the standardised form where only that is
    there.
    """
    plain = (payload or {}).get("tier_variation") or []
    if plain:
        return [
            _tier(
                t.get("name"),
                [(o.get("option"), (o.get("image") or {}).get("image_id")) for o in _options(t)],
            )
            for t in plain
        ]
    return [
        _tier(
            t.get("variation_name"),
            [(o.get("variation_option_name"), o.get("image_id")) for o in t.get("variation_option_list") or []],
        )
        for t in (payload or {}).get("standardise_tier_variation") or []
    ]


def _options(tier: Row) -> list[Row]:
    return list(tier.get("option_list") or [])


def _tier(name: Any, options: Sequence[tuple[Any, Any]]) -> Json:
    return {
        "name": str(name or ""),
        "options": [str(value or "") for value, _ in options],
        "images": {str(value): str(image) for value, image in options if image},
    }


def _state(base: Row, offers: Sequence[ObservedOffer]) -> ListingState:
    state = STATES.get(str(base.get("item_status")), ListingState.hidden)
    counts = [o.sellable for o in offers if o.sellable is not None]
    if state is ListingState.live and counts and not any(counts):
        return ListingState.live_oos
    return state


def _content(base: Row, has_model: bool) -> dict[str, object]:
    order = base.get("pre_order") or {}
    brand = base.get("brand") or {}
    content: dict[str, object] = {
        "title": str(base.get("item_name") or ""),
        "description": _description(base),
        "category": str(base.get("category_id") or ""),
        # Compared by id only: the name of "none" is spelt in several ways (facts, section 3.1).
        "brand": str(brand.get("original_brand_name")) if brand.get("brand_id") else None,
        "preorder_days": int(order.get("days_to_ship") or 0) if order.get("is_pre_order") else None,
        "attributes": _attributes(base),
    }
    parcel = _parcel(base)
    if not has_model and parcel[0] is not None and parcel[1] is not None:
        content["parcel"] = parcel
    return content


def _attributes(base: Row) -> tuple[tuple[str, str], ...]:
    pairs = []
    for row in base.get("attribute_list") or []:
        for value in row.get("attribute_value_list") or []:
            name, unit = str(value.get("original_value_name") or ""), str(value.get("value_unit") or "")
            pairs.append((str(row.get("attribute_id")), f"{name} {unit}".strip()))
    return tuple(pairs)


def _description(base: Row) -> str:
    """The text; with pictures in between it stands elsewhere (facts, section 3.4)."""
    if base.get("description_type") != "extended":
        return str(base.get("description") or "")
    fields = ((base.get("description_info") or {}).get("extended_description") or {}).get("field_list") or []
    return "\n".join(str(f.get("text") or "") for f in fields if f.get("field_type") == "text")


def _parcel(row: Row) -> tuple[int | None, tuple[int, int, int] | None]:
    weight = row.get("weight")
    sizes = row.get("dimension") or {}
    grams = round(float(weight) * 1000) if weight not in (None, "") else None
    size = tuple(int(sizes.get(f"package_{side}") or 0) for side in ("length", "width", "height"))
    return grams, (size[0], size[1], size[2]) if any(size) else None


def _plain_offer(item_id: int, base: Row) -> ObservedOffer:
    return _offer(offer_id(item_id, 0), base, base.get("item_sku"), ())


def _model_offer(item_id: int, row: Row, tiers: Sequence[Json]) -> ObservedOffer:
    index = row.get("tier_index") or []
    options = tuple(
        tier["options"][at] for tier, at in zip(tiers, index, strict=False) if 0 <= at < len(tier["options"])
    )
    return _offer(offer_id(item_id, row["model_id"]), row, row.get("model_sku"), options)


def _offer(external_id: str, row: Row, sku: Any, options: tuple[str, ...]) -> ObservedOffer:
    stock = row.get("stock_info_v2") or {}
    summary = stock.get("summary_info") or {}
    seller = stock.get("seller_stock")
    weight, size = _parcel(row)
    barcode = str(row.get("gtin_code") or "")
    return ObservedOffer(
        external_id=external_id,
        sku=str(sku) if sku else None,
        options=options,
        price=_price(row.get("price_info")),
        stock=sum(int(s.get("stock") or 0) for s in seller) if seller else None,
        sellable=_whole(summary.get("total_available_stock")),
        reserved=_whole(summary.get("total_reserved_stock")),
        weight_g=weight,
        size_cm=size,
        barcode=barcode if barcode not in ("", "00") else None,
    )


def _price(rows: Any) -> Price | None:
    """The untaxed list price (facts, section 3.6); never the inflated one."""
    row = rows[0] if isinstance(rows, list) and rows else rows
    if not isinstance(row, dict) or row.get("original_price") is None:
        return None
    listed, current = round(float(row["original_price"])), row.get("current_price")
    sale = round(float(current)) if current is not None else listed
    return Price(listed, sale if sale != listed else None)


def _whole(value: Any) -> int | None:
    return int(value) if value is not None else None


def instant(seconds: Any) -> datetime | None:
    """Epoch seconds as an aware datetime; 0 and null mean unset."""
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None


def ids_from_models(item_id: str, models: Iterable[Row]) -> Ids:
    """The ids in an answer that lists models."""
    return Ids(item_id, {str(m["model_sku"]): offer_id(item_id, m["model_id"]) for m in models if m.get("model_sku")})


# --- orders -------------------------------------------------------------------------------------------------

ORDER_STATES = {
    "UNPAID": OrderState.unpaid,
    "CANCELLED": OrderState.cancelled,
    "COMPLETED": OrderState.closed,
}


def order(row: Row) -> Order:
    """One order of get_order_detail, without anything of the buyer; rows of one offer are summed."""
    state = ORDER_STATES.get(str(row.get("order_status")), OrderState.open)
    taken: dict[tuple[str, str, str | None], int] = defaultdict(int)
    for line in row.get("item_list") or []:
        taken[_line_key(line)] += 0 if state is OrderState.cancelled else _taken(line)
    placed = instant(row.get("create_time")) or datetime.fromtimestamp(0, UTC)
    lines = tuple(OrderLine(listing, offer, sku, pieces) for (listing, offer, sku), pieces in taken.items())
    return Order(str(row["order_sn"]), state, placed, instant(row.get("update_time")) or placed, lines)


def _line_key(line: Row) -> tuple[str, str, str | None]:
    item, model = str(line["item_id"]), int(line.get("model_id") or 0)
    sku = line.get("model_sku") if model else (line.get("item_sku") or line.get("model_sku"))
    return item, offer_id(item, model), str(sku) if sku else None


def _taken(line: Row) -> int:
    return max(0, int(line.get("model_quantity_purchased") or 0) - int(line.get("cancelled_qty") or 0))
