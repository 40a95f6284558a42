"""The example payloads of the fact sheet's section 8: the same keys and kinds of values; the values are the sandbox's.

Shapes are written as the sheet has them; `...` stands for a value of any kind, a list of one for all its rows.
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.client import LEAF, Client, png

IMAGE = {"image_id": "", "image_url_list": [{"image_url_region": "", "image_url": ""}]}
DAYS = {"is_pre_order": False, "days_to_ship": 2}
BRAND = {"brand_id": 0, "original_brand_name": ""}
SIDES = {"package_length": 1, "package_width": 1, "package_height": 1}
PRICE = {
    "currency": "IDR", "original_price": 1, "current_price": 1, "inflated_price_of_original_price": 1,
    "inflated_price_of_current_price": 1,
}  # fmt: skip
STOCK = {
    "summary_info": {"total_reserved_stock": 0, "total_available_stock": 1},
    "seller_stock": [{"location_id": "", "stock": 1, "if_saleable": True}], "shopee_stock": [],
}  # fmt: skip
RANGE = {"min_limit": 1, "max_limit": 1}
TIER_ECHO = {"name": "", "option_list": [{"option": ""}]}


def fits(value: Any, shape: Any) -> bool:
    """Whether `value` has every key of `shape`, with values of the same kinds."""
    if shape is ...:
        return True
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(key in value and fits(value[key], shape[key]) for key in shape)
    if isinstance(shape, list):
        return (
            isinstance(value, list)
            and (not shape or bool(value))
            and all(fits(row, shape[0]) for row in value if shape)
        )
    if isinstance(shape, bool) or isinstance(value, bool):
        return type(value) is type(shape)
    return isinstance(value, int | float) if isinstance(shape, int | float) else isinstance(value, type(shape))


def enveloped(client: Client, shape: Any) -> None:
    """The last answer: a clean envelope around `shape`."""
    assert client.answer["error"] == ""
    assert fits(client.answer, {"error": "", "message": "", "request_id": "", "response": shape}), client.answer


def test_the_measure_itself_can_fail() -> None:
    assert not fits({"a": "1"}, {"a": 1})
    assert not fits({"a": True}, {"a": 1})
    assert not fits([], [1])
    assert not fits({}, {"a": ...})


def test_token_refresh_is_flat(client: Client) -> None:
    client.refreshed(client.refresh_token)
    assert set(client.answer) == {
        "request_id", "error", "message", "partner_id", "shop_id", "access_token", "refresh_token", "expire_in",
    }  # fmt: skip
    client.refreshed("r-0001")
    assert set(client.answer) == {"request_id", "error", "message"}


def test_upload(client: Client) -> None:
    client.upload(png())
    row = {"id": 0, "error": "", "message": "", "image_info": {"image_id": "", "image_url_list": [...]}}
    enveloped(client, {"image_info": IMAGE, "image_info_list": [row]})


def test_add_item_and_update_item(client: Client) -> None:
    client.call("product/add_item", client.body())
    shape = {
        "item_id": 1, "item_status": "", "item_name": "", "category_id": 1,
        "images": {"image_id_list": [""], "image_url_list": [""]}, "weight": 0.4, "dimension": SIDES,
        "condition": "", "logistic_info": [{"logistic_id": 1, "enabled": True}], "brand": BRAND, "pre_order": DAYS,
    }  # fmt: skip
    numbers = {"price_info": {"current_price": 1, "original_price": 1}, "seller_stock": [{"stock": 1}]}
    enveloped(client, {**shape, **numbers})
    client.call("product/update_item", {"item_id": client.answer["response"]["item_id"], "item_name": "Nama lain"})
    enveloped(client, shape)


def test_unlist_and_delete(client: Client) -> None:
    item = client.item()
    rows = [{"item_id": item, "unlist": False}, {"item_id": 1, "unlist": True}]
    client.call("product/unlist_item", {"item_list": rows})
    success, failure = [{"item_id": 1, "unlist": False}], [{"item_id": 1, "failed_reason": ""}]
    enveloped(client, {"success_list": success, "failure_list": failure})
    client.call("product/delete_item", {"item_id": item})
    assert set(client.answer) == {"error", "message", "warning", "request_id"}


def test_item_list_and_base_info(client: Client) -> None:
    item = client.item()
    client.listed()
    row = {"item_id": 1, "item_status": "", "update_time": 1, "tag": {"kit": False}}
    enveloped(client, {"item": [row], "total_count": 1, "has_next_page": False, "next_offset": 0})
    client.base(item)
    values = [{"value_id": 1, "original_value_name": "", "value_unit": ""}]
    attribute = {"attribute_id": 1, "original_attribute_name": "", "is_mandatory": True, "attribute_value_list": values}
    courier = {"logistic_id": 1, "logistic_name": "", "enabled": True, "is_free": False, "estimated_shipping_fee": 1}
    shape = {
        "item_id": 1, "category_id": 1, "item_name": "", "description": "", "item_sku": "", "create_time": 1,
        "update_time": 1, "item_status": "", "has_model": False, "has_promotion": False, "price_info": [PRICE],
        "stock_info_v2": STOCK, "weight": "", "dimension": SIDES,
        "image": {"image_id_list": [""], "image_url_list": [""]}, "attribute_list": [attribute],
        "logistic_info": [courier], "pre_order": DAYS, "condition": "", "brand": BRAND, "item_dangerous": 0,
        "deboost": "", "description_type": "",
    }  # fmt: skip
    enveloped(client, {"item_list": [shape]})


def test_variations(client: Client) -> None:
    item, _ = client.tiered()
    echo = {"tier_index": [0], "model_id": 1, "model_sku": "", "price_info": [{"original_price": 1}],
            "seller_stock": [{"stock": 1}], "weight": 0.4}  # fmt: skip
    enveloped(client, {"tier_variation": [TIER_ECHO], "model": [echo]})
    client.call("product/get_model_list", item_id=item)
    model = {
        "model_id": 1, "tier_index": [0], "model_sku": "", "model_status": "", "promotion_id": 0,
        "has_promotion": False, "price_info": [PRICE], "stock_info_v2": STOCK, "pre_order": DAYS, "weight": "",
    }  # fmt: skip
    options = [{"variation_option_id": 0, "variation_option_name": ""}]
    standard = {"variation_id": 0, "variation_name": "", "variation_option_list": options}
    enveloped(client, {"tier_variation": [TIER_ECHO], "model": [model], "standardise_tier_variation": [standard]})


def test_prices_and_stock(client: Client) -> None:
    item, (first, _) = client.tiered()
    client.price(item, (first, 46000), (999, 46000))
    success, failure = {"model_id": 1, "original_price": 1}, {"model_id": 1, "failed_reason": ""}
    enveloped(client, {"success_list": [success], "failure_list": [failure]})
    client.price(item, (999, 46000))
    assert fits(client.answer, {"error": "", "message": "", "warning": "", "request_id": "",
                                "response": {"success_list": [], "failure_list": [failure]}})  # fmt: skip
    client.stock(item, 7, first)
    enveloped(client, {"success_list": [{"model_id": 1, "stock": 1}]})
    client.stock(item, -1, first)
    assert fits(client.answer, {"error": "", "response": {"success_list": [], "failure_list": [failure]}})


def test_metadata(client: Client) -> None:
    client.call("product/get_category", language="id")
    row = {"category_id": 1, "parent_category_id": 0, "original_category_name": "", "display_category_name": "",
           "has_children": True}  # fmt: skip
    enveloped(client, {"category_list": [row]})
    client.call("product/get_attribute_tree", category_id_list=LEAF)
    kinds = {"input_type": 1, "input_validation_type": 1, "format_type": 1, "max_value_count": 1}
    values = [{"value_id": 1, "name": ""}]
    attribute = {"attribute_id": 1, "mandatory": True, "name": "", "attribute_value_list": values,
                 "attribute_info": kinds}  # fmt: skip
    enveloped(client, {"list": [{"category_id": 1, "attribute_tree": [attribute]}]})
    client.call("product/get_brand_list", offset=0, page_size=5, category_id=LEAF, status=1)
    brand = {"brand_id": 1, "original_brand_name": "", "display_brand_name": ""}
    enveloped(client, {"brand_list": [brand], "has_next_page": True, "next_offset": 1, "is_mandatory": False,
                       "input_type": ""})  # fmt: skip
    client.call("product/get_item_limit", category_id=LEAF)
    ranges = (
        "price_limit", "stock_limit", "item_name_length_limit", "item_description_length_limit",
        "item_image_count_limit", "tier_variation_name_length_limit", "tier_variation_option_length_limit",
    )  # fmt: skip
    enveloped(client, {
        **dict.fromkeys(ranges, RANGE), "weight_limit": {"weight_mandatory": True},
        "dts_limit": {"days_to_ship_limit": RANGE, "non_pre_order_days_to_ship": 2},
        "dimension_limit": {"dimension_mandatory": True},
    })  # fmt: skip
    client.call("logistics/get_channel_list")
    courier = {
        "logistics_channel_id": 1, "logistics_channel_name": "", "enabled": True, "cod_enabled": True, "fee_type": "",
        "mask_channel_id": 0, "force_enable": False, "size_list": [],
        "weight_limit": {"item_max_weight": 1, "item_min_weight": 0},
        "item_max_dimension": {"height": 0, "width": 0, "length": 0, "dimension_sum": 0, "unit": ""},
    }  # fmt: skip
    assert fits(client.answer["response"]["logistics_channel_list"][0], courier)


def test_orders(client: Client) -> None:
    item, _ = client.tiered(item_status="NORMAL")
    lines = [{"sku": "KRS-01-0", "quantity": 2}]
    order = client.shop.control("POST", "orders", {"lines": lines})["id"]
    now = int(client.clock.now().timestamp())
    client.call("order/get_order_list", time_range_field="create_time", time_from=now - 9, time_to=now + 9, page_size=9,
                response_optional_fields="order_status")  # fmt: skip
    enveloped(client, {"more": False, "next_cursor": "", "order_list": [{"order_sn": "", "order_status": ""}]})
    client.orders(order, "item_list,package_list,total_amount,pay_time,cancel_by,cancel_reason")
    line = {
        "item_id": 1, "item_name": "", "item_sku": "", "model_id": 1, "model_name": "", "model_sku": "",
        "model_quantity_purchased": 2, "model_original_price": 1, "model_discounted_price": 1, "order_item_id": 1,
        "promotion_type": "", "promotion_id": 0, "promotion_group_id": 0, "active_qty": 2, "cancelled_qty": 0,
    }  # fmt: skip
    packed = {"item_id": 1, "model_id": 1, "model_quantity": 2, "order_item_id": 1}
    package = {"package_number": "", "logistics_status": "", "item_list": [packed]}
    shape = {
        "order_sn": "", "region": "ID", "currency": "IDR", "cod": False, "order_status": "", "create_time": 1,
        "update_time": 1, "pay_time": 1, "days_to_ship": 2, "ship_by_date": 1, "message_to_seller": "",
        "total_amount": 1, "cancel_by": "", "cancel_reason": "", "item_list": [line], "package_list": [package],
    }  # fmt: skip
    enveloped(client, {"order_list": [shape]})
    assert client.answer["response"]["order_list"][0]["item_list"][0]["item_id"] == item
