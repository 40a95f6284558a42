"""First contact on the road: surveys of each sandbox, the trial step by step, drift that stops it, places for stock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.contract import Notion, Survey, Surveyor
from syncer.channels import checking, contact
from syncer.channels.checking import Checked
from syncer.channels.contact import Stage
from syncer.errors import ChannelStopped, ConfigError
from syncer.sync.keep import LOOK_AT_LEAST_S, Keeper
from syncer.texts import told
from tests.road.road import Road, road

SOME = ("BLC-SJK", "PWT-GTK", "RSM-CNC", "RSM-KNH")
PLACED = {"shopee": 0, "bukalapak": 0, "blibli": 2, "lazada": 1, "tiktokshop": 1}
NO_COURIERS = ("blibli", "lazada")
"""They tell none."""


@contextmanager
def unknown(tmp_path: Path, switches: dict[str, str] | None = None, marketplace: str = "shopee") -> Iterator[Road]:
    """A road to a shop that the config calls new, and empty."""
    with road(tmp_path, SOME, switches, marketplace) as way:
        channels = {
            name: channel.model_copy(update={"state": "new"}) for name, channel in way.settings.channels.items()
        }
        way.settings = way.settings.model_copy(update={"channels": channels})
        yield way


def check(way: Road) -> Checked:
    return checking.check(way.shop(), way.settings.channel(way.sandbox.channel))


def stage(way: Road) -> Stage:
    return way.shop().contact.stage()


@pytest.mark.parametrize("marketplace", PLACED)
def test_a_sandbox_is_what_we_believe_it_to_be(tmp_path: Path, marketplace: str) -> None:
    with unknown(tmp_path, marketplace=marketplace) as way:
        shop = way.shop()
        assert isinstance(shop.adapter, Surveyor)
        found = check(way)
        survey = found.survey
        assert isinstance(survey, Survey)
        assert survey.shop_id == way.settings.channel(way.sandbox.channel).shop_id
        assert len(survey.locations) == PLACED[marketplace]
        assert (survey.listings_now, survey.refused) == (0, ())
        assert survey.clock_skew_s is not None
        assert (found.stage, found.drifts) == (Stage.reading, ())
        assert any(courier.enabled for courier in survey.couriers) or marketplace in NO_COURIERS


def test_couriers_come_with_their_limits(tmp_path: Path) -> None:
    with unknown(tmp_path) as way:
        survey = check(way).survey
        assert survey is not None
        by_name = {courier.name: courier for courier in survey.couriers}
        assert by_name["Reguler (Cashless)"].weight_g == (0, 50_000)
        assert by_name["Reguler (Cashless)"].enabled
        assert not by_name["Reguler, one carrier"].enabled  # it hides behind another
        assert not by_name["Instant"].enabled
        assert survey.grant_ends is not None


def test_nothing_is_pushed_before_a_check_and_then_one_then_ten(tmp_path: Path) -> None:
    with unknown(tmp_path) as way:
        with pytest.raises(ChannelStopped, match="channel check"):
            way.resync()
        with pytest.raises(ChannelStopped, match="channel check"):
            way.pull()
        assert way.sandbox.calls()["total"] == 0
        check(way)
        assert way.pull().orders == 0
        steps = []
        for _ in range(3):
            result = way.resync()
            way.clock.advance(120)
            steps.append((len(way.sandbox.truth()), stage(way), result.waits))
        assert steps == [(1, Stage.trial_10, False), (len(SOME), Stage.active, False), (len(SOME), Stage.active, False)]


def test_what_is_sold_out_does_not_keep_a_trial_waiting(tmp_path: Path) -> None:
    """Where no stock of 0 is taken, such a listing stays off sale, and would never be read back live."""
    with unknown(tmp_path, marketplace="tiktokshop") as way:
        sku = next(row["sku"] for row in way.rows if row["product_code"] == min(SOME))
        way.count(sku, 0)
        check(way)
        for _ in range(4):
            way.resync()
            way.clock.advance(4000)
        first = min(way.sandbox.truth(), key=lambda listing: listing["created_at"])
        assert first["code"] != min(SOME)
        assert (len(way.sandbox.truth()), first["status"]) == (len(SOME), "live")


def test_a_listing_in_review_holds_the_others_back(tmp_path: Path) -> None:
    with unknown(tmp_path, marketplace="blibli") as way:
        check(way)
        way.sandbox.control("PUT", "settings", {"review_delay_s": 5000})
        for _ in range(2):
            result = way.resync()
            assert (stage(way), result.waits, len(way.sandbox.truth())) == (Stage.trial_1, True, 1)
            way.clock.advance(600)
        way.clock.advance(5000)
        assert not way.resync().waits
        assert (stage(way), len(way.sandbox.truth())) == (Stage.trial_10, 1)


def test_the_service_does_not_hurry_a_trial_that_waits(tmp_path: Path) -> None:
    with unknown(tmp_path, marketplace="blibli") as way:
        check(way)
        way.sandbox.control("PUT", "settings", {"review_delay_s": 5000})
        shop = way.shop()
        keeper = Keeper(shop, lambda: replace(way.request(manual=False, patient=True), wait_s=0.0), 3600.0)
        waits = []
        for _ in range(12):
            turn = keeper.turn()
            way.clock.advance(max(turn.again_in_s, 1.0))
            waits.append(turn.again_in_s)
        assert waits[-1] == LOOK_AT_LEAST_S  # though the other listings are due all the while
        assert (stage(way), len(way.sandbox.truth())) == (Stage.trial_1, 1)


def test_a_shop_that_fails_keeps_its_stage(tmp_path: Path) -> None:
    with unknown(tmp_path) as way:
        check(way)
        way.fault("/api/v2/product/add_item", "http_500", None)
        assert way.resync().exit_code == 1
        assert (stage(way), way.sandbox.truth()) == (Stage.trial_1, [])


def test_a_field_that_no_source_names_stops_the_trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from adapters.shopee import client
    from adapters.shopee.assumptions import vocabulary

    known = vocabulary()
    fewer = {**known.fields, "add_item": {**known.fields["add_item"], "response": {"item_id": {}}}}
    monkeypatch.setattr(client, "vocabulary", lambda: replace(known, fields=fewer))
    with unknown(tmp_path) as way:
        check(way)
        result = way.resync()
        assert (result.status, stage(way)) == ("stopped", Stage.trial_1)
        with pytest.raises(ChannelStopped, match="stays in trial"):
            way.resync()
        found = check(way)
        assert {drift.notion for drift in found.open} == {Notion.field}
        assert all(drift.operation == "add_item" for drift in found.open)
        channel = way.settings.channel(way.sandbox.channel)
        contact.accept(way.database, way.shop().id, channel, contact.mark_of(found.open), way.clock.now())
        for _ in range(4):
            way.clock.advance(120)
            way.resync()
        assert (stage(way), len(way.sandbox.truth())) == (Stage.active, len(SOME))


@pytest.mark.parametrize(
    ("switch", "position"),
    [("shopee.code_prefix", "none"), ("shopee.gtin_rule_place", "inside"), ("blibli.no_error", "null"),
     ("blibli.seller_success", "present"), ("bukalapak.success_errors", "empty"),
     ("lazada.total_products", "present"), ("lazada.warehouse_module", "object"),

     ("tiktokshop.required_spelling", "is_required")],
)  # fmt: skip
def test_what_reads_contradict_is_noticed_by_the_check(tmp_path: Path, switch: str, position: str) -> None:
    with unknown(tmp_path, {switch: position}, switch.split(".")[0]) as way:
        found = check(way)
        assert [(drift.name, drift.position) for drift in found.open] == [(switch, position)]
        with pytest.raises(ChannelStopped, match=switch):
            way.resync()
        assert (stage(way), way.sandbox.truth()) == (Stage.reading, [])


def test_of_several_places_for_stock_one_is_bound_or_nothing_goes_on(tmp_path: Path) -> None:
    with unknown(tmp_path) as way:
        way.sandbox.control("PUT", "settings", {"multi_warehouse": True})
        with pytest.raises(ConfigError, match='location = "IDZ"'):
            check(way)
        assert stage(way) is Stage.new
        name = way.sandbox.channel
        bound = way.settings.channel(name).model_copy(update={"location": "IDB"})
        way.settings = way.settings.model_copy(update={"channels": {name: bound}})
        assert check(way).stage is Stage.reading


def test_an_active_channel_tells_of_drift_and_goes_on(tmp_path: Path) -> None:
    with road(tmp_path, SOME, {"shopee.location_in_reads": "empty"}) as way:
        assert way.resync().exit_code == 0
        assert len(way.sandbox.truth()) == len(SOME)
        assert [drift.name for drift in check(way).open] == ["shopee.location_in_reads"]


def test_a_product_out_of_stock_in_part_keeps_no_trial_from_its_end(tmp_path: Path) -> None:
    """Tokopedia & TikTok Shop takes no 0: such a listing is not on sale, so it can prove nothing."""
    with unknown(tmp_path, marketplace="tiktokshop") as way:
        way.count("BLC-SJK-100", 0)
        check(way)
        for _ in range(3):
            way.resync()
            way.clock.advance(120)
        assert stage(way) is Stage.active


def test_what_sells_out_in_mid_trial_is_kept_in_step_and_another_is_tried(tmp_path: Path) -> None:
    with unknown(tmp_path, marketplace="tiktokshop") as way:
        check(way)
        way.sandbox.control("PUT", "settings", {"review_delay_s": 5000})
        assert way.resync().waits
        assert [row["code"] for row in way.sandbox.truth()] == ["BLC-SJK"]
        way.clock.advance(6000)
        way.count("BLC-SJK-100", 0)
        way.resync()
        shown = {row["code"]: row["status"] for row in way.sandbox.truth()}
        assert shown["BLC-SJK"] == "hidden"  # what fell was pushed, though it proves nothing any more
        assert len(shown) == 2
        way.clock.advance(6000)
        assert not way.resync().waits


def test_a_trial_that_waits_names_what_it_waits_for(tmp_path: Path) -> None:
    with unknown(tmp_path, marketplace="blibli") as way:
        check(way)
        way.sandbox.control("PUT", "settings", {"review_delay_s": 5000})
        assert "BLC-SJK" in told(way.resync().message)


def test_a_trial_without_anything_to_try_says_so(tmp_path: Path) -> None:
    with unknown(tmp_path) as way:
        check(way)
        for code in SOME:
            way.rewrite(code, status="archived")
        result = way.resync()
        assert (result.waits, stage(way)) == (True, Stage.trial_1)
        assert "no product" in told(result.message)


def test_a_shop_that_is_wound_down_shows_nothing_strange(tmp_path: Path) -> None:
    """Which attributes a product has depends on its category, in a list of what is off sale as well."""
    with unknown(tmp_path, marketplace="bukalapak") as way:
        check(way)
        for _ in range(3):
            way.resync()
            way.clock.advance(120)
        name = way.sandbox.channel
        left = way.settings.channel(name).model_copy(update={"state": "winding_down"})
        way.settings = way.settings.model_copy(update={"channels": {name: left}})
        way.resync()
        assert {row["status"] for row in way.sandbox.truth()} == {"hidden"}
        assert check(way).open == ()
