"""`channel check` and `channel accept` as an operator has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.sandbox import Sandbox, launch
from adapters.shopee.assumptions import ASSUMPTIONS
from tests.cli.conftest import Syncer

EXAMPLE = Path(__file__).resolve().parents[2] / "config" / "examples" / "catalogue-babel.csv"


def _new(folder: Path) -> None:
    config = folder / "syncer.toml"
    config.write_text(config.read_text(encoding="utf-8").replace('"active"', '"new"'), encoding="utf-8")


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[Sandbox]:
    """A new channel whose shop writes its codes without the module's name."""
    with launch(("shopee",), switches={"shopee.code_prefix": "none"}) as sandboxes:
        sandboxes.write_config(tmp_path / "syncer.toml")
        _new(tmp_path)
        yield sandboxes["shopee"]


def test_a_check_says_what_the_shop_is(syncer: Syncer, shop: Sandbox) -> None:
    said = syncer("channel", "check", shop.channel)
    assert said.code == 0
    assert f"{shop.channel}  good  answers, lets us in, and is shop" in said.out
    assert "courier 8003 Reguler (Cashless): enabled, 0 to 50000 g" in said.out
    assert "listings in the shop: 0 (limit not said)" in said.out
    assert f"assumptions confirmed: 2 of {len(ASSUMPTIONS)}" in said.out
    assert "shopee.code_prefix = module" in said.out
    assert f"assumptions not yet seen: {len(ASSUMPTIONS) - 2} of {len(ASSUMPTIONS)}" in said.out


def test_a_check_tells_the_assumptions_in_the_language_of_the_reader(syncer: Syncer, shop: Sandbox) -> None:
    said = syncer("--lang", "id", "channel", "check", shop.channel)
    assert "shopee.repeats = accepted: Pembuatan yang sama dua kali menghasilkan dua produk." in said.out
    assert [one.text for one in ASSUMPTIONS if one.text in said.out] == []
    rows = syncer("--lang", "id", "channel", "check", shop.channel, "--json").json["channels"][0]["assumptions"]
    assert "Pesanan mengurangi stok saat dibayar." in [row["text"] for row in rows]


def test_drift_is_named_and_a_person_lets_exactly_that_pass(syncer: Syncer, odd: Sandbox) -> None:
    said = syncer("channel", "check", odd.channel)
    assert "stage: only read" in said.out
    assert f"assumptions contradicted: 1 of {len(ASSUMPTIONS)}" in said.out
    assert "Seen: none (get_warehouse_detail: HTTP 200, error_not_in_whitelist)." in said.out
    row = syncer("channel", "check", odd.channel, "--json").json["channels"][0]
    assert (row["stage"], row["drift"][0]["name"]) == ("reading", "shopee.code_prefix")
    stopped = syncer("resync")
    assert "stays in reading" in stopped.err
    assert "shopee.code_prefix = none" in stopped.err
    assert syncer("channel", "accept", odd.channel, "ffffffff").code == 2
    assert "accepted: shopee.code_prefix = none" in syncer("channel", "accept", odd.channel, row["mark"]).err
    again = syncer("channel", "check", odd.channel, "--json").json["channels"][0]
    assert again["mark"] is None
    assert again["drift"][0]["accepted_by"]
    verdicts = {one["id"]: one["verdict"] for one in again["assumptions"]}
    assert verdicts["shopee.code_prefix"] == "contradicted"


def test_a_new_channel_tells_what_to_do_first(syncer: Syncer, shop: Sandbox, tmp_path: Path) -> None:
    _new(tmp_path)
    said = syncer("resync")
    assert "syncer channel check" in said.err
    assert shop.calls()["total"] == 0
    assert f"{shop.channel}, new:" in syncer("status").out
    assert "Run `syncer channel check`" in syncer("status").out
    assert syncer("report").out.startswith("Action needed: 1 thing.")


