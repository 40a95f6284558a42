"""The bodies of creates and revisions, in one form for both versions: a draft, plain JSON values.

V2 is the best attested shape (facts, section 7.2); of V3 some names are open (section 7.1). The facts do not name the
list that a create V2 carries: `products` and `product` will do.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from adapters.sandbox.blibli.context import Context
from adapters.sandbox.blibli.pictures import taken
from adapters.sandbox.blibli.shape import Shape

SIZE: Shape = {"length": "number", "width": "number", "height": "number", "weight": "number"}
PAIR: Shape = {"regular!": "number", "sale": "number"}
PREORDER: Shape = {"preOrder": "flag", "preOrderType": "text", "preOrderValue": "whole", "preOrderDate": "text"}

ITEM_V2: Shape = {
    "upcCode": "text", "merchantSku!": "text", "price!": "number", "salePrice!": "number", "stock!": "whole",
    "minimumStock": "whole", "displayable": "flag", "buyable": "flag", "images": "texts",
    "dangerousGoodsLevel": "whole", "attributesMap": "words",
}  # fmt: skip
PRODUCT_V2: Shape = {
    "name!": "text", "brand": "text", "url": "text", "categoryCode!": "text", "productType": "whole",
    "pickupPointCode": "text", "length!": "number", "width!": "number", "height!": "number", "weight!": "number",
    "shippingWeight": "number", "description!": "text", "uniqueSellingPoint": "text", "productStory": "text",
    "productNonDefiningAttributes": "map", "productDefiningAttributes": "maps", "productItems!": [ITEM_V2],
    "imageMap!": "map", "bpCode": "text", "preOrder": PREORDER,
}  # fmt: skip
CREATE_V2: Shape = {"bpCode": "text", "products": [PRODUCT_V2], "product": [PRODUCT_V2]}


def item_v3(here: Context) -> Shape:
    """A variant of V3, with its options where the switch says."""
    return {
        "sellerSku!": "text", "upcCode": "text", "price!": PAIR, "stock!": "whole", "minimumStock": "whole",
        "buyable": "flag", "displayable": "flag", "images": "texts",
        here.switches["blibli.v3_variant_field"]: "words",
    }  # fmt: skip


def product_v3(here: Context) -> Shape:
    """A product of V3."""
    return {
        "name!": "text", "brandCode": "text", "newBrand": "text", "categoryCode!": "text", "description!": "text",
        "uniqueSellingPoint": "text", "productType": "whole", "pickupPointCode": "text", "dimension!": SIZE,
        "attributes": "loose", "logistics": "texts", "imageMap!": "map", "preOrder": PREORDER, "videoUrl": "text",
        "productItems!": [item_v3(here)],
    }  # fmt: skip


def revision_v2(here: Context) -> Shape:
    """What a revision V2 may change: nothing is mandatory but `submit` (its shape is not in the facts)."""
    loose = {name.removesuffix("!"): kind for name, kind in product_v3(here).items()}
    return {"submit!": "flag", **loose, "productItems": [_revised(item_v3(here))]}


def _revised(shape: Shape) -> Shape:
    """A variant of a revision is named by its SKU; the rest is as it was unless it is said."""
    return {name if name == "sellerSku!" else name.removesuffix("!"): kind for name, kind in shape.items()}


_PICTURE: Shape = {"data!": "text", "name!": "text", "path": "text"}
REVISION_V1: Shape = {
    "product": {"name": "text", "description": "text", "productType": "whole", "uniqueSellingPoint": "text"},
    "pickupPoint": {"code!": "text"}, "category": {"code!": "text"}, "brand": {"code!": "text"}, "dimension": SIZE,
    "nonDefiningAttributes": "map", "definingAttributes": "maps",
    "productItems": [{"sellerSku!": "text", "upcCode": "text", "price": PAIR, "stock": "whole",
                      "minimumStock": "whole", "buyable": "flag", "displayable": "flag", "images": "texts",
                      "attributesMap": "words"}],
    "imageMap": [_PICTURE],
}  # fmt: skip


def from_v2(row: Mapping[str, Any]) -> dict[str, Any]:
    """The draft of a product of a create V2."""
    draft = _common(row, "description", "uniqueSellingPoint")
    draft["size"] = [row["length"], row["width"], row["height"], row["weight"]]
    draft["brand"] = row.get("brand")
    draft["attributes"] = row.get("productNonDefiningAttributes", {})
    draft["defining"] = row.get("productDefiningAttributes", {})
    draft["variants"] = [
        {**_numbers(one, one["price"], one["salePrice"]), "sku": one["merchantSku"],
         "attributes": one.get("attributesMap", {})}
        for one in row["productItems"]
    ]  # fmt: skip
    return draft


def from_v3(here: Context, row: Mapping[str, Any]) -> dict[str, Any]:
    """The draft of a product of a create V3; a revision's lacks what it does not change."""
    draft = _common(row, "description")
    if "dimension" in row:
        size = row["dimension"]
        weight = size.get("weight", 0) * (1000 if here.on("v3_weight", "kg") else 1)
        draft["size"] = [size.get("length", 0), size.get("width", 0), size.get("height", 0), weight]
    for name, own in (("brandCode", "brand"), ("newBrand", "new_brand"), ("logistics", "logistics"),
                      ("videoUrl", "video")):  # fmt: skip
        if name in row:
            draft[own] = row[name]
    given = row.get("attributes", {})
    if "attributes" in row:
        draft["attributes"] = {code: value for code, value in given.items() if not isinstance(value, list)}
    if "productItems" in row:
        field = here.switches["blibli.v3_variant_field"]
        draft["variants"] = [_variant_v3(one, field) for one in row["productItems"]]
        lists = {code: value for code, value in given.items() if isinstance(value, list)}
        draft["defining"] = lists or _defining(draft["variants"])
    return draft


