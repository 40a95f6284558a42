"""Reads of products (facts, sections 7.6 to 7.8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adapters.sandbox.tiktokshop import pictures
from adapters.sandbox.tiktokshop.audits import front_status
from adapters.sandbox.tiktokshop.context import Ask, Context, tree
from adapters.sandbox.tiktokshop.errors import NOT_FOUND, Refusal, parameter
from adapters.sandbox.tiktokshop.metadata import category_chain, paged
from adapters.sandbox.tiktokshop.state import PLATFORMS, TIKTOK, Offer, Product

PAGE = frozenset({"page_size", "page_token"})
GET = frozenset({"return_under_review_version", "return_draft_version", "locale"})
DIAGNOSES = frozenset({"product_ids"})
STATUSES = frozenset({
    "ALL", "DRAFT", "PENDING", "FAILED", "ACTIVATE", "SELLER_DEACTIVATED", "PLATFORM_DEACTIVATED", "FREEZE", "DELETED",
})  # fmt: skip
SKU_IDS_MOST = 10
INVENTORY_PRODUCTS, INVENTORY_SKUS = 100, 600
LONG_TITLE = 40


# --- search ----------------------------------------------------------------------------------------------------------


def search(here: Context, ask: Ask) -> dict[str, Any]:
    """POST products/search: by page; `status` is absent for what is not on TikTok Shop."""
    _searchable(ask.body)
    rows = [product for product in _shown(here, here.shop.products) if _fits(here, product, ask.body)]
    page, token = paged(ask, [] if here.fault == "empty_page" else rows)
    return {"total_count": len(rows), "next_page_token": token, "products": [_row(here, product) for product in page]}


def _searchable(wanted: Mapping[str, Any]) -> None:
    if wanted.get("status", "ALL") not in STATUSES:
        raise parameter("status")
    if "listing_platforms" in wanted and wanted.get("status", "ALL") == "ALL":
        raise parameter("listing_platforms needs a status other than ALL")
    if not set(wanted.get("listing_platforms", ())) <= set(PLATFORMS):
        raise parameter("listing_platforms")
    if len(wanted.get("sku_ids", ())) > SKU_IDS_MOST:
        raise parameter("sku_ids has up to 10 entries")


def _shown(here: Context, numbers: Iterable[str]) -> Iterator[Product]:
    """Products as reads show them, each once."""
    seen = (here.seen(number) for number in dict.fromkeys(numbers))
    return (product for product in seen if product is not None)


def _fits(here: Context, product: Product, wanted: Mapping[str, Any]) -> bool:
    status = wanted.get("status", "ALL")
    skus = product.skus
    return (
        _has_status(here, product, status, wanted.get("listing_platforms", ()))
        and _overlaps(wanted.get("seller_skus"), [sku.get("seller_sku", "") for sku in skus])
        and _overlaps(wanted.get("sku_ids"), [sku["id"] for sku in skus])
        and _overlaps(wanted.get("audit_status"), [product.audit])
        and _between(wanted, "create_time", product.created)
        and _between(wanted, "update_time", product.updated)
        and wanted.get("category_version", "v2") == "v2"
    )


def _has_status(here: Context, product: Product, status: str, platforms: Any) -> bool:
    if status == "ALL":
        return not product.deleted or here.on("deleted_in_all", "listed")
    if platforms:
        return all(product.fronts.get(front) == status for front in platforms)
    return status in product.fronts.values()


def _overlaps(wanted: list[str] | None, having: list[str]) -> bool:
    return wanted is None or not set(wanted).isdisjoint(having)


def _between(wanted: Mapping[str, Any], name: str, at: float) -> bool:
    """Both ends belong to it, unlike those of orders."""
    low, high = wanted.get(f"{name}_ge"), wanted.get(f"{name}_le")
    return (low is None or int(at) >= low) and (high is None or int(at) <= high)


def _row(here: Context, product: Product) -> dict[str, Any]:
    return {
        **_common(here, product),
        "skus": [_sku(sku, product.offers[sku["id"]]) for sku in product.skus], "sales_regions": ["ID"],
    }  # fmt: skip


def _common(here: Context, product: Product) -> dict[str, Any]:
    """What search and get have in common."""
    status = front_status(product)
    return {
        "id": product.id, "title": product.content.get("title", ""), **({} if status is None else {"status": status}),
        "create_time": int(product.created), "update_time": int(product.updated),
        "integrated_platform_statuses": [
            {"platform": front, "status": one} for front, one in product.fronts.items()
            if front != TIKTOK or here.on("platform_statuses", "all")
        ],
        "audit": {"status": product.audit}, "has_draft": product.draft,
    }  # fmt: skip


def _sku(sku: Mapping[str, Any], offer: Offer) -> dict[str, Any]:
    price = {"currency": "IDR", "tax_exclusive_price": str(offer.price)}
    if offer.sale_price is not None:
        price["sale_price"] = str(offer.sale_price)
    return {
        "id": sku["id"], "seller_sku": sku.get("seller_sku", ""), "price": price,
        "inventory": [
            {"warehouse_id": place, "quantity": max(0, shelf.stock)} for place, shelf in offer.shelves.items()
        ],
    }  # fmt: skip


# --- get -------------------------------------------------------------------------------------------------------------


def get(here: Context, ask: Ask) -> dict[str, Any]:
    """GET products/{id}: the version on sale, unless another is asked for."""
    product = here.seen(ask.ids["product_id"])
    if product is None:
        raise Refusal(NOT_FOUND, "product not found")
    version = _version(product, ask.query)
    whole = {
        **_common(here, product), "title": version.get("title", ""), "description": version.get("description", ""),
        "category_chains": category_chain(version["category_id"]),
        "main_images": [pictures.shown(here, image["uri"]) for image in version["main_images"]],
        "product_attributes": [_attribute(one) for one in version.get("product_attributes", ())],
        "audit_failed_reasons": product.failed, "delivery_options": _deliveries(version),
        "skus": [_whole_sku(here, sku, product.offers[sku["id"]]) for sku in version["skus"]],
    }  # fmt: skip
    for name in ("external_product_id", "package_weight", "package_dimensions", "is_cod_allowed",
                 "minimum_order_quantity", "shipping_insurance_requirement", "is_pre_owned"):  # fmt: skip
        if name in version:
            whole[name] = version[name]
    if "brand_id" in version:
        whole["brand"] = {"id": version["brand_id"], "name": tree()["brands"][version["brand_id"]]}
    return whole


def _version(product: Product, query: Mapping[str, str]) -> dict[str, Any]:
    asked = "return_draft_version" if product.draft else "return_under_review_version"
    if product.next is not None and query.get(asked) == "true":
        return product.next
    return product.content


def _deliveries(version: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every courier of the shop, and whether it may carry this product: all may, unless some were named."""
    couriers = tree()["couriers"]
    named = version.get("delivery_option_ids") or [row["id"] for row in couriers]
    return [{"id": row["id"], "name": row["name"], "is_available": row["id"] in named} for row in couriers]


