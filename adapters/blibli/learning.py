"""Reading what a store allows: leaf categories, attributes, brands, pickup points.

The budgets are tight (5 category trees a day, 5 attribute lists a day and category: facts, section 6), so one `learn`
reads each of them once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.blibli import facts as shop
from adapters.blibli.client import BlibliClient
from adapters.blibli.mapping import dump
from adapters.categories import nested
from adapters.contract import CategoryNode, Cause, Facts, MarketplaceError, ShopBounds
from adapters.words import kept

Row = Mapping[str, Any]
PAGE = 100
BRAND_PAGES = 50
"""5,000 brands are enough to find a small producer's own; a name that was not read is sent as it is written."""


def learn(client: BlibliClient, categories: Sequence[str], floor: int) -> Facts:
    """The store's facts for these leaf categories; what is unknown or no leaf has known=False.

    Raises:
        MarketplaceError: nothing was learnt.
    """
    points = [str(row["code"]) for row in client.read("pickup_points").rows if row.get("code")]
    point = _point(client, points)
    leaves = set(_leaves(client.read("categories").payload))
    bounds: dict[str, ShopBounds] = {}
    private: dict[str, Any] = {}
    for category in dict.fromkeys(categories):
        rows = _attributes(client, category) if category in leaves else None
        bounds[category] = ShopBounds(known=False) if rows is None else shop.bounds_of(rows, floor)
        if rows is not None:
            private[category] = shop.attributes_json(rows)
    kept = {"point": point, "several": len(set(points)) > 1, "brands": _brands(client), "categories": private}
    return Facts(client.access.store, bounds, dump(kept))


def tree(client: BlibliClient) -> Iterator[CategoryNode]:
    """Every category; the names of both readers' shapes are known (facts, section 8).

    Raises:
        MarketplaceError: it could not be read.
    """
    found = client.read("categories").payload
    rows = [row for row in (found if isinstance(found, list) else [found]) if isinstance(row, Mapping)]
    yield from nested(rows, ("categoryCode", "code"), ("categoryName", "name"))


def _point(client: BlibliClient, points: Sequence[str]) -> str | None:
    """The pickup point of this channel: the one that is bound, else the only one there is."""
    bound, there = client.access.location, ", ".join(sorted(set(points)))
    if bound in points:
        return bound
    if bound is not None:
        text = kept("the store has no pickup point '{bound}'; it has: {there}",
                    bound=bound, there=there or kept("none"))  # fmt: skip
        raise MarketplaceError(Cause.binding, "unknown_location", text)
    if len(set(points)) > 1:
        text = kept("the store has several pickup points ({there}): bind one", there=there)
        raise MarketplaceError(Cause.binding, "several_locations", text)
    return points[0] if points else None


def _leaves(tree: Any) -> Iterator[str]:
    """Codes of the categories without children (facts, section 8)."""
    nodes = tree if isinstance(tree, list) else [tree] if isinstance(tree, dict) else []
    for node in nodes:
        children = node.get("children") or []
        if children:
            yield from _leaves(children)
        elif code := node.get("categoryCode") or node.get("code"):
            yield str(code)


def _attributes(client: BlibliClient, category: str) -> list[Row] | None:
    """The attributes of one category; None if Blibli does not know it after all."""
    reply = client.exchange("attributes", target=category, keys={"sku": category})
    if reply.ok:
        found = reply.payload if isinstance(reply.payload, list) else reply.get("attributes") or []
        return [row for row in found if isinstance(row, dict)]
    if reply.cause in (Cause.missing, Cause.config):
        return None
    raise client.error(reply)


def _brands(client: BlibliClient) -> dict[str, list[str]]:
    """Approved brands by their name in lower case: [code, name]."""
    brands: dict[str, list[str]] = {}
    for page in range(BRAND_PAGES):
        reply = client.read("brands", params=[("brandName", ""), ("page", str(page)), ("size", str(PAGE))])
        for row in reply.rows:
            name = str(row.get("brandName") or "").strip()
            if name and str(row.get("brandApprovalStatus") or "APPROVED").upper() == "APPROVED":
                brands.setdefault(name.casefold(), [str(row.get("code") or ""), name])
        if len(reply.rows) < PAGE:
            break
    return brands
