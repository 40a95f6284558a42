"""Reading what a shop allows: its own id, categories and their attributes, upload quotas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from adapters.bukalapak import facts as shop
from adapters.bukalapak.client import BukalapakClient, Reply
from adapters.bukalapak.looking import ALL
from adapters.bukalapak.mapping import dump
from adapters.categories import nested
from adapters.contract import CategoryNode, Cause, Facts, MarketplaceError, ShopBounds
from adapters.words import sentence

Row = Mapping[str, Any]


def learn(client: BukalapakClient, categories: Sequence[str], assumed: shop.Assumed, now: datetime) -> Facts:
    """The shop's facts for these categories; an id that is no leaf of the tree has known=False.

    Raises:
        MarketplaceError: nothing was learnt.
    """
    shop_id = shop_id_of(client, client.read("me").payload)
    leaves = set(shop.leaves(_list(client.read("categories"), "categories")))
    bounds, private = {}, {}
    known = [category for category in dict.fromkeys(categories) if category in leaves]
    attributes = dict(zip(known, client.abreast(partial(_attributes, client), known), strict=True))
    for category in dict.fromkeys(categories):
        rows = attributes.get(category)
        if rows is None:
            bounds[category] = ShopBounds(known=False)
            continue
        private[category] = shop.attributes_json(rows)
        bounds[category] = shop.bounds_of(private[category], assumed)
    kept = {"categories": private, "uploads": shop.uploads_json(_uploads(client, now))}
    return Facts(shop_id, bounds, dump(kept))


def tree(client: BukalapakClient) -> Iterator[CategoryNode]:
    """Every category (facts, section 3.5).

    Raises:
        MarketplaceError: it could not be read.
    """
    yield from nested(_list(client.read("categories"), "categories"), ("id",), ("name",))


def _attributes(client: BukalapakClient, category: str) -> list[Row]:
    return _list(client.read("attributes", {"category": category}), "attributes")


def shop_id_of(client: BukalapakClient, me: Any) -> str:
    """The id of the shop that answers: the one that was asked for, if it stands under any name that an id may have.

    The fields of `GET /me` are in no source (facts, section 4.3).

    Raises:
        MarketplaceError: there is no id at all.
    """
    names = list(_ids(me)) if isinstance(me, dict) else []
    if not names:
        raise MarketplaceError(
            Cause.binding, "no_shop_id", sentence("the account shows no id, so the shop cannot be checked")
        )
    return client.access.shop_id if client.access.shop_id in names else names[0]


def _ids(me: Row) -> Iterator[str]:
    store = me.get("store")
    rows = [me, store] if isinstance(store, dict) else [me]
    for row in rows:
        yield from (str(row[key]) for key in ("id", "user_id", "store_id") if row.get(key) is not None)


def _list(reply: Reply, key: str) -> list[Row]:
    """The rows of a v2 list: under their own name, else under whichever name there is a list (facts, section 6)."""
    body = reply.payload if isinstance(reply.payload, dict) else {}
    lists = [value for value in (body.get(key), *body.values()) if isinstance(value, list)]
    return [row for row in (lists[0] if lists else []) if isinstance(row, dict)]


def _uploads(client: BukalapakClient, now: datetime) -> shop.Uploads | None:
    """The quota stands on product rows only: an empty shop tells none (facts, section 4.3)."""
    rows = client.read("my_products", None, [*ALL, ("limit", "1"), ("offset", "0")]).rows()
    return next((left for row in rows if (left := shop.uploads_of(row, now)) is not None), None)
