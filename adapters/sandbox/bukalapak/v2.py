"""API v2: what a seller's software reads and writes of products (facts, section 3.3).

A create knows no idempotency and no field for a seller SKU. The list of variants is INVENTED: `product[variants]` =
rows of `adapters.invented.BukalapakVariant`. Position `absent` of `bukalapak.create_variants` refuses it.
"""

from __future__ import annotations

from typing import Any

from adapters.sandbox.bukalapak import images
from adapters.sandbox.bukalapak.ask import (
    Ask,
    Fits,
    checked,
    is_amount,
    is_flag,
    is_id,
    is_ids,
    is_map,
    is_sku,
    is_text,
    is_whole,
)
from adapters.sandbox.bukalapak.context import Context
from adapters.sandbox.bukalapak.reading import detail_v2
from adapters.sandbox.bukalapak.reference import check_attributes
from adapters.sandbox.bukalapak.refusals import Refusal, invalid, invented
from adapters.sandbox.bukalapak.state import Product, Sku

FIELDS = {
    "category_id": is_id, "name": is_text, "price": is_amount, "weight": is_amount, "stock": is_whole,
    "description_bb": is_text, "new": is_flag, "negotiable": is_flag, "product_detail_attributes": is_map,
}  # fmt: skip
REQUIRED = {
    "name": "Nama barang", "category_id": "Kategori", "price": "Harga", "weight": "Berat", "stock": "Stok",
    "description_bb": "Deskripsi", "new": "Kondisi",
}  # fmt: skip
"""What a create must say; INVENTED but for the name (facts, section 7), in the order of the refusals."""

VARIANT: dict[str, Fits] = {
    "variant_name": is_text, "details": lambda value: isinstance(value, list) and bool(value),
    "price": is_amount, "stock": is_whole,
}  # fmt: skip


# --- create ----------------------------------------------------------------------------------------------------------


def create(here: Context, ask: Ask) -> dict[str, Any]:
    """Make a product: at once, and once more for each repeat."""
    here.may_sell()
    body = checked(ask.json(), {"product": is_map, "images": lambda value: isinstance(value, str)}, _swallows(here))
    given = dict(body.get("product", {}))
    rows = _variants(here, given.pop("variants", None))
    known = checked(given, FIELDS, _swallows(here))
    _complete(known, rows)
    category_id = int(known["category_id"])
    check_attributes(here, category_id, known.get("product_detail_attributes", {}))
    pictures = images.listed(body.get("images", ""))
    images.few(pictures)
    images.free(here, pictures)
    here.upload()
    product = _made(here, known, category_id, rows, pictures)
    images.assign(here, product, pictures)
    here.shop.products[product.id] = product
    here.before.keep(product.id, here.now, None)
    return _told(here, product, "Barang tersimpan")


def _complete(known: dict[str, Any], rows: list[Sku]) -> None:
    for name, display in REQUIRED.items():
        if name not in known and not (rows and name in ("price", "stock")):
            raise invalid(f"{display} harus diisi")


def _made(
    here: Context, known: dict[str, Any], category_id: int, rows: list[Sku], pictures: list[str]
) -> Product:  # fmt: skip
    skus = rows or [Sku(here.shop.new_id(), known["price"], known["stock"])]
    return Product(
        id=here.shop.new_word(), name=known["name"], category_id=category_id, weight=known["weight"],
        description_bb=known["description_bb"], new=known["new"], negotiable=known.get("negotiable", False),
        attributes=known.get("product_detail_attributes", {}), images=pictures, skus=skus, created=here.now,
        updated=here.now, relisted=here.now, tiered=bool(rows),
    )  # fmt: skip


def _variants(here: Context, given: Any) -> list[Sku]:
    """The variants of a create, each under an id of its own; none for a product without."""
    if given is None:
        return []
    if here.on("create_variants", "absent"):
        raise invalid("Varian tidak dikenal di API ini")
    if not isinstance(given, list) or not given:
        raise invalid("variants tidak sah")
    rows = [_variant(here, row) for row in given]
    if len({str(row.options) for row in rows}) < len(rows) or len({row.name for row in rows}) < len(rows):
        raise invalid("Varian berulang")
    return rows


def _variant(here: Context, given: Any) -> Sku:
    if not is_map(given):
        raise invalid("variants tidak sah")
    named: dict[str, Fits] = {"sku_name": is_sku} if here.on("sku_name", "settable") else {}
    row = checked(given, VARIANT | named, _swallows(here))
    if not set(VARIANT) <= set(row):
        raise invalid("Nama, pilihan, harga dan stok varian harus diisi")
    options = [_option(here, one) for one in row["details"]]
    sku_name = row.get("sku_name") or None
    return Sku(here.shop.new_id(), row["price"], row["stock"], row["variant_name"], options, sku_name)


