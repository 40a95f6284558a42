"""Categories that the marketplace closes or merges, and couriers that the shop switches: noticed, said once, mended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from syncer.channels.category_faults import faults
from syncer.channels.opening import lock_folder
from syncer.channels.trees import read_tree
from syncer.report.as_json import as_json
from syncer.report.html import as_html
from syncer.report.model import make_report
from syncer.report.text import as_text
from syncer.settings import load_settings
from syncer.store.tables import FacetRow
from syncer.sync.audit import audit
from syncer.texts import told, use_language
from tests.road.road import Road, road

DAY = 25 * 3600
MARKETPLACES = ("shopee", "bukalapak", "blibli", "lazada", "tiktokshop")
TREE_READS = {"shopee": 1, "bukalapak": 1, "blibli": 1, "lazada": 1, "tiktokshop": 3}
"""What a new process reads to know the tree; of Tokopedia & TikTok Shop the shop's cipher, and a tree a storefront."""


@pytest.fixture(autouse=True)
def _english() -> None:
    use_language("en")


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Road]:
    with road(tmp_path) as made:
        yield made


def leaf_of(way: Road, product: str) -> tuple[str, str]:
    """Our category of a product, and the leaf that it is mapped to."""
    ours = next(row["category"] for row in way.rows if row["product_code"] == product)
    return ours, way.shop().rules().categories[ours].external_id


def category(way: Road, **body: Any) -> None:
    """Close or merge a category in the shop."""
    way.sandbox.control("POST", "category", body)


def blocked(way: Road) -> dict[str, tuple[str, str]]:
    """{code: (cause, message)} of what stands blocked."""
    with way.database.read() as session:
        rows = session.exec(select(FacetRow).where(FacetRow.standing == "blocked"))
        return {row.code: (row.cause or "", told(row.message)) for row in rows}


@pytest.mark.parametrize("marketplace", MARKETPLACES)
def test_a_closed_category_is_noticed_by_the_daily_learning(tmp_path: Path, marketplace: str) -> None:
    with road(tmp_path, codes=("BLC-SJK", "RSM-CNC"), marketplace=marketplace) as way:
        way.resync()
        ours, leaf = leaf_of(way, "RSM-CNC")
        category(way, close=leaf)
        way.clock.advance(DAY)
        way.sandbox.control("DELETE", "calls")
        result = way.resync()
        assert result.blocked == 1
        cause, said = blocked(way)["category_unknown"]
        assert cause == "config"
        assert leaf in said
        assert f"--category '{ours}'" in said
        assert way.sandbox.calls()["writes"] == 0


def test_no_call_is_spent_on_a_product_of_a_closed_category(tmp_path: Path) -> None:
    with road(tmp_path) as way:
        _ours, leaf = leaf_of(way, "RSM-CNC")
        category(way, close=leaf)
        way.resync()
        assert not any(listing["title"].startswith("Cincin") for listing in way.sandbox.truth())
        assert list(blocked(way)) == ["category_unknown"]


def test_prices_and_stock_still_go_where_the_category_is_closed(way: Road) -> None:
    way.resync()
    _ours, leaf = leaf_of(way, "RSM-CNC")
    category(way, close=leaf)
    way.clock.advance(DAY)
    sku = next(row["sku"] for row in way.rows if row["product_code"] == "RSM-CNC")
    way.count(sku, 3)
    way.resync()
    assert way.shown()[sku]["stock"] == 3
    assert "category_unknown" in blocked(way)


