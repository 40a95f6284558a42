"""Our values as Lazada's JSON and XML, and back. Pure: no network, no clock, no file.

Units on the wire: whole rupiah, kilograms, whole centimetres, pieces; in payloads every value is text (facts, 1).
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from adapters.contract import Content, Ids, Listing, ListingState, Observed, ObservedOffer, Price, Structure, Variant
from adapters.lazada.assumptions import ShopAssumed
from adapters.lazada.facts import DEFAULT_WAREHOUSE, Attribute, ShopFacts
from adapters.lazada.words import PRODUCT_STATUSES, plain
from adapters.words import not_in_list, sentence

Row = Mapping[str, Any]
Json = dict[str, Any]
NO_BRAND = "No Brand"
ACTIVE, INACTIVE, DELETED = "active", "inactive", "deleted"


def dump(body: Any) -> str:
    """JSON text, the same bytes for the same values."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


# --- ids --------------------------------------------------------------------------------------------------------------


def offer_id(item: object, sku: object) -> str:
    """`item:sku`: a write needs both (facts, section 7.3)."""
    return f"{item}:{sku}"


def parts_of(offer: str) -> tuple[str, str]:
    """The item and the SkuId of an offer id."""
    item, _, sku = offer.partition(":")
    return item, sku


# --- writing: text ----------------------------------------------------------------------------------------------------


def paragraphs(text: str) -> str:
    """Plain text as HTML: a paragraph for each block between empty lines (facts, section 7.1)."""
    blocks = (block for block in re.split(r"\n\s*\n", text.strip()) if block.strip())
    return "".join(f"<p>{html.escape(block.strip(), quote=False).replace(chr(10), '<br>')}</p>" for block in blocks)


def plain_text(markup: str) -> str | None:
    """The text of HTML that `paragraphs` could have made; None where there is more in it than that."""
    text = re.sub(r"<br\s*/?>", "\n", re.sub(r"</p>\s*<p>", "\n\n", markup.strip()))
    text = re.sub(r"^<p>|</p>$", "", text)
    return None if re.search(r"<[a-zA-Z/!]", text) else html.unescape(text).strip()


# --- writing: content -------------------------------------------------------------------------------------------------

CONTENT_FIELDS = ("title", "description", "category", "pictures", "brand", "attributes", "parcel")


def changed_fields(before: object, to: Content) -> tuple[str, ...]:
    """The fields of content that differ; every one when nothing is known or nothing differs (a forced push)."""
    if not isinstance(before, Content):
        return CONTENT_FIELDS
    changed = {name for name in CONTENT_FIELDS if getattr(before, name) != getattr(to, name)}
    if "category" in changed:
        changed |= {"attributes", "brand"}  # they belong to a category: the old ones mean nothing in the new one
    return tuple(name for name in CONTENT_FIELDS if name in changed) or CONTENT_FIELDS


def product_fields(content: Content, names: Iterable[str], images: Mapping[str, str], facts: ShopFacts) -> Json:
    """The JSON of the named fields as they stand in `Product`. `images` = {sha256: address} for every picture."""
    named = set(names)
    category = facts.category(content.category)
    texts: Json = {}
    if "title" in named:
        texts["name"] = content.title
    if "description" in named:
        texts["description"] = paragraphs(content.description)
        if category.short_description:
            texts["short_description"] = paragraphs(content.description.strip().split("\n")[0])
    if "brand" in named:
        texts["brand"] = content.brand or NO_BRAND
    if "attributes" in named:
        texts |= attribute_values(content, facts, of_sku=False)
    body: Json = {"PrimaryCategory": content.category} if "category" in named else {}
    if "pictures" in named:
        body["Images"] = {"Image": addresses(content, images)}
    return {**body, "Attributes": texts} if texts else body


def addresses(content: Content, images: Mapping[str, str]) -> list[str]:
    """The addresses of the pictures in their order, each once: a second one is refused (4158; facts, section 7.1)."""
    return list(dict.fromkeys(images[p.sha256] for p in content.pictures if p.sha256 in images))


