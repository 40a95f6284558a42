"""Shopee's error codes as causes: one ordered table, the first match wins (facts, sections 2.3, 3.x and
5).
"""

from __future__ import annotations

import re
from functools import lru_cache

from adapters.causes import Row, first
from adapters.contract import Cause

FAILED_REASON = "failed_reason"
"""The code under which the free text of a failure_list is classified (facts, section 3.11)."""

_PREFIX = re.compile(r"^(?:product|order|common|warehouse|logistics|shop|media_space|auth|public|push)\.(?=\w)")
_TYPOS = (("incalid", "invalid"), ("limitt", "limit"), ("unlsit", "unlist"), ("acceess", "access"))


def plain(code: str) -> str:
    """The code without module prefix, trailing dots and blanks: what outcomes carry (facts, section 5)."""
    return _PREFIX.sub("", code.strip()).rstrip(". \t")


def normalise(code: str) -> str:
    """`plain`, with Shopee's typos mended, so that both spellings meet the same row."""
    text = plain(code).replace(" ", "_").replace("error.param", "error_param")
    for typo, right in _TYPOS:
        text = text.replace(typo, right)
    return text


C = Cause
CAUSES: tuple[Row, ...] = (
    # operation, HTTP status, code, detail, message -> cause, field of Content
    # --- speed and quota (5, 6); the body's code says more than the status
    Row("*", 0, "error_limit", None, None, C.quota),
    Row("*", 0, "error_rate_limit", None, None, C.throttled),
    Row("*", 0, "ads.rate_limit*", None, None, C.throttled),
    Row("*", 429, "*", None, None, C.throttled),
    # --- clock, before any other error_param (1.2)
    Row("*", 0, "error_param", None, r"timestamp is expired|invalid timestamp|timestamp is invalid", C.clock),
    # --- tokens and consent (2.3); error_auth is overloaded, so only by its words
    Row("*", 0, "invalid_access_token", None, None, C.auth),
    Row("*", 0, "error_auth", None, r"access_token|refresh_token|invalid code", C.auth),
    Row("*", 0, "error_param", None, r"access_token", C.auth),
    Row("*", 0, "invalid_code", None, None, C.auth),
    Row("*", 0, "invalid_shop_id", None, None, C.auth),
    Row("*", 0, "invalid_main_acount_id", None, None, C.auth),
    Row("*", 0, "error_shop_refresh_token", None, None, C.auth),
    Row("*", 0, "error_merchant_refresh_token", None, None, C.auth),
    Row("*", 0, "refresh_token_expired", None, None, C.auth),
    Row("*", 0, "*_access_expired", None, None, C.auth),
    Row("*", 0, "*_no_linked", None, None, C.auth),
    Row("*", 0, "partner_*_no_link", None, None, C.auth),
    Row("*", 0, "shop_banned", None, None, C.auth),
    Row("*", 0, "error_kyc_auth", None, None, C.auth),
    # --- the app itself (5)
    Row("*", 0, "error_sign", None, None, C.config),
    Row("*", 0, "error_param", None, r"\b(sign|partner_id)\b", C.config),
    Row("*", 0, "error_param", None, r"request path is incorrect|not from gateway", C.config),
    Row("*", 0, "error_auth", None, r"partner_id|app is deleted|no permission", C.config),
    Row("*", 0, "error_auth", None, r"developer.s permission", C.config),
    Row("*", 0, "invalid_partner_id", None, None, C.config),
    Row("*", 0, "error_partner_key_expired", None, None, C.config),
    Row("*", 0, "error_api_permission", None, None, C.config),
    Row("*", 0, "error_ashop_api_permission", None, None, C.config),
    Row("*", 0, "error_api_call_restricted", None, None, C.config),
    Row("*", 0, "source_ip_undeclared", None, None, C.config),
    Row("*", 0, "api_suspended", None, None, C.config),
    Row("*", 0, "partner_frozen", None, None, C.config),
    Row("*", 0, "error_permission", None, None, C.config),
    Row("*", 0, "error_perm_non_admin", None, None, C.config),
    # --- which shop, which stock location (3.7)
    Row("*", 0, "error_inner", None, r"stock location", C.binding),
    Row("*", 0, "error_auth", None, r"location_id", C.binding),
    Row("*", 0, "error_busi", None, r"multi warehouse|location", C.binding),
    Row("*", 0, "error_param", None, r"different stock structure|shop_?\s?id|shop id", C.binding),
    Row("*", 0, "error_item_not_belong_shop", None, None, C.binding),
    Row("*", 0, "error_param_shop_id_not_found", None, None, C.binding),
    Row("*", 0, "error_shop", None, None, C.binding),
    Row("*", 0, "*shop_not_found", None, None, C.binding),
    Row("*", 0, "invalid_shop", None, None, C.binding),
    Row("*", 0, "error_not_in_whitelist", None, None, C.binding),
    Row("*", 0, "error_can_not_find_warehouse", None, None, C.binding),
    Row("*", 0, "error_wms_shop_block_*", None, None, C.binding),
    Row("*", 0, "*_is_pff", None, None, C.binding),
    Row("*", 0, "error_auth", None, r"FBS|B2C|cnsc|model level dts", C.binding),
    Row("*", 0, "error_server", None, r"FBS", C.binding),
    Row("*", 0, "error_cnsc_*", None, None, C.binding),
    Row("*", 0, "error_busi_cannot_edit_vsku", None, None, C.binding),
    # --- locks: later, without new data (3.2, 3.6, 3.7, 5); the field is named where one is
    Row("*", 0, "error_cannt_edit_name_in_promotion", None, None, C.locked, "title"),
    Row("*", 0, "error_in_item_promotion_name_item_lock", None, None, C.locked, "title"),
    Row("*", 0, "error_cannt_edit_description_in_promotion", None, None, C.locked, "description"),
    Row("*", 0, "error_in_item_promotion_description_lock", None, None, C.locked, "description"),
    Row("*", 0, "error_cannt_edit_image_in_promotion", None, None, C.locked, "pictures"),
    Row("*", 0, "error_in_item_promotion_image_item_lock", None, None, C.locked, "pictures"),
    Row("*", 0, "error_cannt_edit_pre_order_in_promotion", None, None, C.locked, "preorder_days"),
    Row("*", 0, "error_cannt_edit_estimated_days_in_promotion", None, None, C.locked, "preorder_days"),
    Row("*", 0, "error_flash_sale_days_to_ship_lock", None, None, C.locked, "preorder_days"),
    Row("*", 0, "error_item_in_promotion", None, None, C.locked, "category"),
    Row("*", 0, "*in_promotion*", None, None, C.locked),
    Row("*", 0, "error_promotion_*", None, None, C.locked),
    Row("*", 0, "error_in_item_promotion_*", None, None, C.locked),
    Row("*", 0, "error_slash_price_*", None, None, C.locked),
    Row("*", 0, "*_lock", None, None, C.locked),
    Row("*", 0, "error_holiday_*", None, None, C.locked),
    Row("*", 0, "error_auth", None, r"holiday mode", C.locked),
    Row("*", 0, "error_auth", None, r"reserved? stock", C.locked),
    Row("*", 0, "error_param", None, r"reserved? stock", C.locked),
    Row("*", 0, "error_seller_under_penalty", None, None, C.locked),
    Row("*", 0, "error_busi_invalid_account_status", None, None, C.locked),
    Row("*", 0, "error_busi_invalid_shop_status", None, None, C.locked),
    Row("*", 0, "error_reach_shop_item_limit", None, None, C.locked),
    Row("*", 0, "error_unlist_item_fail", None, None, C.locked),
    Row("*", 0, "error_auth", None, r"phone number", C.locked),
    # --- under Shopee's review (3.3)
    Row("*", 0, "error_busi_cannot_delist_reviewing_or_banned_item", None, None, C.review),
    Row("*", 0, "error_item_uneditable", None, None, C.review),
    Row("*", 0, "error_busi_item_status_invalid", None, None, C.review),
    # --- a step too early (3.5, 7.1), then what is gone
    Row("init_tier_variation", 0, "error_item_not_found", None, None, C.missing_step),
    Row("add_model", 0, "error_param", None, r"init_tier_variation", C.missing_step),
    Row("*", 0, "error_tier_var_is_*", None, None, C.missing_step),
    Row("*", 0, "error_set_normal_unlisted_item", None, None, C.missing_step),
    Row("*", 0, "*item*_not_found", None, None, C.missing),
    Row("*", 0, "error_not_found", None, None, C.missing),
    Row("*", 0, "error_param", None, r"wrong model_id|model_id and item_id not match", C.missing),
    Row("*", 0, "error_param", None, r"information you queried is not found", C.missing),
    Row("*", 0, "error_wrong_modelid", None, None, C.missing),
    Row("*", 0, "error_model_invalid_model_id", None, None, C.missing),
    # --- once more of what is there (3.1, 3.5)
    Row("*", 0, "error_repeated_mtsku", None, None, C.duplicate),
    Row("init_tier_variation", 0, "error_param", None, r"level of tier-variation not change", C.duplicate),
    Row("*", 0, "error_model_duplicate_tier_variation_index", None, None, C.duplicate),
    # --- mapping and shop settings, not the product's data (3.1, 3.9, 3.10)
    Row("*", 0, "error_invalid_category", None, None, C.config, "category"),
    Row("*", 0, "error_category", None, None, C.config, "category"),
    Row("*", 0, "error_category_is_block", None, None, C.config, "category"),
    Row("*", 0, "error_category_level", None, None, C.config, "category"),
    Row("*", 0, "error_forbidden_category", None, None, C.config, "category"),
    Row("*", 0, "error_param", None, r"invalid category", C.config, "category"),
    Row("*", 0, "error_invalid_logistic_info", None, None, C.config, "couriers"),
    Row("*", 0, "error_invalid_price_for_logistic", None, None, C.config),
    Row("*", 0, "error_param", None, r"logistic", C.config),
    Row("*", 0, "error_busi", None, r"logistic", C.config),
    # --- our data (3.1, 3.2, 3.5, 3.6)
    Row("*", 0, "error_*name*_too_short", None, None, C.rejected, "title"),
    Row("*", 0, "error_title_*", None, None, C.rejected, "title"),
    Row("*", 0, "error_name_length_limit", None, None, C.rejected, "title"),
    Row("*", 0, "error_item_name_empty", None, None, C.rejected, "title"),
    Row("*", 0, "error_nil_name_new_item", None, None, C.rejected, "title"),
    Row("*", 0, "error_desc_*", None, None, C.rejected, "description"),
    Row("*", 0, "error_image_*", None, None, C.rejected, "pictures"),
    Row("*", 0, "error_param", None, r"image not exist", C.rejected, "pictures"),
    Row("*", 0, "error_less_required_attribute", None, None, C.rejected, "attributes"),
    Row("*", 0, "error_invalid_attribute*", None, None, C.rejected, "attributes"),
    Row("*", 0, "error_invalid_category_attribute", None, None, C.rejected, "attributes"),
    Row("*", 0, "error_attribute*", None, None, C.rejected, "attributes"),
    Row("*", 0, "error_busi_attribute_error", None, None, C.rejected, "attributes"),
    Row("*", 0, "error_wrong_attrsnapshot", None, None, C.rejected, "attributes"),
    Row("*", 0, "error_value_*", None, None, C.rejected, "attributes"),
    Row("*", 0, "error_param", None, r"attribute", C.rejected, "attributes"),
    Row("*", 0, "error_*brand*", None, None, C.rejected, "brand"),
    Row("*", 0, "error_*days_to_ship*", None, None, C.rejected, "preorder_days"),
    Row("*", 0, "error_*dts*", None, None, C.rejected, "preorder_days"),
    Row("*", 0, "error_estimated_days_limit", None, None, C.rejected, "preorder_days"),
    Row("*", 0, "error_param_category_not_support_pre_order", None, None, C.rejected, "preorder_days"),
    Row("*", 0, "error_param", None, r"weight|dimension", C.rejected, "parcel"),
    Row("*", 0, "error_*price*", None, None, C.rejected),
    Row("*", 0, "error_tier_*", None, None, C.rejected),
    Row("*", 0, "error_model_*", None, None, C.rejected),
    Row("*", 0, "error_duplicate_modelid", None, None, C.rejected),
    Row("*", 0, "error_edit_item_*_for_item_has_model", None, None, C.rejected),
    Row("*", 0, "error_whole_sale_*", None, None, C.rejected),
    Row("*", 0, "order_list_invalid_time", None, None, C.rejected),
    # --- the free text of a failure_list (3.3, 3.6, 3.7, 3.11)
    Row("*", 0, FAILED_REASON, None, r"reserved? stock|promotion|flash sale|slash", C.locked),
    Row("*", 0, FAILED_REASON, None, r"holiday|penalty", C.locked),
    Row("*", 0, FAILED_REASON, None, r"review|banned", C.review),
    Row("*", 0, FAILED_REASON, None, r"not found|not exist|delete", C.missing),
    Row("*", 0, FAILED_REASON, None, r"(wrong|unknown|invalid) model", C.missing),
    Row("*", 0, FAILED_REASON, None, r"location", C.binding),
    Row("*", 0, FAILED_REASON, None, r"taking some time|system error|system busy", C.transient),
    Row("*", 0, FAILED_REASON, None, r"should be|limit|range|price|stock|exceed|ratio", C.rejected),
    Row("*", 0, FAILED_REASON, None, None, C.unknown),
    # --- transient (5)
    Row("*", 0, "error_auth", None, r"system error|try again later", C.transient),
    Row("*", 0, "error_inner", None, r"taking some time|system error|try (again )?later", C.transient),
    Row("*", 0, "error_server", None, None, C.transient),
    Row("*", 0, "error_network", None, None, C.transient),
    Row("*", 0, "error_system_busy", None, None, C.transient),
    Row("*", 0, "error_unknown", None, None, C.transient),
    Row("*", 0, "error_data", None, None, C.transient),
    Row("*", 0, "error_get_shop_fail", None, None, C.transient),
    # --- permanent for this payload, once everything above has had its say (5)
    Row("*", 0, "error_param*", None, None, C.rejected),
    Row("*", 0, "error_invalid_*", None, None, C.rejected),
    Row("*", 0, "error_*_limit*", None, None, C.rejected),
    Row("*", 0, "error_unlist_item_all_failed", None, None, C.rejected),
    Row("*", 0, "error_boost_item_all_failed", None, None, C.rejected),
    Row("*", 0, "error_busi*", None, None, C.rejected),
    # --- no code of Shopee's at all: the edge, or the line
    Row("*", 5, "", None, None, C.transient),
    Row("*", 2, "", None, None, C.transient),
    Row("*", 0, "", None, None, C.transient),
)  # fmt: skip


@lru_cache(maxsize=4096)
def row_for(operation: str, status: int, code: str, message: str, detail: str = "") -> Row | None:
    """The first row that matches, `code` as Shopee sent it; None = a code nobody has seen."""
    return first(CAUSES, operation, status, normalise(code), message, detail)


def cause_of(operation: str, status: int, code: str, message: str, detail: str = "") -> Cause:
    """The cause of an answer; unknown codes are `unknown`."""
    row = row_for(operation, status, code, message, detail)
    return row.cause if row else Cause.unknown