def test_a_plan_says_what_keeps_a_run_from_it(syncer: Syncer, shop: Sandbox, tmp_path: Path) -> None:
    _new(tmp_path)
    assert syncer("import", EXAMPLE).code == 0
    assert "nothing is pushed now: channel shopee-sandbox is new" in syncer("plan").out
    assert "syncer channel check" in syncer("plan", "--json").json["channels"][0]["stopped"]
    assert syncer("channel", "check", shop.channel).code == 0
    assert syncer("plan", "--json").json["channels"][0]["stopped"] is None
    syncer("resync")
    assert "on trial: at most 10 listings are pushed" in syncer("plan").out
    assert syncer("channel", "pause", shop.channel, "--why", "stock count").code == 0
    assert "nothing is pushed now: channel shopee-sandbox is paused" in syncer("plan").out


def test_a_list_of_channels_says_how_far_a_new_one_has_come(syncer: Syncer, shop: Sandbox, tmp_path: Path) -> None:
    assert syncer("channel", "list", "--json").json["channels"][0]["stage"] is None  # active: no first contact
    _new(tmp_path)
    assert "shopee-sandbox  shopee  new  " in syncer("channel", "list").out
    syncer("channel", "check", shop.channel)
    syncer("resync")
    assert "shopee-sandbox  shopee  new (on trial)  " in syncer("channel", "list").out
    assert syncer("channel", "list", "--json").json["channels"][0]["stage"] == "trial"


@pytest.mark.parametrize("words", [("orders", "pull"), ("audit",), ("adopt", "shopee-sandbox")])
def test_a_new_channel_is_not_even_read_before_a_check(
    syncer: Syncer, shop: Sandbox, tmp_path: Path, words: tuple[str, ...]
) -> None:
    _new(tmp_path)
    said = syncer(*words)
    assert said.code == 3
    assert "syncer channel check" in said.sentence
    assert shop.calls()["total"] == 0


def test_several_places_for_stock_are_a_setting_to_write(syncer: Syncer, shop: Sandbox) -> None:
    shop.control("PUT", "settings", {"multi_warehouse": True})
    said = syncer("channel", "check", shop.channel)
    assert said.code == 2
    assert 'IDZ, IDB; bind one with location = "IDZ"' in said.out


def test_what_an_adapter_says_is_told_in_the_language_of_the_reader(syncer: Syncer, shop: Sandbox) -> None:
    shop.control("PUT", "settings", {"multi_warehouse": True})
    said = syncer("--lang", "id", "resync")
    assert "toko punya beberapa lokasi stok (IDB, IDZ): pilih satu di config" in said.out + said.err
    assert '"say"' not in said.out + said.err
    report = syncer("--lang", "id", "report").out
    assert "toko punya beberapa lokasi stok (IDB, IDZ)" in report
    assert '"say"' not in report


def test_a_record_holds_every_exchange_and_no_secret(syncer: Syncer, shop: Sandbox, tmp_path: Path) -> None:
    folder = tmp_path / "record"
    assert syncer("channel", "check", shop.channel, "--record", folder).code == 0
    files = sorted(folder.glob("*.json"))
    first = json.loads(files[0].read_text(encoding="utf-8"))
    assert (first["method"], first["path"], first["status"]) == ("GET", "/api/v2/shop/get_shop_info", 200)
    assert first["answer"]["shop_name"] == "Sandbox shop"
    lines = (tmp_path / "secrets.env").read_text(encoding="utf-8").splitlines()
    secrets = [line.partition("=")[2] for line in lines if "PARTNER_ID" not in line]
    assert not [value for value in secrets for file in files if value in file.read_text(encoding="utf-8")]


def test_a_record_that_cannot_be_written_is_a_wrong_word(syncer: Syncer, shop: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    said = syncer("channel", "check", shop.channel, "--record", tmp_path / "taken")
    assert said.code == 2
    assert "name another folder" in said.out


def test_a_key_that_ends_has_a_day_not_a_text(syncer: Syncer, shop: Sandbox, tmp_path: Path) -> None:
    config = tmp_path / "syncer.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("empty = true", 'empty = true\nkey_ends = "soon"'), encoding="utf-8")
    assert "must be a date such as 2027-03-31" in syncer("status").sentence
