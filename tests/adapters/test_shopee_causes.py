"""The table of causes: every code of the facts, sections 2.3, 3 and 5, in the spellings Shopee sends."""

from __future__ import annotations

import pytest

from adapters.contract import Cause
from adapters.shopee.causes import CAUSES, FAILED_REASON, cause_of, normalise, plain, row_for

C = Cause
TABLE = [
    # code, message, cause
    ("invalid_acceess_token", "Invalid access_token, please have a check.", C.auth),
    ("invalid_access_token", "", C.auth),
    ("common.error_auth", "Invalid access_token.", C.auth),
    ("error_param", "There is no access_token in query.", C.auth),
    ("invalid_code", "", C.auth),
    ("invalid_shop_id", "", C.auth),
    ("invalid_main_acount_id", "", C.auth),
    ("error_auth", "Invalid code", C.auth),
    ("error_auth", "Invalid refresh_token.", C.auth),
    ("error_shop_refresh_token", "", C.auth),
    ("error_merchant_refresh_token", "", C.auth),
    ("refresh_token_expired", "", C.auth),
    ("shop_access_expired", "", C.auth),
    ("merchant_access_expired", "", C.auth),
    ("shop_no_linked", "", C.auth),
    ("partner_shop_no_link", "", C.auth),
    ("shop_banned", "", C.auth),
    ("error_kyc_auth", "", C.auth),
    ("error_partner_key_expired", "", C.config),
    ("error_sign", "Wrong sign.", C.config),
    ("invalid_partner_id", "", C.config),
    ("error_auth", "Invalid partner_id or shopid.", C.config),
    ("error_param", "There is no partner_id in query.", C.config),
    ("error_param", "There is no sign in query.", C.config),
    ("error_param", "Permission denied. This API is currently offline or the request path is incorrect.", C.config),
    ("error_api_permission", "", C.config),
    ("error_ashop_api_permission", "", C.config),
    ("error_api_call_restricted", "", C.config),
    ("source_ip_undeclared", "", C.config),
    ("api_suspended", "", C.config),
    ("partner_frozen", "", C.config),
    ("error_perm_non_admin", "", C.config),
    ("error_param", "Timestamp is expired.", C.clock),
    ("error_param", "Invalid timestamp", C.clock),
    ("error_limit", "daily API call limit", C.quota),
    ("error_rate_limit", "Too many requests.", C.throttled),
    ("error_server", "Something wrong. Please try later.", C.transient),
    ("error_network", "Inner http call failed", C.transient),
    ("error_system_busy", "", C.transient),
    ("error_unknown", "", C.transient),
    ("error_data", "parse data failed", C.transient),
    ("error_get_shop_fail", "", C.transient),
    ("error_inner", "Our system is taking some time to respond, please try later.", C.transient),
    ("error_inner", "System error, please try again later or contact the OpenAPI support team.", C.transient),
    ("error_auth", "System error, please try again later.", C.transient),
    ("error_inner", "Invalid stock location ID", C.binding),
    ("error_auth", "Lack of location_id, please double check.", C.binding),
    ("error_auth", "You do not have right to use seller location_id, please only fill seller_stock filed.", C.binding),
    ("error_busi", "The merchant/shop has multi warehouse, please input location id", C.binding),
    ("error_param", "Can not update item with different stock structure. Can only update", C.binding),
    ("error_item_not_belong_shop", "", C.binding),
    ("warehouse.error_not_in_whitelist", "", C.binding),
    ("error_wms_shop_block_upate_stock", "", C.binding),
    ("error_server", "The current item belong to the full FBS shop, so normal stock must be equal to 0", C.binding),
    ("error_auth", "Total stock must be more than reserved stock.", C.locked),
    ("error.param", "Can not update item with stock less than reserved stock", C.locked),
    ("error_auth", "Please wait for the holiday mode set then to edit item. Please try later.", C.locked),
    ("error_holiday_mode_change_stock", "", C.locked),
    ("error_holiday_on_add_item", "", C.locked),
    ("error_cannt_edit_price_in_promotion", "", C.locked),
    ("error_in_item_promotion_item_price_lock", "", C.locked),
    ("error_cannot_update_price_in_promotion", "", C.locked),
    ("error_promotion_cantnot_update_stock", "", C.locked),
    ("error_cannt_edit_stock_in_promotion", "", C.locked),
    ("error_model_update_stock_model_in_promotion", "", C.locked),
    ("error_in_item_promotion_unlsit_lock", "", C.locked),
    ("error_unlist_in_promotion", "", C.locked),
    ("error_cannt_unlisted_in_promotion", "", C.locked),
    ("error_slash_price_not_lowest", "", C.locked),
    ("error_in_model_promotion_delete_lock", "", C.locked),
    ("error_seller_under_penalty", "", C.locked),
    ("error_reach_shop_item_limit", "", C.locked),
    ("error_unlist_item_fail", "", C.locked),
    ("error_item_in_promotion", "", C.locked),
    ("error_busi_cannot_delist_reviewing_or_banned_item", "", C.review),
    ("error_item_uneditable", "", C.review),
    ("error_busi_item_status_invalid", "", C.review),
    ("error_item_not_found", "Product not found", C.missing),
    ("error_param", "Wrong model_id.", C.missing),
    ("error_not_found", "Wrong parameters, detail: the order is not found.", C.missing),
    ("error_repeated_mtsku", "A similar product has already been uploaded", C.duplicate),
    ("error_model_duplicate_tier_variation_index", "", C.duplicate),
    ("error_incalid_category.", "", C.config),
    ("error_category_is_block.", "", C.config),
    ("error_forbidden_category", "", C.config),
    ("error category", "", C.config),
    ("error_invalid_logistic_info", "", C.config),
    ("error_invalid_price_for_logistic", "", C.config),
    ("error_item_name_is_too_short", "", C.rejected),
    ("error_title_exceeds_max_length", "", C.rejected),
    ("error_name_length_limit", "", C.rejected),
    ("error_title_character_forbidden", "", C.rejected),
    ("error_desc_length_min_limit", "", C.rejected),
    ("error_desc_hash_tag_over_limit", "", C.rejected),
    ("error_image_num_min", "", C.rejected),
    ("error_image_unavailable", "", C.rejected),
    ("error_price_exceed_min_limitt", "", C.rejected),
    ("error_price_exceed_max_limitt", "", C.rejected),
    ("error_price_out_of_range", "", C.rejected),
    ("error_invalid_price", "", C.rejected),
    ("product.error_update_price_fail", "Update price failed, please try later.", C.rejected),
    ("product.error_busi_update_stock_failed", "", C.rejected),
    ("error_busi_price_lower_then_wholesale_price", "", C.rejected),
    ("error_price_should_be_same_for_wholesales", "", C.rejected),
    ("error_edit_item_price_for_item_has_model", "", C.rejected),
    ("error_edit_item_stock_for_item_has_model", "", C.rejected),
    ("product.error_less_required_attribute", "", C.rejected),
    ("error_invalid_attribute_value", "", C.rejected),
    ("error attribute", "", C.rejected),
    ("error_less_required_brand", "", C.rejected),
    ("error_invalid_brand", "", C.rejected),
    ("error_incalid_brand", "", C.rejected),
    ("error_invalid_days_to_ship", "", C.rejected),
    ("error_param_dts_exceeds_max_limit", "", C.rejected),
    ("error_param_category_not_support_pre_order", "", C.rejected),
    ("error_param", "Invalid Weight.", C.rejected),
    ("error_param", "Image not exist.", C.rejected),
    ("error_param", "dimension is required", C.rejected),
    ("error_param", "Repeat model_id.", C.rejected),
    ("product.error_param", "invalid field ItemId: value must  Not Null", C.rejected),
    ("product.error_param", "EOF", C.rejected),
    ("error_busi", "The GTIN code is mandatory, please check and upload again.", C.rejected),
    ("error_busi_add_item_failed", "", C.rejected),
    ("error_tier_img_partial", "", C.rejected),
    ("error_tier_opt_too_many", "", C.rejected),
    ("error_model_count_over_limit", "", C.rejected),
    ("error_unlist_item_all_failed", "", C.rejected),
    ("order.order_list_invalid_time", "", C.rejected),
    ("error_never_seen_before", "", C.unknown),
]


