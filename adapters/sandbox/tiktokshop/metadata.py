"""What a shop can ask about the marketplace: categories, attributes, rules, brands, warehouses, couriers, itself."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, TypeVar

from adapters.sandbox.tiktokshop.context import Ask, Context, tree
from adapters.sandbox.tiktokshop.errors import CATEGORY, CATEGORY_VERSION, NO_WAREHOUSE, Refusal, parameter
from adapters.sandbox.tiktokshop.shape import whole
from adapters.sandbox.tiktokshop.state import PLATFORMS, TIKTOK

CATEGORIES = frozenset({"locale", "category_version", "listing_platform", "keyword", "include_prohibited_categories",
                        "is_live_quick"})  # fmt: skip
OF_CATEGORY = frozenset({"locale", "category_version"})
ATTRIBUTES = OF_CATEGORY | {"is_live_quick"}
DELIVERY = frozenset({"scope"})
BRANDS = frozenset({"page_size", "page_token", "category_id", "brand_name", "is_authorized", "category_version"})
UNAUTHORISED = -1
"""The place in the tree of the brand that the seller is not authorised for."""

T = TypeVar("T")


def categories(here: Context, ask: Ask) -> dict[str, Any]:
    """GET categories: those of one platform; a shop's region knows only v2 with products in it (facts, section 7.1)."""
    _version(ask.query.get("category_version", "v1"))
    platform = ask.query.get("listing_platform", TIKTOK)
    if platform not in PLATFORMS:
        raise parameter("listing_platform")
    keyword = ask.query.get("keyword", "").casefold()
    gone = {*here.shop.closed, *here.shop.merged}
    rows = [
        {"id": row["id"], "parent_id": row["parent_id"], "local_name": row["name"], "is_leaf": row["leaf"],
         "permission_statuses": [row["permission"]]}
        for row in tree()["categories"]
        if platform in row["platforms"] and row["id"] not in gone and keyword in row["name"].casefold()
    ]  # fmt: skip
    return {"categories": [] if here.fault == "empty_page" else rows}


def _version(version: str) -> None:
    if version != "v2":
        raise Refusal(CATEGORY_VERSION, "category_version must be v2")


def _leaf(here: Context, ask: Ask) -> dict[str, Any]:
    _version(ask.query.get("category_version", "v1"))
    found = here.leaf(ask.ids["category_id"])
    if found is None:
        raise Refusal(CATEGORY, "the category does not exist, or is no leaf")
    return found


def attributes(here: Context, ask: Ask) -> dict[str, Any]:
    """GET categories/{id}/attributes; the flag of a required one is misspelt (facts, section 8)."""
    leaf, flag = _leaf(here, ask), here.switches["tiktokshop.required_spelling"]
    rows = []
    for key in (*leaf["required"], *leaf["optional"], *leaf["sales"]):
        known = tree()["attributes"][key]
        rows.append({
            "id": key, "name": known["name"], "type": known["type"], flag: key in leaf["required"],
            "is_customizable": known["customizable"], "is_multiple_selection": known["multiple"],
            "values": [{"id": value, "name": name} for value, name in known["values"].items()],
        })  # fmt: skip
    return {"attributes": rows}


def rules(here: Context, ask: Ask) -> dict[str, Any]:
    """GET categories/{id}/rules."""
    _leaf(here, ask)
    return {
        "product_certifications": [], "size_chart": {"is_supported": False, "is_required": False},
        "cod": {"is_supported": True}, "package_dimension": {"is_required": True},
        "manufacturer": {"is_required": False}, "responsible_person": {"is_required": False},
        "epr": {"is_required": False},
    }  # fmt: skip


def recommend(here: Context, ask: Ask) -> dict[str, Any]:
    """POST categories/recommend: the leaf that the shop may use whose path shares most words with the title, and its
    ancestors."""
    words = set(ask.body["product_title"].casefold().split())
    if not words:
        raise parameter("product_title")
    open_to_all = {row["id"] for row in tree()["categories"] if row["permission"] == "AVAILABLE"}
    leafs = [key for key in tree()["leafs"] if here.leaf(key) is not None and key in open_to_all]
    best = max(leafs, key=lambda key: len(words & set(tree()["leafs"][key]["path"].casefold().split())))
    chain = category_chain(best)
    rows = [
        {"id": row["id"], "is_leaf": row["is_leaf"], "level": level, "name": row["local_name"],
         "permission_statuses": ["AVAILABLE"]}
        for level, row in enumerate(chain, 1)
    ]  # fmt: skip
    return {"categories": rows, "leaf_category_id": best}


