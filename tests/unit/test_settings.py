"""syncer.toml and secrets.env: what is read, what wins, and what one sentence says when something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.contract import Limits, Rate
from syncer.errors import ConfigError
from syncer.settings import Settings, config_dir, load_settings

SECRET = "a-partner-key-that-nobody-may-see"
CONFIG = """
database = "sqlite:///shop.db"
language = "en"
[health]
port = 0
[guard]
factor = 7
[channels.shopee-plut]
marketplace = "shopee"
state = "active"
shop_id = "14701711"
sells = { producers = ["*"], except_categories = ["Makanan"] }
empty = true
[channels.shopee-plut.limits]
rates = [ { scope = "app", count = 60, window_s = 1.0 } ]
settle_s = 2.0
"""
SECRETS = f"""SYNCER_KEY=the-key
SHOPEE_PLUT__PARTNER_ID=2001887
SHOPEE_PLUT__PARTNER_KEY={SECRET}
SHOPEE_PLUT__ACCESS_TOKEN=
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "syncer.toml"
    path.write_text(CONFIG, encoding="utf-8")
    write_secrets(tmp_path, SECRETS)
    return path


def write_secrets(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "secrets.env"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def refused(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    return str(caught.value)


# --- what is read ----------------------------------------------------------------------------------------------------


def test_a_config_is_read_with_its_defaults(config: Path) -> None:
    settings = load_settings(config)
    channel = settings.channel("shopee-plut")
    assert (settings.language, settings.health.port, settings.orders_max_age_s) == ("en", 0, 60.0)
    assert (channel.shop_id, channel.state, channel.url, channel.empty) == ("14701711", "active", None, True)
    assert channel.sells.producers == ("*",)
    assert channel.sells.except_categories == ("Makanan",)


def test_guard_thresholds_are_the_promised_ones_but_for_what_the_file_says(config: Path) -> None:
    guard = load_settings(config).guard
    assert guard.factor == 7
    shares = (guard.price_share, guard.stock_share, guard.content_share, guard.structure_share, guard.take_down_share)
    assert shares == (50, 90, 50, 50, 20)
    assert (guard.stock_factor, guard.stock_least, guard.share_from) == (10, 20, 20)


def test_limits_of_a_channel_override_the_marketplaces_key_by_key(config: Path) -> None:
    limits = load_settings(config).channel("shopee-plut").limits
    assert limits.rates == (Rate("app", 60, 1.0),)
    assert limits.settle_s == 2.0
    assert (limits.concurrency, limits.create_ready_s, limits.rows_per_call) == (8, 5.0, 50)


def test_a_channel_without_limits_has_the_marketplaces(config: Path) -> None:
    config.write_text(CONFIG.partition("[channels.shopee-plut.limits]")[0], encoding="utf-8")
    limits = load_settings(config).channel("shopee-plut").limits
    assert limits == Limits(
        rates=(Rate("app", 10, 1.0),), concurrency=8, settle_s=120.0, create_ready_s=5.0, clock_tolerance_s=240.0
    )


def test_a_marketplace_of_an_installed_package_brings_its_pace_in_the_config(config: Path) -> None:
    config.write_text(CONFIG.replace('"shopee"', '"elsewhere"'), encoding="utf-8")
    limits = load_settings(config).channel("shopee-plut").limits
    assert limits == Limits(rates=(Rate("app", 60, 1.0),), settle_s=2.0)


def test_nothing_can_be_changed_afterwards(config: Path) -> None:
    settings = load_settings(config)
    with pytest.raises(ValueError, match="frozen"):
        settings.language = "id"


def test_a_byte_order_mark_is_fine(config: Path) -> None:
    config.write_text("\ufeff" + CONFIG, encoding="utf-8")
    write_secrets(config.parent, "\ufeff" + SECRETS)
    assert load_settings(config).key.get_secret_value() == "the-key"


# --- what wins -------------------------------------------------------------------------------------------------------


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings(config).database == f"sqlite:///{config.parent / 'shop.db'}"
    monkeypatch.setenv("SYNCER_DATABASE_URL", "postgresql://plut@127.0.0.1/shop")
    monkeypatch.setenv("SYNCER_LANG", "id")
    monkeypatch.setenv("SYNCER_KEY", "another-key")
    there = load_settings(config)
    assert (there.database, there.language) == ("postgresql+psycopg://plut@127.0.0.1/shop", "id")
    assert there.key == SecretStr("another-key")
    here = load_settings(config, "sqlite:////srv/other.db", "en")
    assert (here.database, here.language) == ("sqlite:////srv/other.db", "en")


def test_the_config_is_found_by_the_environment_and_else_in_the_current_folder(
    config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(config.parent)
    assert load_settings().folder == config.parent
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    monkeypatch.setenv("SYNCER_CONFIG", str(config))
    assert load_settings().folder == config.parent


def test_an_empty_variable_says_nothing(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SYNCER_CONFIG", "SYNCER_DATABASE_URL", "SYNCER_LANG", "SYNCER_KEY"):
        monkeypatch.setenv(name, "")
    monkeypatch.chdir(config.parent)
    settings = load_settings()
    assert (settings.language, settings.key.get_secret_value()) == ("en", "the-key")


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("sqlite:////srv/shop.db", "sqlite:////srv/shop.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql://plut:pw@db/shop", "postgresql+psycopg://plut:pw@db/shop"),
        ("postgres://plut@db/shop", "postgresql+psycopg://plut@db/shop"),
        ("postgresql+psycopg://plut@db/shop?sslmode=require", "postgresql+psycopg://plut@db/shop?sslmode=require"),
    ],
)
def test_addresses_of_databases(config: Path, written: str, used: str) -> None:
    assert load_settings(config, written).database == used


@pytest.mark.parametrize("wrong", ["shop.db", "mysql://plut:hidden@db/shop", "sqlite:shop.db", "sqlite://", ""])
def test_an_address_that_is_not_understood_is_not_shown(config: Path, wrong: str) -> None:
    if not wrong:
        config.write_text(CONFIG.replace("sqlite:///shop.db", ""), encoding="utf-8")
    with pytest.raises(ConfigError, match="address is not understood") as caught:
        load_settings(config, wrong)
    assert "hidden" not in str(caught.value)


# --- what one sentence says ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("database =", "databse =", "databse: there is no such setting; did you mean 'database'?"),
        ("factor =", "faktor =", "guard.faktor: there is no such setting; did you mean 'factor'?"),
        ("shop_id =", "shopid =", "channels.shopee-plut.shopid: there is no such setting; did you mean 'shop_id'?"),
        ("producers =", "producer =", "sells.producer: there is no such setting; did you mean 'producers'?"),
        ("settle_s =", "setle_s =", "limits.setle_s: there is no such setting; did you mean 'settle_s'?"),
        ("window_s =", "windows =", "limits.rates.0.windows: there is no such setting; did you mean 'window_s'?"),
        ("port =", "zzz =", "health.zzz: there is no such setting; known here: port"),
        ("port = 0", "port = 70000", "health.port: must be 65535 or less; correct this setting"),
        ("port = 0", 'port = "a"', "health.port: must be a whole number; correct this setting"),
        ("port = 0", "port = 1.5", "health.port: must be a whole number; correct this setting"),
        ("factor = 7", "factor = 1", "guard.factor: must be more than 1; correct this setting"),
        ('"en"', '"fr"', "language: must be one of 'id', 'en'; correct this setting"),
        ('shop_id = "14701711"', "", "channels.shopee-plut.shop_id: is missing; correct this setting"),
        ('"14701711"', "14701711", "channels.shopee-plut.shop_id: must be text in quotes; correct this setting"),
        ('["*"]', '"*"', "sells.producers: must be a list in [ ]; correct this setting"),
        ("empty = true", 'url = "ftp://x"', "url: must be an address that begins with http:// or https://"),
        ("[health]\nport = 0", "health = 5", "health: must be a section of its own; correct this setting"),
        ('"shopee"', '"../shopee"', "nothing is known of '../shopee', known are: "),
        ("[health]", "[health", "is not valid TOML"),
    ],
)
def test_a_wrong_setting_is_one_sentence_with_file_and_place(config: Path, old: str, new: str, said: str) -> None:
    text = CONFIG if '"../shopee"' not in new else CONFIG.partition("[channels.shopee-plut.limits]")[0]
    assert old in text
    sentence = refused(config, text.replace(old, new))
    assert sentence.startswith(f"{config}: ")
    assert said in sentence
    assert "\n" not in sentence


