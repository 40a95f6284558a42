"""First contact: everything that a shop can be asked without writing (facts, sections 7.10 and 10.1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from adapters.contract import AuthError, RefusedCall, Survey, Transient
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
    asked = _Asked(client)
    places = asked.of("GetWarehouseBySellerId")
    limit = asked.of("GetSellerItemLimit")
    listed = asked.of("GetProducts", [("filter", "all"), ("limit", "1"), ("offset", "0")])
    asked.of("GetCategoryTree", [LANGUAGE])
    since = moment(now - timedelta(days=1))
    asked.of("GetOrders", [("update_after", since), ("limit", "1"), ("offset", "0")])
    now_there = _whole(limit, "onlineItemCount")
    return Survey(
        shop_id=shop_id_of(client, seller),
        name=str(seller.get("name") or seller.get("name_company") or ""),
        locations=tuple(shop.locations_of(places.payload)) if places is not None else (),
        storefronts=(str(seller.get("location")),) if seller.get("location") else (),
        listings_most=_whole(limit, "itemLimit"),
        listings_now=now_there if now_there is not None else _whole(listed, "total_products"),
        refused=tuple(asked.refused),
        clock_skew_s=client.skew_of(seller),
        grant_ends=client.grant_ends,
    )


class _Asked:
    """Calls that a shop may refuse, and those that it did."""

    def __init__(self, client: LazadaClient) -> None:
        self._client = client
        self.refused: list[RefusedCall] = []

    def of(self, operation: str, params: Params = ()) -> Reply | None:
        """The answer; None where it was refused.

        Raises:
            MarketplaceError: the shop did not answer, or must be authorised again.
        """
        reply = self._client.exchange(operation, params)
        if reply.ok:
            return reply
        error = self._client.error(reply)
        if isinstance(error, Transient | AuthError):
            raise error
        self.refused.append(RefusedCall(operation, error.code, error.text))
        return None


def _whole(reply: Reply | None, key: str) -> int | None:
    value: Any = reply.get(key) if reply is not None else None
    return int(value) if str(value).isdigit() else None
