"""`syncer report` in its three forms, as an operator types it."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Syncer


def test_html_to_stdout_and_to_a_file(syncer: Syncer, tmp_path: Path) -> None:
    syncer("init")
    shown = syncer("report", "--format", "html")
    assert shown.code == 0
    assert shown.out.startswith('<!doctype html>\n<html lang="en">')
    assert syncer("--lang", "id", "report", "--format", "html", "--out", "laporan.html").out == ""
    assert '<html lang="id">' in (tmp_path / "laporan.html").read_text(encoding="utf-8")
    assert list(tmp_path.glob(".*.part")) == []


def test_json_by_either_name(syncer: Syncer) -> None:
    syncer("init")
    by_format, by_word = syncer("report", "--format", "json").json, syncer("report", "--json").json
    assert by_format["sentence"] == by_word["sentence"] == "No channel yet: name one in the config."
    assert (by_format["needs_action"], by_format["channels"]) == (0, [])


def test_a_channel_of_the_config_that_was_never_used_is_told_of(syncer: Syncer, tmp_path: Path) -> None:
    syncer("init")
    with (tmp_path / "syncer.toml").open("a", encoding="utf-8") as file:
        file.write('[channels.toko]\nmarketplace = "shopee"\nstate = "active"\nshop_id = "1"\n')
    assert syncer("status").out.startswith("Action needed: 1 thing. To be done by operator: 1.\ntoko, never")
    assert "Run `syncer resync`." in syncer("report").out
