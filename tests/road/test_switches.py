"""Whatever the facts leave open: the main job ends well with each switch in each of its positions."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.sandbox.switches import SWITCHES
from syncer.cli.story import CREATES
from tests.road.road import CODES, road

CLOSING = {("bukalapak.era", "winding_down"), ("bukalapak.era", "closed"), ("bukalapak.create_variants", "absent")}
"""Positions in which not everything can be listed: tested by themselves below."""

FIRST = {switch.id.split(".")[0]: (switch.id, switch.positions[0]) for switch in reversed(SWITCHES)}
POSITIONS = [
    *FIRST.values(),
    *((switch.id, position) for switch in SWITCHES for position in switch.positions[1:]),
]
"""Every position of every switch: all first positions of a marketplace are the same run, so they stand once."""
CODES_OF = {"bukalapak": ("BLC-SJK", "RSM-KNH", "RSM-CNC")}
"""With one that has no options: no call is known that changes the price of a single variant there."""


PIECES = {"tiktokshop.quantity_scale": "sellable"}
"""What the truth is held to where a stock write does not set what can be sold."""


@pytest.mark.parametrize(("switch", "position"), [pair for pair in POSITIONS if pair not in CLOSING])
def test_the_main_job_ends_well(tmp_path: Path, switch: str, position: str) -> None:
    marketplace = switch.split(".")[0]
    with road(tmp_path, CODES_OF.get(marketplace, CODES), {switch: position}, marketplace) as way:
        way.fault(CREATES[marketplace], "lose_response")
        way.resync()
        way.calm()
        way.resync()
        plain = next((row for row in way.rows if not row["option1_name"]), way.rows[0])
        others = [row for row in way.rows if row is not plain]
        sku = plain["sku"]
        way.buy(sku, 1)
        number = way.buy(others[0]["sku"], 1, paid=False)
        way.clock.advance(120)
        way.pull()
        way.sandbox.control("POST", f"orders/{number}/advance", {"to": "cancelled"})
        way.clock.advance(4 * 3600)
        way.price(sku, 71_000)
        way.count(others[1]["sku"], 6)
        assert way.resync().exit_code == 0
        shown = way.shown()
        wanted = {row["sku"]: int(row["stock"]) for row in way.rows}
        wanted[sku] -= 1
        wanted[others[1]["sku"]] = 6
        assert {name: variant[PIECES.get(switch, "stock")] for name, variant in shown.items()} == wanted
        assert shown[sku]["price"] == 71_000
        assert set(way.titles().values()) == {1}
        assert way.sandbox.calls()["raised_over_sale"] == 0


def test_products_with_variants_are_blocked_where_none_can_be_made(tmp_path: Path) -> None:
    with road(tmp_path, CODES_OF["bukalapak"], {"bukalapak.create_variants": "absent"}, marketplace="bukalapak") as way:
        result = way.resync()
        optioned = {row["product_code"] for row in way.rows if row["option1_name"]}
        assert result.blocked == len(optioned) > 0
        assert set(way.shown()) == {row["sku"] for row in way.rows if not row["option1_name"]}


@pytest.mark.parametrize("era", ["winding_down", "closed"])
def test_a_shop_that_takes_no_listings_says_so_once_each(tmp_path: Path, era: str) -> None:
    with road(tmp_path, switches={"bukalapak.era": era}, marketplace="bukalapak") as way:
        result = way.resync()
        products = {row["product_code"] for row in way.rows}
        assert (result.failed, way.shown()) == (len(products), {})
        assert way.resync(patient=True, manual=False).outcomes == {}


def test_every_switch_has_a_second_position() -> None:
    assert all(len(switch.positions) >= 2 for switch in SWITCHES)
