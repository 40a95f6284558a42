"""What the facts of Shopee leave UNCONFIRMED."""

from __future__ import annotations

from adapters.sandbox.market import Switch

SWITCHES = (
    Switch("shopee.refresh_replay", ("refused", "accepted"), "2.2: the old refresh token again after a lost reply"),
    Switch("shopee.future_skew", ("refused", "accepted"), "1.2: a timestamp ahead of the server's clock"),
    Switch("shopee.error_status", ("200", "4xx"), "5: HTTP status of failures at the gateway"),
    Switch("shopee.stock_drops_at", ("paid", "unpaid"), "4.3: when an order takes its pieces"),
    Switch("shopee.empty_lists", ("missing", "null", "empty"), "8: success and failure lists without rows"),
    Switch("shopee.search_sku", ("exact", "prefix"), "3.4: what item_sku finds"),
    Switch("shopee.search_covers_models", ("no", "yes"), "3.4: whether item_sku finds a model's SKU"),
    # The clients in use send the shop's signature (facts, section 3.10), so refusing it would prove nothing of them.
    Switch("shopee.shop_signed_upload", ("accepted", "refused"), "3.10: upload_image with the shop's signature"),
    # The reference says Public, one client in use signs as a shop, and nothing shows that it ever got through.
    Switch("shopee.shop_signed_push", ("refused", "accepted"), "4.4: calls about pushes with the shop's signature"),
    Switch("shopee.early_variation_error", ("error_item_not_found", "error_busi"), "7.1: variations within 5 s"),
    Switch("shopee.mixed_order_batch", ("refused", "partial"), "4.2: one unknown order among known ones"),
    Switch("shopee.location_in_reads", ("id", "empty", "absent"), "3.4: location of an ordinary shop's stock in reads"),
    Switch("shopee.repeats", ("accepted", "refused"), "3.1: the same body created twice"),
    Switch("shopee.unknown_model", ("row", "call"), "3.7: a foreign model id fails its row or the whole call"),
    Switch(
        "shopee.delete_twice", ("error_item_not_found", "error_cannot_delete_item"), "3.3: deleting what is deleted"
    ),
    Switch("shopee.throttle_status", ("200", "429"), "6: HTTP status of error_rate_limit"),
    Switch(
        "shopee.code_prefix", ("module", "none", "common"), "5: a module's name before the code, or none, or another"
    ),
    Switch("shopee.reserved_floor", ("row", "call"), "3.7: stock below reserved pieces fails its row or the call"),
    Switch("shopee.holiday_error", ("error_holiday_mode_change_stock", "error_auth"), "3.7, 5: stock in holiday mode"),
    Switch("shopee.search_default", ("normal", "all"), "3.4: what search_item covers when item_status is not sent"),
    Switch(
        "shopee.add_model_repeat", ("error_model_duplicate_tier_variation_index", "error_param"), "3.5: add_model again"
    ),
    Switch("shopee.page_end_offset", ("zero", "count"), "8: next_offset of get_item_list on the last page"),
    Switch("shopee.echo_location", ("absent", "empty"), "8: location_id of an unlocated stock row in a write's echo"),
    Switch("shopee.inflated_price", ("taxed", "equal"), "3.6: whether the price that buyers see is above ours"),
    Switch("shopee.length_counts", ("bytes", "utf16", "points"), "3.8: what the length of a text counts"),
    Switch("shopee.gtin_rule_place", ("beside", "inside"), "3.8: where get_item_limit puts gtin_limit"),
    Switch("shopee.update_echo", ("unreliable", "true"), "3.2: whether update_item's echo tells the status"),
)
