"""What the facts of Blibli leave UNCONFIRMED. The first position is the default: the harsher one."""

from __future__ import annotations

from adapters.sandbox.market import Switch

SWITCHES = (
    Switch("blibli.error_status", ("200", "4xx"), "5: HTTP status of refused data: 200 with a code, or 4xx"),
    Switch("blibli.error_code_empty", ("null", "missing", "blank"), "12.15: errorCode of a success"),
    Switch("blibli.stock_status", ("204", "200"), "7.6: the answer to a single stock write"),
    Switch("blibli.bulk_queue_id", ("top", "value"), "7.5: where a bulk update's queue id stands"),
    Switch("blibli.sku_unique", ("no", "yes"), "4: whether a second product may carry the same seller SKU"),
    Switch("blibli.request_id", ("forgotten", "remembered"), "12.4: whether a repeated requestId is the same call"),
    Switch("blibli.content_review", ("PRELIVE", "POSTLIVE"), "7.8: whether an edit takes the product offline"),
    Switch("blibli.submission_sku", ("absent", "present"), "7.3: whether a submission's row carries its product-sku"),
    Switch("blibli.archived_stock", ("refused", "accepted"), "7.6: a single stock write on an archived product"),
    Switch("blibli.price_floor", ("1000", "1"), "6: the least price"),
    Switch("blibli.order_cap", ("100", "none"), "10: how many records one order filter gives at most"),
    Switch("blibli.detail_path", ("products", "bare"), "7.8: the path of the detail update"),
    Switch("blibli.stock_level_1", ("zero", "same"), "8: what stockAvailableLv1 holds"),
    Switch("blibli.archive_repeat", ("refused", "accepted"), "7.10: archiving what is archived"),
)