def test_a_new_line_frees_what_was_blocked(way: Road) -> None:
    way.resync()
    _ours, leaf = leaf_of(way, "RSM-CNC")
    category(way, merge=[leaf, "100104"])
    way.clock.advance(DAY)
    way.resync()
    assert "category_unknown" in blocked(way)
    path = way.settings.categories
    lines = [line.replace(f",shopee,{leaf},", ",shopee,100104,") for line in path.read_text("utf-8").splitlines()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    way.resync()
    assert blocked(way) == {}


def test_one_closed_category_is_said_once_for_all_its_products(tmp_path: Path) -> None:
    with road(tmp_path, codes=("KPR-KSR", "KPR-SDG", "KPR-HLS")) as way:
        _ours, leaf = leaf_of(way, "KPR-KSR")
        category(way, close=leaf)
        way.resync()
        with way.database.read() as session:
            report = make_report(session, way.clock.now(), config=way.settings.channels)
        [failure] = report.failures
        [example] = failure.examples
        assert (failure.advice.id, failure.count, example.others) == ("category_unknown", 3, 2)


@pytest.mark.parametrize("marketplace", MARKETPLACES)
def test_check_knows_what_a_closed_category_was_called(tmp_path: Path, marketplace: str) -> None:
    with road(tmp_path, codes=("RSM-CNC",), marketplace=marketplace) as way:
        shop = way.shop()
        assert [fault.code for fault in _faults(way)] == []
        ours, leaf = leaf_of(way, "RSM-CNC")
        called = read_tree(shop).path(leaf)
        category(way, close=leaf)
        assert [fault.code for fault in _faults(way)] == []  # the tree of today is not asked for again
        way.clock.advance(DAY)
        [fault] = _faults(way)
        assert (fault.category, fault.external_id, fault.code) == (ours, leaf, "category_unknown")
        assert f"{leaf} ({called})" in told(fault.message)


def test_check_tells_where_the_shop_has_put_a_merged_category(way: Road) -> None:
    way.resync()
    _faults(way)
    _ours, leaf = leaf_of(way, "RSM-CNC")
    category(way, merge=[leaf, "100104"])
    way.clock.advance(DAY)
    audit(way.shop(), lock_folder(way.settings, way.database), 1)
    [fault] = _faults(way)
    assert fault.code == "category_merged"
    assert "write 100104 in its line" in told(fault.message)


def _faults(way: Road) -> Any:
    shop = way.shop()
    tree = read_tree(shop)
    shop.learn()
    return faults(shop, tree, shop.rules())


@pytest.mark.parametrize("marketplace", MARKETPLACES)
def test_the_tree_is_asked_for_once_a_day(tmp_path: Path, marketplace: str) -> None:
    with road(tmp_path, codes=("RSM-CNC",), marketplace=marketplace) as way:
        reads = TREE_READS[marketplace]
        assert _reads(way) == reads
        assert _reads(way) == 0
        way.clock.advance(DAY)
        way.pull()  # lets the shop's token be renewed, which is a read as well
        assert _reads(way) == reads
        assert _reads(way, anew=True) == reads


def _reads(way: Road, anew: bool = False) -> int:
    """How many reads it costs a new process to know the tree."""
    way.sandbox.control("DELETE", "calls")
    assert any(node.leaf for node in read_tree(way.shop(), anew).nodes.values())
    return int(way.sandbox.calls()["reads"])


def test_couriers_of_the_config_are_pushed_and_changed(way: Road) -> None:
    way.resync()
    config = way.folder / "syncer.toml"
    plain = config.read_text(encoding="utf-8")
    config.write_text(plain + '\n[channels.shopee-sandbox.shipping."*"]\ncouriers = ["8003"]\n', encoding="utf-8")
    way.settings = load_settings(config)
    way.sandbox.control("DELETE", "calls")
    result = way.resync()
    assert {change.facet for change, _outcome in result.changes} == {"content"}
    assert _couriers(way) == {(8003,)}
    assert way.resync().outcomes == {}
    config.write_text(plain, encoding="utf-8")
    way.settings = load_settings(config)
    way.resync()
    assert _couriers(way) == {(8003, 8005)}


def _couriers(way: Road) -> set[tuple[int, ...]]:
    """The couriers of every listing, as the shop's own read shows them."""
    looked = way.shop().adapter._client  # type: ignore[attr-defined]
    rows = looked.base([int(listing["external_id"]) for listing in way.sandbox.truth()])
    return {tuple(c["logistic_id"] for c in row["logistic_info"] if c["enabled"]) for row in rows}


def test_couriers_of_tiktokshop_are_pushed_and_changed(tmp_path: Path) -> None:
    regular, instant = "7100000000000000001", "7100000000000000003"
    with road(tmp_path, codes=("RSM-CNC",), marketplace="tiktokshop") as way:
        way.resync()
        assert _deliveries(way) == {regular, instant}  # the third takes nothing below five kilograms
        config = way.folder / "syncer.toml"
        plain = config.read_text(encoding="utf-8")
        section = f'\n[channels.{way.sandbox.channel}.shipping."*"]\ncouriers = ["{regular}"]\n'
        config.write_text(plain + section, encoding="utf-8")
        way.settings = load_settings(config)
        result = way.resync()
        assert {change.facet for change, _outcome in result.changes} == {"content"}
        way.clock.advance(4000)
        way.resync()
        assert _deliveries(way) == {regular}
        assert way.resync().outcomes == {}


def _deliveries(way: Road) -> set[str]:
    """The couriers of every listing, as the shop's own read shows them."""
    looked = way.shop().adapter._client  # type: ignore[attr-defined]
    rows = [looked.product(listing["external_id"]) for listing in way.sandbox.truth()]
    return {one["id"] for row in rows for one in row["delivery_options"] if one["is_available"]}


def test_warnings_stand_in_the_report_and_stop_nothing(way: Road) -> None:
    way.rewrite("RSM-CNC", ship_weight_g="46000")
    result = way.resync()
    assert (result.exit_code, result.blocked) == (0, 0)
    with way.database.read() as session:
        report = make_report(session, way.clock.now(), config=way.settings.channels)
    near = next(group for group in report.warnings if group.advice.id == "parcel_near_limit")
    assert near.channels == {"shopee-sandbox": near.count}
    assert "46000 g" in near.messages[0]
    for face in (as_text(report), as_html(report)):
        assert "Good to know" in face
        assert near.messages[0] in face
    assert as_json(report)["needs_action"] == 0
    way.rewrite("RSM-CNC", ship_weight_g="300")
    way.resync()
    with way.database.read() as session:
        report = make_report(session, way.clock.now(), config=way.settings.channels)
    assert "parcel_near_limit" not in [group.advice.id for group in report.warnings]


def test_a_parcel_too_heavy_for_every_courier_costs_no_call(way: Road) -> None:
    way.rewrite("RSM-CNC", ship_weight_g="60000")
    way.resync()
    cause, said = blocked(way)["parcel_weight"]
    assert cause == "rejected"
    assert "60000 g" in said
    assert not any(listing["title"].startswith("Cincin") for listing in way.sandbox.truth())
