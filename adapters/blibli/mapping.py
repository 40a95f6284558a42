"""Our values as Blibli's JSON and back. Pure: no network, no clock, no file.

Units on the wire: whole rupiah, grams in creates, whole centimetres, epoch milliseconds. Descriptions are base64.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from adapters.blibli.client import instant
from adapters.blibli.facts import Creating, StoreFacts
from adapters.blibli.learning import FAMILY_COLOUR
from adapters.contract import (
    Content,
    Listing,
    ListingState,
    Observed,
    ObservedOffer,
    Picture,
    Price,
    Structure,
    Variant,
)

Row = Mapping[str, Any]
Json = dict[str, Any]
NO_BRAND = "No Brand"
REGULAR, BIG = 1, 2
BIG_FROM_G = 50_000
"""Above this a product is shipped by the seller (facts, section 6: what a client in production does)."""

COLOURS = ("warna", "color", "colour")
TEXTS = ("title", "description", "attributes")
MARK = "sha256:"


def place_of(picture: Picture) -> str:
    """What stands for a picture in a call's text: its bytes are put in when it is sent."""
    return f"{MARK}{picture.sha256}"


def encoded(text: str) -> str:
    """A text in base64, as descriptions are sent."""
    return base64.b64encode(text.encode()).decode()


# --- creates ---------------------------------------------------------------------------------------------------------


def product_json(listing: Listing, facts: StoreFacts) -> Json:
    """One product of a create (facts, section 7.2)."""
    content, variants = listing.content, listing.structure.variants
    weight, size = largest(listing)
    names = {place_of(picture): picture for picture in content.pictures}
    creating = _creating(listing.structure, facts.creating.get(content.category, ()))
    family = facts.colour_family.get(content.category, False)
    chosen = {variant.sku: _chosen(variant, creating, family) for variant in variants}
    defining: dict[str, list[str]] = {}
    for attributes in chosen.values():
        for code, value in attributes.items():
            defining[code] = list(dict.fromkeys([*defining.get(code, []), value]))
    return {
        "name": content.title, "brand": content.brand or NO_BRAND, "categoryCode": content.category,
        "productType": BIG if weight > BIG_FROM_G else REGULAR, "pickupPointCode": facts.point,
        "length": size[0], "width": size[1], "height": size[2], "weight": weight, "shippingWeight": weight,
        "description": encoded(content.description), "productNonDefiningAttributes": dict(content.attributes),
        "productDefiningAttributes": defining,
        "productItems": [_item(listing, variant, chosen[variant.sku], list(names)) for variant in variants],
        "imageMap": {name: name for name in names},
        **({"preOrder": {"isPreOrder": True, "preOrderDays": content.preorder_days}} if content.preorder_days else {}),
    }  # fmt: skip


def _item(listing: Listing, variant: Variant, chosen: Mapping[str, str], pictures: Sequence[str]) -> Json:
    price = listing.prices[variant.sku]
    return {
        "upcCode": variant.barcode or "", "merchantSku": variant.sku, "price": price.list,
        "salePrice": price.sale or price.list, "stock": listing.stocks[variant.sku], "minimumStock": 1,
        "displayable": listing.visible, "buyable": listing.visible, "images": list(pictures),
        "dangerousGoodsLevel": 0, "attributesMap": dict(chosen),
    }  # fmt: skip


def revision_json(listing: Listing, facts: StoreFacts) -> Json:
    """A corrected submission (facts, section 7.3): what defines variants is left as it was."""
    content = listing.content
    weight, size = largest(listing)
    return {
        "product": {"name": content.title, "description": encoded(content.description),
                    "productType": BIG if weight > BIG_FROM_G else REGULAR},
        "pickupPoint": {"code": facts.point}, "category": {"code": content.category},
        "brand": {"code": content.brand or NO_BRAND},
        "dimension": {"length": size[0], "width": size[1], "height": size[2], "weight": weight},
        "nonDefiningAttributes": dict(content.attributes), "definingAttributes": {},
        "productItems": [
            {"sellerSku": v.sku, "stock": listing.stocks[v.sku],
             "price": {"regular": listing.prices[v.sku].list,
                       "sale": listing.prices[v.sku].sale or listing.prices[v.sku].list}}
            for v in listing.structure.variants
        ],
        "imageMap": [{"data": place_of(p), "name": p.sha256, "path": ""} for p in content.pictures],
        "submit": True,
    }  # fmt: skip


def largest(listing: Listing) -> tuple[int, tuple[int, int, int]]:
    """The parcel that every variant fits into: grams and centimetres; Blibli has one for all."""
    if listing.content.parcel is not None:
        return listing.content.parcel
    variants = listing.structure.variants
    size = tuple(max(v.size_cm[n] for v in variants) for n in range(3))
    return max(v.weight_g for v in variants), (size[0], size[1], size[2])


def _creating(structure: Structure, known: Sequence[Creating]) -> list[Creating]:
    """For each of our options the attribute of its name, else the first one that is free."""
    free, chosen = list(known), []
    for name in structure.options:
        words = name.casefold()
        fits = [a for a in free if a.name.casefold() == words or (words in COLOURS and a.name.casefold() in COLOURS)]
        # Rather one that is no colour: a colour needs its family beside it.
        plain = [a for a in free if a.name.casefold() not in COLOURS]
        pick = (fits or plain or free)[:1]
        if pick:
            free.remove(pick[0])
            chosen += pick
    return chosen


