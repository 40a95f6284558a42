"""Our values as the JSON of Tokopedia & TikTok Shop. Pure: no network, no clock, no file.

Units on the wire: whole rupiah as text, kilograms as text, whole centimetres as text, epoch seconds.
"""

from __future__ import annotations

import hashlib
import html
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.contract import Change, Content, Listing, Observed, Structure, Variant
from adapters.tiktokshop.facts import TIKTOK, Attribute, Category, ShopFacts
from adapters.words import kept, not_in_list

Row = Mapping[str, Any]
Json = dict[str, Any]
CURRENCY = "IDR"
MARKETPLACE = "Tokopedia & TikTok Shop"
LEAST_STOCK = 1
"""What stands in for 0 in a draft, where 0 is refused: a draft is not on sale (facts, section 7.3)."""


def dump(body: Json) -> str:
    """JSON text, the same bytes for the same values."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


# --- content --------------------------------------------------------------------------------------------------------


CONTENT_FIELDS = ("title", "description", "category", "pictures", "brand", "attributes", "parcel", "couriers")
"""What can be written of Content; nothing of a pre-order is known for Indonesia (facts, section 7.1)."""


def changed_fields(before: object, to: Content) -> tuple[str, ...]:
    """The fields of content that differ; every one when nothing is known or nothing differs (a forced push)."""
    if not isinstance(before, Content):
        return _every_field(to)
    changed = {name for name in CONTENT_FIELDS if getattr(before, name) != getattr(to, name)}
    if "category" in changed:
        # Attributes and brands belong to a category: the old ones mean nothing in the new one.
        changed |= {"attributes", "brand"}
    return tuple(name for name in CONTENT_FIELDS if name in changed) or _every_field(to)


def _every_field(to: Content) -> tuple[str, ...]:
    """All that content says. Without couriers of its own it leaves those that the seller has picked in the shop."""
    return tuple(name for name in CONTENT_FIELDS if name != "couriers" or to.couriers)


def content_fields(content: Content, names: Iterable[str], images: Mapping[str, str], facts: ShopFacts) -> Json:
    """The JSON of the named fields of content. `images` = {sha256: uri} for every picture."""
    category = facts.category(content.category)
    made: dict[str, Json] = {
        "title": {"title": content.title},
        "description": {"description": to_html(content.description)},
        "category": {"category_id": content.category, "category_version": "v2"},
        "pictures": {"main_images": [{"uri": images[p.sha256]} for p in content.pictures if p.sha256 in images]},
        "brand": _brand(content.brand, category),
        "attributes": {"product_attributes": attributes_json(content.attributes, category)},
        "parcel": parcel_json(*content.parcel) if content.parcel else {},
        "couriers": couriers_json(content.couriers, facts),
    }
    body: Json = {}
    for name in names:
        body.update(made[name])
    return body


def couriers_json(couriers: Sequence[str], facts: ShopFacts) -> Json:
    """The couriers by id, in the shop's order, else every one that it has (facts, section 7.1)."""
    chosen = [courier for courier in facts.couriers if not couriers or courier in couriers]
    return {"delivery_option_ids": chosen} if chosen else {}


def to_html(text: str) -> str:
    """Plain text as the HTML of a description: a paragraph where a blank line stands, a break where a line ends."""
    paragraphs = [p.strip("\n") for p in text.replace("\r\n", "\n").split("\n\n")]
    return "".join(f"<p>{html.escape(p, quote=False).replace(chr(10), '<br/>')}</p>" for p in paragraphs if p.strip())


def _brand(name: str | None, category: Category) -> Json:
    known = category.brands.get(name.strip().casefold()) if name else None
    return {"brand_id": known} if known else {}


def attributes_json(pairs: Sequence[tuple[str, str]], category: Category) -> list[Json]:
    """Attribute values by their ids in the category's lists, own words where the list is open (facts, section 7.1)."""
    values: dict[str, list[Json]] = defaultdict(list)
    for key, text in pairs:
        value = attribute_value(category.attributes.get(key, Attribute("", custom=True)), text.strip())
        if value is not None:
            values[key].append(value)
    return [{"id": key, "values": found} for key, found in values.items()]


