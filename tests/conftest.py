"""What every test shares: English texts, whatever the machine's settings are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from syncer.texts import use_language


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Texts as the code has them; no setting of the caller's reaches a test."""
    for name in ("SYNCER_LANG", "SYNCER_CONFIG", "SYNCER_DATABASE_URL", "SYNCER_KEY", "SYNCER_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    use_language("en")
    yield
    use_language("en")


@pytest.fixture(autouse=True)
def _log_of_its_own() -> Iterator[None]:
    """A test that sends the log to a file of its own leaves none to the next: the file is closed by then."""
    yield
    structlog.reset_defaults()