def _attribute(one: Mapping[str, Any]) -> dict[str, Any]:
    known = tree()["attributes"][one["id"]]
    values = [
        {"id": value.get("id", ""), "name": known["values"].get(value.get("id"), value.get("name", ""))}
        for value in one["values"]
    ]
    return {"id": one["id"], "name": known["name"], "values": values}


def _whole_sku(here: Context, sku: Mapping[str, Any], offer: Offer) -> dict[str, Any]:
    return {
        **_sku(sku, offer), "external_sku_id": sku.get("external_sku_id", ""),
        "sales_attributes": [_option(here, one) for one in sku["sales_attributes"]],
    }  # fmt: skip


def _option(here: Context, one: Mapping[str, Any]) -> dict[str, Any]:
    known = tree()["attributes"].get(one["id"], {})
    shown = {"id": one["id"], "name": known.get("name", one.get("name", "")), "value_id": one["value_id"],
             "value_name": one.get("value_name", "")}  # fmt: skip
    if "sku_img" in one:
        shown["sku_img"] = pictures.shown(here, one["sku_img"]["uri"])
    return shown


# --- inventory and quality -------------------------------------------------------------------------------------------


def inventory(here: Context, ask: Ask) -> dict[str, Any]:
    """POST inventory/search: available and committed, by warehouse; sku_ids count before product_ids."""
    skus, numbers = ask.body.get("sku_ids"), ask.body.get("product_ids")
    if len(skus or ()) > INVENTORY_SKUS or len(numbers or ()) > INVENTORY_PRODUCTS or not (skus or numbers):
        raise parameter("product_ids has up to 100 entries, sku_ids up to 600")
    rows = []
    for product in _shown(here, here.shop.products if skus else numbers or ()):
        wanted = [sku for sku in product.skus if not skus or sku["id"] in skus]
        if not product.deleted and wanted:
            rows.append({"product_id": product.id, "skus": [_stock(here, product, sku) for sku in wanted]})
    return {"inventory": rows}


def _stock(here: Context, product: Product, sku: Mapping[str, Any]) -> dict[str, Any]:
    offer, aside = product.offers[sku["id"]], here.set_aside(product.id, sku["id"])
    available = sum(max(0, shelf.stock) for shelf in offer.shelves.values())
    campaign = [{"quantity": aside, "campaign_name": "Promosi"}] if aside else []
    return {
        "id": sku["id"], "seller_sku": sku.get("seller_sku", ""), "total_available_quantity": available,
        "total_committed_quantity": offer.committed,
        "warehouse_inventory": [
            {"warehouse_id": place, "available_quantity": max(0, shelf.stock), "committed_quantity": shelf.committed}
            for place, shelf in offer.shelves.items()
        ],
        "total_available_inventory_distribution": {
            "campaign_inventory": campaign, "creator_inventory": [], "in_shop_inventory": {"quantity": available},
        },
    }  # fmt: skip


def diagnoses(here: Context, ask: Ask) -> dict[str, Any]:
    """GET products/diagnoses?product_ids=a,b: what would make a listing better; the codes are invented."""
    numbers = [number for number in ask.query.get("product_ids", "").split(",") if number]
    if not numbers:
        raise parameter("product_ids")
    return {"products": [_diagnosis(here.product(number)) for number in numbers]}


def _diagnosis(product: Product) -> dict[str, Any]:
    short = len(product.content.get("title", "")) < LONG_TITLE
    found = [{"code": "TITLE_SHORT", "how_to_solve": "Use a longer title.", "quality_tier": "FAIR"}] if short else []
    return {
        "id": product.id,
        "listing_quality": {"current_tier": "FAIR" if short else "GOOD", "remaining_recommendations": len(found)},
        "diagnoses": [{"field": "TITLE", "diagnosis_results": found}] if found else [],
    }  # fmt: skip
