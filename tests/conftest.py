"""What every test stands on: no word of the machine's environment, texts in English."""

from __future__ import annotations

import os

import pytest

from syncer.texts import use_language


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SYNCER_")]:
        monkeypatch.delenv(name)
    use_language("en")
