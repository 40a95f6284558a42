"""Whether what a seller's software asks for may stand in a listing (facts, sections 3.1, 3.6, 3.8 and 3.9)."""

from __future__ import annotations

from typing import Any

from adapters.sandbox.shopee.context import Context, tree
from adapters.sandbox.shopee.errors import Refusal, param

HASHTAGS_MOST = 18
DATE = 4
FEW = {
    "item_status": ("NORMAL", "UNLIST"), "condition": ("NEW", "USED"), "item_dangerous": (0, 1),
    "description_type": ("normal",),  # "extended" is for sellers on a list
}  # fmt: skip


def judge_item(here: Context, ask: dict[str, Any], whole: bool) -> None:
    """Judge a create (`whole`), or an item as an update would leave it.

    Raises:
        Refusal: with the code of the first thing that is wrong.
    """
    leaf = here.leaf(ask["category_id"])
    for check in (_texts, _images, _weight_and_size, _couriers, _attributes, _brand, _days, _rest):
        check(here, ask, leaf)
    if whole:
        _price_and_stock(ask)


def _rest(here: Context, ask: dict[str, Any], _leaf: dict[str, Any]) -> None:
    """Fields with a handful of values each (facts, section 3.1)."""
    for name, values in FEW.items():
        if ask.get(name) is not None and ask[name] not in values:
            raise param(f"{name} is invalid")
    gtin = ask.get("gtin_code")
    if gtin and gtin != "00" and not (gtin.isdecimal() and 8 <= len(gtin) <= 14):
        raise param("gtin_code is invalid")
    if ask.get("video_upload_id"):
        # Videos go up by endpoints that this sandbox has not, so no id can be a known one.
        raise Refusal("product.error_video_info_not_found", "Video_info not found.")
    when = ask.get("scheduled_publish_time")
    if when is not None and (
        ask.get("item_status") != "UNLIST" or not here.now + 3600 <= when <= here.now + 90 * 86_400
    ):
        raise param("scheduled_publish_time is invalid")


def _texts(here: Context, ask: dict[str, Any], _leaf: dict[str, Any]) -> None:
    limits = tree()["limits"]
    least, most = limits["item_name_length_limit"]
    if here.length(ask["item_name"]) < least:
        raise Refusal("product.error_item_name_is_too_short", "Item name is too short.")
    if here.length(ask["item_name"]) > most:
        raise Refusal("product.error_title_exceeds_max_length", "Title exceeds max length.")
    least, most = limits["item_description_length_limit"]
    if not least <= here.length(ask["description"]) <= most:
        raise Refusal("product.error_desc_length_min_limit", "Description length is out of limit.")
    if ask["description"].count("#") > HASHTAGS_MOST:
        raise Refusal("product.error_desc_hash_tag_over_limit", "Too many hashtags.")


def _images(here: Context, ask: dict[str, Any], _leaf: dict[str, Any]) -> None:
    ids = ask["image"]["image_id_list"]
    least, most = tree()["limits"]["item_image_count_limit"]
    if not least <= len(ids) <= most:
        raise Refusal("product.error_image_num_min", "Image number is out of limit.")
    if any(image not in here.shop.images for image in ids):
        raise param("Image not exist.")


def _weight_and_size(here: Context, ask: dict[str, Any], leaf: dict[str, Any]) -> None:
    heaviest = max((c["max_kg"] for c in here.couriers() if c["enabled"]), default=50)
    if not 0 < ask["weight"] <= heaviest:
        raise param("Invalid Weight.")
    size = ask.get("dimension")
    if leaf["dimension_mandatory"] and not size:
        raise param("dimension is required")
    sides = ("package_length", "package_width", "package_height")
    if size and any(not size.get(side) for side in sides):
        raise param("dimension is required")


