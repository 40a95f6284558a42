"""Every body that is sent has only fields of the vendor's models.

`request_fields.json` = the request fields of the operations that write or search, taken from the models of the public
client `tiktok-shop-api` 0.1.0 (MIT), which are generated from the vendor's own documentation; less what no body of ours
could hold (customised goods, certificates, replicas, subscriptions, tags). What becomes of another field is an open
question, so none is sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import responses

from adapters.contract import Change, Facet, Ids, Price, Structure, Variant
from adapters.tiktokshop import reading
from tests.adapters.tiktokshop.shop import (
    GET,
    HOST,
    INVENTORY,
    PRODUCT,
    SECOND,
    SIZES,
    SKU,
    START,
    TWO,
    WAREHOUSE,
    adapter,
    content,
    create,
    intent_of,
    listing_change,
    offer_change,
    ok,
    picture,
    plain_listing,
    product_row,
    put,
    sized,
    sized_listing,
    stock,
    wired,
)

FIELDS: Mapping[str, Any] = json.loads(Path(__file__).with_name("request_fields.json").read_text(encoding="utf-8"))
RICH = product_row(
    brand={"id": "77", "name": "Gayo"}, is_cod_allowed=True, video={"id": "v-1", "url": "x"}, minimum_order_quantity=1,
    size_chart={"template": {"id": "t-1"}}, delivery_options=[{"id": "d-1", "name": "Reguler", "is_available": True}],
    product_attributes=[{"id": "100100", "name": "Roast", "values": [{"id": "1000001", "name": "Medium"}]}],
    skus=[
        sized(SKU, "KG-250", "250 gram", identifier_code={"code": "8991234567890", "type": "EAN"}, sku_unit_count="1"),
        sized(SECOND, "KG-500", "500 gram"),
    ],
)  # fmt: skip


def strangers(body: Any, known: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Fields of a body that the model does not have."""
    if isinstance(body, list):
        for one in body:
            yield from strangers(one, known, path)
    elif isinstance(body, dict):
        for name, value in body.items():
            if name in known:
                yield from strangers(value, known[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}"


def structure_change() -> Change:
    """A third size beside the two that are there."""
    fresh = Variant("KG-750", ("750 gram",), 800, (12, 9, 30), "8991234567906")
    wanted = Structure(("Ukuran",), (*SIZES.variants, fresh))
    prices, stocks = {**sized_listing().prices, "KG-750": Price(1)}, {**sized_listing().stocks, "KG-750": 4}
    whole = replace(sized_listing(), structure=wanted, prices=prices, stocks=stocks)
    seen = reading.observed(RICH, WAREHOUSE, START)
    return listing_change(Facet.structure, SIZES, wanted, TWO, observed=seen, listing=whole)


def test_the_judge_sees_a_stranger() -> None:
    body = {"skus": [{"id": "1", "inventory": [{"warehouse_id": "2", "quantity": 3, "colour": "red"}]}], "x": 1}
    assert list(strangers(body, FIELDS["update_inventory"])) == [".skus.inventory.colour", ".x"]


@pytest.mark.parametrize(
    "change",
    [
        create(plain_listing()), create(sized_listing()), create(plain_listing(pieces=0, visible=False)),
        create(sized_listing(), ids=TWO, next_step='{"step":"correct"}'), structure_change(), stock(4),
        offer_change(Facet.price, "KG-250", Price(1), Price(2), TWO),
        listing_change(Facet.content, None, replace(content(), category="600009"), TWO),
        listing_change(Facet.content, content(), content(title="Kopi Gayo dengan nama lain", brand="Gayo")),
        listing_change(Facet.visibility, False, True, Ids(PRODUCT)), listing_change(Facet.visibility, True, False),
    ],
    ids=lambda change: f"{change.facet}-{type(change.to).__name__}",
)  # fmt: skip
def test_every_write(change: Change) -> None:
    shop = adapter()
    [call] = shop.calls([change])
    bodies = []

    def keep(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        if not str(request.url).startswith(INVENTORY):  # the read before a stock write
            bodies.append(json.loads(request.body or "{}"))
        return 200, {}, json.dumps(ok())

    with wired() as wire:
        wire.get(GET, json=ok(RICH))
        for verb in (responses.POST, responses.PUT):
            wire.add_callback(verb, re_any(), keep)
        put(shop, change)
    assert bodies
    assert [s for body in bodies for s in strangers(body, FIELDS[call.operation])] == []


def test_every_search(tmp_path: Path) -> None:
    asked: list[tuple[str, Any]] = []

    def keep(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        asked.append((str(request.url).split("?")[0].removeprefix(HOST), json.loads(request.body or "{}")))
        return 200, {}, json.dumps(ok({"total_count": 5000, "next_page_token": "" if len(asked) > 1 else "more"}))

    shop = adapter(assumptions={"tiktokshop.quantity_scale": "total"})
    with wired() as wire:
        wire.add_callback(responses.POST, re_any(), keep)
        shop.find([intent_of(plain_listing([picture(tmp_path)]), sent_at=START)])
        list(shop.observe(since=START - timedelta(days=1)))
        list(shop.orders(START))
        put(shop, stock(4))
    names = {
        "/product/202502/products/search": "search_products", "/product/202309/inventory/search": "inventory_search",
        "/order/202309/orders/search": "get_order_list",
    }  # fmt: skip
    searches = [(names[path], body) for path, body in asked if path in names]
    assert {name for name, _ in searches} == set(names.values())
    assert [s for name, body in searches for s in strangers(body, FIELDS[name])] == []


def re_any() -> Any:
    """Any address of the shop."""
    return re.compile(f"{re.escape(HOST)}/.*")
