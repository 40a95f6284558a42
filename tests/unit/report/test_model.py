"""What the report says of a store filled by hand: every failure once, fresh only what was read back, who must act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from syncer.report.causes import Who
from syncer.report.model import make_report
from syncer.report.values import ChannelReport, Report
from syncer.settings import ChannelSettings, load_settings
from syncer.store.tables import AliveRow, AuthorisationRow
from tests.unit.report.filled import NOW, Filled, ago, empty, troubled

Fill = Callable[[Filled], object]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """The report on the store with every kind of trouble."""
    database = troubled(tmp_path)
    with database.read() as session:
        return make_report(session, NOW)


def told(tmp_path: Path, fill: Fill, config: dict[str, ChannelSettings] | None = None) -> Report:
    """The report on a store with one good shop and what `fill` puts beside."""
    database = empty(tmp_path)
    with database.write() as session:
        store = Filled(session)
        store.channel("toko")
        fill(store)
    with database.read() as session:
        return make_report(session, NOW, config=config)


def only(report: Report) -> ChannelReport:
    (channel,) = report.channels
    return channel


# --- failures --------------------------------------------------------------------------------------------------------


def test_every_failure_is_counted_once_under_its_first_cause(report: Report) -> None:
    assert {failure.advice.id: failure.count for failure in report.failures} == {
        "shopee.pictures": 1, "shopee.price": 1, "category_unmapped": 1, "config": 1, "rejected": 1,
        "shopee.promotion": 1, "transient": 1,
    }  # fmt: skip
    assert sum(f.count for f in report.failures) == sum(c.failed + c.blocked for c in report.channels) == 7


def test_a_sku_that_fails_twice_stands_under_what_came_first(report: Report) -> None:
    (price,) = (failure for failure in report.failures if failure.advice.id == "shopee.price")
    assert [(e.sku, e.facet, e.since) for e in price.examples] == [("TRS-01-1", "price", ago(days=3))]
    (promotion,) = (failure for failure in report.failures if failure.advice.id == "shopee.promotion")
    assert [example.sku for example in promotion.examples] == ["KMP-01-1"]


def test_what_waits_for_people_comes_first(report: Report) -> None:
    assert [failure.advice.for_people for failure in report.failures] == [True] * 5 + [False] * 2


def test_the_same_failure_on_two_shops_is_one_line_with_their_shares(tmp_path: Path) -> None:
    def fill(store: Filled) -> None:
        store.channel("lain")
        for channel, code, producer in (("toko", "A", "P1"), ("toko", "B", "P2"), ("lain", "A", "P1")):
            listing = store.listing(channel, code, producer=producer)
            store.facet(channel, listing, "content", "failed", "rejected", "error_title_x", since=ago(days=len(code)))

    (failure,) = told(tmp_path, fill).failures
    assert (failure.count, failure.channels, failure.producers) == (3, {"lain": 1, "toko": 2}, 2)
    assert failure.oldest == ago(days=1)


def test_only_the_first_examples_are_shown(tmp_path: Path) -> None:
    def fill(store: Filled) -> None:
        for number in range(8):
            store.facet("toko", store.listing("toko", f"P{number}"), "content", "failed", "rejected")

    (failure,) = told(tmp_path, fill).failures
    assert (failure.count, len(failure.examples)) == (8, 5)


def test_under_way_is_not_failed(tmp_path: Path) -> None:
    def fill(store: Filled) -> None:
        for number, standing in enumerate(("begun", "accepted", "unknown")):
            store.facet("toko", store.listing("toko", f"P{number}"), "content", standing)

    report = told(tmp_path, fill)
    assert (only(report).open, only(report).failed, report.failures, report.needs_action) == (3, 0, (), 0)
    assert report.by_itself == 3


# --- who must act ----------------------------------------------------------------------------------------------------


def test_who_must_act_on_how_much(report: Report) -> None:
    # staff: picture, price, correction, ban, decision; operator: mapping, setting
    assert report.tasks == {Who.staff: 5, Who.operator: 2}
    assert report.needs_action == 7


def test_a_hold_is_one_decision_however_many_changes(tmp_path: Path) -> None:
    def fill(store: Filled) -> None:
        listing = store.listing("toko", "A")
        store.hold("toko", listing, "share_price", [(f"A-{n}", "price", "10000", "20000") for n in range(12)])

    report = told(tmp_path, fill)
    (hold,) = report.holds
    assert (hold.count, len(hold.lines), only(report).held, report.needs_action) == (12, 8, 12, 1)
    assert (hold.lines[0].before, hold.lines[0].after) == ("Rp10.000", "Rp20.000")
    assert hold.approve == f"syncer held approve {hold.id}"


def test_what_a_person_rejected_waits_for_nobody(tmp_path: Path) -> None:
    report = told(
        tmp_path,
        lambda store: store.facet("toko", store.listing("toko", "A"), "content", "held", "locked", "declined"),
    )
    assert (only(report).held, report.holds, report.needs_action) == (0, (), 0)


# --- fresh -----------------------------------------------------------------------------------------------------------


def test_sent_is_not_fresh(tmp_path: Path) -> None:
    report = told(tmp_path, lambda store: store.offer("toko", store.listing("toko", "A"), "A-1", None))
    assert (only(report).freshness.offers, only(report).freshness.both, only(report).freshness.stale) == (1, 0, 1)


@pytest.mark.parametrize(("hours", "price", "stock"), [(1, 1, 1), (5.9, 1, 1), (6.1, 1, 0), (23.9, 1, 0), (24.1, 0, 0)])
def test_fresh_ends(tmp_path: Path, hours: float, price: int, stock: int) -> None:
    report = told(tmp_path, lambda store: store.offer("toko", store.listing("toko", "A"), "A-1", ago(hours=hours)))
    fresh = only(report).freshness
    assert (fresh.price, fresh.stock, fresh.both) == (price, stock, min(price, stock))


@pytest.mark.parametrize(("seen", "price", "stock"), [((9_000, 4), 0, 1), ((10_000, 3), 1, 0), ((9_000, 3), 0, 0)])
def test_read_back_and_different_is_not_fresh(tmp_path: Path, seen: tuple[int, int], price: int, stock: int) -> None:
    """Confirmed to us as wanted, and yet the shop shows something else: what was read back decides."""
    report = told(
        tmp_path,
        lambda store: store.offer(
            "toko", store.listing("toko", "A"), "A-1", ago(hours=1), price=seen[0], stock=seen[1]
        ),
    )
    fresh = only(report).freshness
    assert (fresh.price, fresh.stock, fresh.both) == (price, stock, 0)


@pytest.mark.parametrize("state", ["gone", "hidden", "banned", "in_review"])
def test_what_buyers_do_not_see_is_not_fresh(tmp_path: Path, state: str) -> None:
    report = told(tmp_path, lambda store: store.offer("toko", store.listing("toko", "A", state), "A-1", ago(minutes=1)))
    assert (only(report).freshness.both, only(report).listed, only(report).active) == (0, 0, 1)


# --- reviews ---------------------------------------------------------------------------------------------------------


def test_reviews_with_the_marketplaces_note(report: Report) -> None:
    assert [(r.code, r.state, r.note, r.counted) for r in report.reviews] == [
        ("NIP-01", "in_review", "", False),
        ("NIP-02", "needs_correction", "foto terlalu gelap", True),
        ("NIP-03", "banned", "klaim kesehatan", False),
        ("NIP-04", "queued", "", True),
    ]


# --- shops as a whole ------------------------------------------------------------------------------------------------


def test_a_good_shop(tmp_path: Path) -> None:
    report = told(tmp_path, lambda store: store.offer("toko", store.listing("toko", "A"), "A-1", ago(hours=1)))
    channel = only(report)
    assert (channel.state, channel.alarm, channel.pause, report.needs_action) == ("working", None, None, 0)
    assert (channel.listed, channel.active, channel.wanted, channel.listings) == (1, 1, 1, {"live": 1})


def test_a_pause_says_who_and_why(report: Report) -> None:
    paused = report.channels[0]
    assert paused.pause is not None
    assert (paused.state, paused.pause.why, paused.pause.by) == ("paused", "stok opname", "staf@plut")
    assert paused.pause.since == ago(days=1)


def test_a_failed_run_is_something_to_do(tmp_path: Path) -> None:
    report = told(tmp_path, lambda store: store.run("toko", "failed", ago(hours=1), "invalid token"))
    assert (only(report).state, report.tasks[Who.operator]) == ("failed", 1)


@pytest.mark.parametrize(("minutes", "tasks"), [(10, 0), (61, 1)])
def test_an_outage_becomes_somebodys_matter(tmp_path: Path, minutes: int, tasks: int) -> None:
    report = told(tmp_path, lambda store: store.gap("shop", ago(minutes=minutes), None, "toko", "timed out"))
    assert (only(report).state, report.needs_action) == ("unreachable", tasks)


@pytest.mark.parametrize("over", [{"refused": "revoked"}, {"refresh_expires_at": ago(minutes=1)}])
def test_an_authorisation_that_ended(tmp_path: Path, over: dict[str, Any]) -> None:
    def fill(store: Filled) -> None:
        store.session.add(
            AuthorisationRow(marketplace="shopee", shop_id="10", access_token=b"", refresh_token=b"", updated_at=NOW,
                             **over)
        )  # fmt: skip

    report = told(tmp_path, fill)
    assert (only(report).state, report.tasks) == ("unauthorised", {Who.staff: 0, Who.operator: 1})


def config(tmp_path: Path, state: str) -> dict[str, ChannelSettings]:
    path = tmp_path / "syncer.toml"
    path.write_text(f'[channels.toko]\nmarketplace = "shopee"\nstate = "{state}"\nshop_id = "10"\n', encoding="utf-8")
    return dict(load_settings(path).channels)


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("active", "working"),
        ("new", "new"),
        ("draft", "new"),
        ("winding_down", "winding_down"),
        ("closing", "winding_down"),
        ("paused", "paused"),
        ("closed", "closed"),
    ],
)
def test_the_configs_word_counts(tmp_path: Path, written: str, state: str) -> None:
    assert only(told(tmp_path, lambda store: None, config(tmp_path, written))).state == state


def test_a_shop_that_was_never_synchronised_is_not_well(tmp_path: Path) -> None:
    with empty(tmp_path).read() as session:
        report = make_report(session, NOW, config=config(tmp_path, "active"))
    assert (only(report).state, report.tasks[Who.operator]) == ("never", 1)


@pytest.mark.parametrize(
    ("over", "code"),
    [
        (None, "channel_new"),
        ({"stage": "new"}, "channel_new"),
        ({"stage": "reading"}, "channel_reading"),
        ({"stage": "reading", "adopted_at": NOW}, None),
    ],
)
def test_a_new_channel_is_not_well_while_it_waits_for_a_person(
    tmp_path: Path, over: dict[str, Any] | None, code: str | None
) -> None:
    database = empty(tmp_path)
    if over is not None:
        with database.write() as session:
            Filled(session).channel("toko", **over)
    with database.read() as session:
        report = make_report(session, NOW, config=config(tmp_path, "new"))
    alarm = only(report).alarm
    assert (None if alarm is None else alarm.advice.id) == code
    assert report.tasks[Who.operator] == (1 if code else 0)


def test_a_shop_that_left_the_config_is_still_told_of(tmp_path: Path) -> None:
    assert only(told(tmp_path, lambda store: None, {})).state == "removed"


# --- gaps ------------------------------------------------------------------------------------------------------------


def test_gaps_newest_first(report: Report) -> None:
    assert [(gap.kind, gap.channel) for gap in report.gaps] == [
        ("shop", "shopee-plut"), ("clock", None), ("service", None),
    ]  # fmt: skip


def test_old_and_many_gaps_are_left_out(tmp_path: Path) -> None:
    def fill(store: Filled) -> None:
        store.gap("service", ago(days=30), ago(days=8))
        for number in range(23):
            store.gap("service", ago(hours=number + 1), ago(hours=number, minutes=30))

    report = told(tmp_path, fill)
    assert (len(report.gaps), report.gaps_left_out) == (20, 3)


@pytest.mark.parametrize(("minutes", "silent"), [(1, False), (6, True)])
def test_a_daemon_that_is_silent_is_something_to_do(tmp_path: Path, minutes: int, silent: bool) -> None:
    report = told(tmp_path, lambda store: store.session.add(AliveRow(id=1, at=NOW - timedelta(minutes=minutes))))
    assert (report.silence is not None, report.needs_action) == (silent, int(silent))
    assert [gap.ended_at for gap in report.gaps] == [None] * silent


def test_one_channel_alone(tmp_path: Path) -> None:
    database = troubled(tmp_path)
    with database.read() as session:
        report = make_report(session, NOW, ["blibli-plut"])
    assert [channel.name for channel in report.channels] == ["blibli-plut"]
    assert (report.holds, report.reviews, [f.count for f in report.failures]) == ((), (), [1])
    assert {gap.channel for gap in report.gaps} == {None}
