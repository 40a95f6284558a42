"""What makes a product good enough to be listed (facts, sections 5 and 7.1)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from adapters.sandbox.tiktokshop import pictures
from adapters.sandbox.tiktokshop.context import Context, tree
from adapters.sandbox.tiktokshop.errors import (
    ATTRIBUTE,
    CATEGORY,
    CATEGORY_VERSION,
    CURRENCY,
    DUPLICATE_SKU,
    EXTERNAL_ID,
    IMAGE,
    PLATFORM,
    PLATFORM_CATEGORY,
    PRICE,
    SELLER_SKU,
    TOO_MANY_SKUS,
    Refusal,
    invalid,
)
from adapters.sandbox.tiktokshop.metadata import is_authorised
from adapters.sandbox.tiktokshop.state import PLATFORMS, TOKOPEDIA, Product

SKUS_MOST = 100
KINDS_MOST = 3
EXTERNAL_MOST = 999
TITLE = (25, 255)
DESCRIPTION_MOST = 10_000
DESCRIPTION_IMAGES = 30
MAIN_IMAGES = 9
SIDE = (300, 4000)
ORDER_QUANTITY = range(1, 21)
WEIGHT = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")
WHOLE = re.compile(r"[0-9]{1,4}")
AMOUNT = re.compile(r"[0-9]{1,12}")
FRACTION = re.compile(r"([0-9]{1,12})\.[0-9]{1,2}")
PICTURE = re.compile(r"<img\b[^>]*?\bsrc\s*=\s*[\"']?([^\"'\s>]*)", re.IGNORECASE)
PERMISSION = {"INVITE_ONLY": CATEGORY + 1, "PROHIBITED": CATEGORY + 2}
INSURANCE = frozenset({"REQUIRED", "OPTIONAL", "NOT_SUPPORTED"})


def judge(here: Context, version: Mapping[str, Any], own: str = "") -> None:
    """Take a version, or say what is wrong with it first; `own` = the product that it is of.

    Raises:
        Refusal: the first problem.
    """
    for problem in problems(here, version, own):
        raise problem


def problems(here: Context, version: Mapping[str, Any], own: str = "") -> Iterator[Refusal]:
    """Everything that is wrong with a version."""
    yield from _references(here, version, own)
    yield from _skus(here, version, own)
    if here.leaf(version.get("category_id", "")) is None:
        return
    yield from _platforms(here, version)
    yield from _texts(here, version)
    yield from _attributes(here, version)
    yield from _parcel(version)


def judge_draft(here: Context, version: Mapping[str, Any], own: str = "") -> None:
    """A draft may lack what it likes, but not name what does not exist.

    Raises:
        Refusal: it does.
    """
    for problem in (*_references(here, version, own), *_skus(here, version, own)):
        raise problem


def warnings(version: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is taken, but not as it was meant."""
    brand = version.get("brand_id")
    if brand is None or is_authorised(brand):
        return []
    return [{"message": "The brand is not authorized for this shop and will not be displayed."}]


# --- what it names ---------------------------------------------------------------------------------------------------


def _references(here: Context, version: Mapping[str, Any], own: str) -> Iterator[Refusal]:
    category = version.get("category_id", "")
    if here.leaf(category) is None:
        yield Refusal(CATEGORY, "the category does not exist, or is no leaf")
    elif version.get("category_version") != "v2":
        yield Refusal(CATEGORY_VERSION, "category_version must be v2")
    yield from _images(here, version)
    if "brand_id" in version and version["brand_id"] not in tree()["brands"]:
        yield invalid("the brand does not exist")
    couriers = {row["id"] for row in tree()["couriers"]}
    if not couriers.issuperset(version.get("delivery_option_ids", ())):
        yield invalid("a delivery option does not exist")
    external = version.get("external_product_id")
    if external is not None and len(external) > EXTERNAL_MOST:
        yield invalid("external_product_id is longer than 999 characters")
    if external and any(external in _external_ids(one) for one in here.living() if one.id != own):
        yield Refusal(EXTERNAL_ID, "external_product_id is used by another product")


def _external_ids(product: Product) -> set[str | None]:
    return {version.get("external_product_id") for version in (product.content, product.next or {})}


def _images(here: Context, version: Mapping[str, Any]) -> Iterator[Refusal]:
    images = version.get("main_images", ())
    if not 1 <= len(images) <= MAIN_IMAGES:
        yield Refusal(IMAGE, "a product has 1 to 9 main images")
    options = [one for sku in version["skus"] for one in sku.get("sales_attributes", ())]
    uris = [image["uri"] for image in images] + [one["sku_img"]["uri"] for one in options if "sku_img" in one]
    for uri in uris:
        try:
            image = pictures.known(here, uri)
        except Refusal as refusal:
            yield refusal
            continue
        if not SIDE[0] <= min(image.width, image.height) or max(image.width, image.height) > SIDE[1]:
            yield Refusal(IMAGE + 3, "an image has sides of 300 to 4000 px")


