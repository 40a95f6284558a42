"""First contact: everything that a shop can be asked without writing (facts, sections 7.10 and 10.1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from adapters.asking import Asking, skew
from adapters.contract import Survey
from adapters.lazada import facts as shop
from adapters.lazada.client import LazadaClient, Params, Reply
from adapters.lazada.learning import LANGUAGE, shop_id_of
from adapters.lazada.looking import moment


def survey(client: LazadaClient, now: datetime) -> Survey:
    """What the shop says of itself; a call that it may not use is a `RefusedCall`. Lazada tells no couriers.

    Raises:
        MarketplaceError: not even the shop's own id could be read.
    """
    seller = client.read("GetSeller")
    asking = Asking()

    def ask(operation: str, params: Params = ()) -> Reply | None:
        return asking.of(operation, lambda: client.read(operation, params))

    places, limit = ask("GetWarehouseBySellerId"), ask("GetSellerItemLimit")
    listed = ask("GetProducts", [("filter", "all"), ("limit", "1"), ("offset", "0")])
    ask("GetCategoryTree", [LANGUAGE])
    since = moment(now - timedelta(days=1))
    ask("GetOrders", [("update_after", since), ("limit", "1"), ("offset", "0")])
    now_there = _whole(limit, "onlineItemCount")
    return Survey(
        shop_id=shop_id_of(client, seller),
        name=str(seller.get("name") or seller.get("name_company") or ""),
        locations=tuple(shop.locations_of(places.payload)) if places is not None else (),
        storefronts=(str(seller.get("location")),) if seller.get("location") else (),
        listings_most=_whole(limit, "itemLimit"),
        listings_now=now_there if now_there is not None else _whole(listed, "total_products"),
        refused=tuple(asking.refused),
        clock_skew_s=skew(seller.answer.date, seller.answer.received_at),
        grant_ends=client.grant_ends,
    )


def _whole(reply: Reply | None, key: str) -> int | None:
    value: Any = reply.get(key) if reply is not None else None
    return int(value) if str(value).isdigit() else None
