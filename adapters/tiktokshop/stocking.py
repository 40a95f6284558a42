"""What a write about stock must know of the shop just before it: other warehouses, committed pieces, old numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from adapters.contract import Call, Change, Structure
from adapters.tiktokshop import mapping, reading
from adapters.tiktokshop.client import TikTokClient
from adapters.tiktokshop.planning import listing_id, offer_id

SKUS_PER_READ, PRODUCTS_PER_READ = 600, 100  # facts, section 7.8
Numbers = Mapping[str, Mapping[str, tuple[int, int]]]
"""{SKU id: {warehouse: (available, committed)}}."""

Aside = Mapping[str, int]
"""{SKU id: the pieces of it that campaigns and creators keep}."""


def of_skus(client: TikTokClient, skus: Sequence[str]) -> tuple[Numbers, Aside]:
    """What these SKUs show; a call never carries more than one read takes."""
    return _shown(client, {"sku_ids": list(skus)[:SKUS_PER_READ]})


def of_products(client: TikTokClient, products: Iterable[str]) -> tuple[Numbers, Aside]:
    """What every SKU of these products shows."""
    return _shown(client, {"product_ids": list(products)[:PRODUCTS_PER_READ]})


def _shown(client: TikTokClient, wanted: mapping.Json) -> tuple[Numbers, Aside]:
    rows = client.read("inventory_search", body=mapping.dump(wanted)).rows("inventory")
    return reading.numbers_shown(rows), reading.set_aside(rows)


def completed(call: Call, numbers: Numbers, aside: Aside, every_warehouse: bool, total_scale: bool) -> Call:
    """A stock call less the pieces that are set aside, with the other warehouses of its SKUs as they are, and, where a
    write sets the total, with the pieces that orders have taken (facts, section 7.3).

    What campaigns keep is for sale beside what a write sets, and comes back at their end.
    """
    rows = json.loads(call.body)["skus"]
    for row in rows:
        shown = numbers.get(row["id"], {})
        for where in row["inventory"]:
            where["quantity"] = max(0, where["quantity"] - aside.get(row["id"], 0))
        named = {str(w.get("warehouse_id") or "") for w in row["inventory"]}
        if every_warehouse and named != {""}:
            others = (key for key in shown if key not in named)
            row["inventory"] += [{"warehouse_id": key, "quantity": shown[key][0]} for key in others]
        if total_scale:
            for where in row["inventory"]:
                where["quantity"] += _committed(shown, str(where.get("warehouse_id") or ""))
    return replace(call, body=mapping.dump({"skus": rows}))


def _committed(shown: Mapping[str, tuple[int, int]], warehouse: str) -> int:
    if warehouse:
        return shown[warehouse][1] if warehouse in shown else 0
    return sum(committed for _, committed in shown.values())


# --- what must not come on sale -------------------------------------------------------------------------------------


def out_of_stock(change: Change) -> bool:
    """Whether a change would put a listing on sale of which we want some variant to have none."""
    return bool(_empty(change))


def _empty(change: Change) -> list[str]:
    """SKU ids of variants that have none: of our own, too, those that the product has lost, until an edit takes them
    out.
    """
    if change.listing is None or change.ids is None:
        return []
    stocks, kept = change.listing.stocks, isinstance(change.to, Structure)
    return [offer for sku, offer in change.ids.offers.items() if stocks.get(sku, 1 if kept else 0) == 0]


def shows_too_much(change: Change, numbers: Numbers, aside: Aside, warehouse: str | None) -> bool:
    """Whether the shop shows pieces of a variant that has none, be it in a campaign: on sale they would be sold."""
    return any(aside.get(offer) or any(_ours(numbers.get(offer, {}), warehouse)) for offer in _empty(change))


def shows_none(change: Change, numbers: Numbers, aside: Aside, warehouse: str | None) -> bool:
    """Whether the shop itself shows none of a SKU, in no campaign either; what it does not show may be anything."""
    shown = _ours(numbers.get(offer_id(change), {}), warehouse)
    return bool(shown) and not any(shown) and not aside.get(offer_id(change))


def _ours(shown: Mapping[str, tuple[int, int]], warehouse: str | None) -> list[int]:
    """What can be bought from our warehouse; from all of them where it is not known, or not shown."""
    if warehouse is not None and warehouse in shown:
        return [shown[warehouse][0]]
    return [available for available, _ in shown.values()]


def without(call: Call, held: Sequence[Change]) -> Call | None:
    """The call without the products of these changes; None if nothing is left of it."""
    gone = {listing_id(change) for change in held}
    return only(call, [change for change in call.changes if listing_id(change) not in gone])


def only(call: Call, changes: Sequence[Change]) -> Call | None:
    """The call with just these of its changes; None if there are none."""
    if not changes:
        return None
    products = {listing_id(change) for change in changes}
    body = json.loads(call.body)
    body["product_ids"] = [product for product in body["product_ids"] if product in products]
    return replace(call, body=mapping.dump(body), changes=tuple(changes))
