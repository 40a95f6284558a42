"""Creating and correcting: both generations of the create, the queue, and revisions (facts, sections 7.1 to 7.3)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.sandbox.blibli.context import STORE, Context, Refusal, tree
from adapters.sandbox.blibli.pictures import BadPicture, checked
from adapters.sandbox.blibli.queues import enqueue
from adapters.sandbox.blibli.state import CORRECTION, QUEUED, REVIEWED, Product, Queue, Variant

Json = Mapping[str, Any]
PRODUCTS_MOST, PICTURES_MOST, VARIANTS_MOST = 10, 8, 50
DESCRIPTION_MOST, ATTRIBUTE_MOST = 5000, 255
FAMILY_COLOUR = "FA-2000060"


class Bad(ValueError):
    """One product of a create is refused, and why."""


def create_v2(here: Context, body: Json) -> Queue:
    """createProductV2: one queue for up to ten products; those that are in order go on by themselves."""
    return _create(here, _products(body, "products"), "createProductV2", _from_v2)


def create_v3(here: Context, body: Json) -> Queue:
    """products/async: the newer create, its list under the singular key."""
    return _create(here, _products(body, "product"), "createProduct", _from_v3)


def _products(body: Json, key: str) -> Sequence[Json]:
    found = body.get(key)
    if not isinstance(found, list) or not found:
        raise Refusal("ERR-PA400001", f"(invented) {key} must be a list")
    if len(found) > PRODUCTS_MOST:
        raise Refusal("ERR-PA400002", f"(invented) at most {PRODUCTS_MOST} products a request")
    names = [str(one.get("name", "")).casefold() for one in found]
    if len(set(names)) != len(names):
        raise Refusal("ERR-PA400003", "(invented) product names must be unique within a request")
    return found


def _create(here: Context, rows: Sequence[Json], action: str, read: Any) -> Queue:
    made: list[dict[str, Any]] = []
    for row in rows:
        try:
            product = read(here, row)
            made.append(_row(product, None))
            here.store.products[product.code] = product
        except (Bad, BadPicture) as problem:
            skus = [str(one.get("merchantSku") or one.get("sellerSku") or "") for one in row.get("productItems") or []]
            made.append({"gdnSku": None, "error": str(problem), "value": {"productCode": None,
                         "productName": row.get("name"), "merchantSkuList": skus}})  # fmt: skip
    if all(row["error"] for row in made):
        raise Refusal("ERR-PA400004", made[0]["error"])
    _spoil(here, made)
    return enqueue(here, action, made)


def _spoil(here: Context, made: list[dict[str, Any]]) -> None:
    """A fault refuses rows that were in order: their products are not made."""
    spoilt = {"reject_row": made[:1], "partial_batch": made[: (len(made) + 1) // 2]}.get(here.fault or "", [])
    for row in spoilt:
        if row["error"] is None:
            here.store.products.pop(row["value"]["productCode"], None)
            row["error"] = "(invented) the product could not be processed"


def _row(product: Product, error: str | None) -> dict[str, Any]:
    skus = [variant.sku for variant in product.variants]
    value = {"productCode": product.code, "productName": product.name, "merchantSkuList": skus}
    return {"gdnSku": None, "error": error, "value": value}


# --- one product -----------------------------------------------------------------------------------------------------


def _from_v2(here: Context, row: Json) -> Product:
    defining = _mapping(row, "productDefiningAttributes")
    items = row.get("productItems")
    if not isinstance(items, list):
        raise Bad("(invented) productItems must be a list")
    pictures = {key: checked(text) for key, text in _mapping(row, "imageMap").items()}
    product = _product(
        here, row, plain=_mapping(row, "productNonDefiningAttributes"), brand=str(row.get("brand") or ""),
        size=[_number(row, name) for name in ("length", "width", "height", "weight")],
    )  # fmt: skip
    for item in items:
        attributes = {**_mapping(item, "attributesMap")}
        variant = new_variant(here, str(item.get("merchantSku") or ""), item, attributes)
        variant.price, variant.sale = pair_of(here, item.get("price"), item.get("salePrice"))
        product.variants.append(_pictured(variant, item.get("images"), pictures))
    _defined(product, defining)
    return product


def _from_v3(here: Context, row: Json) -> Product:
    size = _mapping(row, "dimension")
    items = row.get("productItems")
    if not isinstance(items, list):
        raise Bad("(invented) productItems must be a list")
    pictures = {key: checked(text) for key, text in _mapping(row, "imageMap").items()}
    plain = {str(k): str(v) for k, v in _mapping(row, "attributes").items()}
    product = _product(
        here, row, plain=plain, brand=str(row.get("brandCode") or row.get("newBrand") or ""),
        size=[_number(size, name) for name in ("length", "width", "height", "weight")],
    )  # fmt: skip
    for item in items:
        price = _mapping(item, "price")
        variant = new_variant(here, str(item.get("sellerSku") or ""), item, {**_mapping(item, "attributesMap")})
        variant.price, variant.sale = pair_of(here, price.get("regular"), price.get("sale", price.get("regular")))
        product.variants.append(_pictured(variant, item.get("images"), pictures))
    _defined(product, {code: [v.attributes.get(code) for v in product.variants] for code in
                       {code for v in product.variants for code in v.attributes}})  # fmt: skip
    return product


def _product(here: Context, row: Json, plain: Json, brand: str, size: list[float]) -> Product:
    category, name = str(row.get("categoryCode") or ""), str(row.get("name") or "").strip()
    if not name:
        raise Bad("(invented) name is mandatory")
    if not brand:
        raise Bad("(invented) brand is mandatory")
    _attributes(leaf_of(here, category), plain)
    if any(number <= 0 for number in size):
        raise Bad("(invented) dimension and weight must be more than 0")
    if str(row.get("pickupPointCode") or "") not in {point["code"] for point in tree()["pickup_points"]}:
        raise Bad("(invented) pickupPointCode is unknown")
    number = here.store.next()
    return Product(
        code=f"MTA-{9_000_000 + number}", l3=f"{STORE}-{number:05d}", name=name, category=category, brand=brand,
        description=decoded(row.get("description"), "description"), state=QUEUED, created=here.now, updated=here.now,
        variants=[], attributes={str(k): str(v) for k, v in plain.items()}, size=size, ends=here.now + here.queue_s,
    )  # fmt: skip


def leaf_of(here: Context, code: str) -> Json:
    """The leaf category of this code.

    Raises:
        Bad: there is none, or it was closed.
    """
    code = here.store.merged.get(code, code)
    leaf = next((one for one in tree()["leaves"] if one["code"] == code), None)
    if leaf is None or code in here.store.closed:
        raise Bad("(invented) category is not a leaf")
    return dict(leaf)


def _attributes(leaf: Json, given: Json) -> None:
    for code in leaf["required"]:
        if not given.get(code):
            raise Bad(f"(invented) attribute {code} is mandatory")
    for code, value in given.items():
        known = tree()["attributes"].get(code)
        if known is None or (code not in leaf["attributes"]):
            raise Bad(f"(invented) attribute {code} is not of this category")
        if value in (None, "", "-") or len(str(value)) > ATTRIBUTE_MOST:
            raise Bad(f"(invented) attribute {code} has no proper value")
        if known["options"] and value not in known["options"]:
            raise Bad(f"(invented) attribute {code}: {value} is not one of its options")


def new_variant(here: Context, sku: str, item: Json, attributes: dict[str, str]) -> Variant:
    """A variant as it is submitted, its price still to come.

    Raises:
        Bad: something of it is refused.
    """
    if not sku:
        raise Bad("(invented) merchantSku is mandatory")
    if here.on("sku_unique", "yes") and any(v.sku == sku for p, v in here.store.variants()):
        raise Bad(f"(invented) merchantSku {sku} exists already")
    stock, minimum = item.get("stock"), item.get("minimumStock", 1)
    if not isinstance(stock, int) or isinstance(stock, bool) or stock < 0:
        raise Bad("(invented) stock must be 0 or more")
    if not isinstance(minimum, int) or minimum < 1:
        raise Bad("(invented) minimumStock must be 1 or more")
    number = here.store.next()
    return Variant(f"MTI-{number:07d}", sku, 0, 0, stock, minimum=minimum, buyable=bool(item.get("buyable", True)),
                   attributes={str(k): str(v) for k, v in attributes.items()})  # fmt: skip


def _pictured(variant: Variant, names: Any, pictures: Mapping[str, str]) -> Variant:
    if not isinstance(names, list) or not 1 <= len(names) <= PICTURES_MOST:
        raise Bad(f"(invented) 1 to {PICTURES_MOST} images a variant")
    missing = [name for name in names if name not in pictures]
    if missing:
        raise Bad(f"(invented) image {missing[0]} is not in imageMap")
    variant.pictures = [pictures[name] for name in names]
    return variant


def _defined(product: Product, defining: Json) -> None:
    """What tells variants apart must be a variant-creating attribute, and must do so."""
    if not 1 <= len(product.variants) <= VARIANTS_MOST:
        raise Bad(f"(invented) 1 to {VARIANTS_MOST} variants a product")
    creating = set(tree()["variant_creating"])
    used = {code for variant in product.variants for code in variant.attributes}
    if unknown := used - creating - {FAMILY_COLOUR}:
        raise Bad(f"(invented) {sorted(unknown)[0]} does not make variants")
    if "WA-0000002" in used and FAMILY_COLOUR not in defining and FAMILY_COLOUR not in used:
        raise Bad(f"(invented) colour variants need {FAMILY_COLOUR}")
    if used and not used <= set(defining):
        raise Bad("(invented) an attribute of a variant is not among the defining ones")
    told = [tuple(sorted(v.attributes.items())) for v in product.variants]
    if len(product.variants) > 1 and len(set(told)) != len(told):
        raise Bad("(invented) two variants have the same attributes")
    if len({v.sku for v in product.variants}) != len(product.variants):
        raise Bad("(invented) merchantSku twice")
    for variant in product.variants:
        words = [value for code, value in variant.attributes.items() if code != FAMILY_COLOUR]
        variant.name = " ".join([product.name, *words])


def pair_of(here: Context, regular: Any, sale: Any) -> tuple[int, int]:
    """Price and sale price, which come together.

    Raises:
        Bad: one is missing, too low, or the wrong way round.
    """
    floor = 1000 if here.on("price_floor", "1000") else 1
    if not _whole(regular) or not _whole(sale):
        raise Bad("(invented) price and salePrice must come together")
    if regular < floor or sale < floor:
        raise Bad(f"(invented) price must be {floor} or more")
    if sale > regular:
        raise Bad("(invented) salePrice is more than price")
    return int(regular), int(sale)


def _whole(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer()


def decoded(text: Any, name: str) -> str:
    """A text that is sent in base64.

    Raises:
        Bad: it is not base64, not UTF-8, or too long.
    """
    try:
        plain = base64.b64decode(str(text), validate=True).decode()
    except (binascii.Error, ValueError):
        raise Bad(f"(invented) {name} must be base64") from None
    if not plain or len(plain) > DESCRIPTION_MOST:
        raise Bad(f"(invented) {name} must have 1 to {DESCRIPTION_MOST} characters")
    return plain


def _mapping(row: Json, name: str) -> dict[str, Any]:
    found = row.get(name) or {}
    if not isinstance(found, dict):
        raise Bad(f"(invented) {name} must be an object")
    return found


def _number(row: Json, name: str) -> float:
    value = row.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Bad(f"(invented) {name} must be a number")
    return float(value)


# --- corrections -----------------------------------------------------------------------------------------------------


def revise(here: Context, product: Product | None, body: Json) -> Queue:
    """A corrected submission goes back into review; only what does not define variants may change."""
    if product is None or product.state != CORRECTION:
        raise Refusal("ERR-PA400020", "(invented) only a product that needs correction can be revised")
    try:
        _correct(here, product, body)
    except (Bad, BadPicture) as problem:
        raise Refusal("ERR-PA400021", str(problem)) from None
    if body.get("submit", True):
        product.state, product.notes, product.ends = REVIEWED, "", here.now + here.review_s
    return enqueue(here, "productRevision", [_row(product, None)])


def _correct(here: Context, product: Product, body: Json) -> None:
    words = _mapping(body, "product") or body
    here.touch(product)
    if words.get("name") or words.get("productName"):
        product.name = str(words.get("name") or words.get("productName"))
    if words.get("description"):
        product.description = decoded(words["description"], "description")
    plain = _mapping(body, "nonDefiningAttributes")
    if plain:
        _attributes(leaf_of(here, product.category), plain)
        product.attributes = {str(k): str(v) for k, v in plain.items()}
    pictures = [checked(str(one.get("data"))) for one in body.get("imageMap") or []]
    for variant in product.variants:
        item = next((one for one in body.get("productItems") or [] if _names(one, variant)), None)
        if item is None:
            continue
        price = _mapping(item, "price")
        if price:
            variant.price, variant.sale = pair_of(here, price.get("regular"), price.get("sale"))
        variant.stock = int(item.get("stock", variant.stock))
        variant.pictures = pictures[:PICTURES_MOST] or variant.pictures


def _names(item: Json, variant: Variant) -> bool:
    return variant.sku in (item.get("sellerSku"), item.get("merchantSku"))
