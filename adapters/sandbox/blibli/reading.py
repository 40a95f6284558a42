"""How products are read: lists, details, submissions, rejected ones (facts, sections 7.3 and 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapters.sandbox.blibli.context import Answer, Ask, Context, category_names, page_of, paged, tree
from adapters.sandbox.blibli.errors import absent, invalid
from adapters.sandbox.blibli.queue import ms
from adapters.sandbox.blibli.shape import Shape, checked
from adapters.sandbox.blibli.state import Product, Variant
from adapters.sandbox.blibli.variants import item_name, picture_rows

STATES = ("ACTIVE", "OOS", "ARCHIVED", "SUSPENDED", "NEED_CORRECTION", "IN_PROGRESS")
V3_MOST, V2_MOST, SKUS_MOST = 50, 100, 50
PAGING: Shape = {"page": "whole", "size": "whole"}
LIST_V3: Shape = {
    "filter": {"state": "text", "productSku": "text", "productName": "text", "categoryCode": "text",
               "pickupPointCode": "text"},
    "paging": PAGING, "sorting": {"by": "text", "direction": "text"},
}  # fmt: skip
LIST_V2: Shape = {
    "merchantSkus": "texts", "gdnSku": "text", "categoryCode": "text", "productName": "text", "pickupPointCode": "text",
    "isArchive": "flag", "buyable": "flag", "displayable": "flag", "page": "whole", "size": "whole",
}  # fmt: skip
SUMMARY = frozenset({"gdnSku", "merchantSku", "page", "size"})


# --- list V3: products, without stock per variant ---------------------------------------------------------------------


def list_v3(here: Context, ask: Ask) -> Answer:
    """POST products/filter: without a state those that are on sale, so that what is out of stock looks deleted."""
    body = checked(ask.body, LIST_V3)
    wanted, sorting = body.get("filter", {}), body.get("sorting", {})
    if wanted.get("state", "ACTIVE") not in STATES:
        raise invalid(f"filter.state is one of {', '.join(STATES)}")
    if sorting.get("by", "createdDate") != "createdDate" or sorting.get("direction", "ASC").upper() not in _WAYS:
        raise invalid("sorting is by createdDate, ASC or DESC")
    page, size = page_of(body.get("paging", {}), V3_MOST, V3_MOST)
    rows = [product for product in here.seen() if _wanted_v3(product, wanted)]
    rows.sort(
        key=lambda product: (product.created, product.number), reverse=sorting.get("direction", "").upper() in _DOWN
    )
    return paged(here, rows, page, size, lambda product: _row_v3(here, product))


_DOWN = ("DESC", "DESCENDING")
_WAYS = ("ASC", "ASCENDING", *_DOWN)


def _wanted_v3(product: Product, wanted: Mapping[str, str]) -> bool:
    if product.shown != wanted.get("state", "ACTIVE"):
        return False
    if "productSku" in wanted:  # beats the name (facts, section 8)
        named = product.sku == wanted["productSku"]
    else:
        named = wanted.get("productName", "").casefold() in product.name.casefold()
    return (
        named
        and wanted.get("categoryCode", product.category) == product.category
        and wanted.get("pickupPointCode", product.pickup) == product.pickup
    )


def _row_v3(here: Context, product: Product) -> dict[str, Any]:
    sku = product.sku if here.shows_l3(product) else None
    prices = [variant.price for variant in product.variants]
    sales = [variant.sale for variant in product.variants]
    category = product.category
    return {
        "product": {"code": product.code, "name": product.name, "sku": sku, "state": product.shown,
                    "url": {"blibli": f"https://www.blibli.com/p/-/ps--{sku}" if sku else None}},
        "brand": product.brand, "category": {"code": category, "name": category_names().get(category, "")},
        "flags": {"postLive": product.post_live, "buyable": any(variant.buyable for variant in product.variants)},
        "images": picture_rows(product.variants[0]), "pickupPointCodes": [product.pickup],
        "counter": {"stock": sum(one.stock for one in product.variants), "variant": len(product.variants)},
        "price": {"normal": {"min": min(prices), "max": max(prices)}, "sale": {"min": min(sales), "max": max(sales)}},
        "createdDate": ms(product.created), "updatedDate": ms(product.updated),
    }  # fmt: skip


# --- list V2 and V1: variants -----------------------------------------------------------------------------------------


def list_v2(here: Context, ask: Ask) -> Answer:
    """POST getProductList: variants with their stock; archived ones only when asked for."""
    body = checked(ask.body, LIST_V2)
    if len(body.get("merchantSkus", ())) > SKUS_MOST:
        raise invalid(f"at most {SKUS_MOST} merchantSkus")
    page, size = page_of(body, V2_MOST, V2_MOST)
    return paged(here, _found_v2(here, body), page, size, lambda pair: _row_v2(here, *pair))


def list_v1(here: Context, ask: Ask) -> Answer:
    """GET getProductSummary: the same rows by gdnSku or merchantSku."""
    page, size = page_of(ask.query, V2_MOST)
    wanted: dict[str, Any] = {"gdnSku": ask.query["gdnSku"]} if "gdnSku" in ask.query else {}
    if "merchantSku" in ask.query:
        wanted["merchantSkus"] = [ask.query["merchantSku"]]
    return paged(here, _found_v2(here, wanted), page, size, lambda pair: _row_v2(here, *pair))


def _found_v2(here: Context, wanted: Mapping[str, Any]) -> list[tuple[Product, Variant]]:
    return [
        (product, variant) for product in here.seen() for variant in product.variants
        if variant.live and product.archived == wanted.get("isArchive", False)
        and all(_ASKED[name](product, variant, value) for name, value in wanted.items() if name in _ASKED)
    ]  # fmt: skip


_ASKED: Mapping[str, Callable[[Product, Variant, Any], bool]] = {
    "merchantSkus": lambda _, variant, skus: not skus or variant.sku in skus,
    "gdnSku": lambda product, variant, gdn: product.gdn(variant) == gdn,
    "categoryCode": lambda product, _, code: product.category == code,
    "productName": lambda product, _, name: name.casefold() in product.name.casefold(),
    "pickupPointCode": lambda product, _, code: product.pickup == code,
    "buyable": lambda _, variant, buyable: variant.buyable == buyable,
    "displayable": lambda _, variant, displayable: variant.buyable == displayable,
}


def _row_v2(here: Context, product: Product, variant: Variant) -> dict[str, Any]:
    reserved = here.reserved(product, variant)
    same = here.on("level1_stock", "same")
    points = {point["code"]: point["name"] for point in tree()["pickup_points"]}
    return {
        "gdnSku": product.gdn(variant), "productName": item_name(product, variant),
        "productItemCode": product.item_code(variant), "productSku": product.sku, "merchantSku": variant.sku,
        "regularPrice": float(variant.price), "sellingPrice": float(variant.sale),
        "stockAvailableLv1": variant.stock if same else 0, "stockReservedLv1": reserved if same else 0,
        "stockAvailableLv2": variant.stock, "stockReservedLv2": reserved, "productType": product.kind,
        "pickupPointCode": product.pickup, "pickupPointName": points.get(product.pickup, ""),
        "displayable": variant.buyable, "buyable": variant.buyable,
        "image": f"/{variant.images[0]}.jpg" if variant.images else "", "synchronizeStock": False,
        "promoBundling": False, "isArchive": product.archived, "review": product.review_ends is not None,
        "wholesalePriceActivated": False, "createdDate": ms(product.created),
    }  # fmt: skip


# --- details ----------------------------------------------------------------------------------------------------------


def detail_v2(here: Context, ask: Ask) -> Answer:
    """GET products/{product-sku}. What it shows was never captured (facts, section 8): both bodies are invented."""
    product = here.by_l3(ask.ids["product-sku"], seen=True)
    row = _row_v3(here, product)
    if here.on("detail_v2_body", "whole"):
        row |= {"description": product.description, "uniqueSellingPoint": product.usp, "attributes": product.attributes}
        row["items"] = [_item(here, product, variant) for variant in product.variants]
    return Answer(row)


def detail_v1(here: Context, ask: Ask) -> Answer:
    """GET detailProduct?gdnSku=: the deprecated one, whose shape is known. Weight is in kilograms here."""
    product, _ = here.by_gdn(ask.query.get("gdnSku", ""), seen=True)
    return Answer({
        "productSku": product.sku, "productCode": product.code, "businessPartnerCode": here.shop.store,
        "productName": product.name, "productType": product.kind, "categoryCode": product.category,
        "categoryHierarchy": tree()["leafs"].get(product.category, {}).get("path", ""), "brand": product.brand,
        "description": product.description,
        "items": [_item(here, product, variant) for variant in product.variants if variant.live],
        "attributes": _attributes(product), "enableEdit": product.state == "ACTIVE", "suspended": product.suspended,
        "forceReview": False, "url": f"https://www.blibli.com/p/-/ps--{product.sku}",
    })  # fmt: skip


def _item(here: Context, product: Product, variant: Variant) -> dict[str, Any]:
    length, width, height, weight = product.size
    images = [{"mainImage": row["main"], "sequence": row["sequence"], "locationPath": row["path"]}
              for row in picture_rows(variant)]  # fmt: skip
    return {
        "itemSku": product.gdn(variant) if variant.live else None, "skuCode": product.item_code(variant),
        "merchantSku": variant.sku, "upcCode": variant.upc, "length": length, "width": width, "height": height,
        "weight": weight / 1000, "shippingWeight": weight / 1000, "dangerousGoodsLevel": 0,
        "pickupPointCode": product.pickup,
        "availableStockLevel1": variant.stock if here.on("level1_stock", "same") else 0,
        "availableStockLevel2": variant.stock, "reservedStockLevel2": here.reserved(product, variant),
        "minimumStock": variant.minimum, "synchronizeStock": False, "off2OnActiveFlag": False,
        "prices": [{"channelId": "DEFAULT", "price": variant.price, "salePrice": variant.sale}],
        "viewConfigs": [{"channelId": "DEFAULT", "display": variant.buyable, "buyable": variant.buyable}],
        "images": images, "archived": product.archived, "rejected": False,
    }  # fmt: skip


def _attributes(product: Product) -> list[dict[str, Any]]:
    mandatory = tree()["leafs"].get(product.category, {}).get("mandatory", [])
    plain = [(code, [value], "") for code, value in product.attributes.items()]
    makes = [(code, [value], variant.sku) for variant in product.variants for code, value in variant.attributes.items()]
    return [
        {"attributeCode": code, "attributeType": tree()["attributes"][code]["type"], "values": values, "skuValue": sku,
         "attributeName": tree()["attributes"][code]["name"],
         "variantCreation": tree()["attributes"][code]["variant"], "mandatory": code in mandatory}
        for code, values, sku in [*plain, *makes]
    ]  # fmt: skip


# --- submissions ------------------------------------------------------------------------------------------------------


def submissions(here: Context, ask: Ask) -> Answer:
    """POST product-submissions/filter: what is in review or needs correction, by sellerSku if wanted."""
    shape: Shape = {"filter": {"state": "text", "sellerSku": "text"}, "paging": PAGING}
    body = checked(ask.body, shape)
    wanted = body.get("filter", {})
    state = wanted.get("state", "ALL")
    if state not in ("ALL", "IN_PROGRESS", "NEED_CORRECTION"):
        raise invalid("filter.state is ALL, IN_PROGRESS or NEED_CORRECTION")
    page, size = page_of(body.get("paging", {}), V3_MOST, V3_MOST)
    rows = [
        _submission(here, product) for product in here.seen()
        if product.state in ("IN_PROGRESS", "NEED_CORRECTION") and state in ("ALL", product.state)
        and ("sellerSku" not in wanted or any(one.sku == wanted["sellerSku"] for one in product.variants))
    ]  # fmt: skip
    return paged(here, rows, page, size)


def submission_detail(here: Context, ask: Ask) -> Answer:
    """GET product-submissions/{product-sku}."""
    product = here.by_l3(ask.ids["product-sku"], seen=True)
    if product.state not in ("IN_PROGRESS", "NEED_CORRECTION"):
        raise absent(f"there is no submission {product.sku}")
    return Answer(_submission(here, product))


def _submission(here: Context, product: Product) -> dict[str, Any]:
    return {
        "product": {"code": product.code, "sku": product.sku if here.shows_l3(product) else None,
                    "name": product.name, "videoUrl": product.video, "description": product.description,
                    "revisionNotes": product.reason if product.state == "NEED_CORRECTION" else None,
                    "state": product.state},
        "productItems": [
            {"name": item_name(product, one), "code": product.item_code(one), "upcCode": one.upc}
            for one in product.variants
        ],
    }  # fmt: skip


def in_process(here: Context, ask: Ask) -> Answer:
    """GET inProcessProduct: an older read of what is in review; its rows are invented after the rejected ones'."""
    page, size = page_of(ask.query, V2_MOST)
    rows = [
        {"productCode": product.code, "productName": product.name, "brand": product.brand,
         "categoryName": category_names().get(product.category, ""), "submitDate": ms(product.created),
         "initiator": here.shop.username}
        for product in here.seen() if product.state == "IN_PROGRESS"
    ]  # fmt: skip
    return paged(here, rows, page, size)


def rejected(here: Context, ask: Ask) -> Answer:
    """GET rejectedProductByMerchantSku: the only place that shows why a product vanished."""
    sku = ask.query.get("merchantSku")
    if not sku:
        raise invalid("parameter merchantSku is missing")
    page, size = page_of(ask.query, V2_MOST)
    return paged(here, [one["row"] for one in here.shop.rejected if sku in one["merchantSkus"]], page, size)
