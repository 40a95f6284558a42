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


def get_category(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """The whole tree, without pages."""
    _language(ask)
    closed, merged = here.shop.closed_categories, here.shop.merged_categories
    rows = [c for c in tree()["categories"] if c["category_id"] not in closed and str(c["category_id"]) not in merged]
    return {"category_list": rows}


def get_attribute_tree(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """The attributes of up to 20 leaf categories."""
    ids = ask["category_id_list"]
    _language(ask)
    if not 1 <= len(ids) <= 20:
        raise param("category_id_list length should be between 1 to 20.")
    return {"list": [{"category_id": i, "warning": "", "attribute_tree": _attributes(here, i)} for i in ids]}


def _attributes(here: Context, category_id: int) -> list[dict[str, Any]]:
    leaf = _leaf(here, category_id, "product.error_invalid_category")
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
    leaf = _leaf(here, ask["category_id"], "product.error_invalid_category")
    offset, size = ask["offset"], ask["page_size"]
    if not 1 <= size <= 100:
        raise param("page_size should be between 1 to 100.")
    if ask["status"] not in (1, 2):
        raise param("status is invalid")
    names = tree()["brands"] if ask["status"] == 1 else here.shop.pending_brands
    brands = leaf["brands"] if ask["status"] == 1 else [int(key) for key in names]
    page, more = brands[offset : offset + size], offset + size < len(brands)
    return {
        "brand_list": [
            {"brand_id": b, "original_brand_name": names[str(b)], "display_brand_name": names[str(b)]} for b in page
        ],
        "has_next_page": more, "next_offset": offset + size if more else 0,
        "is_mandatory": leaf["brand_mandatory"], "input_type": "DROP_DOWN",
    }  # fmt: skip


def register_brand(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Ask for a brand: it is pending until Shopee says otherwise, and its id may change then (facts, section 3.9)."""
    name = ask["original_brand_name"]
    known = {*tree()["brands"].values(), *here.shop.pending_brands.values()}
    if name.casefold() in {brand.casefold() for brand in known}:
        raise Refusal("product.error_busi_duplicated", "The brand name is duplicated.")
    parents = {c["category_id"] for c in tree()["categories"] if c["has_children"]}
    if not 1 <= len(ask["category_list"]) <= 50 or not set(ask["category_list"]) <= parents:
        raise Refusal("product.error_invalid_category", "Invalid category.")
    number = here.shop.new_id() % 2**31
    here.shop.pending_brands[str(number)] = name
    return {"brand_id": number, "original_brand_name": name}


def get_variation_tree(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Variations and options that have ids of Shopee's own."""
    _leaf(here, ask["category_id"], "product.error_param")
    return {"standardise_variation_list": tree()["variations"]}


def category_recommend(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """At most three leafs whose names share a word with the title; a guess, as everywhere."""
    words = set(ask["item_name"].casefold().split())
    leafs = [(len(words & set(leaf["path"].casefold().split())), int(key)) for key, leaf in tree()["leafs"].items()]
    hits = sorted((-count, key) for count, key in leafs if count)
    return {"category_id": [key for _, key in hits[:3] if key not in here.shop.closed_categories]}


def get_recommend_attribute(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """A guess at the attributes that have values to choose from."""
    leaf, attributes = _leaf(here, ask["category_id"], "product.error_param"), tree()["attributes"]
    rows = [
        {"attribute_id": int(key), "attribute_value_list": [{"value_id": int(next(iter(attributes[key]["values"])))}]}
        for key in (*leaf["mandatory"], *leaf["optional"]) if attributes[key]["values"]
    ]  # fmt: skip
    return {"attribute_list": rows}


def search_attribute_value_list(_here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """The known values of one attribute, by pages."""
    attribute = tree()["attributes"].get(str(ask["attribute_id"]))
    if attribute is None or not 1 <= ask["limit"] <= 100 or ask["cursor"] < 0:
        raise param("Wrong parameters, detail: attribute_id, limit or cursor.")
    wanted, start, size = (ask.get("value_name") or "").casefold(), ask["cursor"], ask["limit"]
    values = [(int(key), name) for key, name in attribute["values"].items() if wanted in name.casefold()]
    more = start + size < len(values)
    return {
        "value_list": [{"value_id": key, "value_name": name} for key, name in values[start : start + size]],
        "page_info": {"cursor": start + size if more else 0, "has_next": more},
    }


def _leaf(here: Context, category_id: int, code: str) -> dict[str, Any]:
    """A leaf category; whatever is wrong with it is said with the one code that the reference has for this call."""
    try:
        return here.leaf(category_id)
    except Refusal:
        raise Refusal(code, f"Invalid category ID {category_id}") from None


def _language(ask: dict[str, Any]) -> None:
    """Indonesia knows `id` and `en` (facts, section 3.9)."""
    if ask.get("language") not in (None, "", "id", "en"):
        raise Refusal("product.error_invalid_language", "Invalid language.")


def get_item_limit(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """What this shop accepts, and in a category how long things may take."""
    limits: dict[str, Any] = {
        name: {"min_limit": value[0], "max_limit": value[1]} if isinstance(value, list) else {"max_limit": value}
        for name, value in tree()["limits"].items()
    }
    limits["gtin_limit"] = {"gtin_validation_rule": "Optional"}  # the envelope moves it, by a switch
    if ask.get("category_id") is None:
        return limits
    leaf = _leaf(here, ask["category_id"], "product.error_param")
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


def get_channel_list(here: Context, _ask: dict[str, Any]) -> dict[str, Any]:
    """The couriers: usable are those enabled with mask_channel_id 0."""
    return {"logistics_channel_list": [_courier(row) for row in here.couriers()]}


def _courier(row: dict[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in row.items() if key != "max_kg"}
    return {
        **plain, "weight_limit": {"item_max_weight": row["max_kg"], "item_min_weight": 0},
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


def set_shop_holiday_mode(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Go on holiday, or come back."""
    here.shop.holiday = ask["holiday_mode_on"]
    return {"debug_msg": ""}


def upload_image(here: Context, content_type: str, body: bytes) -> dict[str, Any]:
    """Store up to 9 pictures; each fails by itself inside a successful envelope."""
    parts = _parts(content_type, body)
    images = [content for name, content in parts if name == "image"]
    allowed = {"scene": ("normal", "desc"), "ratio": ("1:1", "3:4")}
    for name, content in parts:
        if name != "image" and content.decode("utf-8", "replace") not in allowed.get(name, ()):
            raise Refusal("media_space.error_param", f"Wrong parameters, detail: {name}.")
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
    return {"id": number, "error": "error_param", "message": message, "image_info": {}}


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