def attribute_value(attribute: Attribute, text: str) -> Json | None:
    """One value, or None where the list is closed and does not hold it, or there is nothing to say."""
    if not text:
        return None
    if known := attribute.values.get(text.casefold()):
        return {"id": known[0]}
    return {"name": text} if attribute.custom else None


def left_out(content: Content, facts: ShopFacts) -> tuple[str, ...]:
    """Warnings for what could not be sent: values that a closed list does not hold, a brand that is not known."""
    category = facts.category(content.category)
    out = []
    for key, text in content.attributes:
        attribute = category.attributes.get(key, Attribute("", custom=True))
        if text.strip() and attribute_value(attribute, text.strip()) is None:
            out.append(not_in_list(attribute.name or key, text, MARKETPLACE))
    if content.brand and not _brand(content.brand, category):
        text = kept("brand '{brand}' is not in the list of {marketplace}; listed without a brand",
                    brand=content.brand, marketplace=MARKETPLACE)  # fmt: skip
        out.append(text)
    return tuple(out)


def parcel_json(weight_g: int, size_cm: tuple[int, int, int]) -> Json:
    """Weight in kilograms with at most three decimals, (length, width, height) in whole centimetres."""
    length, width, height = size_cm
    kilograms = f"{weight_g / 1000:.3f}".rstrip("0").rstrip(".")
    sizes = {"length": str(length), "width": str(width), "height": str(height), "unit": "CENTIMETER"}
    return {"package_weight": {"value": kilograms, "unit": "KILOGRAM"}, "package_dimensions": sizes}


def largest(variants: Sequence[Variant]) -> tuple[int, tuple[int, int, int]]:
    """The heaviest variant's parcel: a product has one for all of its variants (facts, section 7.1)."""
    heaviest = max(variants, key=lambda v: v.weight_g)
    return heaviest.weight_g, heaviest.size_cm


# --- SKUs -----------------------------------------------------------------------------------------------------------


def price_json(rupiah: int) -> Json:
    """A price: the amount is text, in whole rupiah (facts, sections 7.4 and 11.7)."""
    return {"amount": str(rupiah), "currency": CURRENCY}


def stock_json(pieces: int, warehouse: str | None) -> list[Json]:
    """The stock of a SKU in our warehouse; a single warehouse need not be named (facts, section 7.3)."""
    return [{"warehouse_id": warehouse, "quantity": pieces} if warehouse else {"quantity": pieces}]


def sales_attributes(
    names: Sequence[str], values: Sequence[str], category: Category, ids: Sequence[str] = ()
) -> list[Json]:
    """How a variant differs: by the category's ids where it has them, else in our own words.

    `ids` = those of the options of a listing that is there: every variant must have the same (facts, section 7.1).
    An option of our own goes by its name, there too: whether the id that it was given may be written is open.
    """
    rows = []
    for at, (name, value) in enumerate(zip(names, values, strict=True)):
        known = category.option(name)
        there = ids[at] if at < len(ids) and ids[at] and category.offers(ids[at]) else None
        row: Json = {"id": there} if there else ({"id": known[0]} if known else {"name": name})
        listed = known[1].values.get(value.casefold()) if known and row.get("id") == known[0] else None
        rows.append(row | ({"value_id": listed[0]} if listed else {"value_name": value}))
    return rows


def barcode_json(barcode: str | None) -> Json:
    """A barcode by its length: 12 digits are a UPC, 8 and 13 an EAN, 14 a GTIN."""
    if not barcode:
        return {}
    kind = {12: "UPC", 14: "GTIN"}.get(len(barcode), "EAN")
    return {"identifier_code": {"code": barcode, "type": kind}}


