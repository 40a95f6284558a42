"""Whatever the facts leave open: the main job ends well with each switch in each of its positions."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.sandbox.switches import SWITCHES
from tests.road.road import road

POSITIONS = [(switch.id, position) for switch in SWITCHES for position in switch.positions]
CREATES = {"shopee": "/api/v2/product/add_item", "blibli": "createProduct"}


@pytest.mark.parametrize(("switch", "position"), POSITIONS)
def test_the_main_job_ends_well(tmp_path: Path, switch: str, position: str) -> None:
    marketplace = switch.split(".")[0]
    with road(tmp_path, switches={switch: position}, marketplace=marketplace) as way:
        way.fault(CREATES[marketplace], "lose_response")
        way.resync()
        way.calm()
        way.resync()
        sku = way.rows[0]["sku"]
        way.buy(sku, 1)
        number = way.buy(way.rows[1]["sku"], 1, paid=False)
        way.clock.advance(120)
        way.pull()
        way.sandbox.control("POST", f"orders/{number}/advance", {"to": "cancelled"})
        way.clock.advance(4 * 3600)
        way.price(sku, 71_000)
        way.count(way.rows[2]["sku"], 6)
        assert way.resync().exit_code == 0
        shown = way.shown()
        wanted = {row["sku"]: int(row["stock"]) for row in way.rows}
        wanted[sku] -= 1
        wanted[way.rows[2]["sku"]] = 6
        assert {name: variant["stock"] for name, variant in shown.items()} == wanted
        assert shown[sku]["price"] == 71_000
        assert set(way.titles().values()) == {1}
        assert way.sandbox.calls()["raised_over_sale"] == 0


def test_every_switch_has_a_second_position() -> None:
    assert all(len(switch.positions) >= 2 for switch in SWITCHES)
