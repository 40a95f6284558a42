"""What a Bukalapak shop says of itself: name, carriers, how many listings stand there, calls it may not use.

There is one place for stock, and how many listings a shop may have is not said; uploads have quotas, which `learn`
reads. The fields of `GET /me` and of a carrier are in no source (facts, sections 4.3 and 4.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from adapters.asking import Asking, skew
from adapters.bukalapak.client import BukalapakClient, Reply, local
from adapters.bukalapak.learning import shop_id_of
from adapters.bukalapak.looking import ALL
from adapters.contract import Courier, Survey

Row = Mapping[str, Any]


def survey(client: BukalapakClient, now: datetime) -> Survey:
    """Ask everything that can be asked without writing.

    Raises:
        MarketplaceError: the account itself could not be read, or the line failed.
    """
    me = client.read("me")
    asking = Asking()
    carriers = asking.of("carriers", lambda: client.read("carriers").rows())
    asking.of("categories", lambda: client.read("categories"))
    standing = asking.of("my_products", lambda: _count(client))
    asking.of("transactions", lambda: _orders(client, now))
    store = me.get("store")
    return Survey(
        shop_id=shop_id_of(client, me.payload),
        name=str(store.get("name") or "") if isinstance(store, Mapping) else "",
        couriers=tuple(map(_courier, carriers or ())),
        listings_now=standing,
        refused=tuple(asking.refused),
        clock_skew_s=skew(me.answer.date, me.answer.received_at),
    )


def _courier(row: Row) -> Courier:
    name = str(row.get("carrier") or "")
    return Courier(name, name, True)


def _count(client: BukalapakClient) -> int | None:
    return client.read("my_products", None, [*ALL, ("limit", "1"), ("offset", "0")]).total


def _orders(client: BukalapakClient, now: datetime) -> Reply:
    """Whether orders may be read: a window of an hour, one row of it."""
    window = [("start_time", local(now - timedelta(hours=1))), ("end_time", local(now))]
    return client.read("transactions", None, [*window, ("limit", "1"), ("offset", "0")])