def skus_json(listing: Listing, facts: ShopFacts, least: int = 0, ids: Mapping[str, str] | None = None) -> list[Json]:
    """Every SKU of a listing. `least` = the smallest stock that is said; `ids` = {SKU: its id}, once it has one."""
    category = facts.category(listing.content.category)
    return [
        ({"id": ids[v.sku]} if ids and v.sku in ids else {})
        | new_sku(v, listing, max(least, listing.stocks[v.sku]), facts, category)
        for v in listing.structure.variants
    ]


def new_sku(
    variant: Variant, listing: Listing, pieces: int, facts: ShopFacts, category: Category, ids: Sequence[str] = ()
) -> Json:
    """One SKU with its price and stock."""
    row: Json = {
        "seller_sku": variant.sku,
        "price": price_json(listing.prices[variant.sku].list),
        "inventory": stock_json(pieces, facts.warehouse),
        **barcode_json(variant.barcode),
    }
    if variant.options:
        row["sales_attributes"] = sales_attributes(listing.structure.options, variant.options, category, ids)
    return row


# --- whole bodies ---------------------------------------------------------------------------------------------------


def product_body(
    listing: Listing, images: Mapping[str, str], facts: ShopFacts, storefronts: Sequence[str], draft: bool = False,
    ids: Mapping[str, str] | None = None,
) -> Json:  # fmt: skip
    """The body of create_product, and of edit_product when a create is to be corrected (then with `ids`).

    A draft stands for what must not be on sale yet; where 0 is refused it says 1 instead, and nobody can buy it.
    """
    names = [n for n in _every_field(listing.content) if n != "parcel"]
    body = content_fields(listing.content, names, images, facts)
    body |= parcel_json(*(listing.content.parcel or largest(listing.structure.variants)))
    body |= {
        "save_mode": "AS_DRAFT" if draft or not listing.visible else "LISTING",
        "external_product_id": listing.code,
        "skus": skus_json(listing, facts, LEAST_STOCK if draft else 0, ids),
    }
    return body | platforms_json(storefronts)


def platforms_json(storefronts: Sequence[str]) -> Json:
    """On which storefronts; TikTok Shop alone is what is meant where nothing is said (facts, section 7.1)."""
    return {} if tuple(storefronts) in ((), (TIKTOK,)) else {"listing_platforms": list(storefronts)}


def with_key(body: Json, intent: str) -> str:
    """A create's JSON text with its idempotency_key: the same for the same bytes of the same intent, else another."""
    text = dump(body)
    return dump({"idempotency_key": f"{intent}.{hashlib.sha256(text.encode()).hexdigest()[:16]}", **body})


def is_draft(body: str) -> bool:
    """Whether a create's body makes a draft."""
    return bool(json.loads(body).get("save_mode") == "AS_DRAFT")


def names_storefronts(body: str) -> bool:
    """Whether a create's body says on which storefronts."""
    return "listing_platforms" in json.loads(body)


KEPT_OF_A_SKU = (
    "id", "seller_sku", "external_sku_id", "identifier_code", "sku_unit_count", "external_urls",
    "extra_identifier_codes", "sku_dimensions", "sku_weight",
)  # fmt: skip
"""What a structure write repeats of a SKU that is there: what is left out of it would be blanked (facts, section 7.2).
Not its price and stock, which stay: a number that was read is older than the orders since."""


def kept_sku(row: Row, category: Category) -> Json:
    """A SKU as it was read, in the form in which it is written."""
    kept: Json = {name: row[name] for name in KEPT_OF_A_SKU if row.get(name) not in (None, "", [])}
    found = [_kept_option(one, category) for one in row.get("sales_attributes") or []]
    return kept | ({"sales_attributes": found} if found else {})


def _kept_option(row: Row, category: Category) -> Json:
    """An option of a SKU that is there: by the category's ids, and what is the seller's own by its name."""
    option, value = str(row.get("id") or ""), str(row.get("value_id") or "")
    listed = category.offers(option)
    kept: Json = {"id": option} if option and (listed or not row.get("name")) else {"name": row.get("name")}
    if value and ((listed and category.offers_value(option, value)) or not row.get("value_name")):
        kept["value_id"] = value
    else:
        kept["value_name"] = row.get("value_name")
    if (picture := row.get("sku_img")) and picture.get("uri"):
        kept["sku_img"] = {"uri": picture["uri"]}
    return kept


