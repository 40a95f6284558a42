"""A field that a shop refuses for a reason cured elsewhere is tried again, with the others or without them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from syncer.sync.run import Result, run
from tests.road.road import Road, road

DAY = 86_400.0
OTHER_CATEGORY = "Fesyen > Aksesori > Gelang"
NEW_NAME = "Cincin Resam Anyaman Tangan Bangka Barat Semua Nomor"


def by_itself(way: Road) -> Result:
    """A scheduled run: it waits for our own retry clocks."""
    return run(way.shop(), way.request(manual=False, patient=True))


@pytest.mark.parametrize("marketplace", ["shopee", "bukalapak"])
def test_a_closed_category_is_tried_again_by_itself(tmp_path: Path, marketplace: str) -> None:
    with road(tmp_path, ("RSM-CNC",), marketplace=marketplace) as way:
        way.resync()
        leaf = way.shop().rules().categories[OTHER_CATEGORY].external_id
        way.sandbox.control("POST", "category", {"close": leaf})
        way.rewrite("RSM-CNC", category=OTHER_CATEGORY, name=NEW_NAME)
        way.resync()
        assert NEW_NAME in way.titles()
        [product] = _products(way)
        assert str(product.category_id) != leaf
        market: Any = way.sandbox.market
        market.here.shop.closed_categories.clear()
        by_itself(way)
        assert str(product.category_id) != leaf, "not before its day has passed"
        way.clock.advance(DAY + 60)
        by_itself(way)
        [product] = _products(way)
        assert str(product.category_id) == leaf
        assert way.resync().exit_code == 0


def _products(way: Road) -> list[Any]:
    market: Any = way.sandbox.market
    shop = market.here.shop
    return list((shop.items if hasattr(shop, "items") else shop.products).values())