@pytest.mark.parametrize(("code", "message", "cause"), TABLE)
def test_every_code(code: str, message: str, cause: Cause) -> None:
    assert cause_of("update_item", 200, code, message) is cause


@pytest.mark.parametrize(
    ("operation", "code", "message", "cause"),
    [
        ("init_tier_variation", "error_item_not_found", "Product not found", C.missing_step),
        ("init_tier_variation", "error_param", "The level of tier-variation not change.", C.duplicate),
        ("add_model", "error_param", "Item without tier_variation. Please use init_tier_variation api", C.missing_step),
        ("update_price", "error_param", "The level of tier-variation not change.", C.rejected),
    ],
)
def test_the_operation_matters(operation: str, code: str, message: str, cause: Cause) -> None:
    assert cause_of(operation, 200, code, message) is cause


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("Stock should be larger than 125 (reserve stock number)", C.locked),
        ("Stock should be within 0-10000000 for model 1", C.rejected),
        ("Can't unlist item when item is under promotion", C.locked),
        ("Banned and Reviewing Products cannot be delisted", C.review),
        ("model not found", C.missing),
        ("Shop is in holiday mode", C.locked),
        ("something nobody has seen", C.unknown),
    ],
)
def test_free_text_of_a_failure_list(reason: str, cause: Cause) -> None:
    assert cause_of("update_stock", 200, FAILED_REASON, reason) is cause