def structure_body(change: Change, to: Structure, observed: Observed, facts: ShopFacts) -> Json:
    """Every SKU that is there, ours or not, and the new ones: one left out is deleted (facts, section 7.2). Left out is
    only what the change itself leaves out.

    Without the whole listing a new SKU comes with no stock, at its dearest sibling's price.
    """
    raw = json.loads(observed.raw)
    rows = _staying(change, to, raw)
    category = facts.category(str(raw.get("category") or ""))
    ours = _matched(change, to, rows)
    foreign = [row for row in rows if str(row.get("id")) not in ours]
    renamed = not foreign and _named(to.options) != _named(_option_names(rows))
    # Every SKU has the same options, so beside a SKU of the seller's own ours keep the names that stand there.
    ids = [] if renamed else [str(one.get("id") or "") for row in rows[:1] for one in row.get("sales_attributes") or []]
    old = {
        variant.sku: _old_sku(row, variant, to, category, ids, renamed)
        for row in rows if (variant := ours.get(str(row.get("id")))) is not None
    }  # fmt: skip
    skus = [old.get(v.sku) or _added_sku(v, to, observed, change.listing, facts, category, ids) for v in to.variants]
    return {**parcel_json(*largest(to.variants)), "skus": skus + [kept_sku(row, category) for row in foreign]}


def misfit(change: Change, to: Structure, observed: Observed) -> str:
    """Why these options cannot stand beside SKUs that are none of ours, which keep theirs; '' = they can."""
    rows = _staying(change, to, json.loads(observed.raw))
    ours = _matched(change, to, rows)
    foreign = [str(row.get("seller_sku") or row.get("id")) for row in rows if str(row.get("id")) not in ours]
    there = _option_names(rows)
    if not foreign or len(to.options) == len(there):
        return ""
    return kept(
        "all variants have the same options here: {foreign} of the seller's own stand under {there}, ours would stand "
        "under {ours}; take those off the listing in the seller centre, or give the product as many options",
        foreign=", ".join(foreign), there=", ".join(there) or kept("none"), ours=", ".join(to.options) or kept("none"),
    )  # fmt: skip