def category_chain(category: str) -> list[dict[str, Any]]:
    """A category under all its parents, the highest first."""
    by_id = {row["id"]: row for row in tree()["categories"]}
    chain: list[dict[str, Any]] = []
    while category in by_id:
        row = by_id[category]
        chain.insert(0, {"id": row["id"], "parent_id": row["parent_id"], "local_name": row["name"],
                         "is_leaf": row["leaf"]})  # fmt: skip
        category = row["parent_id"]
    return chain


def brands(here: Context, ask: Ask) -> dict[str, Any]:
    """GET brands: by page."""
    wanted = ask.query.get("brand_name", "").casefold()
    rows = [
        {"id": key, "name": name, "authorized_status": "AUTHORIZED" if is_authorised(key) else "UNAUTHORIZED",
         "is_t1_brand": False, "brand_status": "ONLINE"}
        for key, name in tree()["brands"].items()
        if wanted in name.casefold()
    ]  # fmt: skip
    page, token = paged(ask, [] if here.fault == "empty_page" else rows)
    return {"brands": page, "total_count": len(rows), "next_page_token": token}


def is_authorised(brand: str) -> bool:
    """Whether the seller may show this brand."""
    return bool(brand != list(tree()["brands"])[UNAUTHORISED])


def paged(ask: Ask, rows: Sequence[T]) -> tuple[list[T], str]:
    """A page of rows and the token of the next one, '' at the end.

    Raises:
        Refusal: size or token are wrong.
    """
    size, start = whole(ask.query, "page_size", 20, 100), offset(ask.query.get("page_token", ""))
    token = page_token(str(start + size)) if start + size < len(rows) else ""
    return list(rows[start : start + size]), token


def page_token(text: str) -> str:
    """An opaque token."""
    return base64.urlsafe_b64encode(text.encode()).decode()


def page_text(token: str) -> str:
    """What an opaque token holds.

    Raises:
        Refusal: it is none of ours.
    """
    try:
        return base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except ValueError:  # binascii.Error and UnicodeError are of this kind
        raise parameter("page_token") from None


def offset(token: str) -> int:
    """Where the page of a token begins."""
    text = page_text(token) if token else "0"
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise parameter("page_token")
    return int(text)


# --- the shop --------------------------------------------------------------------------------------------------------


def warehouses(here: Context, _ask: Ask) -> dict[str, Any]:
    """GET warehouses, the misspelt `distict` included."""
    rows = [
        {"id": row["id"], "entity_id": row["entity_id"], "name": row["name"], "effect_status": row["effect_status"],
         "type": row["type"], "sub_type": row["sub_type"], "is_default": row["is_default"],
         "address": {"region": "Indonesia", "region_code": "ID", "state": "Kepulauan Bangka Belitung",
                     "city": row["city"], "distict": row["city"], "postal_code": "33100"}}
        for row in here.warehouses()
    ]  # fmt: skip
    return {"warehouses": rows}


def delivery_options(here: Context, ask: Ask) -> dict[str, Any]:
    """GET warehouses/{id}/delivery_options: couriers, and what they carry."""
    if ask.ids["warehouse_id"] not in {row["id"] for row in here.warehouses()}:
        raise Refusal(NO_WAREHOUSE, "warehouse not exist")
    return {"delivery_options": [_courier(row) for row in tree()["couriers"]]}


def _courier(row: dict[str, Any]) -> dict[str, Any]:
    length, width, height = row["dimension"]
    lightest, heaviest = row["weight"]
    return {
        "id": row["id"], "name": row["name"], "type": row["type"], "description": "", "platform": row["platform"],
        "dimension_limit": {"max_length": length, "max_width": width, "max_height": height, "unit": "CM"},
        "weight_limit": {"min_weight": lightest, "max_weight": heaviest, "unit": "GRAM"},
    }  # fmt: skip


def prerequisites(here: Context, _ask: Ask) -> dict[str, Any]:
    """GET prerequisites: whether the shop can list at all; the names of the items are invented."""
    found = {
        "SHOP_STATUS": ["The shop's seller centers are being merged."] if here.shop.merging else [],
        "WAREHOUSE": ["All warehouses are in holiday mode."] if here.shop.holiday else [],
    }
    rows = [{"check_item": item, "is_failed": bool(why), "fail_reasons": why} for item, why in found.items()]
    return {"check_results": rows}
