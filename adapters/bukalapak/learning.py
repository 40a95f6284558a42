"""Reading what a shop allows: whose token it is, categories, attributes (facts, sections 4.3 and 4.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.bukalapak.client import BukalapakClient
from adapters.contract import Facts, ShopBounds

PICTURES = (1, 5)


def learn(client: BukalapakClient, categories: Sequence[str], variants: bool) -> Facts:
    """The shop's facts for these leaf categories. `variants` = whether a create may carry them (an assumption).

    Raises:
        MarketplaceError: nothing was learnt.
    """
    me = client.read("me").payload
    leaves = set(_leaves(client.read("categories").rows()))
    bounds = {
        one: _bounds(client, one, variants) if one in leaves else ShopBounds(known=False)
        for one in dict.fromkeys(categories)
    }
    return Facts(_store(me) or client.access.shop_id, bounds)


def _store(me: Any) -> str | None:
    store = me.get("store") if isinstance(me, dict) else None
    return str(store["id"]) if isinstance(store, dict) and store.get("id") else None


def _leaves(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        children = row.get("children") or []
        if children:
            yield from _leaves(children)
        else:
            yield str(row.get("id"))


def _bounds(client: BukalapakClient, category: str, variants: bool) -> ShopBounds:
    rows = client.read("attributes", (category,)).rows()
    required = tuple((str(r["name"]), str(r.get("display_name") or "")) for r in rows if r.get("required"))
    return ShopBounds(pictures=PICTURES, options=None if variants else 0, required_attributes=required)
