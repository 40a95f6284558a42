"""What the facts of Lazada leave UNCONFIRMED or contradict, as far as a client can notice."""

from __future__ import annotations

from adapters.sandbox.market import Switch

SWITCHES = (
    Switch("lazada.stock_json", ("refused", "accepted"), "1: JSON where the docs show XML only (sellable, RemoveSku)"),
    Switch("lazada.one_sku_object", ("refused", "accepted"), "1: one SKU as a bare object in a JSON price call"),
    Switch("lazada.throttle_zero", ("absent", "present"), "4.1: a throttle that comes under code 0 (one weak witness)"),
    Switch("lazada.old_refresh_token", ("voided", "lives"), "3: the refresh token after it was used"),
    Switch("lazada.old_access_token", ("voided", "lives"), "3: the access token after a refresh"),
    Switch("lazada.user_info", ("list", "object"), "3: country_user_info as a list, or keyed by country"),
    Switch("lazada.token_code", ("IllegalAccessToken", "InvalidAccessToken"), "3: the code of a dead access token"),
    Switch("lazada.clock_code", ("IllegalTimestamp", "InvalidTimestamp"), "11.12: the code of a clock that is off"),
    Switch("lazada.refused_rest", ("applied", "untouched"), "4.1: the good SKUs of a call that failed for another"),
    Switch("lazada.not_permitted_price", ("refused", "accepted"), "7.3: a price alone of a seller who may not use it"),
    Switch("lazada.price_jump", ("review", "live"), "7.3: a price that moves by more than 80 %"),
    Switch("lazada.price_fraction", ("refused", "accepted"), "7.1: a price with decimals, be they zeros"),
    Switch("lazada.sale_price_zero", ("refused", "removes"), "7.1: a sale price of 0 in a write, as reads show none"),
    Switch("lazada.warehouse_tag", ("Quantity", "SellableQuantity"), "7.4: the tag inside a warehouse; live, docs"),
    Switch("lazada.warehouse_delta", ("refused", "accepted"), "7.5: a negative delta in a warehouse"),
    Switch("lazada.missing_status", ("activates", "keeps"), "7.2: an update that leaves out the status of a SKU"),
    Switch("lazada.edit_review", ("pending", "live"), "7.2: whether an edit of texts or pictures is reviewed again"),
    Switch("lazada.sku_rename", ("refused", "ignored"), "7.2: another SellerSku beside a SkuId"),
    Switch("lazada.update_adds_sku", ("refused", "accepted"), "7.2: a new variant by UpdateProduct, without SkuId"),
    Switch("lazada.package_on_update", ("mandatory", "optional"), "7.2: package sizes in an update"),
    Switch("lazada.item_status", ("absent", "present"), "7.1, 7.2: item_status in the answer to a write"),
    Switch("lazada.sku_scope", ("store", "item"), "7.1: where a SellerSku must be unique"),
    Switch("lazada.deleted_sku", ("taken", "free"), "11.1: the SellerSku of a deleted SKU"),
    Switch("lazada.duplicate_code", ("4135", "4105", "4126", "4141"), "7.1: the code of a duplicate SellerSku"),
    Switch("lazada.associated_sku", ("SkuId", "SellerSku"), "7.1: what AssociatedSku names"),
    Switch("lazada.autofill_off", ("product", "attributes"), "7.1: where the switch against filled in attributes is"),
    Switch("lazada.weight_decimals", ("2", "3"), "7.1: decimals of package_weight"),
    Switch("lazada.name_length", ("bytes", "characters"), "7.1: what the 255 of a name are"),
    Switch("lazada.list_limit", ("50", "100"), "7.8: the most products a page"),
    Switch("lazada.total_products", ("absent", "present"), "7.8: total_products beside a page"),
    Switch("lazada.item_keys", ("snake", "camel"), "7.9: names of the keys of one product"),
    Switch("lazada.image_size", ("1 MB", "3 MB"), "9: the largest picture"),
    Switch("lazada.image_order", ("shuffled", "sent"), "9: the order of migrated pictures"),
    Switch("lazada.warehouse_module", ("list", "object"), "10.1: the module of the warehouse call"),
    Switch("lazada.order_number", ("string", "number"), "10.3: the type of order ids"),
)
