"""The older generation: products, pictures, categories, transactions (facts, section 3)."""

from __future__ import annotations

import email.parser
import email.policy
import struct
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from adapters.sandbox.bukalapak.context import STORE, Context, RefusalV2, tree
from adapters.sandbox.bukalapak.state import BANNED, DELETED, FOR_SALE, SOLD, Product, Sku

Json = Mapping[str, Any]
PICTURES_MOST, SIDE_LEAST = 5, 300
FIELDS = {"category_id", "name", "price", "weight", "stock", "description_bb", "new", "negotiable",
          "product_detail_attributes", "variants"}  # fmt: skip
CLOSED = "(invented) Bukalapak tidak lagi menerima barang fisik"


# --- pictures --------------------------------------------------------------------------------------------------------


def upload(here: Context, content_type: str, body: bytes) -> dict[str, Any]:
    """One picture, as multipart field `file`."""
    content = _file(content_type, body)
    width, height = _size(content)
    if min(width, height) < SIDE_LEAST:
        raise RefusalV2(f"(invented) Ukuran gambar minimal {SIDE_LEAST}x{SIDE_LEAST}")
    number = str(here.shop.next())
    here.shop.pictures[number] = ""
    return {"id": number, "message": "(invented) Gambar tersimpan"}


def _file(content_type: str, body: bytes) -> bytes:
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    for part in message.iter_parts() if message.is_multipart() else []:
        if part.get_param("name", header="content-disposition") == "file":
            payload = part.get_payload(decode=True)
            return payload if isinstance(payload, bytes) else b""
    raise RefusalV2("(invented) file harus diisi")


def _size(content: bytes) -> tuple[int, int]:
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    at = 2
    while content.startswith(b"\xff\xd8") and at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    raise RefusalV2("(invented) Gambar tidak dikenali")


def picture_status(here: Context, number: str) -> dict[str, Any]:
    """Whether a picture is free (Orphaned) or used (an error that says Assigned)."""
    if number not in here.shop.pictures:
        raise RefusalV2("(invented) Gambar tidak ditemukan")
    if here.shop.pictures[number]:
        raise RefusalV2("Assigned")
    return {"id": number, "message": "Orphaned"}


def _use(here: Context, ids: list[str], product: str) -> list[str]:
    if not 1 <= len(ids) <= PICTURES_MOST:
        raise RefusalV2(f"(invented) Gambar 1 sampai {PICTURES_MOST}")
    for number in ids:
        if here.shop.pictures.get(number, "?"):
            raise RefusalV2(f"(invented) Gambar {number} tidak dapat dipakai")
    for number in ids:
        here.shop.pictures[number] = product
    return ids


# --- products --------------------------------------------------------------------------------------------------------


def create(here: Context, body: Json) -> dict[str, Any]:
    """A new product. Its pictures are used up even if nobody hears the answer."""
    if not here.on("era", "open"):
        raise RefusalV2(CLOSED)
    if any(left <= 0 for left in here.remaining().values()):
        raise RefusalV2("(invented) Kuota unggah barang habis")
    ask = body.get("product")
    if not isinstance(ask, Mapping):
        raise RefusalV2("(invented) product harus diisi")
    _known(here, ask)
    number = f"{here.shop.next():x}"
    product = Product(
        id=number, name=_text(ask, "name", "Nama barang"), category=_leaf(here, ask), weight=_whole(ask, "weight", 1),
        description=_text(ask, "description_bb", "Deskripsi"), new=ask.get("new") is not False, state=FOR_SALE,
        created=here.now, updated=here.now, skus=_skus(here, ask), attributes=_attributes(here, ask),
    )  # fmt: skip
    product.pictures = _use(here, [one for one in str(body.get("images") or "").split(",") if one], number)
    here.shop.products[number] = product
    here.shop.uploads.append(here.now)
    return {"id": number, "product_detail": detail(here, product), "message": "(invented) Barang tersimpan"}


def _known(here: Context, ask: Json) -> None:
    if here.on("unknown_fields", "refused") and (unknown := set(ask) - FIELDS):
        raise RefusalV2(f"(invented) {sorted(unknown)[0]} tidak dikenal")


