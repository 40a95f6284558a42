"""The variants and pictures of a product that is on sale (facts, section 7.9). The bodies' inner shapes are invented:
the facts name only paths, fields of the pictures' body, and that a list of variants replaces the one that is there."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from adapters.sandbox.blibli import review
from adapters.sandbox.blibli.context import Answer, Ask, Context, page_of, paged
from adapters.sandbox.blibli.drafts import PAIR
from adapters.sandbox.blibli.errors import invalid
from adapters.sandbox.blibli.judging import problem
from adapters.sandbox.blibli.pictures import PER_VARIANT, taken
from adapters.sandbox.blibli.products import as_draft, editable, put
from adapters.sandbox.blibli.shape import Shape, checked
from adapters.sandbox.blibli.state import Product, Variant

VARIANT: Shape = {
    "blibliSku": "text", "sellerSku": "text", "upcCode": "text", "price": PAIR, "stock": "whole",
    "minimumStock": "whole", "buyable": "flag", "displayable": "flag", "attributesMap": "words", "images": "texts",
    "pickupPointCode": "text",
}  # fmt: skip
MOST = 100


def variants_list(here: Context, ask: Ask) -> Answer:
    """POST products/{product-sku}/variants/filter: the variants that have been live, with their numbers."""
    shape: Shape = {"filter": {"blibliSku": "text", "pickupPointCode": "text"},
                    "paging": {"page": "whole", "size": "whole"}}  # fmt: skip
    body = checked(ask.body, shape)
    product = here.by_l3(ask.ids["product-sku"], seen=True)
    wanted = body.get("filter", {})
    rows = [
        _shown(here, product, variant) for variant in product.variants
        if variant.live and wanted.get("blibliSku", product.gdn(variant)) == product.gdn(variant)
        and wanted.get("pickupPointCode", product.pickup) == product.pickup
    ]  # fmt: skip
    page, size = page_of(body.get("paging", {}), MOST, MOST)
    return paged(here, rows, page, size)


def _shown(here: Context, product: Product, variant: Variant) -> dict[str, Any]:
    return {
        "blibliSku": product.gdn(variant), "productItemCode": product.item_code(variant), "sellerSku": variant.sku,
        "generatedItemName": item_name(product, variant), "upcCode": variant.upc,
        "price": {"regular": variant.price, "sale": variant.sale}, "availableStock": variant.stock,
        "reservedStock": here.reserved(product, variant), "minimumStock": variant.minimum, "buyable": variant.buyable,
        "displayable": variant.buyable, "pickupPointCode": product.pickup, "attributesMap": variant.attributes,
        "images": picture_rows(variant),
    }  # fmt: skip


def item_name(product: Product, variant: Variant) -> str:
    """The variant's name: the product's, and its options."""
    return " ".join([product.name, *variant.attributes.values()])


def picture_rows(variant: Variant) -> list[dict[str, Any]]:
    """The pictures of a variant: the path has the hash of what was sent."""
    return [
        {"main": number == 0, "path": f"/{key}.jpg", "sequence": number} for number, key in enumerate(variant.images)
    ]


def variants_set(here: Context, ask: Ask) -> Answer:
    """POST products/{product-sku}/variants: the whole list; what is not in it is gone."""
    shape: Shape = {"variants": [VARIANT], "productItems": [VARIANT], "imageMap": "map"}
    body = checked(ask.body, shape)
    if ("variants" in body) == ("productItems" in body):
        raise invalid("body.variants is missing, or given twice")
    product = here.by_l3(ask.ids["product-sku"])
    editable(product)
    rows = [*body.get("variants", ()), *body.get("productItems", ())]
    before, draft = as_draft(product), as_draft(product)
    draft["pictures"] |= {key: taken(value or "") for key, value in body.get("imageMap", {}).items()}
    draft["variants"] = [_row(here, product, row) for row in rows]
    draft["defining"] = _defining(product, draft["variants"])
    wrong = problem(here, draft) or _twice(draft["variants"])
    if wrong is not None:
        raise invalid(wrong)
    here.remember(product)
    kept = {one["sku"] for one in draft["variants"]}
    put(here, product, draft)
    product.variants = [variant for variant in product.variants if variant.sku in kept]
    if as_draft(product) != before:
        review.begin(here, product)
    return Answer({"productSku": product.sku})


def _row(here: Context, product: Product, row: Mapping[str, Any]) -> dict[str, Any]:
    """One variant of the list: of one that is there, price and stock are ignored."""
    here.pickup(row.get("pickupPointCode") or product.pickup)
    found = next((one for one in product.variants if _is(product, one, row)), None)
    own = next((one for one in as_draft(product)["variants"] if found is not None and one["sku"] == found.sku), None)
    if own is not None:
        names = (("upcCode", "upc"), ("attributesMap", "attributes"), ("images", "images"))
        return {**own, **{ours: row[name] for name, ours in names if name in row}}
    if "blibliSku" in row:
        raise invalid(f"SKU {row['blibliSku']} is not of this product")
    wanted = ("sellerSku", "price", "stock", *(("images",) if here.on("variant_images", "demanded") else ()))
    for name in wanted:
        if name not in row:
            raise invalid(f"a new variant needs {name}")
    regular = row["price"]["regular"]
    return {
        "sku": row["sellerSku"], "price": regular, "sale": row["price"].get("sale", regular), "stock": row["stock"],
        "minimum": row.get("minimumStock", 1), "buyable": row.get("buyable", True), "upc": row.get("upcCode", ""),
        "attributes": row.get("attributesMap", {}),
        "images": row.get("images") or list(product.variants[0].images),
    }  # fmt: skip


def _is(product: Product, variant: Variant, row: Mapping[str, Any]) -> bool:
    if "blibliSku" in row:
        return variant.live and product.gdn(variant) == row["blibliSku"]
    return variant.sku == row.get("sellerSku")


def _twice(rows: list[dict[str, Any]]) -> str | None:
    skus = [row["sku"] for row in rows]
    return "a variant is given twice" if len(set(skus)) < len(skus) else None


def _defining(product: Product, rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The values in use, those of before first; a value whose last variant goes, goes too."""
    used: dict[str, list[str]] = {}
    for row in rows:
        for code, value in row["attributes"].items():
            values = used.setdefault(code, [])
            if value not in values:
                values.append(value)
    # What no variant names (the family colour) stays beside it.
    rest = {code: values for code, values in product.defining.items() if code not in used}
    return {**used, **rest} if used else used


