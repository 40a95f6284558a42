"""Pictures of v2: an id serves one product, once and for ever (facts, section 3.4)."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, UnidentifiedImageError

from adapters.sandbox.bukalapak.ask import Ask
from adapters.sandbox.bukalapak.context import Context
from adapters.sandbox.bukalapak.refusals import invalid, missing
from adapters.sandbox.bukalapak.state import Product

SIDE_LEAST = 300
IMAGES_MOST = 5
KINDS = frozenset({"JPEG", "PNG"})


def upload(here: Context, ask: Ask) -> dict[str, Any]:
    """Store one picture, field `file`."""
    here.may_write()
    files = [content for name, content in ask.parts() if name == "file"]
    if len(files) != 1:
        raise invalid("Satu gambar dengan nama file diperlukan")
    if min(_size(files[0])) < SIDE_LEAST:
        raise invalid("Ukuran gambar minimal 300x300")
    image = str(here.shop.new_id())
    here.shop.images[image] = None
    return {"id": image, "message": "(invented) Gambar tersimpan"}


def _size(content: bytes) -> tuple[int, int]:
    """Width and height by the file's own header."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            size, kind = picture.size, picture.format
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise invalid("Berkas bukan gambar") from None
    if kind not in KINDS:
        raise invalid("Berkas bukan JPEG atau PNG")
    return size


def status(here: Context, ask: Ask) -> dict[str, Any]:
    """Whether an id is still free: OK and "Orphaned", or ERROR and "Assigned"."""
    image = ask.ids[0]
    if image not in here.shop.images:
        raise missing("Gambar")
    if here.shop.images[image] is not None:
        return {"status": "ERROR", "id": image, "message": "Assigned"}
    return {"id": image, "message": "Orphaned"}


def delete(here: Context, ask: Ask) -> dict[str, Any]:
    """Throw a picture away that no product has used (the path is UNCONFIRMED: by analogy, facts, section 3.4)."""
    here.may_write()
    if here.shop.images.get(ask.ids[0], "") is not None:
        raise missing("Gambar yang bebas")
    del here.shop.images[ask.ids[0]]
    return {"id": ask.ids[0], "message": "(invented) Gambar dihapus"}


def listed(value: Any) -> list[str]:
    """Ids from "id1,id2" or from a list."""
    found = value.split(",") if isinstance(value, str) else value
    return [one.strip() for one in found if one.strip()]


def free(here: Context, images: list[str]) -> None:
    """Check that these can be used.

    Raises:
        Refusal: one is unknown, used by a product, or named twice.
    """
    for image in images:
        if here.shop.images.get(image, "") is not None or images.count(image) > 1:
            raise invalid("Gambar tidak ditemukan atau sudah dipakai")


def few(images: list[str]) -> None:
    """Check that a product has one to five pictures.

    Raises:
        Refusal: it would have none, or too many.
    """
    if not 1 <= len(images) <= IMAGES_MOST:
        raise invalid("Barang harus memiliki 1 sampai 5 gambar")


def assign(here: Context, product: Product, images: list[str]) -> None:
    """Use them up; there is no way back, also not by the product's end."""
    for image in images:
        here.shop.images[image] = product.id
