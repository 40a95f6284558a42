"""Categories, attributes, brands, limits, couriers, the shop itself, and pictures."""

from __future__ import annotations

import hashlib
from email import message_from_bytes
from email.policy import HTTP
from typing import Any

from adapters.sandbox.shopee.context import Context, tree
from adapters.sandbox.shopee.errors import Refusal, param

IMAGE_MOST = 10 * 1024 * 1024
IMAGES_MOST = 9
SIDE_LEAST = 100
"""A 16 x 16 picture was refused, 600 x 600 accepted (facts, section 3.10); in between nobody measured."""


def get_category(here: Context, _ask: dict[str, Any]) -> dict[str, Any]:
    """The whole tree, without pages."""
    closed, merged = here.shop.closed_categories, here.shop.merged_categories
    rows = [c for c in tree()["categories"] if c["category_id"] not in closed and str(c["category_id"]) not in merged]
    return {"category_list": rows}


def get_attribute_tree(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """The attributes of up to 20 leaf categories."""
    ids = ask["category_id_list"]
    if not 1 <= len(ids) <= 20:
        raise param("category_id_list length should be between 1 to 20.")
    return {"list": [{"category_id": i, "warning": "", "attribute_tree": _attributes(here, i)} for i in ids]}


def _attributes(here: Context, category_id: int) -> list[dict[str, Any]]:
    leaf = here.leaf(category_id)
    return [_attribute(key, key in leaf["mandatory"]) for key in (*leaf["mandatory"], *leaf["optional"])]


def _attribute(key: str, mandatory: bool) -> dict[str, Any]:
    attribute = tree()["attributes"][key]
    return {
        "attribute_id": int(key), "mandatory": mandatory, "name": attribute["name"],
        "attribute_value_list": [{"value_id": int(i), "name": name} for i, name in attribute["values"].items()],
        "attribute_info": {
            "input_type": attribute["input_type"], "input_validation_type": attribute["input_validation_type"],
            "format_type": attribute["format_type"], "attribute_unit_list": attribute["units"],
            "max_value_count": attribute["max_value_count"],
        },
    }  # fmt: skip


def get_brand_list(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """The brands of a leaf category, by pages."""
    leaf, offset, size = here.leaf(ask["category_id"]), ask["offset"], ask["page_size"]
    if not 1 <= size <= 100:
        raise param("page_size should be between 1 to 100.")
    brands = leaf["brands"] if ask["status"] == 1 else []
    page, more = brands[offset : offset + size], offset + size < len(brands)
    names = tree()["brands"]
    return {
        "brand_list": [
            {"brand_id": b, "original_brand_name": names[str(b)], "display_brand_name": names[str(b)]} for b in page
        ],
        "has_next_page": more, "next_offset": offset + size if more else 0,
        "is_mandatory": leaf["brand_mandatory"], "input_type": "DROP_DOWN",
    }  # fmt: skip


def get_item_limit(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """What this shop accepts, and in a category how long things may take."""
    limits = {
        name: {"min_limit": value[0], "max_limit": value[1]} if isinstance(value, list) else {"max_limit": value}
        for name, value in tree()["limits"].items()
    }
    if ask.get("category_id") is None:
        return limits
    leaf = here.leaf(ask["category_id"])
    least, most = leaf["days_to_ship"]
    return {
        **limits,
        "dts_limit": {
            "days_to_ship_limit": {"min_limit": least, "max_limit": most},
            "non_pre_order_days_to_ship": leaf["non_pre_order_days_to_ship"],
        },
        "weight_limit": {"weight_mandatory": leaf["weight_mandatory"]},
        "dimension_limit": {"dimension_mandatory": leaf["dimension_mandatory"]},
    }


def get_channel_list(_here: Context, _ask: dict[str, Any]) -> dict[str, Any]:
    """The couriers: usable are those enabled with mask_channel_id 0."""
    return {"logistics_channel_list": [_courier(row) for row in tree()["couriers"]]}


def _courier(row: dict[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in row.items() if key != "max_kg"}
    return {
        **plain, "size_list": [], "weight_limit": {"item_max_weight": row["max_kg"], "item_min_weight": 0},
        "item_max_dimension": {"height": 0, "width": 0, "length": 0, "dimension_sum": 0, "unit": "cm"},
    }  # fmt: skip


def get_shop_info(here: Context, _ask: dict[str, Any]) -> dict[str, Any]:
    """The shop, flat."""
    return {
        "shop_name": "Sandbox shop", "region": "ID", "status": "NORMAL", "is_cb": False, "is_sip": False,
        "auth_time": int(here.now) - 86_400, "expire_time": int(here.now) + 300 * 86_400,
    }  # fmt: skip


def get_warehouse_detail(here: Context, _ask: dict[str, Any]) -> list[dict[str, Any]]:
    """Locations; an ordinary shop is not allowed to ask."""
    if not here.multi_warehouse:
        raise Refusal("warehouse.error_not_in_whitelist", "The shop is not in the whitelist.")
    return [
        {"warehouse_id": n, "warehouse_name": name, "warehouse_type": 1, "location_id": name, "region": "ID"}
        for n, name in enumerate(tree()["locations"], start=1)
    ]


def get_shop_holiday_mode(here: Context, _ask: dict[str, Any]) -> dict[str, Any]:
    """Whether the shop is on holiday."""
    return {"holiday_mode_on": here.shop.holiday}


def upload_image(here: Context, content_type: str, body: bytes) -> dict[str, Any]:
    """Store up to 9 pictures; each fails by itself inside a successful envelope."""
    parts = _parts(content_type, body)
    images = [content for name, content in parts if name == "image"]
    unknown = [name for name, _ in parts if name not in ("image", "scene", "ratio")]
    if unknown:
        raise Refusal("media_space.error_param", f"unknown field {unknown[0]}")
    if not 1 <= len(images) <= IMAGES_MOST:
        raise Refusal("media_space.error_param", "image number should be between 1 to 9")
    rows = [_store(here, number, content) for number, content in enumerate(images)]
    first = next((row["image_info"] for row in rows if not row["error"]), None)
    answer: dict[str, Any] = {"image_info_list": rows}
    if first is not None and len(rows) == 1:
        answer["image_info"] = first
    return answer


def _store(here: Context, number: int, content: bytes) -> dict[str, Any]:
    if len(content) > IMAGE_MOST:
        return _failed(number, "Image size exceeds limit.")
    size = _jpeg_or_png_size(content)
    if size is None or min(size) < SIDE_LEAST:
        return _failed(number, "Invalid image.")
    image = f"id-11134207-{hashlib.sha256(content + str(here.shop.new_id()).encode()).hexdigest()[:16]}"
    here.shop.images[image] = hashlib.sha256(content).hexdigest()
    url = [{"image_url_region": "ID", "image_url": f"https://img.example/{image}"}]
    return {"id": number, "error": "", "message": "", "image_info": {"image_id": image, "image_url_list": url}}


def _failed(number: int, message: str) -> dict[str, Any]:
    return {"id": number, "error": "error_invalid_image", "message": message, "image_info": {}}


def _parts(content_type: str, body: bytes) -> list[tuple[str, bytes]]:
    if not content_type.startswith("multipart/form-data"):
        raise Refusal("media_space.error_param", "request must be multipart/form-data")
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body, policy=HTTP)
    found = []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            found.append((name, content))
    return found


def _jpeg_or_png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height from the file's own header; None for anything that is neither JPEG nor PNG."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    if content[:2] != b"\xff\xd8":
        return None
    place = 2
    while place + 9 < len(content) and content[place] == 0xFF:
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(content[place + 7 : place + 9]), int.from_bytes(content[place + 5 : place + 7])
        place += 2 + length
    return None