def attribute_values(content: Content, facts: ShopFacts, of_sku: bool) -> dict[str, str]:
    """{name: value} of the product's or of each SKU's attributes; several values of one stand in one text."""
    known = facts.category(content.category).attributes
    found: dict[str, list[str]] = {}
    for key, text in content.attributes:
        attribute = known.get(key, Attribute(key))
        value = attribute_value(attribute, text.strip())
        if value is not None and attribute.of_sku == of_sku:
            found.setdefault(key, []).append(value)
    return {key: ",".join(values) for key, values in found.items()}


def attribute_value(attribute: Attribute, text: str) -> str | None:
    """One value as Lazada spells it; None where there is nothing to say, or a closed list does not hold it."""
    if not text:
        return None
    return attribute.values.get(text.casefold()) if attribute.closed else attribute.values.get(text.casefold(), text)


def left_out(content: Content, facts: ShopFacts) -> tuple[str, ...]:
    """Warnings for what Lazada has no place for, and so is not sent."""
    known = facts.category(content.category).attributes
    out = [
        not_in_list(known[key].label, text, "Lazada")
        for key, text in content.attributes
        if text.strip() and key in known and attribute_value(known[key], text.strip()) is None
    ]
    if content.preorder_days is not None:
        out.append(sentence("days to make have no field on Lazada; left out"))
    return tuple(out)


def parcel_json(weight_g: int, size_cm: tuple[int, int, int], decimals: int) -> dict[str, str]:
    """package_* of a SKU: kilograms, rounded up to what is taken, and (length, width, height) in centimetres."""
    length, width, height = size_cm
    step = 10 ** (3 - decimals)
    kilograms = f"{math.ceil(weight_g / step) * step / 1000:.3f}".rstrip("0").rstrip(".")
    return {
        "package_length": str(length), "package_width": str(width), "package_height": str(height),
        "package_weight": kilograms,
    }  # fmt: skip


# --- writing: creates and structure -----------------------------------------------------------------------------------


def create_body(listing: Listing, images: Mapping[str, str], facts: ShopFacts, assumed: ShopAssumed) -> Json:
    """The payload of CreateProduct (facts, section 7.1)."""
    content, structure = listing.content, listing.structure
    product = product_fields(content, CONTENT_FIELDS, images, facts)
    if assumed.autofill == "attributes":
        product["Attributes"]["disableAttributeAutoFill"] = "true"
    else:
        product["disableAutoFillAttribute"] = "true"
    if structure.options:
        product["variation"] = variation_json(structure.options, option_values(structure))
    rows = [sku_json(v, structure.options, listing, facts, assumed) for v in structure.variants]
    return request({**product, "Skus": {"Sku": rows}})


def sku_json(
    variant: Variant, options: Sequence[str], listing: Listing, facts: ShopFacts, assumed: ShopAssumed
) -> Json:
    """One SKU of a create. Its quantity lands in the default warehouse, so that it is 0 where ours is another."""
    row: Json = {"SellerSku": variant.sku}
    if options:
        row["saleProp"] = dict(zip(options, variant.options, strict=True))
    pieces = max(0, listing.stocks[variant.sku]) if facts.default_warehouse else 0
    return row | {
        "quantity": str(pieces),
        "price": str(listing.prices[variant.sku].list),
        **attribute_values(listing.content, facts, of_sku=True),
        **parcel_json(variant.weight_g, variant.size_cm, assumed.weight_decimals),
        "Status": ACTIVE if listing.visible else INACTIVE,
    }


def option_values(structure: Structure) -> list[list[str]]:
    """The values of each option, in the order in which the variants name them."""
    return [list(dict.fromkeys(v.options[i] for v in structure.variants)) for i in range(len(structure.options))]


