"""What a Blibli store says of itself: pickup points, how many listings stand there, calls it may not use.

No call of the facts names the store, its couriers or how many products it may have: they are not said.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from adapters.asking import Asking, skew
from adapters.blibli.client import BlibliClient, Reply
from adapters.blibli.mapping import dump
from adapters.contract import Location, Survey


def survey(client: BlibliClient, now: datetime) -> Survey:
    """Ask everything that can be asked without writing; the category tree, allowed five times a day, is left to learn.

    Raises:
        MarketplaceError: the store itself could not be read, or the line failed.
    """
    points = client.read("pickup_points")
    asking = Asking()
    standing = asking.of("list_v2", lambda: _count(client))
    asking.of("submissions", lambda: _submissions(client))
    asking.of("orders", lambda: _orders(client, now))
    named = {str(row["code"]): str(row.get("name") or row["code"]) for row in points.rows if row.get("code")}
    return Survey(
        shop_id=client.access.store,
        name="",
        locations=tuple(Location(code, name) for code, name in named.items()),
        listings_now=standing,
        refused=tuple(asking.refused),
        clock_skew_s=skew(points.answer.date, points.answer.received_at),
    )


def _count(client: BlibliClient) -> int | None:
    """Variants, as the list counts them; what stands in the archive is left out."""
    return client.read("list_v2", dump({"isArchive": False, "page": 0, "size": 1}).encode()).total


def _submissions(client: BlibliClient) -> Reply:
    body = {"filter": {"state": "ALL"}, "paging": {"page": 0, "size": 1}}
    return client.read("submissions", json.dumps(body).encode())


def _orders(client: BlibliClient, now: datetime) -> Reply:
    """Whether orders may be read: a window of an hour, one row of it."""
    start, end = (int(moment.timestamp() * 1000) for moment in (now - timedelta(hours=1), now))
    body = {
        "filter": {"statusFPDateRange": {"start": start, "end": end}},
        "sorting": {"by": "statusFPUpdatedTimestamp", "direction": "ASC"},
        "paging": {"page": 0, "size": 1},
    }
    return client.read("orders", json.dumps(body).encode())