# --- pictures --------------------------------------------------------------------------------------------------------

IMAGES: Shape = {
    "data": "text", "variants": [{"blibliSku!": "text", "mainImage": "flag"}], "allVariants": {"mainImage": "flag"},
}  # fmt: skip


def image_add(here: Context, ask: Ask) -> Answer:
    """POST …/images: one more picture for the named variants, or for all."""
    return _pictures(here, ask, keep=True)


def image_set(here: Context, ask: Ask) -> Answer:
    """PUT …/images: this picture instead of those that are there."""
    return _pictures(here, ask, keep=False)


def image_drop(here: Context, ask: Ask) -> Answer:
    """DELETE …/images: all but the main picture of the named variants, or of all."""
    product = here.by_l3(ask.ids["product-sku"])
    editable(product)
    body = checked(ask.body or {}, {name: kind for name, kind in IMAGES.items() if name != "data"})
    here.remember(product)
    for variant, _ in _meant(product, body if body else {"allVariants": {}}):
        variant.images = variant.images[:1]
    review.begin(here, product)
    return Answer({"productSku": product.sku})


def _pictures(here: Context, ask: Ask, keep: bool) -> Answer:
    body = checked(ask.body, IMAGES)
    product = here.by_l3(ask.ids["product-sku"])
    editable(product)
    picture = taken(body.get("data", ""))
    if "error" in picture:
        raise invalid(picture["error"])
    after = copy.deepcopy(product)
    for variant, main in _meant(after, body):
        kept = [key for key in variant.images if key != picture["hash"]] if keep else []
        variant.images = [picture["hash"], *kept] if main else [*kept, picture["hash"]]
        if len(variant.images) > PER_VARIANT:
            raise invalid(f"a variant has at most {PER_VARIANT} images")
    here.remember(product)
    here.shop.images[picture["hash"]] = {name: picture[name] for name in picture if name != "hash"}
    product.variants = after.variants
    review.begin(here, product)
    return Answer({"productSku": product.sku})


def _meant(product: Product, body: Mapping[str, Any]) -> list[tuple[Variant, bool]]:
    """The variants that a body is about, each with whether the picture is to be the main one."""
    if "allVariants" in body:
        main = bool(body["allVariants"].get("mainImage"))
        return [(variant, main) for variant in product.variants]
    known = {product.gdn(variant): variant for variant in product.variants if variant.live}
    for row in body.get("variants", ()):
        if row["blibliSku"] not in known:
            raise invalid(f"SKU {row['blibliSku']} is not of this product")
    if not body.get("variants"):
        raise invalid("variants or allVariants is missing")
    return [(known[row["blibliSku"]], bool(row.get("mainImage"))) for row in body["variants"]]
