"""Pictures: a multipart form, measured by their header (facts, section 8)."""

from __future__ import annotations

import hashlib
from email import message_from_bytes
from email.policy import HTTP
from typing import Any

from adapters.sandbox.limits import window_s
from adapters.sandbox.picture_size import measured
from adapters.sandbox.tiktokshop.context import Context
from adapters.sandbox.tiktokshop.errors import IMAGE, Refusal, parameter
from adapters.sandbox.tiktokshop.state import Image

BYTES_MOST = 10 * 1024 * 1024
USE_CASES = frozenset({
    "MAIN_IMAGE", "ATTRIBUTE_IMAGE", "DESCRIPTION_IMAGE", "CERTIFICATION_IMAGE", "SIZE_CHART_IMAGE",
    "CUSTOMIZATION_IMAGE",
})  # fmt: skip
HOST = "https://p16-oec-sg.ibyteimg.example/"
"""Where pictures show: a host that cannot exist."""

LIFE_S = 86_400.0


def upload(here: Context, content_type: str, body: bytes) -> dict[str, Any]:
    """POST images/upload: the fields data and use_case."""
    fields = _form(content_type, body)
    unknown = fields.keys() - {"data", "use_case"}
    if here.on("unknown_fields", "refused") and unknown:
        raise parameter(f"the form has no field {min(unknown)}")
    content, use_case = fields.get("data", b""), fields.get("use_case", b"MAIN_IMAGE").decode(errors="replace")
    if not content:
        raise parameter("data is required")
    if use_case not in USE_CASES:
        raise parameter("use_case")
    if len(content) > BYTES_MOST:
        raise Refusal(IMAGE, "the image is larger than 10 MB")
    found = measured(content)
    if found is None:
        raise Refusal(IMAGE + 1, "the image is not JPG, PNG, WEBP, HEIC or BMP")
    _, width, height = found
    uri = f"tos-sandbox/{hashlib.sha256(content + use_case.encode()).hexdigest()[:32]}"
    kept = here.shop.images.get(uri)
    here.shop.images[uri] = Image(width, height, use_case, here.now, kept is not None and kept.used)
    return {"uri": uri, "url": address(uri), "width": width, "height": height, "use_case": use_case}


def address(uri: str) -> str:
    """Where a picture shows."""
    return f"{HOST}{uri}"


def shown(here: Context, uri: str) -> dict[str, Any]:
    """A picture as reads show it."""
    image = here.shop.images[uri]
    return {"uri": uri, "urls": [address(uri)], "thumb_urls": [address(uri)], "width": image.width,
            "height": image.height}  # fmt: skip


def known(here: Context, uri: str) -> Image:
    """An uploaded picture that is still there.

    Raises:
        Refusal: it never was, or is no more.
    """
    image = here.shop.images.get(uri)
    old = image is not None and not image.used and here.now - image.at > window_s(LIFE_S, here.fast)
    if image is None or (old and here.on("unused_image", "expires")):
        raise Refusal(IMAGE + 2, f"image {uri} does not exist")
    return image


def _form(content_type: str, body: bytes) -> dict[str, bytes]:
    """The fields of multipart/form-data (RFC 7578)."""
    if not content_type.startswith("multipart/form-data"):
        raise parameter("the body must be multipart/form-data")
    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    fields: dict[str, bytes] = {}
    for part in message_from_bytes(head + body, policy=HTTP).iter_parts():
        name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            fields[name] = content
    return fields