@pytest.mark.parametrize(
    ("status", "code", "cause"),
    [(429, "", C.throttled), (503, "", C.transient), (200, "", C.transient), (429, "error_limit", C.quota)],
)
def test_the_status_matters_only_where_no_code_does(status: int, code: str, cause: Cause) -> None:
    assert cause_of("update_price", status, code, "") is cause


@pytest.mark.parametrize(
    ("raw", "shown", "matched"),
    [
        ("product.error_param", "error_param", "error_param"),
        ("error_incalid_category.", "error_incalid_category", "error_invalid_category"),
        ("error.param", "error.param", "error_param"),
        ("invalid_acceess_token", "invalid_acceess_token", "invalid_access_token"),
        ("error_price_exceed_max_limitt", "error_price_exceed_max_limitt", "error_price_exceed_max_limit"),
        ("warehouse.error_not_in_whitelist", "error_not_in_whitelist", "error_not_in_whitelist"),
    ],
)
def test_codes_keep_their_look_and_are_matched_mended(raw: str, shown: str, matched: str) -> None:
    assert (plain(raw), normalise(raw)) == (shown, matched)


def test_a_field_is_named_where_the_code_names_one() -> None:
    fields = {
        "error_title_character_forbidden": "title",
        "error_desc_length_min_limit": "description",
        "error_image_num_min": "pictures",
        "error_invalid_brand": "brand",
        "error_less_required_attribute": "attributes",
        "error_category_is_block": "category",
        "error_invalid_days_to_ship": "preorder_days",
        "error_cannt_edit_name_in_promotion": "title",
    }
    for code, field in fields.items():
        row = row_for("update_item", 200, code, "")
        assert row is not None
        assert row.field == field


def test_no_two_rows_are_alike() -> None:
    keys = [(r.operation, r.status, r.code, r.detail, r.message) for r in CAUSES]
    assert len(keys) == len(set(keys))
