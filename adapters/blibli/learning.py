"""Reading what a store allows: categories, attributes, pickup points. Few calls a day are granted (section 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.blibli.client import BlibliClient, dump
from adapters.blibli.facts import bounds_of
from adapters.contract import Cause, Facts, MarketplaceError, ShopBounds

FAMILY_COLOUR = "FA-2000060"
Row = Mapping[str, Any]


def learn(client: BlibliClient, categories: Sequence[str]) -> Facts:
    """The store's facts for these leaf categories; an id that is no leaf has known=False.

    Raises:
        MarketplaceError: nothing was learnt.
    """
    point = _point(client)
    leaves = set(_leaves(client.read("categories").rows()))
    bounds: dict[str, ShopBounds] = {}
    private: dict[str, Any] = {}
    for category in dict.fromkeys(categories):
        if category not in leaves:
            bounds[category] = ShopBounds(known=False)
            continue
        rows = client.read("attributes", about=category).rows()
        bounds[category], private[category] = bounds_of(rows), _kept(rows)
    return Facts(client.store.code, bounds, dump({"point": point, "categories": private}))


def _leaves(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        children = row.get("children") or []
        if children:
            yield from _leaves(children)
        else:
            yield str(row.get("categoryCode") or row.get("code"))


def _kept(rows: Sequence[Row]) -> dict[str, Any]:
    creating = [(str(r["code"]), str(r.get("name") or "")) for r in rows if r.get("variantCreating")]
    plain = [str(r["code"]) for r in rows if not r.get("variantCreating") and r["code"] != FAMILY_COLOUR]
    return {"creating": creating, "plain": plain, "family": any(r["code"] == FAMILY_COLOUR for r in rows)}


def _point(client: BlibliClient) -> str | None:
    """The bound pickup point; a store with several must name one in the config."""
    codes = [str(row["code"]) for row in client.read("pickup_points").rows() if row.get("code")]
    wanted = client.store.location
    if wanted in codes:
        return wanted
    if len(codes) == 1 and wanted is None:
        return codes[0]
    text = f"bind one of the store's pickup points ({', '.join(codes) or 'it has none'}) as `location` in the config"
    raise MarketplaceError(Cause.binding, "pickup_point", text)