def _skus(here: Context, ask: Json) -> list[Sku]:
    rows = ask.get("variants")
    if rows is None:
        return [Sku(here.shop.next(), "", _whole(ask, "price", 100), _whole(ask, "stock", 0))]
    if here.on("create_variants", "absent"):
        raise RefusalV2("(invented) varian tidak dapat dibuat lewat API")
    if not isinstance(rows, list) or not rows:
        raise RefusalV2("(invented) varian harus diisi")
    names = [_text(row, "variant_name", "Nama varian") for row in rows]
    if len(set(names)) != len(names):
        raise RefusalV2("(invented) Nama varian sama")
    return [
        Sku(here.shop.next(), name, _whole(row, "price", 100), _whole(row, "stock", 0), row.get("sku_name"))
        for name, row in zip(names, rows, strict=True)
    ]


def _leaf(here: Context, ask: Json) -> int:
    wanted = ask.get("category_id")
    number = here.shop.merged.get(str(wanted), wanted)
    if not any(leaf["id"] == number for leaf in tree()["leaves"]) or number in here.shop.closed:
        raise RefusalV2("(invented) Kategori tidak ditemukan")
    return int(str(number))


def _attributes(here: Context, ask: Json) -> dict[str, Any]:
    given = ask.get("product_detail_attributes") or {}
    number = here.shop.merged.get(str(ask.get("category_id")), ask.get("category_id"))
    leaf = next(leaf for leaf in tree()["leaves"] if leaf["id"] == number)
    for name in leaf["attributes"]:
        known = tree()["attributes"][name]
        if known["required"] and not given.get(name):
            raise RefusalV2(f"(invented) {known['display']} harus diisi")
        if known["options"] and given.get(name) not in (None, "", *known["options"]):
            raise RefusalV2(f"(invented) {known['display']} tidak sesuai pilihan")
    return dict(given)