def variation_json(names: Sequence[str], values: Sequence[Sequence[str]]) -> Json:
    """`variation` with options of our own, without pictures (facts, section 7.1)."""
    return {
        f"variation{at}": {
            "name": name, "hasImage": "false", "customize": "true", "options": {"option": list(options)},
        }
        for at, (name, options) in enumerate(zip(names, values, strict=True), 1)
    }  # fmt: skip


def request(product: Json) -> Json:
    """A payload around `Product`."""
    return {"Request": {"Product": product}}


# --- writing: price and stock -----------------------------------------------------------------------------------------


def skus_xml(rows: Iterable[str]) -> str:
    """A payload of SKUs that may belong to several products (facts, sections 7.3 and 7.4)."""
    return f"<Request><Product><Skus>{''.join(rows)}</Skus></Product></Request>"


def price_xml(offer: str, sku: str, price: int) -> str:
    """A price without a quantity, which would set the total stock (facts, section 7.3)."""
    return _sku_xml(offer, sku, _element("Price", price))


def stock_xml(offer: str, sku: str, pieces: int, facts: ShopFacts, assumed: ShopAssumed) -> str:
    """The sellable stock; by warehouse only in shops that have several.

    The name of the stock inside a warehouse is open, and an element that Lazada does not know is passed over without a
    word (facts, sections 4.1 and 7.4): so both stand there until one is known.
    """
    if facts.warehouse is None:
        return _sku_xml(offer, sku, _element("SellableQuantity", pieces))
    stock = "".join(_element(tag, pieces) for tag in assumed.tags)
    code = _element("WarehouseCode", facts.warehouse)
    one = f"<MultiWarehouseInventory>{code}{stock}</MultiWarehouseInventory>"
    return _sku_xml(offer, sku, f"<MultiWarehouseInventories>{one}</MultiWarehouseInventories>")


def _sku_xml(offer: str, sku: str, rest: str) -> str:
    item, number = parts_of(offer)
    names = _element("ItemId", item) + _element("SkuId", number) + _element("SellerSku", sku)
    return f"<Sku>{names}{rest}</Sku>"


def _element(name: str, value: object) -> str:
    return f"<{name}>{escape(str(value))}</{name}>"


# --- writing: an update, completed by what stands there ---------------------------------------------------------------


def completed(payload: Json, shown: Row) -> Json:
    """An UpdateProduct with every SKU that stands, its status and its parcel, under what the update itself says.

    A SKU without its status may go on sale, and one without its parcel may be refused (facts, section 7.2).
    """
    product = payload["Request"]["Product"]
    said = {str(row["SkuId"]): row for row in product.get("Skus", {}).get("Sku", [])}
    standing = {str(row.get("SkuId")): _as_it_stands(row) for row in standing_skus(shown)}
    # What was said of a SKU that is gone is said all the same: Lazada's refusal is the answer to it. But one that was
    # to be deleted is deleted.
    said = {number: row for number, row in said.items() if row.get("Status") != DELETED or number in standing}
    rows = [{**standing.get(number, {}), **said.get(number, {})} for number in dict.fromkeys([*standing, *said])]
    return request({**product, "Skus": {"Sku": rows}})


def _as_it_stands(row: Row) -> Json:
    kept = ("package_length", "package_width", "package_height", "package_weight")
    parcel = {key: str(row[key]) for key in kept if row.get(key) not in (None, "")}
    return {"SkuId": str(row["SkuId"]), "Status": status_of(row), **parcel}


# --- reading ----------------------------------------------------------------------------------------------------------


def pick(row: Row, name: str) -> Any:
    """A value by its name, in either spelling: item_id or itemId (facts, section 7.9)."""
    if name in row:
        return row[name]
    head, *tail = name.split("_")
    return row.get(head + "".join(part.capitalize() for part in tail))


def standing_skus(row: Row) -> list[Row]:
    """The SKUs of a product that are not deleted."""
    skus = row.get("skus")
    found = [sku for sku in skus if isinstance(sku, dict)] if isinstance(skus, list) else []
    return [sku for sku in found if sku.get("SkuId") is not None and status_of(sku) != DELETED]


