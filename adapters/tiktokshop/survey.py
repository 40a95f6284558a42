"""First contact: everything that a shop tells without being written to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from adapters.contract import AuthError, Courier, Location, MarketplaceError, RefusedCall, Survey, Transient
from adapters.tiktokshop import learning
from adapters.tiktokshop.client import TikTokClient, objects, whole
from adapters.tiktokshop.facts import BOTH, TIKTOK
from adapters.tiktokshop.mapping import dump
from adapters.tiktokshop.steps import CREATE

Row = Mapping[str, Any]
T = TypeVar("T")
GRAMS = {"GRAM": 1.0, "KILOGRAM": 1000.0, "POUND": 453.592}
CENTIMETRES = {"CENTIMETER": 1.0, "INCH": 2.54}


def survey(client: TikTokClient, grant_ends: datetime | None) -> Survey:
    """Ask everything that can be asked without writing. A call that the shop may not use is told, not raised.

    Raises:
        MarketplaceError: not even the shop's own id could be read, or the line failed.
    """
    shop = client.shop()
    refused: list[RefusedCall] = []
    none: list[Row] = []
    warehouses = _asked(refused, "get_warehouse_list", lambda: learning.warehouses(client), none)
    places = [_location(row) for row in warehouses if row.get("id")]
    couriers: list[Courier] = []
    if where := _where(places, client.access.location):
        couriers = _asked(refused, "get_warehouse_delivery_options", lambda: _couriers(client, where), [])
    storefronts = [name for name in BOTH if _asked(refused, "get_categories", partial(_sells_on, client, name), False)]
    listed = _asked(refused, "search_products", lambda: _count(client), None)
    _asked(refused, "get_order_list", lambda: _orders(client), None)
    refused += _asked(refused, "check_listing_prerequisites", lambda: _not_ready(client), [])
    return Survey(
        shop_id=str(shop["id"]),
        name=str(shop.get("name") or ""),
        locations=tuple(places),
        couriers=tuple(couriers),
        storefronts=tuple(storefronts) or (TIKTOK,),
        listings_now=listed,
        refused=tuple(refused),
        clock_skew_s=client.shown_skew_s,
        grant_ends=grant_ends,
    )


def _asked(refused: list[RefusedCall], operation: str, ask: Callable[[], T], otherwise: T) -> T:
    """What a call tells; a refusal is written down, only the line and the token end the survey."""
    try:
        return ask()
    except (Transient, AuthError):
        raise
    except MarketplaceError as error:
        refused.append(RefusedCall(operation, error.code, error.text))
        return otherwise


def _location(row: Row) -> Location:
    return Location(str(row["id"]), str(row.get("name") or ""), bool(row.get("is_default")))


def _where(places: Sequence[Location], bound: str | None) -> str | None:
    """The warehouse whose couriers are asked for: the one that is bound, the default one, or the first."""
    ids = [place.id for place in places]
    if bound in ids:
        return bound
    return next((place.id for place in places if place.default), ids[0] if ids else None)


def _couriers(client: TikTokClient, warehouse: str) -> list[Courier]:
    rows = client.read("get_warehouse_delivery_options", {"warehouse": warehouse}).rows("delivery_options")
    return [
        Courier(str(row["id"]), str(row.get("name") or ""), True, _weights(row.get("weight_limit")),
                _sizes(row.get("dimension_limit")))
        for row in rows if row.get("id")
    ]  # fmt: skip


def _weights(limit: Any) -> tuple[int, int] | None:
    if not isinstance(limit, dict) or limit.get("unit") not in GRAMS or whole(limit.get("max_weight")) is None:
        return None
    unit = GRAMS[limit["unit"]]
    return round((whole(limit.get("min_weight")) or 0) * unit), round((whole(limit["max_weight"]) or 0) * unit)


def _sizes(limit: Any) -> tuple[int, int, int] | None:
    if not isinstance(limit, dict) or limit.get("unit") not in CENTIMETRES:
        return None
    sides = [whole(limit.get(f"max_{side}")) for side in ("length", "width", "height")]
    unit = CENTIMETRES[limit["unit"]]
    length, width, height = (int((side or 0) * unit) for side in sides)
    return (length, width, height) if all(side is not None for side in sides) else None


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
