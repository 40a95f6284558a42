"""What the facts of Blibli leave UNCONFIRMED, as far as a client can notice."""

from __future__ import annotations

from adapters.sandbox.market import Switch

SWITCHES = (
    Switch("blibli.delete_signature", ("json", "empty", "get"), "3.3: how a DELETE without a body is signed"),
    Switch("blibli.path_id_in_query", ("demanded", "optional"), "2: the id of the path again in the query"),
    Switch("blibli.error_status", ("200", "4xx"), "5: HTTP status of a call that is refused for what it says"),
    Switch("blibli.unbound_status", ("400", "200"), "13: HTTP status of ERR-PA400054"),
    Switch("blibli.no_error", ("missing", "null", "empty"), "12: errorCode of an answer that is none"),
    Switch("blibli.seller_success", ("absent", "present"), "5: the field success in the /seller/v1 family"),
    Switch("blibli.throttle_body", ("html", "json", "empty"), "5: what a 429 says"),
    Switch("blibli.retry_after", ("absent", "present"), "5: Retry-After on a 429"),
    Switch("blibli.same_sku", ("accepted", "refused"), "4: a second product with the same merchantSku"),
    Switch("blibli.same_request", ("accepted", "first"), "12: a create again under the same requestId"),
    Switch("blibli.create_body", ("list", "single"), "7.2: whether a create V2 carries a list of products or is one"),
    Switch("blibli.v3_status", ("202", "200"), "7.1: HTTP status of a create V3"),
    Switch("blibli.v3_weight", ("g", "kg"), "1, 15: unit of the weight in a create V3"),
    Switch("blibli.v3_variant_field", ("attributesMap", "variantAttribute"), "7.1: where a V3 variant has its options"),
    Switch("blibli.l3_in_review", ("absent", "present"), "4: the product SKU (L3) of what was never live yet"),
    Switch("blibli.bulk_queue_id", ("requestId", "queueFeedId"), "7.5: where updateProduct tells its queue id"),
    Switch("blibli.detail_path", ("products", "bare"), "7.8: the path of the detail update V2"),
    Switch("blibli.detail_fields", ("create", "revision"), "7.8: whose names a detail update's fields have, V3 or 7.3"),
    Switch("blibli.detail_v2_body", ("product", "whole"), "8: what the product detail V2 shows"),
    Switch("blibli.price_floor", ("1000", "1"), "6: the lowest price"),
    Switch("blibli.name_length", ("150", "unbounded"), "6: the longest product name (150 is invented)"),
    Switch("blibli.stock_answer", ("204", "200"), "7.6: the answer to a single stock write"),
    Switch("blibli.archived_stock", ("refused", "accepted"), "7.6: a single stock write on an archived product"),
    Switch("blibli.archive_in_review", ("refused", "accepted"), "7.10: archiving while an edit is in review"),
    Switch("blibli.unarchived", ("hidden", "buyable"), "7.10: whether what comes out of the archive is on sale again"),
    Switch("blibli.variant_images", ("demanded", "optional"), "7.9: whether a new variant must bring its pictures"),
    Switch("blibli.level1_stock", ("zero", "same"), "8: what stockAvailableLv1 holds"),
    Switch("blibli.edit_review", ("prelive", "postlive"), "7.8: whether a content edit takes the product offline"),
    Switch("blibli.order_statuses", ("six", "nine"), "10: whether an order filter takes BP, OS and CR"),
    Switch("blibli.order_cap", ("100", "none"), "10: how many records an order filter finds at most"),
)