def _option_names(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(str(one.get("name") or "") for row in rows[:1] for one in row.get("sales_attributes") or [])


def _named(options: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.strip().casefold() for name in options)


def _staying(change: Change, to: Structure, raw: Json) -> list[Row]:
    """The SKUs that are there, less those of variants of ours that the change leaves out."""
    before = change.before.variants if isinstance(change.before, Structure) else ()
    kept = {v.sku for v in to.variants}
    known = change.ids.offers if change.ids is not None else {}
    leaving = {known[v.sku] for v in before if v.sku not in kept and v.sku in known}
    rows: list[Row] = raw.get("skus", [])
    return [row for row in rows if str(row.get("id")) not in leaving]


def _matched(change: Change, to: Structure, rows: Sequence[Row]) -> dict[str, Variant]:
    """{SKU id: variant}: by the id that we know, else by seller SKU. One with the same options may be the seller's."""
    there = {str(row.get("id")) for row in rows}
    by_sku = {str(row.get("seller_sku")): str(row.get("id")) for row in rows if row.get("seller_sku")}
    known = change.ids.offers if change.ids is not None else {}
    found = {known[v.sku] if known.get(v.sku) in there else by_sku.get(v.sku): v for v in to.variants}
    return {offer: variant for offer, variant in found.items() if offer is not None}


def _options(row: Row) -> tuple[str, ...]:
    return tuple(str(o.get("value_name") or "") for o in row.get("sales_attributes") or [])


def _old_sku(
    row: Row, variant: Variant, to: Structure, category: Category, ids: Sequence[str], renamed: bool
) -> Json:  # fmt: skip
    kept = kept_sku(row, category) | {"seller_sku": variant.sku, **barcode_json(variant.barcode)}
    if not variant.options:
        kept.pop("sales_attributes", None)
    elif renamed or variant.options != _options(row):
        kept["sales_attributes"] = sales_attributes(to.options, variant.options, category, ids)
    return kept


def _added_sku(
    variant: Variant, to: Structure, observed: Observed, listing: Listing | None, facts: ShopFacts,
    category: Category, ids: Sequence[str],
) -> Json:  # fmt: skip
    if listing is not None:
        return new_sku(variant, listing, listing.stocks[variant.sku], facts, category, ids)
    row: Json = {
        "seller_sku": variant.sku,
        "price": price_json(max((o.price.list for o in observed.offers if o.price), default=1)),
        "inventory": stock_json(0, facts.warehouse),
        **barcode_json(variant.barcode),
    }
    return row | ({"sales_attributes": sales_attributes(to.options, variant.options, category, ids)}
                  if variant.options else {})  # fmt: skip


FULL_EDIT_KEEPS = (
    "title", "description", "is_cod_allowed", "package_weight", "package_dimensions", "external_product_id",
    "manufacturer_ids", "responsible_person_ids", "shipping_insurance_requirement", "is_pre_owned",
    "minimum_order_quantity", "shipping_template_id", "search_terms", "key_product_features",
)  # fmt: skip


def full_edit(shown: Row, changes: Json, facts: ShopFacts) -> Json:
    """The body of edit_product: what the shop shows of the product, and `changes` over it.

    Whatever a full edit leaves out is blanked, except prices and stock (facts, section 7.2). Only it takes a category
    or couriers.
    """
    kept: Json = {name: shown[name] for name in FULL_EDIT_KEEPS if shown.get(name) not in (None, "", [])}
    chain = [row for row in shown.get("category_chains") or [] if row.get("is_leaf")]
    leaf = str(chain[-1]["id"]) if chain else ""
    category = facts.category(str(changes.get("category_id") or leaf))
    kept |= {
        "category_id": leaf,
        "category_version": "v2",
        "main_images": [{"uri": i["uri"]} for i in shown.get("main_images") or [] if i.get("uri")],
        "product_attributes": [_kept_attribute(a) for a in shown.get("product_attributes") or []],
        "skus": [kept_sku(row, category) for row in shown.get("skus") or []],
    }
    if (brand := shown.get("brand")) and brand.get("id"):
        kept["brand_id"] = str(brand["id"])
    if (video := shown.get("video")) and video.get("id"):
        kept["video"] = {"id": str(video["id"])}
    if chart := _kept_chart(shown.get("size_chart") or {}):
        kept["size_chart"] = chart
    deliveries = [str(d["id"]) for d in shown.get("delivery_options") or [] if d.get("is_available") and d.get("id")]
    if deliveries:
        kept["delivery_option_ids"] = deliveries
    return kept | platforms_json(storefronts_shown(shown)) | changes


def _kept_attribute(row: Row) -> Json:
    values = [{"id": v["id"]} if v.get("id") else {"name": v.get("name")} for v in row.get("values") or []]
    return {"id": str(row.get("id")), "values": values}


def _kept_chart(chart: Row) -> Json:
    template, image = chart.get("template") or {}, chart.get("image") or {}
    if template.get("id"):
        return {"template": {"id": str(template["id"])}}
    return {"image": {"uri": str(image["uri"])}} if image.get("uri") else {}


def storefronts_shown(shown: Row) -> tuple[str, ...]:
    """The storefronts that a product stands on, TikTok Shop first; `status` is absent where it is not there (7.6)."""
    others = [str(p.get("platform")) for p in shown.get("integrated_platform_statuses") or [] if p.get("platform")]
    first = [TIKTOK] if shown.get("status") else []
    return tuple(dict.fromkeys([*first, *others]))
