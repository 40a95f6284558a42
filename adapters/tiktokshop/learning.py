"""Reading what a shop allows: its warehouse, storefronts and couriers, categories with attributes and brands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from adapters.asking import Asking
from adapters.categories import flat
from adapters.contract import CategoryNode, Cause, Courier, Facts, MarketplaceError, ShopBounds
from adapters.tiktokshop import facts as shop
from adapters.tiktokshop.causes import STOREFRONT
from adapters.tiktokshop.client import PAGE, TikTokClient
from adapters.tiktokshop.mapping import dump
from adapters.words import kept, sentence

Row = Mapping[str, Any]
VERSION = ("category_version", "v2")  # v1, the default, is refused in South-East Asia (facts, section 7.1)
LOCALE = ("locale", "id-ID")
BRAND_PAGES_MOST = 20
"""So many pages of brands are read of a category: what is further down is listed without its brand."""


def learn(client: TikTokClient, categories: Sequence[str]) -> Facts:
    """The shop's facts for these leaf categories; an id that the shop does not know, or may not use, has known=False.

    Raises:
        MarketplaceError: nothing was learnt.
    """
    shop_id = str(client.shop()["id"])
    warehouse = warehouse_of(warehouses(client), client.access.location)
    leaves = {name: _leaves(rows) for name, rows in _trees(client).items()}
    wanted = list(dict.fromkeys(categories))
    known = [c for c in wanted if any(c in found for found in leaves.values())]
    read = dict(zip(known, client.abreast(partial(_category, client), known), strict=True))
    bounds = {c: shop.bounds_of(read[c][0]) if c in read else ShopBounds(known=False) for c in wanted}
    private = {c: shop.category_json(*read[c], [name for name, found in leaves.items() if c in found]) for c in known}
    # Without them the seller's own choice stays in every listing, so a refusal is no reason to learn nothing.
    delivery = Asking().of("get_warehouse_delivery_options", lambda: couriers(client, warehouse)) or ()
    kept = {
        "warehouse": warehouse, "storefronts": list(leaves), "categories": private,
        "couriers": [courier.id for courier in delivery],
    }  # fmt: skip
    return Facts(shop_id, bounds, dump(kept), delivery)


def tree(client: TikTokClient) -> Iterator[CategoryNode]:
    """Every category of either storefront, less the leafs that the shop may not use: one read for each, without pages.

    Raises:
        MarketplaceError: one of them could not be read.
    """
    by_id: dict[str, Row] = {}
    for rows in _trees(client).values():
        for row in rows:
            if row.get("id") and (not row.get("is_leaf") or _usable(row)):
                by_id.setdefault(str(row["id"]), {**row, "has_children": not row.get("is_leaf")})
    yield from flat(
        list(by_id.values()), id_key="id", parent_key="parent_id", name_keys=("local_name",),
        parent_of_key="has_children",
    )  # fmt: skip


def suggest(client: TikTokClient, title: str) -> tuple[str, ...]:
    """The leaf that is recommended for a title, unless the shop may not use it.

    Raises:
        MarketplaceError: it could not be asked.
    """
    said = {"product_title": title, **dict((LOCALE, VERSION))}
    reply = client.read("recommend_category", body=dump(said))
    leaf = str(reply.get("leaf_category_id") or "")
    barred = [row for row in reply.rows("categories") if str(row.get("id")) == leaf and not _usable(row)]
    return (leaf,) if leaf and not barred else ()


def warehouses(client: TikTokClient) -> list[Row]:
    """The warehouses that goods are sold from and that may be written to now or later (facts, section 8)."""
    rows = client.read("get_warehouse_list").rows("warehouses")
    return [r for r in rows if r.get("type") == "SALES_WAREHOUSE" and r.get("effect_status") != "DISABLED"]


def couriers(client: TikTokClient, warehouse: str) -> tuple[Courier, ...]:
    """The ways of delivery of a warehouse, with the largest parcel of each.

    Raises:
        MarketplaceError: they could not be read.
    """
    rows = client.read("get_warehouse_delivery_options", {"warehouse": warehouse}).rows("delivery_options")
    return shop.couriers_of(rows)


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
    raise MarketplaceError(Cause.binding, code, kept("bind one of the shop's warehouses: {listed}", listed=listed))


def _trees(client: TikTokClient) -> dict[str, list[Row]]:
    """The categories of each storefront that the shop sells on."""
    found = {name: _tree(client, name) for name in shop.BOTH}
    return {name: rows for name, rows in found.items() if rows or name == shop.TIKTOK}


def _tree(client: TikTokClient, storefront: str) -> list[Row]:
    """The categories of a storefront; none if the shop does not sell there.

    Storefronts have meaning for sellers who came over from Tokopedia only (facts, section 1); the others are TikTok
    Shop's alone, and what the second list answers them is in no source.
    """
    params = [LOCALE, VERSION, ("listing_platform", storefront)]
    try:
        return client.read("get_categories", params=params).rows("categories")
    except MarketplaceError as error:
        if storefront != shop.TIKTOK and (error.code in STOREFRONT or error.cause in (Cause.rejected, Cause.config)):
            return []
        raise


def _leaves(rows: Sequence[Row]) -> set[str]:
    return {str(row["id"]) for row in rows if row.get("id") and row.get("is_leaf") and _usable(row)}


def _usable(row: Row) -> bool:
    said = row.get("permission_statuses")
    return not isinstance(said, list) or not said or "AVAILABLE" in said


def _category(client: TikTokClient, category: str) -> tuple[list[Row], list[Row]]:
    """Attributes and brands of one category."""
    reply = client.read("get_category_attributes", {"category": category}, [LOCALE, VERSION])
    return reply.rows("attributes"), _brands(client, category)


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