def _variant_v3(one: Mapping[str, Any], field: str) -> dict[str, Any]:
    price = one.get("price", {})
    variant = _numbers(one, price.get("regular"), price.get("sale", price.get("regular")))
    return {**variant, "sku": one["sellerSku"], **({"attributes": one[field]} if field in one else {})}


def from_revision_v1(row: Mapping[str, Any]) -> dict[str, Any]:
    """The draft of a revision V1: what it does not change is left out."""
    product = row.get("product", {})
    pictures = {one["name"]: one["data"] for one in row.get("imageMap", [])}
    draft = _common({**product, **({"imageMap": pictures} if pictures else {})}, "description", "uniqueSellingPoint")
    for name, own in (("pickupPoint", "pickup"), ("category", "category"), ("brand", "brand")):
        if name in row:
            draft[own] = row[name]["code"]
    if "dimension" in row:
        draft["size"] = [row["dimension"].get(name, 0) for name in ("length", "width", "height", "weight")]
    if "nonDefiningAttributes" in row:
        draft["attributes"] = row["nonDefiningAttributes"]
    if "definingAttributes" in row:
        draft["defining"] = row["definingAttributes"]
    if "productItems" in row:
        draft["variants"] = [_variant_v3(one, "attributesMap") for one in row["productItems"]]
    return draft


_SAME = (("name", "name"), ("categoryCode", "category"), ("productType", "kind"), ("pickupPointCode", "pickup"),
         ("preOrder", "preorder"), ("uniqueSellingPoint", "usp"))  # fmt: skip


def _common(row: Mapping[str, Any], *encoded: str) -> dict[str, Any]:
    """What is alike in all shapes; pictures are measured at once and kept as hashes."""
    draft: dict[str, Any] = {own: row[name] for name, own in _SAME if name in row}
    problems = []
    for name in encoded:
        if name in row:
            text = decoded(row[name])
            draft["usp" if name == "uniqueSellingPoint" else name] = text or ""
            problems += [] if text is not None else [f"{name} is not base64"]
    if "imageMap" in row:
        draft["pictures"] = {key: taken(value or "") for key, value in row["imageMap"].items()}
    draft["problems"] = problems
    return draft


def _numbers(one: Mapping[str, Any], price: Any, sale: Any) -> dict[str, Any]:
    """Numbers, flags and pictures of a variant; displayable always follows buyable (facts, section 6)."""
    found = {"price": price, "sale": sale, "stock": one.get("stock"), "minimum": one.get("minimumStock"),
             "buyable": one.get("buyable"), "upc": one.get("upcCode"), "images": one.get("images")}  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def _defining(variants: list[dict[str, Any]]) -> dict[str, list[str]]:
    """{attribute: its values}, as the variants use them."""
    found: dict[str, list[str]] = {}
    for variant in variants:
        for code, value in variant.get("attributes", {}).items():
            values = found.setdefault(code, [])
            if value not in values:
                values.append(value)
    return found


def decoded(value: str) -> str | None:
    """The text behind base64, None if it is none."""
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
