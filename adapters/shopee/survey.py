"""What a Shopee shop says of itself: name, stock locations, couriers, how many items stand there, calls it may not use.

How many items a shop may have stands in no call of the reference: it is not said.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.asking import Asking, skew
from adapters.contract import Courier, Location, Survey
from adapters.shopee.client import ALL_STATUSES, Reply, ShopeeClient

Row = Mapping[str, Any]
ORDINARY = ("error_not_in_whitelist", "error_can_not_find_warehouse")
"""How an ordinary shop, with one place for its stock, answers the question for its places (facts, section 3.7)."""


def survey(client: ShopeeClient, now: datetime) -> Survey:
    """Ask everything that can be asked without writing.

    Raises:
        MarketplaceError: the shop itself could not be read, or the line failed.
    """
    shop = client.read("get_shop_info")
    asking = Asking()
    locations = asking.of("get_warehouse_detail", lambda: _locations(client)) or ()
    couriers = asking.of("get_channel_list", lambda: client.read("get_channel_list").rows("logistics_channel_list"))
    standing = asking.of("get_item_list", lambda: _count(client))
    asking.of("get_order_list", lambda: _orders(client, now))
    return Survey(
        shop_id=client.access.shop_id,
        name=str(shop.get("shop_name") or ""),
        locations=locations,
        couriers=tuple(map(_courier, couriers or ())),
        listings_now=standing,
        refused=tuple(asking.refused),
        clock_skew_s=skew(shop.answer.date, shop.answer.received_at),
        grant_ends=_instant(shop.get("expire_time")),
    )


def _locations(client: ShopeeClient) -> tuple[Location, ...]:
    reply = client.exchange("get_warehouse_detail", [("warehouse_type", "1")])
    if reply.code in ORDINARY:
        return ()
    if not reply.ok:
        raise client.error(reply)
    rows = [row for row in reply.payload if isinstance(row, dict)] if isinstance(reply.payload, list) else []
    found = {
        str(row["location_id"]): str(row.get("warehouse_name") or row["location_id"])
        for row in rows
        if row.get("location_id")
    }
    return tuple(Location(place, name) for place, name in found.items())


def _courier(row: Row) -> Courier:
    """Usable are those enabled and not behind a mask (facts, section 3.10). Kilograms and centimetres; 0 = not said."""
    weight, size = row.get("weight_limit") or {}, row.get("item_max_dimension") or {}
    least, most = (round(float(weight.get(f"item_{end}_weight") or 0) * 1000) for end in ("min", "max"))
    sides = tuple(int(float(size.get(side) or 0)) for side in ("length", "width", "height"))
    return Courier(
        id=str(row.get("logistics_channel_id")),
        name=str(row.get("logistics_channel_name") or ""),
        enabled=bool(row.get("enabled")) and not row.get("mask_channel_id"),
        weight_g=(least, most) if most else None,
        size_cm=(sides[0], sides[1], sides[2]) if all(sides) else None,
    )


def _count(client: ShopeeClient) -> int | None:
    statuses = [("item_status", s) for s in ALL_STATUSES if not s.endswith("_DELETE")]
    reply = client.read("get_item_list", [("offset", "0"), ("page_size", "1"), *statuses])
    total = reply.get("total_count")
    return int(total) if total is not None else None


def _orders(client: ShopeeClient, now: datetime) -> Reply:
    """Whether orders may be read: a window of an hour, without any details."""
    since, until = (str(int(moment.timestamp())) for moment in (now - timedelta(hours=1), now))
    window = [("time_range_field", "update_time"), ("time_from", since), ("time_to", until)]
    return client.read("get_order_list", [*window, ("page_size", "1"), ("cursor", "")])


def _instant(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None
