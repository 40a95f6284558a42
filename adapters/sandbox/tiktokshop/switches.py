"""What the facts of Tokopedia & TikTok Shop leave UNCONFIRMED, as far as a client can notice."""

from __future__ import annotations

from adapters.sandbox.market import Switch

SWITCHES = (
    Switch("tiktokshop.old_access_token", ("voided", "lives"), "4: the access token after a refresh"),
    Switch("tiktokshop.old_refresh_token", ("voided", "lives"), "4: the refresh token after it was used"),
    Switch("tiktokshop.error_status", ("200", "400"), "5: HTTP status of a product call that is refused"),
    Switch("tiktokshop.error_data", ("missing", "null"), "5: the field data of a refusal"),
    Switch("tiktokshop.retry_after", ("absent", "present"), "5, 6: Retry-After on a 429"),
    Switch("tiktokshop.hourly_cap", ("none", "1000", "100"),
           "6: calls an hour of a development shop; by default the sandbox stands for a live one"),
    Switch("tiktokshop.unknown_fields", ("refused", "ignored"), "7: a field that the models do not have"),
    Switch("tiktokshop.zero_quantity", ("refused", "accepted"), "7.3: quantity 0 in a stock write"),
    Switch("tiktokshop.omitted_warehouse", ("refused", "untouched"), "7.3: an assigned warehouse left out of it"),
    Switch("tiktokshop.unlisted", ("untouched", "applied"),
           "5.1: the SKUs or products that a partly failed call does not list as failed"),
    Switch("tiktokshop.quantity_scale", ("available", "total"),
           "7.3: what a stock write sets: what can be sold, or that and what is committed"),
    Switch("tiktokshop.refused_price", ("applied", "untouched"),
           "7.4: the good prices of a call that failed for another SKU"),
    Switch("tiktokshop.price_floor", ("1000", "1"), "7.4: the lowest price (1000 is invented)"),
    Switch("tiktokshop.price_fraction", ("refused", "accepted"), "7.4: an amount with decimals, be they zeros"),
    Switch("tiktokshop.repeated_key", ("error", "original", "forgotten"),
           "11.1: a create again under the same idempotency_key"),
    Switch("tiktokshop.same_seller_sku", ("accepted", "refused"), "11.1: a second product with the same seller_sku"),
    Switch("tiktokshop.own_option_id", ("refused", "accepted"),
           "7.1: the id that an option of the seller's own was given, written without its name"),
    Switch("tiktokshop.relistings", ("10", "unbounded"), "7.2: content edits a day and product (10 is invented)"),
    Switch("tiktokshop.edit_of_hidden", ("lists", "keeps"),
           "7.2: whether an edit in save_mode LISTING puts a deactivated product on sale again"),
    Switch("tiktokshop.activation", ("review", "live"), "7.5: whether a product that is activated again is audited"),
    Switch("tiktokshop.deleted_in_all", ("listed", "absent"), "7.6: deleted products in a search for status ALL"),
    Switch("tiktokshop.required_spelling", ("is_requried", "is_required"),
           "8: the name of the flag of a required attribute"),
    Switch("tiktokshop.unused_image", ("expires", "kept"),
           "8: an uploaded uri that no product used within a day (the day is invented)"),
    Switch("tiktokshop.orders_page", ("50", "100"), "9: the most orders a page"),
    Switch("tiktokshop.order_ids", ("50", "unbounded"), "9: the most ids an order detail call"),
    Switch("tiktokshop.committed_at", ("unpaid", "paid"), "7.3, 9: when an order takes available stock"),
    Switch("tiktokshop.webhook_retry", ("none", "three"), "10: whether an unanswered webhook is sent again"),
)  # fmt: skip