def _couriers(here: Context, ask: dict[str, Any], _leaf: dict[str, Any]) -> None:
    usable = {c["logistics_channel_id"] for c in here.couriers() if c["enabled"] and not c["mask_channel_id"]}
    chosen = [row["logistic_id"] for row in ask["logistic_info"] if row["enabled"]]
    if not chosen or any(courier not in usable for courier in chosen):
        raise Refusal("product.error_invalid_logistic_info", "Invalid logistic info.")
    sized = {c["logistics_channel_id"]: {size["size_id"] for size in c["size_list"]} for c in here.couriers()}
    for row in ask["logistic_info"]:
        if row["enabled"] and sized[row["logistic_id"]] and str(row.get("size_id")) not in sized[row["logistic_id"]]:
            raise Refusal("product.error_invalid_logistic_info", "size_id is required.")
    compulsory = {c["logistics_channel_id"] for c in here.couriers() if c["compulsory_channel"]}
    if not compulsory & set(chosen):
        raise Refusal("product.error_invalid_logistic_info", "At least one compulsory channel must be enabled.")


def _attributes(_here: Context, ask: dict[str, Any], leaf: dict[str, Any]) -> None:
    given = {str(row["attribute_id"]): row.get("attribute_value_list") or [] for row in ask.get("attribute_list") or []}
    if any(not given.get(key) for key in leaf["mandatory"]):
        raise Refusal("product.error_less_required_attribute", "Mandatory attribute information required")
    for key, values in given.items():
        if key not in (*leaf["mandatory"], *leaf["optional"]):
            raise Refusal("product.error_invalid_attribute_value", "Attribute does not belong to category.")
        if len(values) > tree()["attributes"][key]["max_value_count"]:
            raise Refusal("product.error_invalid_attribute_value", f"Too many values of attribute {key}.")
        for value in values:
            if not _attribute_value_fits(tree()["attributes"][key], value):
                raise Refusal("product.error_invalid_attribute_value", f"Invalid value of attribute {key}.")


def _attribute_value_fits(attribute: dict[str, Any], value: dict[str, Any]) -> bool:
    value_id, name = value.get("value_id", 0), value.get("original_value_name", "")
    if value_id:
        return str(value_id) in attribute["values"]
    if attribute["input_type"] in (1, 4) or not name:  # dropdowns take no values of one's own
        return False
    # Whole numbers, and dates, which are sent as a timestamp (facts, section 3.9).
    if attribute["input_validation_type"] in (1, DATE) and not name.isdecimal():
        return False
    return attribute["format_type"] != 2 or value.get("value_unit") in attribute["units"]


def _brand(_here: Context, ask: dict[str, Any], leaf: dict[str, Any]) -> None:
    brand = (ask.get("brand") or {}).get("brand_id", 0)
    if not brand and leaf["brand_mandatory"]:
        raise Refusal("product.error_less_required_brand", "Brand information required.")
    if brand and brand not in leaf["brands"]:
        raise Refusal("product.error_invalid_brand", "Invalid brand.")


def _days(_here: Context, ask: dict[str, Any], leaf: dict[str, Any]) -> None:
    order = ask.get("pre_order") or {}
    days = order.get("days_to_ship")
    if not order.get("is_pre_order"):
        if days is not None and days != leaf["non_pre_order_days_to_ship"]:
            raise Refusal("product.error_invalid_days_to_ship", "Invalid days to ship.")
        return
    least, most = leaf["days_to_ship"]
    if most < 0:
        raise Refusal("product.error_param_category_not_support_pre_order", "Category does not support pre-order.")
    if days is None or not least <= days <= most:
        raise Refusal("product.error_param_dts_exceeds_max_limit", "Days to ship exceeds limit.")


def _price_and_stock(ask: dict[str, Any]) -> None:
    judge_price(ask["original_price"])
    low, high = tree()["limits"]["stock_limit"]
    for row in ask.get("seller_stock") or []:
        if not low <= row["stock"] <= high:
            raise param(f"Stock should be within {low}-{high}")


def judge_price(price: float) -> None:
    """A price of this region: whole rupiah, within the limits."""
    low, high = tree()["limits"]["price_limit"]
    if price != int(price):
        raise Refusal("product.error_invalid_price", "Price of this region must be an integer.")
    if price < low:
        raise Refusal("product.error_price_exceed_min_limitt", "Price is below the minimum.")
    if price > high:
        raise Refusal("product.error_price_exceed_max_limitt", "Price exceeds the maximum.")