def _chosen(variant: Variant, creating: Sequence[Creating], family: bool) -> dict[str, str]:
    chosen = {attribute.code: value for attribute, value in zip(creating, variant.options, strict=False)}
    colours = [value for a, value in zip(creating, variant.options, strict=False) if a.name.casefold() in COLOURS]
    return {**chosen, FAMILY_COLOUR: colours[0]} if colours and family else chosen


# --- changes ---------------------------------------------------------------------------------------------------------


def changed(before: object, to: Content) -> tuple[str, ...]:
    """The fields of content that differ; all of them where nothing is known of what was."""
    if not isinstance(before, Content):
        return tuple(field.name for field in fields(Content))
    return tuple(f.name for f in fields(Content) if getattr(before, f.name) != getattr(to, f.name))


def detail_json(content: Content, names: Sequence[str]) -> Json:
    """A detail update: changed fields only (facts, section 7.8)."""
    found: Json = {}
    if "title" in names:
        found["name"] = content.title
    if "description" in names:
        found["description"] = encoded(content.description)
    if "attributes" in names:
        found["attributes"] = dict(content.attributes)
    return found


def pictures_json(content: Content) -> Json:
    """All pictures, for all variants (facts, section 7.9)."""
    rows = [{"data": place_of(p), "name": p.sha256} for p in content.pictures]
    return {"data": rows, "allVariants": {"mainImage": content.pictures[0].sha256}}


def variants_json(listing: Listing, there: Sequence[Row], facts: StoreFacts) -> Json:
    """The full list: every variant that is there, ours or not, and those that are new (facts, section 7.9)."""
    known = {str(row.get("sellerSku")) for row in there}
    creating = _creating(listing.structure, facts.creating.get(listing.content.category, ()))
    family = facts.colour_family.get(listing.content.category, False)
    kept = [{"blibliSku": row["blibliSku"], "sellerSku": row.get("sellerSku")} for row in there]
    fresh = [
        {"sellerSku": v.sku, "upcCode": v.barcode or "", "attributesMap": _chosen(v, creating, family),
         "price": {"regular": listing.prices[v.sku].list, "sale": listing.prices[v.sku].list},
         "stock": listing.stocks[v.sku], "minimumStock": 1, "buyable": True}
        for v in listing.structure.variants if v.sku not in known
    ]  # fmt: skip
    return {"variants": [*kept, *fresh]}


# --- what is read ----------------------------------------------------------------------------------------------------


def listings(rows: Sequence[Row], seen_at: datetime) -> list[Observed]:
    """Rows of the variant-level list as listings, in the order of their first row."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        if row.get("productSku"):
            grouped.setdefault(str(row["productSku"]), []).append(row)
    return [_listing(l3, found, seen_at) for l3, found in grouped.items()]


def _listing(l3: str, rows: Sequence[Row], seen_at: datetime) -> Observed:
    offers = tuple(_offer(row) for row in rows)
    return Observed(
        external_id=l3, code=None, title=_common_title([str(row.get("productName") or "") for row in rows]),
        state=_state(rows), created_at=instant(rows[0].get("createdDate")), updated_at=None, seen_at=seen_at,
        offers=offers,
    )  # fmt: skip


def _common_title(names: Sequence[str]) -> str:
    """The listing's name: what the names of its variants begin with."""
    words = [name.split() for name in names]
    common: list[str] = []
    for at, word in enumerate(words[0] if words else []):
        if all(len(other) > at and other[at] == word for other in words):
            common.append(word)
        else:
            break
    return " ".join(common)


def _offer(row: Row) -> ObservedOffer:
    regular, sale = _whole(row.get("regularPrice")), _whole(row.get("sellingPrice"))
    price = None if regular is None else Price(regular, sale if sale is not None and sale < regular else None)
    return ObservedOffer(
        external_id=str(row["gdnSku"]), sku=str(row["merchantSku"]) if row.get("merchantSku") else None, price=price,
        stock=_whole(row.get("stockAvailableLv2")), reserved=_whole(row.get("stockReservedLv2")),
    )  # fmt: skip


def _whole(value: Any) -> int | None:
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if numeric else None


def _state(rows: Sequence[Row]) -> ListingState:
    if any(row.get("suspended") for row in rows):
        return ListingState.banned
    if any(row.get("isArchive") for row in rows):
        return ListingState.archived
    if not any(row.get("buyable") for row in rows):
        return ListingState.in_review if any(row.get("review") for row in rows) else ListingState.hidden
    return ListingState.live if any(row.get("stockAvailableLv2") for row in rows) else ListingState.live_oos


SUBMITTED = {"IN_PROGRESS": ListingState.in_review, "NEED_CORRECTION": ListingState.needs_correction}


def submission(row: Row, receipt: str, seen_at: datetime) -> Observed | None:
    """A product in review or sent back, as a listing without offers; None where the row says nothing."""
    product = row.get("product") or {}
    state = SUBMITTED.get(str(product.get("state")))
    if state is None or not product.get("code"):
        return None
    return Observed(
        external_id=str(product.get("sku") or product["code"]), code=None, title=str(product.get("name") or ""),
        state=state, created_at=instant(product.get("createdDate")), updated_at=None, seen_at=seen_at, receipt=receipt,
    )  # fmt: skip


def named(observed: Observed, created_at: datetime | None) -> Observed:
    """`observed` with a moment of creation where the marketplace gave none."""
    return observed if observed.created_at is not None else replace(observed, created_at=created_at)