def _option(here: Context, given: Any) -> list[str]:
    """[label, value] of one option."""
    known = checked(given, {"label": is_text, "value": is_text}, _swallows(here)) if is_map(given) else {}
    if len(known) < 2:
        raise invalid("details tidak sah")
    return [known["label"], known["value"]]


# --- change ----------------------------------------------------------------------------------------------------------


def update(here: Context, ask: Ask) -> dict[str, Any]:
    """Change what is named, all of it or nothing."""
    here.may_write()
    product = here.product(ask.ids[0])
    outer = {"product": is_map, "new_images": is_ids, "removed_images": is_ids}
    body = checked(ask.json(), outer, _swallows(here))
    known = checked(body.get("product", {}), FIELDS, _swallows(here))
    category_id = int(known.get("category_id", here.category(product)))
    if {"category_id", "product_detail_attributes"} & set(known):
        check_attributes(here, category_id, known.get("product_detail_attributes", product.attributes))
    if product.tiered and {"price", "stock"} & set(known) and here.on("v2_variant_numbers", "refused"):
        raise invalid("Harga dan stok barang dengan varian diatur per varian")
    added = images.listed(body.get("new_images", ""))
    pictures = _pictures(here, product, added, images.listed(body.get("removed_images", "")))
    here.remember(product)
    _change(here, product, known, category_id)
    product.images = pictures
    images.assign(here, product, added)
    here.touch(product)
    return _told(here, product, "Barang diperbarui")


def _pictures(here: Context, product: Product, added: list[str], removed: list[str]) -> list[str]:
    """The pictures after a change; one that goes stays used up."""
    for image in removed:
        if image not in product.images:
            raise invalid("Gambar bukan milik barang ini")
    images.free(here, added)
    left = [image for image in product.images if image not in removed] + added
    images.few(left)
    return left


def _change(here: Context, product: Product, known: dict[str, Any], category_id: int) -> None:
    for name in ("name", "weight", "description_bb", "new", "negotiable"):
        if name in known:
            setattr(product, name, known[name])
    if "category_id" in known:
        product.category_id = category_id
    if "product_detail_attributes" in known:
        product.attributes = known["product_detail_attributes"]
    for sku in product.skus:
        if "price" in known:
            sku.price = known["price"]
        if "stock" in known:
            here.set_stock(product, sku, known["stock"])


def sold(here: Context, ask: Ask) -> dict[str, Any]:
    """Take it off sale; it then shows stock 0 (facts, section 4.4)."""
    here.may_write()
    product = here.product(ask.ids[0])
    here.remember(product)
    product.on = False
    here.touch(product)
    return _told(here, product, "Barang tidak dijual")


def relist(here: Context, ask: Ask) -> dict[str, Any]:
    """Put it on sale again: with a stock of 0 (facts, section 6, trap 5)."""
    here.may_sell()
    product = here.product(ask.ids[0])
    if product.banned:
        raise invalid("Barang melanggar aturan")
    if product.on and product.stock > 0:
        raise invalid("Barang masih dijual")
    here.remember(product)
    product.on, product.relisted = True, here.now
    for sku in product.skus:
        sku.zeroed = sku.stock if sku.zeroed is None else sku.zeroed
        sku.stock = 0
    here.touch(product)
    return _told(here, product, "Barang dijual kembali")


def delete(here: Context, ask: Ask) -> dict[str, Any]:
    """Delete it; its row stays in the lists of v4 (facts, section 4.3)."""
    here.may_write()
    product = here.product(ask.ids[0])
    here.remember(product)
    product.deleted, product.on = True, False
    here.touch(product)
    return {"id": product.id, "message": invented("Barang dihapus")}


def push(here: Context, ask: Ask) -> dict[str, Any]:
    """Bump it in the lists."""
    here.may_sell()
    product = here.product(ask.ids[0])
    if not here.for_sale(product):
        raise Refusal(invented("Barang tidak dijual"))
    here.touch(product)
    return {"id": product.id, "message": invented("Barang disundul")}


def _told(here: Context, product: Product, text: str) -> dict[str, Any]:
    return {"id": product.id, "product_detail": detail_v2(here, product), "message": invented(text)}


def _swallows(here: Context) -> bool:
    return here.on("unknown_fields", "swallowed")