def _text(row: Json, name: str, words: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise RefusalV2(f"(invented) {words} harus diisi")
    return value


def _whole(row: Json, name: str, least: int) -> int:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise RefusalV2(f"(invented) {name} harus angka, minimal {least}")
    return value


def change(here: Context, number: str, body: Json) -> dict[str, Any]:
    """Partial: what is sent changes. The price of a product with variants cannot be told here."""
    product = find(here, number)
    if here.no_writes():
        raise RefusalV2(CLOSED)
    ask = body.get("product") or {}
    _known(here, ask)
    here.touch(product)
    if "name" in ask:
        product.name = _text(ask, "name", "Nama barang")
    if "description_bb" in ask:
        product.description = _text(ask, "description_bb", "Deskripsi")
    if "product_detail_attributes" in ask:
        product.attributes = dict(ask["product_detail_attributes"])
    if "weight" in ask:
        product.weight = _whole(ask, "weight", 1)
    if "price" in ask or "stock" in ask:
        _numbers(here, product, ask)
    _pictures(here, product, body)
    return {"id": number, "product_detail": detail(here, product), "message": "(invented) Barang tersimpan"}


def _numbers(here: Context, product: Product, ask: Json) -> None:
    if len(product.skus) > 1:
        raise RefusalV2("(invented) Barang bervarian: ubah tiap varian")
    if "price" in ask:
        product.skus[0].price = _whole(ask, "price", 100)
    if "stock" in ask:
        here.set_stock(product.skus[0], _whole(ask, "stock", 0))


def _pictures(here: Context, product: Product, body: Json) -> None:
    fresh = [one for one in str(body.get("new_images") or "").split(",") if one]
    gone = [one for one in str(body.get("removed_images") or "").split(",") if one]
    if not fresh and not gone:
        return
    left = [one for one in product.pictures if one not in gone]
    if not 1 <= len(left) + len(fresh) <= PICTURES_MOST:
        raise RefusalV2(f"(invented) Gambar 1 sampai {PICTURES_MOST}")
    product.pictures = [*left, *(_use(here, fresh, product.id) if fresh else [])]


def sell_off(here: Context, number: str) -> dict[str, Any]:
    """Off sale. What it holds is forgotten: a relist comes back with 0 (facts, section 4.4)."""
    product = find(here, number)
    if here.no_writes():
        raise RefusalV2(CLOSED)
    here.touch(product)
    product.state = SOLD
    for sku in product.skus:
        sku.kept, sku.stock = sku.stock, 0
    return {"id": number, "message": "(invented) Barang ditandai terjual"}


def relist(here: Context, number: str) -> dict[str, Any]:
    """On sale again, with nothing in stock."""
    product = find(here, number)
    if not here.on("era", "open"):
        raise RefusalV2(CLOSED)
    if product.state == BANNED:
        raise RefusalV2("Melanggar")
    here.touch(product)
    product.state = FOR_SALE
    for sku in product.skus:
        sku.stock = 0
    return {"id": number, "message": "(invented) Barang dijual kembali"}


def delete(here: Context, number: str) -> dict[str, Any]:
    """Gone from the older lists; the newer one still shows the row."""
    product = find(here, number)
    if here.no_writes():
        raise RefusalV2(CLOSED)
    here.touch(product)
    product.state = DELETED
    return {"id": number, "message": "(invented) Barang dihapus"}


def find(here: Context, number: str) -> Product:
    """The product of this id.

    Raises:
        RefusalV2: there is none.
    """
    product = here.shop.products.get(number)
    if product is None or product.state == DELETED:
        raise RefusalV2("(invented) Barang tidak ditemukan")
    return product


def mine(here: Context, not_for_sale: bool, page: int, per_page: int) -> dict[str, Any]:
    """Own products: those that buyers see, or only the others; both lists are needed to see everything (trap 6)."""
    rows = [here.seen(p) for p in here.shop.products.values() if here.seen(p).state != DELETED]
    rows = [p for p in rows if (p.shown and not here.shop.holiday) is not not_for_sale]
    rows = [] if here.fault == "empty_page" else rows
    start = (page - 1) * per_page
    return {"products": [detail(here, p) for p in rows[start : start + per_page]], "total": len(rows)}


def detail(here: Context, product: Product) -> dict[str, Any]:
    """One product as the older generation prints it."""
    stock = sum(sku.stock for sku in product.skus)

    def number(value: int) -> int | str:
        return str(value) if here.on("numbers", "text") else value

    return {
        "id": product.id, "name": product.name, "category_id": product.category, "price": number(product.skus[0].price),
        "stock": number(stock), "weight": number(product.weight), "condition": "new" if product.new else "used",
        "desc": product.description, "images": list(product.pictures), "active": product.shown,
        "state_description": _words(here, product), "created_at": _iso(product.created),
        "updated_at": _iso(product.updated), "specs": product.attributes, "seller_id": STORE,
    }  # fmt: skip


def _words(here: Context, product: Product) -> list[str]:
    words = []
    if here.shop.holiday:
        words.append("Lapak Tutup")
    if not any(sku.stock for sku in product.skus):
        words.append("Stok Habis")
    if product.state == BANNED:
        words.append("Melanggar")
    return words


def _iso(stamp: float) -> str:
    return datetime.fromtimestamp(stamp, timezone(timedelta(hours=7))).isoformat()


# --- reference -------------------------------------------------------------------------------------------------------


def categories(here: Context) -> list[Json]:
    """The whole tree."""
    return [
        {"id": parent["id"], "name": parent["name"], "children": [
            {"id": leaf["id"], "name": leaf["name"], "children": []} for leaf in tree()["leaves"]
            if leaf["parent"] == parent["id"] and leaf["id"] not in here.shop.closed]}
        for parent in tree()["parents"]
    ]  # fmt: skip


def attributes(here: Context, number: int) -> list[Json]:
    """The attributes of one category."""
    leaf = next((leaf for leaf in tree()["leaves"] if leaf["id"] == number), None)
    if leaf is None or number in here.shop.closed:
        raise RefusalV2("(invented) Kategori tidak ditemukan")
    return [
        {"fieldName": name, "displayName": known["display"], "inputType": known["type"], "options": known["options"],
         "required": known["required"]}
        for name in leaf["attributes"] for known in [tree()["attributes"][name]]
    ]  # fmt: skip
