"""Pictures: sent as bytes, or fetched from an address (facts, section 9). Nothing is fetched here: an address that
keeps the rules is taken for a picture."""

from __future__ import annotations

import hashlib
import io
import ipaddress
from urllib.parse import urlsplit

from PIL import Image, UnidentifiedImageError

from adapters.sandbox.lazada.context import Answer, Ask, Context
from adapters.sandbox.lazada.documents import document, inner, texts
from adapters.sandbox.lazada.errors import numbered, unsupported
from adapters.sandbox.lazada.judging import HOSTED
from adapters.sandbox.lazada.state import Batch

BYTES_MOST = {"1 MB": 1024 * 1024, "3 MB": 3_145_728}
SIDE_LEAST, SIDE_MOST = 330, 5000
BATCH_MOST = 8
FETCHING_S = 0.5
KINDS = frozenset({"JPEG", "PNG"})


def upload(here: Context, ask: Ask) -> Answer:
    """POST /image/upload: one picture, as the file part `image`."""
    content = ask.files.get("image")
    if content is None:
        raise numbered("302", "the image was not sent as binary")
    if len(content) > BYTES_MOST[here.switches["lazada.image_size"]]:
        raise numbered("303", f"the image is larger than {here.switches['lazada.image_size']}")
    width, height = _size(content)
    if not (min(width, height) >= SIDE_LEAST and max(width, height) < SIDE_MOST):
        raise numbered("303", f"the image is {width}x{height}")
    return Answer({"image": _kept(here, content)})


def _size(content: bytes) -> tuple[int, int]:
    """Width and height by the file's own header."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            size, kind = picture.size, picture.format
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise numbered("304", "the file is no image") from None
    if kind not in KINDS:
        raise numbered("304", "the image is neither JPG nor PNG")
    return size


def _kept(here: Context, content: bytes) -> dict[str, str]:
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    address = f"{HOSTED}p/{digest}.jpg"
    here.shop.images[address] = digest
    return {"url": address, "hash_code": digest}


def migrate(here: Context, ask: Ask) -> Answer:
    """POST /image/migrate: one address, at once."""
    node = document(ask.get("payload"), json_taken=here.on("stock_json", "accepted"))
    found = texts(inner(node, "Image"), "Url") if not isinstance(node.get("Image"), list) else _first(node)
    if len(found) != 1:
        raise unsupported("one Url is wanted")
    wrong = _unreachable(found[0])
    if wrong is not None:
        raise numbered("301", wrong)
    return Answer({"image": _kept(here, found[0].encode())})


def _first(node: object) -> list[str]:
    """`Image` is a tag that may be repeated elsewhere: here its first one counts."""
    images = node["Image"] if isinstance(node, dict) else []
    return texts(images[0], "Url") if images and isinstance(images[0], dict) else []


def migrate_many(here: Context, ask: Ask) -> Answer:
    """POST /images/migrate: up to 8 addresses, asynchronously."""
    node = document(ask.get("payload"), json_taken=here.on("stock_json", "accepted"))
    addresses = texts(inner(node, "Images"), "Url")
    if not 1 <= len(addresses) <= BATCH_MOST:
        raise numbered("203", f"1 to {BATCH_MOST} images")
    images, errors = [], []
    for number, address in enumerate(addresses):
        wrong = _unreachable(address)
        if wrong is None and here.fault == "reject_row" and number == 0:
            wrong = "(invented) the image cannot be read"
        if wrong is None:
            images.append(_kept(here, address.encode()))
        else:
            errors.append({"field": "Url", "msg": wrong, "original_url": address})
    if here.on("image_order", "shuffled"):
        images.reverse()
    batch = f"{here.shop.number():032x}"
    due = None if here.fault == "stuck_queue" else here.now + FETCHING_S
    here.shop.batches[batch] = Batch(batch, due, images, errors)
    return Answer(beside={"batch_id": batch})


def response(here: Context, ask: Ask) -> Answer:
    """GET /image/response/get: empty until the pictures are there."""
    batch = here.shop.batches.get(ask.get("batch_id"))
    if batch is None:
        raise numbered("300", "there is no such batch")
    if batch.due is None or here.now < batch.due:
        return Answer({})
    return Answer({"images": batch.images, "errors": batch.errors})


def _unreachable(address: str) -> str | None:
    """Why an address would not be fetched from, None if it would."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "the address cannot be read"
    if parts.scheme not in ("http", "https") or not host:
        return "the address is neither http nor https"
    if port not in (None, 80, 443):
        return "only the ports 80 and 443 are fetched from"
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return None
    return "bare IP addresses are not fetched from"
