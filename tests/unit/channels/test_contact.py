"""First contact in the store: what is drift, what a person accepts, and what may be pushed when."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from adapters.clock import ManualClock
from adapters.contract import Courier, Location, Noticed, Notion, RefusedCall, Survey
from adapters.words import kept
from syncer.channels import checking, contact
from syncer.channels.contact import Contact, Drift, Stage, Verdict
from syncer.channels.opening import bind
from syncer.errors import ConfigError, UsageError
from syncer.settings import ChannelSettings, load_settings
from syncer.store.database import Database
from syncer.store.schema import open_database
from syncer.store.tables import JournalRow, NoticedRow
from syncer.texts import told

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SURPRISE = Noticed(Notion.assumption, "shopee.location_in_reads", "get_model_list", "empty", "location_id")
EXPECTED = Noticed(Notion.assumption, "shopee.page_end_offset", "get_item_list", "zero", "next_offset 0")
FIELD = Noticed(Notion.field, "response.novelty", "get_shop_info")


@dataclass
class Surprised:
    """An adapter that has noticed something."""

    news: list[Noticed] = field(default_factory=list)

    def survey(self) -> Survey:
        return Survey("10", "Toko")

    def noticed(self) -> tuple[Noticed, ...]:
        found, self.news = tuple(self.news), []
        return found


@dataclass
class Channel:
    """A channel of the config as written, in a store of its own."""

    database: Database
    settings: ChannelSettings
    adapter: Surprised
    contact: Contact

    def notice(self, *news: Noticed) -> None:
        self.adapter.news += news
        self.contact.take_notice()

    def open(self) -> list[Drift]:
        with self.database.read() as session:
            found = contact.drifts(session, self.contact.channel_id, self.settings)
        return [drift for drift in found if drift.is_open]

    def judged(self) -> dict[str, Verdict]:
        with self.database.read() as session:
            found = contact.judged(session, self.contact.channel_id, self.settings)
        return {one.assumption.id: one.verdict for one in found}

    def accept(self, mark: str) -> list[Drift]:
        return contact.accept(self.database, self.contact.channel_id, self.settings, mark, NOW)


def channel(tmp_path: Path, lines: str = 'state = "new"\nempty = true\n') -> Channel:
    path = tmp_path / "syncer.toml"
    path.write_text(f'[channels.toko]\nmarketplace = "shopee"\nshop_id = "10"\n{lines}', encoding="utf-8")
    settings = load_settings(path)
    database, clock = open_database(settings.database), ManualClock(NOW)
    one, adapter = settings.channel("toko"), Surprised()
    number, _ = bind(database, one, clock)
    return Channel(database, one, adapter, Contact(database, clock, one, number, adapter))


def why(one: Channel) -> str:
    return told(one.contact.stopped() or "")


def test_a_new_channel_goes_stage_by_stage(tmp_path: Path) -> None:
    one = channel(tmp_path)
    assert "channel check toko" in why(one)
    one.contact.begin_trial()
    assert one.contact.stage() is Stage.new
    one.contact.begin_reading()
    assert (one.contact.stage(), one.contact.limit(), why(one)) == (Stage.reading, None, "")
    one.contact.begin_trial()
    assert one.contact.limit() == 1
    assert (one.contact.advance(), one.contact.limit()) == (Stage.trial_10, 10)
    assert (one.contact.advance(), one.contact.limit(), why(one)) == (Stage.active, None, "")
    one.contact.begin_reading()
    assert one.contact.stage() is Stage.active
    with one.database.read() as session:
        actions = session.exec(select(JournalRow.action)).all()
    assert actions == ["stage"] * 4


def test_a_slow_check_does_not_bring_back_a_channel_that_another_process_took_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = channel(tmp_path)
    asked = Contact.stage

    def meanwhile(self: Contact) -> Stage:
        monkeypatch.setattr(Contact, "stage", asked)
        before = asked(self)
        one.contact.begin_reading()
        one.contact.begin_trial()
        return before

    monkeypatch.setattr(Contact, "stage", meanwhile)
    one.contact.begin_reading()
    assert one.contact.stage() is Stage.trial_1


def test_a_channel_that_is_not_known_to_be_empty_is_only_read(tmp_path: Path) -> None:
    one = channel(tmp_path, 'state = "new"\n')
    one.contact.begin_reading()
    assert "syncer adopt toko" in why(one)


@pytest.mark.parametrize("state", ["active", "winding_down"])
def test_whoever_vouches_for_a_channel_is_not_asked(tmp_path: Path, state: str) -> None:
    one = channel(tmp_path, f'state = "{state}"\n')
    one.notice(SURPRISE)
    assert (one.contact.stopped(), one.contact.limit()) == (None, None)
    assert len(one.open()) == 1


def test_what_contradicts_us_stops_the_way_and_is_named(tmp_path: Path) -> None:
    one = channel(tmp_path)
    one.contact.begin_reading()
    one.contact.begin_trial()
    one.notice(EXPECTED)
    assert why(one) == ""
    one.notice(SURPRISE, FIELD)
    assert [drift.name for drift in one.open()] == [SURPRISE.name, FIELD.name]
    assert "shopee.location_in_reads = empty, response.novelty" in why(one)
    assert contact.mark_of(one.open()) in why(one)
    verdicts = one.judged()
    assert verdicts[EXPECTED.name] is Verdict.confirmed
    assert verdicts[SURPRISE.name] is Verdict.contradicted
    assert verdicts["shopee.refresh_replay"] is Verdict.not_yet_seen


def test_the_same_seen_twice_is_one_row(tmp_path: Path) -> None:
    one = channel(tmp_path)
    one.notice(SURPRISE)
    one.notice(replace(SURPRISE, operation="get_item_base_info"), FIELD)
    one.notice(replace(FIELD, operation="get_item_list"))
    with one.database.read() as session:
        rows = [(row.name, row.operation) for row in session.exec(select(NoticedRow))]
    assert rows == [(SURPRISE.name, ""), (FIELD.name, "get_shop_info"), (FIELD.name, "get_item_list")]


def test_an_acceptance_binds_to_exactly_what_was_shown(tmp_path: Path) -> None:
    one = channel(tmp_path)
    with pytest.raises(UsageError, match="nothing to accept"):
        one.accept("00000000")
    one.notice(SURPRISE)
    shown = contact.mark_of(one.open())
    one.notice(FIELD)
    with pytest.raises(UsageError, match="look again"):
        one.accept(shown)
    assert len(one.accept(contact.mark_of(one.open()))) == 2
    assert one.open() == []
    one.notice(SURPRISE)  # known by now
    assert one.open() == []
    one.notice(replace(SURPRISE, position="absent"))
    assert [drift.position for drift in one.open()] == ["absent"]


def test_a_position_that_the_config_takes_over_is_confirmed(tmp_path: Path) -> None:
    one = channel(tmp_path, '[channels.toko.assumptions]\n"shopee.location_in_reads" = "empty"\n')
    one.notice(SURPRISE)
    assert one.open() == []
    assert one.judged()[SURPRISE.name] is Verdict.confirmed


# --- what a check says of a survey -----------------------------------------------------------------------------------

HOUSE, STORE = Location("IDZ", "Rumah"), Location("IDB", "IDB")


def test_of_several_places_one_must_be_bound(tmp_path: Path) -> None:
    one = channel(tmp_path).settings
    with pytest.raises(ConfigError, match=r'IDZ \(Rumah\), IDB; bind one with location = "IDZ" in \[channels.toko\]'):
        checking.one_location(one, (HOUSE, STORE))
    checking.one_location(one, (HOUSE,))
    checking.one_location(one, ())


def test_a_bound_place_must_be_there(tmp_path: Path) -> None:
    one = channel(tmp_path, 'location = "IDB"\n').settings
    checking.one_location(one, (HOUSE, STORE))
    with pytest.raises(ConfigError, match=r"no place 'IDB' for stock; it has: IDZ \(Rumah\)"):
        checking.one_location(one, (HOUSE,))


def test_what_a_person_should_know_is_warned_of(tmp_path: Path) -> None:
    one = channel(tmp_path).settings
    wrong = Survey(
        "10", "Toko", couriers=(Courier("1", "Reguler", False),), listings_most=100, listings_now=90,
        refused=(RefusedCall("get_order_list", "error_permission", "no"),), clock_skew_s=-600.0,
    )  # fmt: skip
    clock, limit, refused, courier = checking.warnings(one, wrong)
    assert "600 s off" in clock
    assert "90 of at most 100" in limit
    assert "get_order_list (error_permission: no)" in refused
    assert "no courier" in courier
    ours = kept("{file} cannot be read", file="a.jpg")
    [refused] = checking.warnings(one, Survey("10", "Toko", refused=(RefusedCall("upload_image", "", ours),)))
    assert refused.endswith("a.jpg cannot be read)")
    well = Survey("10", "Toko", couriers=(Courier("1", "Reguler", True),), listings_most=100, listings_now=89,
                  clock_skew_s=2.0)  # fmt: skip
    assert list(checking.warnings(one, well)) == []
