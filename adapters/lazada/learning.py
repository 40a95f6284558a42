"""Reading what a shop allows: its own id, categories and their attributes, its warehouse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from adapters.categories import nested
from adapters.contract import CategoryNode, Cause, Facts, Location, MarketplaceError, ShopBounds
from adapters.lazada import facts as shop
from adapters.lazada.client import LazadaClient, Reply
from adapters.lazada.mapping import dump
from adapters.words import kept, sentence

Row = Mapping[str, Any]
LANGUAGE = ("language_code", "id_ID")
NO_SUGGESTION = "701"


def learn(client: LazadaClient, categories: Sequence[str]) -> Facts:
    """The shop's facts for these categories; an id that is no leaf of the tree has known=False.

    Raises:
        MarketplaceError: nothing was learnt.
    """
    shop_id = shop_id_of(client, client.read("GetSeller"))
    leaves = {node.id for node in tree(client) if node.leaf} if categories else set()
    known = [category for category in dict.fromkeys(categories) if category in leaves]
    rows = dict(zip(known, client.abreast(partial(_attributes, client), known), strict=True))
    private = {category: shop.category_json(found) for category, found in rows.items() if found is not None}
    bounds = {
        category: shop.bounds_of(private[category]) if category in private else ShopBounds(known=False)
        for category in dict.fromkeys(categories)
    }
    kept = {"warehouse": bound_warehouse(client, warehouses(client)), "categories": private}
    return Facts(shop_id, bounds, dump(kept))


def tree(client: LazadaClient) -> Iterator[CategoryNode]:
    """Every category that this shop is shown: one read, without pages (facts, section 8).

    Raises:
        MarketplaceError: it could not be read.
    """
    yield from nested(_list(client.read("GetCategoryTree", [LANGUAGE])), ("category_id",), ("name",))


def suggest(client: LazadaClient, title: str) -> tuple[str, ...]:
    """What Lazada proposes for a title, the best first; 701 is its word for nothing (facts, section 8).

    Raises:
        MarketplaceError: it could not be asked.
    """
    reply = client.exchange("GetCategorySuggestion", [("product_name", title)])
    if reply.code == NO_SUGGESTION:
        return ()
    if not reply.ok:
        raise client.error(reply)
    rows = reply.rows("categorySuggestions")
    return tuple(dict.fromkeys(str(row["categoryId"]) for row in rows if row.get("categoryId") is not None))


def shop_id_of(client: LazadaClient, seller: Reply) -> str:
    """The id of the shop that answers: the one that was asked for, by its number or its short code.

    Raises:
        MarketplaceError: the answer names no shop.
    """
    names = [str(seller.get(key)) for key in ("seller_id", "short_code") if seller.get(key) is not None]
    if not names:
        raise MarketplaceError(
            Cause.binding, "no_shop_id", sentence("the account shows no id, so the shop cannot be checked")
        )
    return client.access.shop_id if client.access.shop_id in names else names[0]


def warehouses(client: LazadaClient) -> list[Location]:
    """Where stock lies."""
    return shop.locations_of(client.read("GetWarehouseBySellerId").payload)


def bound_warehouse(client: LazadaClient, places: Sequence[Location]) -> str | None:
    """The warehouse to write to, in shops that have several; None where there is only one (facts, section 7.3).

    Raises:
        MarketplaceError: there are several, and none of them is bound.
    """
    codes = list(dict.fromkeys(place.id for place in places))
    if len(codes) < 2:
        return None
    wanted = (client.access.location or "").casefold()
    if (found := next((code for code in codes if code.casefold() == wanted), None)) is not None:
        return found
    text = kept("the shop has several warehouses ({there}): bind one", there=", ".join(sorted(codes)))
    raise MarketplaceError(Cause.binding, "several_locations", text)


def _attributes(client: LazadaClient, category: str) -> list[Row] | None:
    """The attributes of a category; None where the shop does not know it, or it takes no products any more."""
    reply = client.exchange("GetCategoryAttributes", [("primary_category_id", category), LANGUAGE])
    if reply.code in ("57", "4227", "4228"):
        return None
    if not reply.ok:
        raise client.error(reply)
    return _list(reply)


def _list(reply: Reply) -> list[Row]:
    return [row for row in reply.payload if isinstance(row, dict)] if isinstance(reply.payload, list) else []
