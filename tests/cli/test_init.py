"""`syncer init`: a config with comments, a key that only its owner may read, a database; never over an existing one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from syncer.settings import ConfigFile, config_dir, load_settings
from tests.cli.conftest import Syncer


def test_everything_is_there_and_usable(syncer: Syncer, tmp_path: Path) -> None:
    ended = syncer("init")
    assert (ended.code, ended.out) == (0, "")
    assert "open it, it says what to do next" in ended.sentence
    settings = load_settings(tmp_path / "syncer.toml")
    Fernet(settings.key.get_secret_value())
    assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "syncer.db").stat().st_size > 0
    assert syncer("status").out == "No channel yet: name one in the config.\n"


def test_each_has_a_key_of_its_own(syncer: Syncer, tmp_path: Path) -> None:
    assert syncer("init", "one").code == syncer("init", "two").code == 0
    assert (tmp_path / "one" / "secrets.env").read_text() != (tmp_path / "two" / "secrets.env").read_text()


@pytest.mark.parametrize("name", ["syncer.toml", "secrets.env"])
def test_nothing_that_exists_is_touched(syncer: Syncer, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    ended = syncer("init")
    assert f"{name}: exists already and was left as it is" in ended.sentence
    assert ended.code == 2
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_config_option_names_the_place(syncer: Syncer, tmp_path: Path) -> None:
    assert syncer("--config", "plut/shop.toml", "init").code == 0
    assert sorted(path.name for path in (tmp_path / "plut").iterdir()) == [
        "categories.csv", "secrets.env", "shop.toml", "syncer.db",
    ]  # fmt: skip
    assert syncer("--config", "plut/shop.toml", "status").code == 0


def test_the_commented_settings_are_the_defaults_and_exist() -> None:
    text = (config_dir() / "syncer.toml").read_text(encoding="utf-8")
    written = ConfigFile.model_validate(tomllib.loads(text))
    full = ConfigFile.model_validate(tomllib.loads(re.sub(r"^# (?=\[|[a-z_]+ = )", "", text, flags=re.MULTILINE)))
    assert written == ConfigFile()
    assert full.model_copy(update={"channels": {}}) == written
    assert set(full.channels) == {"shopee-plut"}