# --- SKUs ------------------------------------------------------------------------------------------------------------


def _skus(here: Context, version: Mapping[str, Any], own: str) -> Iterator[Refusal]:
    skus = version["skus"]
    if not skus:
        yield invalid("a product has at least one SKU")
    if len(skus) > SKUS_MOST:
        yield Refusal(TOO_MANY_SKUS, "a product has at most 100 SKUs")
    names = [sku["seller_sku"] for sku in skus if sku.get("seller_sku")]
    for sku in skus:
        name = sku.get("seller_sku", "")
        if len(name) > 50 or any(sign.isspace() for sign in name):
            yield Refusal(SELLER_SKU, "seller_sku has 1 to 50 characters and no spaces")
        if len(sku.get("external_sku_id", "")) > EXTERNAL_MOST:
            yield invalid("external_sku_id is longer than 999 characters")
    if len(set(names)) < len(names):
        yield Refusal(DUPLICATE_SKU, "duplicate seller_sku")
    if here.on("same_seller_sku", "refused") and _taken(here, own) & set(names):
        yield Refusal(DUPLICATE_SKU, "seller_sku is used by another product")
    yield from _options(here, version, own)


def _taken(here: Context, own: str) -> set[str]:
    return {sku.get("seller_sku", "") for one in here.living() if one.id != own for sku in one.skus} - {""}


def _options(here: Context, version: Mapping[str, Any], own: str) -> Iterator[Refusal]:
    skus = version["skus"]
    leaf = here.leaf(version.get("category_id", "")) or {"sales": []}
    kinds = {tuple(one["id"] for one in sku.get("sales_attributes", ())) for sku in skus}
    if len(kinds) > 1:
        yield invalid("every SKU has the same kinds of sales attributes")
    if any(len(kind) > KINDS_MOST or len(set(kind)) < len(kind) for kind in kinds):
        yield invalid("at most three kinds of sales attributes, each once")
    if len(skus) > 1 and () in kinds:
        yield invalid("several SKUs need sales attributes")
    chosen = [tuple(one["value_id"] for one in sku.get("sales_attributes", ())) for sku in skus]
    if len(set(chosen)) < len(chosen):
        yield invalid("two SKUs have the same sales attributes")
    for one in (one for sku in skus for one in sku.get("sales_attributes", ())):
        yield from _option(one, leaf["sales"], set(_own_ids(here, own)))


def _own_ids(here: Context, own: str) -> Iterator[str]:
    """Ids of options and values that the product has, where such an id may be written without its name."""
    if here.on("own_option_id", "accepted") and own in here.shop.products:
        for sku in here.shop.products[own].skus:
            for one in sku.get("sales_attributes", ()):
                yield from (one["id"], one["value_id"])


def _option(one: Mapping[str, Any], sales: Collection[str], given: Collection[str]) -> Iterator[Refusal]:
    known = tree()["attributes"].get(one["id"])
    if "name" not in one and one["id"] not in {*sales, *given}:
        yield invalid("the sales attribute is none of the category")
    elif known and one.get("value_name", "") == "" and one["value_id"] not in {*known["values"], *given}:
        yield invalid("the value of a sales attribute does not exist")
    if not 0 < len(one.get("name", "-")) <= 20 or len(one.get("value_name", "")) > 50:
        yield invalid("a sales attribute's name has up to 20 characters, its value up to 50")


