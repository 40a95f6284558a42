"""First contact: everything that a shop tells without being written to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from adapters.asking import Asking
from adapters.contract import Courier, Location, RefusedCall, Survey
from adapters.tiktokshop import learning
from adapters.tiktokshop.client import TikTokClient, objects, whole
from adapters.tiktokshop.facts import BOTH, TIKTOK
from adapters.tiktokshop.mapping import dump
from adapters.tiktokshop.steps import CREATE

Row = Mapping[str, Any]


def survey(client: TikTokClient, grant_ends: datetime | None) -> Survey:
    """Ask everything that can be asked without writing. A call that the shop may not use is told, not raised.

    Raises:
        MarketplaceError: not even the shop's own id could be read, or the line failed.
    """
    shop = client.shop()
    asking = Asking()
    warehouses = asking.of("get_warehouse_list", lambda: learning.warehouses(client)) or ()
    places = [_location(row) for row in warehouses if row.get("id")]
    couriers: Sequence[Courier] | None = ()
    if where := _where(places, client.access.location):
        couriers = asking.of("get_warehouse_delivery_options", lambda: learning.couriers(client, where))
    storefronts = [name for name in BOTH if asking.of("get_categories", partial(_sells_on, client, name))]
    listed = asking.of("search_products", lambda: _count(client))
    asking.of("get_order_list", lambda: _orders(client))
    lacking = asking.of("check_listing_prerequisites", lambda: _not_ready(client)) or []
    return Survey(
        shop_id=str(shop["id"]),
        name=str(shop.get("name") or ""),
        locations=tuple(places),
        couriers=tuple(couriers or ()),
        storefronts=tuple(storefronts) or (TIKTOK,),
        listings_now=listed,
        refused=(*asking.refused, *lacking),
        clock_skew_s=client.shown_skew_s,
        grant_ends=grant_ends,
    )


def _location(row: Row) -> Location:
    return Location(str(row["id"]), str(row.get("name") or ""), bool(row.get("is_default")))


def _where(places: Sequence[Location], bound: str | None) -> str | None:
    """The warehouse whose couriers are asked for: the one that is bound, the default one, or the first."""
    ids = [place.id for place in places]
    if bound in ids:
        return bound
    return next((place.id for place in places if place.default), ids[0] if ids else None)


def _sells_on(client: TikTokClient, storefront: str) -> bool:
    params = [learning.LOCALE, learning.VERSION, ("listing_platform", storefront)]
    return bool(client.read("get_categories", params=params).rows("categories"))


def _count(client: TikTokClient) -> int | None:
    reply = client.read("search_products", params=[("page_size", "1")], body=dump({"status": "ALL"}))
    return whole(reply.get("total_count"))


def _orders(client: TikTokClient) -> None:
    client.read("get_order_list", params=[("page_size", "1")], body=dump({}))


def _not_ready(client: TikTokClient) -> list[RefusedCall]:
    """What the shop lacks to list anything, by the marketplace's own check (facts, section 7.9)."""
    rows = client.read("check_listing_prerequisites").rows("check_results")
    failed = [row for row in objects(rows) if row.get("is_failed")]
    return [RefusedCall(CREATE, str(row.get("check_item") or ""), _reasons(row)) for row in failed]


def _reasons(row: Row) -> str:
    return "; ".join(str(reason) for reason in row.get("fail_reasons") or [])