def test_what_was_written_is_never_shown_back(config: Path) -> None:
    assert SECRET not in refused(config, f'language = "{SECRET}"')


def test_a_missing_file_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="`syncer init` writes one"):
        load_settings(tmp_path / "syncer.toml")


def test_a_folder_or_other_bytes_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b'database = "caf\xe9"')
    with pytest.raises(ConfigError, match="is not valid TOML"):
        load_settings(tmp_path / "latin.toml")


def test_an_unknown_language_of_the_environment(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNCER_LANG", "fr")
    with pytest.raises(ConfigError, match="no texts in 'fr'; choose one of id, en"):
        load_settings(config)


@pytest.mark.parametrize("name", ['"shopee plut"', '"-x"', '"shöp"'])
def test_a_channel_name_that_no_secret_can_carry(config: Path, name: str) -> None:
    assert "a channel's name has only letters" in refused(config, CONFIG.replace("shopee-plut", name))


def test_two_channels_that_would_share_their_secrets(config: Path) -> None:
    twin = '[channels.shopee_plut]\nmarketplace = "shopee"\nshop_id = "2"\n'
    said = refused(config, CONFIG + twin)
    assert "'shopee-plut' and 'shopee_plut' would share their secrets (SHOPEE_PLUT__…)" in said


def test_an_unknown_channel_names_those_there_are(config: Path) -> None:
    with pytest.raises(ConfigError, match=r"no channel 'shopee-plot' in .*; there are: shopee-plut"):
        load_settings(config).channel("shopee-plot")


# --- secrets ---------------------------------------------------------------------------------------------------------


def secrets_of(settings: Settings, *names: str) -> dict[str, str]:
    return settings.secrets(settings.channel("shopee-plut"), names, ("access_token", "refresh_token"))


def test_secrets_by_the_adapters_names_and_empty_tokens_are_none(config: Path) -> None:
    found = secrets_of(load_settings(config), "partner_id", "partner_key")
    assert found == {"partner_id": "2001887", "partner_key": SECRET}


def test_a_missing_credential_names_the_line_to_write(config: Path) -> None:
    write_secrets(config.parent, "SHOPEE_PLUT__PARTNER_ID=2001887\n")
    with pytest.raises(ConfigError, match=r"secrets.env: SHOPEE_PLUT__PARTNER_KEY is missing; write the line"):
        secrets_of(load_settings(config), "partner_id", "partner_key")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_secrets_that_others_may_read_are_refused(config: Path, mode: int) -> None:
    write_secrets(config.parent, SECRETS, mode)
    with pytest.raises(ConfigError, match="others may read it; run `chmod 600 ") as caught:
        load_settings(config)
    assert caught.value.exit_code == 2


def test_secrets_that_are_no_text(config: Path) -> None:
    (config.parent / "secrets.env").write_bytes(b"SYNCER_KEY=caf\xe9\n")
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        load_settings(config)


def test_no_secret_is_printed(config: Path) -> None:
    settings = load_settings(config)
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert SECRET not in shown
        assert "the-key" not in shown


def test_without_secrets_there_is_no_key(config: Path) -> None:
    (config.parent / "secrets.env").unlink()
    assert load_settings(config).key.get_secret_value() == ""


# --- config/ ---------------------------------------------------------------------------------------------------------


def test_the_config_folder_of_a_checkout_has_the_dated_data() -> None:
    assert (config_dir() / "marketplaces" / "shopee.toml").is_file()