def resolved(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sales attributes with an id and a value id: names of one's own get some.

    Raises:
        Refusal: one has neither name nor id, or no value.
    """
    found = []
    for one in options:
        if not (one.get("id") or one.get("name")) or not (one.get("value_id") or one.get("value_name")):
            raise invalid("a sales attribute has an id or a name, and a value")
        key = one.get("id") or _own_id(one["name"])
        known = tree()["attributes"].get(key, {"values": {}})["values"]
        name = known.get(one.get("value_id"), one.get("value_name"))
        value = one.get("value_id") or next((v for v, n in known.items() if n == name), _own_id(f"{key} {name}"))
        whole = {**one, "id": key, "value_id": value}
        found.append(whole | ({"value_name": name} if name else {}))
    return found


def _own_id(name: str) -> str:
    return str(10**18 + int.from_bytes(hashlib.sha256(name.encode(errors="surrogatepass")).digest()[:6], "big"))


# --- the rest --------------------------------------------------------------------------------------------------------


def _platforms(here: Context, version: Mapping[str, Any]) -> Iterator[Refusal]:
    platforms = version["listing_platforms"]
    if not platforms or not set(platforms) <= set(PLATFORMS) or len(set(platforms)) < len(platforms):
        yield invalid("listing_platforms are TIKTOK_SHOP and TOKOPEDIA")
        return
    if TOKOPEDIA in platforms and not here.shop.migrated:
        yield Refusal(PLATFORM, "the shop did not migrate from Tokopedia")
    row = next(one for one in tree()["categories"] if one["id"] == version["category_id"])
    if row["permission"] in PERMISSION:
        yield Refusal(PERMISSION[row["permission"]], "the shop may not list in this category")
    if not set(platforms) <= set(row["platforms"]):
        yield Refusal(PLATFORM_CATEGORY, "the category does not exist on every platform")
    insurance = version.get("shipping_insurance_requirement")
    if insurance is not None and (insurance not in INSURANCE or TOKOPEDIA not in platforms):
        yield invalid("shipping_insurance_requirement is for products on TOKOPEDIA")
    if version.get("is_pre_owned") and platforms != [TOKOPEDIA]:
        yield invalid("is_pre_owned is for products on TOKOPEDIA alone")
    if version.get("minimum_order_quantity", 1) not in ORDER_QUANTITY:
        yield invalid("minimum_order_quantity is 1 to 20")


def _texts(here: Context, version: Mapping[str, Any]) -> Iterator[Refusal]:
    if not TITLE[0] <= len(version.get("title", "")) <= TITLE[1]:
        yield invalid("a title has 25 to 255 characters")
    text = version.get("description", "")
    if not 1 <= len(text) <= DESCRIPTION_MOST:
        yield invalid("a description has up to 10000 characters")
    addresses = PICTURE.findall(text)
    if len(addresses) > DESCRIPTION_IMAGES:
        yield Refusal(IMAGE + 4, "a description has at most 30 images")
    for address in addresses:
        image = here.shop.images.get(address.removeprefix(pictures.HOST))
        if image is None or not address.startswith(pictures.HOST):
            yield Refusal(IMAGE + 5, "images of a description are uploaded ones, by their url")
        elif max(image.width, image.height) >= SIDE[1]:
            yield Refusal(IMAGE + 3, "images of a description have sides of less than 4000 px")


def _attributes(here: Context, version: Mapping[str, Any]) -> Iterator[Refusal]:
    leaf = here.leaf(version["category_id"]) or {}
    given = {one["id"]: one["values"] for one in version.get("product_attributes", ())}
    for key in leaf["required"]:
        if not given.get(key):
            yield Refusal(ATTRIBUTE, f"attribute {key} is required")
    for key, values in given.items():
        if key not in (*leaf["required"], *leaf["optional"]):
            yield invalid(f"attribute {key} is none of the category")
            continue
        known = tree()["attributes"][key]
        if len(values) > 1 and not known["multiple"]:
            yield invalid(f"attribute {key} has one value")
        if not all(_is_value(known, value) for value in values):
            yield invalid(f"attribute {key} has no such value")


def _is_value(known: Mapping[str, Any], value: Mapping[str, Any]) -> bool:
    if "id" in value:
        return value["id"] in known["values"]
    name = value.get("name", "")
    return bool(name) and (known["customizable"] or name in known["values"].values())


def _parcel(version: Mapping[str, Any]) -> Iterator[Refusal]:
    """Weight and size as texts, and at least one courier that carries it."""
    weight, size = version.get("package_weight"), version.get("package_dimensions")
    if weight is None or weight["unit"] != "KILOGRAM" or not WEIGHT.fullmatch(weight["value"]):
        yield invalid("package_weight is in KILOGRAM, with up to three decimals")
        return
    sides = [(size or {}).get(name, "") for name in ("length", "width", "height")]
    if size is None or size["unit"] != "CENTIMETER" or not all(WHOLE.fullmatch(side) and int(side) for side in sides):
        yield invalid("package_dimensions are whole numbers of CENTIMETER")
        return
    grams, wanted = float(weight["value"]) * 1000, version.get("delivery_option_ids")
    if not any(
        row["weight"][0] <= grams <= row["weight"][1]
        and all(int(side) <= most for side, most in zip(sides, row["dimension"], strict=True))
        for row in tree()["couriers"]
        if wanted is None or row["id"] in wanted
    ):
        yield invalid("no delivery option carries this package")


def amount(here: Context, price: Mapping[str, Any]) -> int:
    """The whole rupiah of a price.

    Raises:
        Refusal: another currency, no amount, or one that is no price.
    """
    if price["currency"] != "IDR":
        raise Refusal(CURRENCY, "the currency is IDR")
    if "sale_price" in price or "starting_bid_price" in price:
        raise invalid("a local seller's price is its amount")
    text = price.get("amount", "")
    fraction = FRACTION.fullmatch(text)
    if fraction and not here.on("price_fraction", "refused") and not text.split(".")[1].strip("0"):
        text = fraction.group(1)
    if not AMOUNT.fullmatch(text) or int(text) < int(here.switches["tiktokshop.price_floor"]):
        raise Refusal(PRICE, "the price is invalid")
    return int(text)
