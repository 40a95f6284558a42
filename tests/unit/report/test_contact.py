"""The calendar of what ends, contract drift, and what stands in a shop that is left: in the report and on each face."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from adapters.contract import Survey
from syncer.channels.contact import SURVEY
from syncer.report.as_json import as_json
from syncer.report.html.page import as_html
from syncer.report.model import make_report
from syncer.report.text import as_text, brief
from syncer.report.values import Report
from syncer.settings import load_settings
from syncer.store.tables import AuthorisationRow, NoticedRow
from tests.unit.report.filled import NOW, Filled, empty


def made(tmp_path: Path, fill: Callable[[Filled], object], lines: str = 'state = "active"\n') -> Report:
    path = tmp_path / "syncer.toml"
    path.write_text(f'[channels.toko]\nmarketplace = "shopee"\nshop_id = "10"\n{lines}', encoding="utf-8")
    database = empty(tmp_path)
    with database.write() as session:
        fill(Filled(session))
    with database.read() as session:
        return make_report(session, NOW, None, load_settings(path).channels)


def consent(store: Filled, days: float) -> None:
    survey = Survey("10", "Toko", grant_ends=NOW + timedelta(days=days))
    store.channel("toko", survey_json=SURVEY.dump_json(survey).decode(), surveyed_at=NOW)


@pytest.mark.parametrize(
    ("days", "within", "tasks"),
    [(31, None, 0), (30, 30, 0), (14.5, 30, 0), (14, 14, 0), (7, 7, 1), (1.5, 7, 1), (1, 1, 1), (-0.5, 0, 1)],
)
def test_a_consent_is_told_of_ahead_of_its_end(tmp_path: Path, days: float, within: int | None, tasks: int) -> None:
    report = made(tmp_path, lambda store: consent(store, days))
    [channel] = report.channels
    assert [ending.within for ending in channel.endings] == ([] if within is None else [within])
    assert report.needs_action == tasks


def test_tokens_that_renew_themselves_are_told_of_late(tmp_path: Path) -> None:
    def fill(store: Filled) -> None:
        store.channel("toko")
        store.add(AuthorisationRow(marketplace="shopee", shop_id="10", access_token=b"x", refresh_token=b"y",
                                   refresh_expires_at=NOW + timedelta(days=20), updated_at=NOW))  # fmt: skip

    assert made(tmp_path, fill).channels[0].endings == ()


def test_the_apps_key_has_a_day_in_the_config(tmp_path: Path) -> None:
    last = date(2026, 11, 24)
    report = made(tmp_path, lambda store: store.channel("toko"), f'state = "active"\nkey_ends = {last}\n')
    [ending] = report.channels[0].endings
    assert (ending.kind, ending.within) == ("key", 1)  # it is good to the end of its last day, WIB
    assert "the app's key ends" in as_text(report)


def test_a_closed_channel_has_nothing_to_renew(tmp_path: Path) -> None:
    assert made(tmp_path, lambda store: consent(store, 1), 'state = "closed"\n').channels[0].endings == ()


def surprised(store: Filled) -> None:
    number = store.channel("toko", stage="trial_1")
    store.add(NoticedRow(channel_id=number, notion="assumption", name="shopee.repeats", position="refused",
                         evidence="add_item: error_repeated_mtsku", first_seen=NOW, last_seen=NOW))  # fmt: skip
    store.add(NoticedRow(channel_id=number, notion="field", name="response.novelty", operation="get_shop_info",
                         evidence="", first_seen=NOW, last_seen=NOW))  # fmt: skip


def test_drift_is_one_thing_to_do_and_stands_on_every_face(tmp_path: Path) -> None:
    report = made(tmp_path, surprised, 'state = "new"\n')
    [channel] = report.channels
    assert (channel.state, report.needs_action) == ("trial", 1)
    for face in (as_text(report), brief(report), as_html(report)):
        assert "shopee.repeats: we assumed accepted, the shop shows refused" in face
        assert "response.novelty" in face
    for face in (as_text(report), as_html(report)):
        assert f"syncer channel accept toko {channel.drift[0].mark}" in face
    assert as_json(report)["channels"][0]["drift"][1]["name"] == "response.novelty"


def two_shops(store: Filled) -> None:
    store.channel("toko")
    store.channel("lain", "blibli")
    store.listing("toko", "KPR", state="live")
    store.listing("lain", "KPR", state="live")
    store.listing("toko", "TRS", state="hidden")
    store.listing("lain", "TRS", state="hidden")
    store.listing("toko", "BLC", state="gone")
    store.listing("toko", "NEU", state=None)


@pytest.mark.parametrize("state", ["closed", "winding_down"])
def test_what_still_stands_in_a_shop_that_is_left(tmp_path: Path, state: str) -> None:
    report = made(tmp_path, two_shops, f'state = "{state}"\n')
    channel = next(one for one in report.channels if one.name == "toko")
    assert [(left.code, left.state, left.elsewhere) for left in channel.left] == [
        ("KPR", "live", ("lain",)), ("TRS", "hidden", ())
    ]  # fmt: skip
    assert "sold elsewhere: lain" in as_text(report)
    assert "sold elsewhere: nowhere else" in as_html(report)


def test_a_shop_at_work_lists_nothing_of_that(tmp_path: Path) -> None:
    assert all(channel.left == () for channel in made(tmp_path, two_shops).channels)


def test_what_failed_in_a_shop_that_is_closed_waits_for_nobody(tmp_path: Path) -> None:
    def fill(store: Filled) -> None:
        store.channel("toko")
        listing = store.listing("toko", "KOP-01", "banned")
        store.facet("toko", listing, "stock", "locked", "locked", "banned", "banned")

    assert made(tmp_path, fill).needs_action == 1
    folder = tmp_path / "closed"
    folder.mkdir()
    report = made(folder, fill, 'state = "closed"\n')
    assert (report.needs_action, report.by_itself, report.reviews, report.channels[0].failed) == (0, 0, (), 0)