def status_of(sku: Row) -> str:
    """active, inactive or deleted; a SKU that does not say is taken for active, as in the vendor's table (7.2)."""
    return str(sku.get("Status") or ACTIVE).strip().casefold()


def observed(row: Row, seen_at: datetime, warehouse: str | None = None) -> Observed:
    """One listing from a row of GetProducts, or from GetProductItem."""
    item = str(pick(row, "item_id"))
    names, values = variation_of(row)
    skus = standing_skus(row)
    offers = tuple(_offer(item, sku, names, warehouse) for sku in skus)
    state, reason = state_of(row, offers), reason_of(row)
    raw = {
        "category": str(pick(row, "primary_category") or ""),
        "images": _texts(pick(row, "images") or row.get("productImageList")),
        "names": names,
        "values": values,
        "skus": [[str(s["SkuId"]), str(s.get("SellerSku") or ""), _properties(s, names)] for s in skus],
        "known": plain(row.get("status")) in PRODUCT_STATUSES or not row.get("status"),
    }
    return Observed(
        external_id=item,
        code=None,  # there is no field for it
        title=str((pick(row, "attributes") or {}).get("name") or ""),
        state=state,
        created_at=instant(pick(row, "created_time")),
        updated_at=instant(pick(row, "updated_time")),
        seen_at=seen_at,
        options=tuple(names),
        offers=offers,
        content=_content(row, offers if not names else ()),
        raw=dump(raw),
        reason=reason if state in (ListingState.needs_correction, ListingState.banned) else "",
    )


def variation_of(row: Row) -> tuple[list[str], list[list[str]]]:
    """The names of a product's options and the values of each; empty without options."""
    found = row.get("variation")
    parts = sorted(found.items(), key=lambda pair: pair[0].casefold()) if isinstance(found, dict) else []
    used = [one for _, one in parts if isinstance(one, dict) and one.get("name")]
    return [str(one["name"]) for one in used], [_options(one.get("options")) for one in used]


def _options(options: Any) -> list[str]:
    """A list, or an object that holds one under `option`, as in a create."""
    found = options.get("option") if isinstance(options, dict) else options
    return _texts(found)


