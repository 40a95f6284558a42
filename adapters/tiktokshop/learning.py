"""Reading what a shop allows: its warehouse, its storefronts, categories with attributes and brands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from adapters.contract import Cause, Facts, MarketplaceError, ShopBounds
from adapters.tiktokshop import facts as shop
from adapters.tiktokshop.causes import STOREFRONT
from adapters.tiktokshop.client import PAGE, TikTokClient
from adapters.tiktokshop.mapping import dump
from adapters.tiktokshop.noticing import Notices
from adapters.words import sentence

Row = Mapping[str, Any]
VERSION = ("category_version", "v2")  # v1, the default, is refused in South-East Asia (facts, section 7.1)
LOCALE = ("locale", "id-ID")
BRAND_PAGES_MOST = 20
"""So many pages of brands are read of a category: what is further down is listed without its brand."""


def learn(client: TikTokClient, categories: Sequence[str], notices: Notices) -> Facts:
    """The shop's facts for these leaf categories; an id that the shop does not know, or may not use, has known=False.

    Raises:
        MarketplaceError: nothing was learnt.
    """
    shop_id = str(client.shop()["id"])
    warehouse = warehouse_of(warehouses(client), client.access.location)
    leaves = {name: found for name in shop.BOTH if (found := _leaves(client, name)) is not None}
    wanted = list(dict.fromkeys(categories))
    known = [c for c in wanted if any(c in found for found in leaves.values())]
    read = dict(zip(known, client.abreast(partial(_category, client), known), strict=True))
    _spelt([row for rows, _ in read.values() for row in rows], notices)
    bounds = {c: shop.bounds_of(read[c][0]) if c in read else ShopBounds(known=False) for c in wanted}
    private = {c: shop.category_json(*read[c], [name for name, found in leaves.items() if c in found]) for c in known}
    kept = {"warehouse": warehouse, "storefronts": list(leaves), "categories": private}
    return Facts(shop_id, bounds, dump(kept))


def warehouses(client: TikTokClient) -> list[Row]:
    """The warehouses that goods are sold from and that may be written to now or later (facts, section 8)."""
    rows = client.read("get_warehouse_list").rows("warehouses")
    return [r for r in rows if r.get("type") == "SALES_WAREHOUSE" and r.get("effect_status") != "DISABLED"]


def warehouse_of(rows: Sequence[Row], bound: str | None) -> str:
    """The warehouse that our stock lies in: the one that was bound, else the only one.

    Raises:
        MarketplaceError: there is none, or there are several and none was bound.
    """
    there = {str(row["id"]): str(row.get("name") or "") for row in rows if row.get("id")}
    if bound is not None and bound in there:
        return bound
    if len(there) == 1 and bound is None:
        return next(iter(there))
    if not there:
        raise MarketplaceError(
            Cause.binding, "no_warehouse", sentence("the shop has no warehouse that goods are sold from")
        )
    listed = ", ".join(f"{name} ({key})" for key, name in sorted(there.items()))
    code = "several_locations" if bound is None else "unknown_location"
    raise MarketplaceError(Cause.binding, code, f"bind one of the shop's warehouses: {listed}")


def _leaves(client: TikTokClient, storefront: str) -> set[str] | None:
    """The leaf categories of a storefront that the shop may use; None if the shop does not sell there.

    Storefronts have meaning for sellers who came over from Tokopedia only (facts, section 1); the others are TikTok
    Shop's alone, and what the second list answers them is in no source.
    """
    params = [LOCALE, VERSION, ("listing_platform", storefront)]
    try:
        rows = client.read("get_categories", params=params).rows("categories")
    except MarketplaceError as error:
        if storefront != shop.TIKTOK and (error.code in STOREFRONT or error.cause in (Cause.rejected, Cause.config)):
            return None
        raise
    found = {str(row["id"]) for row in rows if row.get("is_leaf") and _usable(row)}
    return found if found or storefront == shop.TIKTOK else None


def _usable(row: Row) -> bool:
    said = row.get("permission_statuses")
    return not isinstance(said, list) or not said or "AVAILABLE" in said


def _category(client: TikTokClient, category: str) -> tuple[list[Row], list[Row]]:
    """Attributes and brands of one category."""
    reply = client.read("get_category_attributes", {"category": category}, [LOCALE, VERSION])
    return reply.rows("attributes"), _brands(client, category)


def _spelt(attributes: Sequence[Row], notices: Notices) -> None:
    for spelling in ("is_requried", "is_required"):
        if any(spelling in row for row in attributes):
            notices.answer("required_spelling", spelling, "get_category_attributes", f"{spelling} stands on attributes")


def _brands(client: TikTokClient, category: str) -> list[Row]:
    brands: list[Row] = []
    token = ""
    for _ in range(BRAND_PAGES_MOST):
        page = [("page_size", str(PAGE)), *([("page_token", token)] if token else [])]
        reply = client.read("get_brands", params=[("category_id", category), VERSION, *page])
        brands += reply.rows("brands")
        token = str(reply.get("next_page_token") or "")
        if not token:
            break
    return brands
