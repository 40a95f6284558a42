"""The questions that the facts leave open, and how this adapter answers them; ids are those of the sandbox's switches.

Most are answered either way without being told; `ShopAssumed` holds the few whose position changes what is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.contract import Assumption


@dataclass(frozen=True, slots=True)
class ShopAssumed:
    """Where this shop's answers stand; the defaults are the careful ones.

    `tags`: which element names the stock of a warehouse; both are sent until one is known. `associated`: what a new
    variant joins a product by, tried first. `autofill`: where the switch against filled in attributes stands.
    `weight_decimals`, `picture_bytes`, `page`: the most that is sent or asked for.
    """

    tags: tuple[str, ...] = ("SellableQuantity", "Quantity")
    associated: str = "SkuId"
    autofill: str = "product"
    weight_decimals: int = 2
    picture_bytes: int = 1024 * 1024
    page: int = 50

    @classmethod
    def of(cls, assumptions: Mapping[str, str]) -> ShopAssumed:
        """From the positions in the channel's config."""
        tag = assumptions.get("lazada.warehouse_tag")
        return cls(
            (tag,) if tag else ("SellableQuantity", "Quantity"),
            assumptions.get("lazada.associated_sku", "SkuId"),
            assumptions.get("lazada.autofill_off", "product"),
            3 if assumptions.get("lazada.weight_decimals") == "3" else 2,
            3_145_727 if assumptions.get("lazada.image_size") == "3 MB" else 1024 * 1024,
            100 if assumptions.get("lazada.list_limit") == "100" else 50,
        )


def _one(name: str, positions: str, text: str, source: str) -> Assumption:
    return Assumption(f"lazada.{name}", tuple(positions.split("|")), text, f"facts, section {source}")


ASSUMPTIONS: tuple[Assumption, ...] = (
    _one("stock_json", "refused|accepted", "Stock takes XML only, so it is sent as XML.", "1"),
    _one("one_sku_object", "refused|accepted", "Several SKUs are an array; prices are sent as XML, without it.", "1"),
    _one("throttle_zero", "absent|present", "A throttle may come under code 0; it is read as one.", "4.1"),
    _one("old_refresh_token", "voided|lives", "A refresh token is spent by its use, and never used twice.", "3"),
    _one("old_access_token", "voided|lives", "The old access token dies with a refresh.", "3"),
    _one("user_info", "list|object", "The shops of a consent are a list; an object by country is read too.", "3"),
    _one("token_code", "IllegalAccessToken|InvalidAccessToken", "Both codes mean a dead access token.", "3"),
    _one("clock_code", "IllegalTimestamp|InvalidTimestamp", "Both codes mean a clock that is off.", "11, no. 12"),
    _one("refused_rest", "applied|untouched", "What a refused call says nothing of is read back.", "4.1"),
    _one("not_permitted_price", "refused|accepted", "Prices that are not permitted go by UpdateProduct.", "7.3"),
    _one("price_jump", "review|live", "A price that moves by more than 80 % is reviewed again.", "7.3"),
    _one("sale_price_zero", "refused|removes", "A sale price is the seller's, and is never written.", "7.1"),
    _one("price_fraction", "refused|accepted", "A price has no decimals, not even zeros.", "7.1"),
    _one("warehouse_tag", "Quantity|SellableQuantity", "Both names of a warehouse's stock are sent.", "7.4"),
    _one("warehouse_delta", "refused|accepted", "Stock is never sent as a difference.", "7.5"),
    _one("missing_status", "activates|keeps", "A SKU without its status goes on sale, so it is always sent.", "7.2"),
    _one("edit_review", "pending|live", "An edit of texts or pictures is reviewed again.", "7.2"),
    _one("sku_rename", "refused|ignored", "The SellerSku of what exists is never changed.", "7.2"),
    _one("update_adds_sku", "refused|accepted", "New variants are made by CreateProduct, not by an update.", "7.2"),
    _one("package_on_update", "mandatory|optional", "Every SKU of an update carries its parcel.", "7.2"),
    _one("item_status", "absent|present", "The answer to a write need not tell the listing's status.", "7.1, 7.2"),
    _one("sku_scope", "store|item", "A SellerSku is unique in the whole store.", "7.1"),
    _one("deleted_sku", "taken|free", "The SellerSku of something deleted is not free again.", "11, no. 1"),
    _one("duplicate_code", "4135|4105|4126|4141", "Four codes mean a duplicate SellerSku.", "7.1"),
    _one("associated_sku", "SkuId|SellerSku", "A new variant joins by a SkuId; refused, by a SellerSku.", "7.1"),
    _one("autofill_off", "product|attributes", "Filled in attributes are switched off at the product.", "7.1"),
    _one("weight_decimals", "2|3", "A weight has two decimals of a kilogram, rounded up.", "7.1"),
    _one("name_length", "bytes|characters", "A title has 255 bytes; Lazada's refusal says where it is longer.", "7.1"),
    _one("list_limit", "50|100", "A page of the list has 50 products.", "7.8"),
    _one("total_products", "absent|present", "A short page is the last one, unless a total says more.", "7.8"),
    _one("item_keys", "snake|camel", "The keys of one product are read in both spellings.", "7.9"),
    _one("image_size", "1 MB|3 MB", "A picture has at most 1 MB.", "9"),
    _one("image_order", "shuffled|sent", "Pictures are uploaded one by one, so no order is relied on.", "9"),
    _one("warehouse_module", "list|object", "Warehouses are read from a list or an object.", "10.1"),
    _one("order_number", "string|number", "Order ids are read as text, whichever they are.", "10.3"),
)
