"""Reading what a shop allows: bounds, attributes, brands, couriers, stock location."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from adapters.categories import flat
from adapters.contract import CategoryNode, Cause, Facts, MarketplaceError, ShopBounds
from adapters.shopee import facts as shop
from adapters.shopee.causes import normalise
from adapters.shopee.client import PAGE, ShopeeClient
from adapters.shopee.mapping import dump
from adapters.words import kept

Row = Mapping[str, Any]
CATEGORIES_PER_READ = 20
LANGUAGE = "id"


def learn(client: ShopeeClient, categories: Sequence[str]) -> Facts:
    """The shop's facts for these leaf categories; an id that the shop does not know has known=False.

    Raises:
        MarketplaceError: nothing was learnt.
    """
    client.read("get_shop_info")
    wanted = list(dict.fromkeys(categories))
    rules = dict(zip(wanted, client.abreast(partial(_rules, client), wanted), strict=True))
    trees = _trees(client, [c for c in wanted if rules[c] is not None])
    bounds, private = {}, {}
    for category in wanted:
        rule, tree = rules[category], trees.get(category)
        if rule is None or tree is None:
            bounds[category] = ShopBounds(known=False)
            continue
        found, brands, mandatory = rule
        private[category] = shop.category_json(found, tree, brands, mandatory)
        bounds[category] = shop.bounds_of(found, tree, mandatory, brands, private[category]["days_to_ship"])
    couriers = client.read("get_channel_list").rows("logistics_channel_list")
    kept = {"couriers": shop.couriers_of(couriers), "location": _location(client), "categories": private}
    return Facts(client.access.shop_id, bounds, dump(kept), shop.courier_values(couriers))


def tree(client: ShopeeClient) -> Iterator[CategoryNode]:
    """Every category that this shop is shown: one read, without pages (facts, section 3.9).

    Raises:
        MarketplaceError: it could not be read.
    """
    rows = client.read("get_category", [("language", LANGUAGE)]).rows("category_list")
    yield from flat(
        rows, id_key="category_id", parent_key="parent_category_id",
        name_keys=("display_category_name", "original_category_name"), parent_of_key="has_children",
    )  # fmt: skip


def suggest(client: ShopeeClient, title: str) -> tuple[str, ...]:
    """What category_recommend proposes for a name.

    Raises:
        MarketplaceError: it could not be asked.
    """
    found = client.read("category_recommend", [("item_name", title)]).get("category_id")
    return tuple(str(one) for one in found) if isinstance(found, list) else ()


def _rules(client: ShopeeClient, category: str) -> tuple[Row, list[Row], bool] | None:
    """Limits, brands and whether one is needed; None for a category that does not exist."""
    limits = _limits(client, category)
    return None if limits is None else (limits, *_brands(client, category))


def _limits(client: ShopeeClient, category: str) -> Row | None:
    try:
        reply = client.read("get_item_limit", [("category_id", category)])
    except MarketplaceError as error:
        _unknown_category(error)
        return None
    # gtin_limit is drawn beside `response` in the reference and read inside it by clients (facts, section
    # 3.8).
    outside = reply.answer.json if isinstance(reply.answer.json, dict) else {}
    beside = {"gtin_limit": outside["gtin_limit"]} if outside.get("gtin_limit") else {}
    return {**beside, **reply.payload} if isinstance(reply.payload, dict) else beside


def _unknown_category(error: MarketplaceError) -> None:
    """Pass over a category that does not exist; anything else is a failure."""
    code = normalise(error.code)
    if "category" in code or (code == "error_param" and "category" in error.text.lower()):
        return
    raise error


def _trees(client: ShopeeClient, categories: Sequence[str]) -> dict[str, list[Row]]:
    trees: dict[str, list[Row]] = {}
    chunks = [categories[at : at + CATEGORIES_PER_READ] for at in range(0, len(categories), CATEGORIES_PER_READ)]
    for found in client.abreast(partial(_tree, client), chunks):
        trees.update(found)
    return trees


def _tree(client: ShopeeClient, categories: Sequence[str]) -> dict[str, list[Row]]:
    """Attributes by category; where one id spoils the read, each is asked for alone."""
    params = [("category_id_list", ",".join(categories)), ("language", LANGUAGE)]
    try:
        reply = client.read("get_attribute_tree", params)
    except MarketplaceError as error:
        _unknown_category(error)
        if len(categories) == 1:
            return {}
        return {k: v for category in categories for k, v in _tree(client, [category]).items()}
    trees = {c: list[Row]() for c in categories}
    for row in reply.rows("list"):
        trees[str(row.get("category_id"))] = list(row.get("attribute_tree") or [])
    return trees


def _brands(client: ShopeeClient, category: str) -> tuple[list[Row], bool]:
    brands: list[Row] = []
    mandatory, offset = False, 0
    while True:
        page = [("offset", str(offset)), ("page_size", str(PAGE))]
        params = [*page, ("category_id", category), ("status", "1"), ("language", LANGUAGE)]
        reply = client.read("get_brand_list", params)
        brands += reply.rows("brand_list")
        mandatory = mandatory or bool(reply.get("is_mandatory"))
        if not reply.get("has_next_page"):
            return brands, mandatory
        offset = int(reply.get("next_offset") or offset + PAGE)


def _location(client: ShopeeClient) -> str | None:
    """The stock location of a multi-warehouse shop; ordinary shops are "not in the whitelist" (facts,
    3.7).
    """
    reply = client.exchange("get_warehouse_detail", [("warehouse_type", "1")])
    if reply.code in ("error_not_in_whitelist", "error_can_not_find_warehouse"):
        return None
    if not reply.ok:
        raise client.error(reply)
    rows = reply.payload if isinstance(reply.payload, list) else []
    locations = [str(r["location_id"]) for r in rows if isinstance(r, dict) and r.get("location_id")]
    if client.access.location in locations:
        return client.access.location
    if len(set(locations)) > 1:
        there = ", ".join(sorted(set(locations)))
        text = kept("the shop has several stock locations ({there}): bind one", there=there)
        raise MarketplaceError(Cause.binding, "several_locations", text)
    return locations[0] if locations else None