def _texts(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _properties(sku: Row, names: Sequence[str]) -> list[str]:
    """The option values of a SKU: in saleProp, else as keys of its own (facts, section 7.8)."""
    properties = sku.get("saleProp")
    rows = (sku, properties) if isinstance(properties, dict) else (sku,)
    plainly = {str(key).casefold(): value for row in rows for key, value in row.items()}
    return [str(plainly.get(name.casefold()) or "") for name in names]


def state_of(row: Row, offers: Sequence[ObservedOffer]) -> ListingState:
    """What buyers see. A reason for a rejection beside a listing off sale says that Lazada gave it back (7.8)."""
    status = plain(row.get("status"))
    state = PRODUCT_STATUSES.get(status, ListingState.hidden)
    given_back = "reject" in plain(row.get("subStatus")) or bool(row.get("rejectReason"))
    if state is ListingState.hidden and given_back:
        return ListingState.needs_correction
    if state is not ListingState.live:
        return state
    if offers and all(status_of(sku) == INACTIVE for sku in standing_skus(row)):
        return ListingState.hidden
    counts = [offer.sellable for offer in offers if offer.sellable is not None]
    return ListingState.live_oos if counts and not any(counts) else ListingState.live


def reason_of(row: Row) -> str:
    """Lazada's words on a listing that it gave back: every text in rejectReason, else the reason it is hidden for."""
    said = list(_words(row.get("rejectReason"))) or list(_words(row.get("hiddenReason")))
    suspended = [word for sku in row.get("suspendedSkus") or [] if isinstance(sku, dict)
                 for word in _words(sku.get("rejectReason"))]  # fmt: skip
    return "; ".join(dict.fromkeys([*said, *suspended]))


def _words(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _words(one)
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)
    elif isinstance(value, str) and value.strip():
        yield value.strip()


def _content(row: Row, alone: Sequence[ObservedOffer]) -> dict[str, object]:
    texts = pick(row, "attributes") or {}
    found: dict[str, object] = {"title": str(texts.get("name") or "")}
    description = plain_text(str(texts.get("description") or ""))
    if description is not None:
        found["description"] = description
    if pick(row, "primary_category") is not None:
        found["category"] = str(pick(row, "primary_category"))
    brand = str(texts.get("brand") or "")
    if brand:
        found["brand"] = None if brand.casefold() == NO_BRAND.casefold() else brand
    if len(alone) == 1 and alone[0].weight_g is not None and alone[0].size_cm is not None:
        found["parcel"] = (alone[0].weight_g, alone[0].size_cm)
    return found


def _offer(item: str, sku: Row, names: Sequence[str], warehouse: str | None) -> ObservedOffer:
    place = _place(sku, warehouse)
    pieces = _sellable(sku if warehouse is None else {}, place)
    held = [_whole(place.get(key)) for key in ("occupyQuantity", "withholdQuantity")]
    seller_sku = str(sku.get("SellerSku") or "")
    return ObservedOffer(
        external_id=offer_id(item, sku["SkuId"]),
        sku=seller_sku or None,
        options=tuple(_properties(sku, names)),
        price=_price(sku),
        stock=pieces,
        sellable=pieces if status_of(sku) == ACTIVE else 0,
        reserved=sum(n for n in held if n is not None) if any(n is not None for n in held) else None,
        weight_g=_grams(sku.get("package_weight")),
        size_cm=_size(sku),
    )


def _place(sku: Row, warehouse: str | None) -> Row:
    """The stock of the warehouse that is bound, else of the only one, else of the default one."""
    rows = [row for row in sku.get("multiWarehouseInventories") or [] if isinstance(row, dict)]
    wanted = (warehouse or DEFAULT_WAREHOUSE).casefold()
    bound = [row for row in rows if str(row.get("warehouseCode") or "").casefold() == wanted]
    if bound or warehouse is not None:
        return bound[0] if bound else {}
    return rows[0] if len(rows) == 1 else {}


def _sellable(sku: Row, place: Row) -> int | None:
    """What a stock write sets: the sellable pieces, never the total (facts, sections 7.3 and 7.8)."""
    shown = (place.get("sellableQuantity"), place.get("quantity"), *([] if place else [sku.get("quantity")]))
    return next((n for n in map(_whole, shown) if n is not None), None)


def _price(sku: Row) -> Price | None:
    """The list price; a special price of 0.0 is none (facts, section 7.8)."""
    listed, special = _number(sku.get("price")), _number(sku.get("special_price"))
    if not listed:
        return None
    return Price(round(listed), round(special) if special and special != listed else None)


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _grams(value: Any) -> int | None:
    number = _number(value)
    return round(number * 1000) if number else None


def _size(sku: Row) -> tuple[int, int, int] | None:
    sides = [_number(sku.get(f"package_{side}")) for side in ("length", "width", "height")]
    length, width, height = (round(side) if side else 0 for side in sides)
    return (length, width, height) if length or width or height else None


def instant(value: Any) -> datetime | None:
    """Epoch milliseconds, mostly as text, as an aware datetime; None if it is none (facts, section 7.8)."""
    number = _whole(value)
    return datetime.fromtimestamp(number / 1000, UTC) if number else None


def ids_of(item: object, rows: Iterable[Row]) -> Ids:
    """The ids in the `sku_list` of a create (facts, section 7.1)."""
    offers = {
        str(row["seller_sku"]): offer_id(item, row["sku_id"])
        for row in rows
        if row.get("seller_sku") and row.get("sku_id") is not None
    }
    return Ids(str(item), offers)
