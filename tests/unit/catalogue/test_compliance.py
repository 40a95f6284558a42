"""The dated rules come from a file, and a file that cannot be understood is refused with a sentence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from syncer.catalogue.compliance import rule_settings
from syncer.errors import ConfigError
from tests.unit.catalogue.files import ROOT


def test_our_own_file_is_read() -> None:
    settings = rule_settings()
    assert settings == rule_settings(ROOT / "config" / "compliance.toml")
    assert settings.halal_since == date(2026, 10, 18)
    assert settings.certificate_days == 90
    assert len(settings.claims) == 5


GOOD = '[pirt]\nfood = "A"\nfrozen = "A > B"\nremark_days = 30\n[halal]\nsince = 2030-01-01\n'


def test_another_file_may_say_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "compliance.toml"
    path.write_text(GOOD)
    settings = rule_settings(path)
    assert (settings.food, settings.certificate_days, settings.claims) == ("A", 30, ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pirt = [",
        GOOD.replace("30", '"many"'),
        GOOD + "[[claims]]\npattern = '('\nsince = 2025-01-01\n",
        GOOD + "[[claims]]\npattern = 'x'\n",
        GOOD + "[strange]\na = 1\n",
    ],
)
def test_a_file_that_cannot_be_understood_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "compliance.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match="correct it"):
        rule_settings(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        rule_settings(tmp_path / "none.toml")
