"""Tokens: encrypted at rest, stored before they are used, refreshed once whoever asks, replaced by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from adapters.clock import ManualClock
from adapters.contract import AuthError, Cause, Grant, Transient
from syncer.channels.authorisation import StoredGrants, keyring
from syncer.store.database import Database
from syncer.store.schema import open_database

START = datetime(2026, 11, 24, tzinfo=UTC)
KEY = Fernet.generate_key().decode()


class Marketplace:
    """Rotates pairs and remembers what it was asked."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock, self.asked, self.losses = clock, [""][:0], 0

    def refresh(self, grant: Grant) -> Grant:
        """The next pair; the first `losses` replies are lost."""
        self.asked.append(grant.refresh_token)
        if self.losses:
            self.losses -= 1
            raise Transient(Cause.transient, "", "the reply was lost")
        number = len(self.asked)
        return Grant("7", f"access-{number}", f"refresh-{number}", self.clock.now() + timedelta(hours=4))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(f"sqlite:///{tmp_path / 'grants.db'}")
    yield made
    made.close()


def _grants(
    database: Database, tmp_path: Path, market: Marketplace, seed: str | None = "a", key: str = KEY
) -> StoredGrants:
    grant = None if seed is None else Grant("7", f"access-{seed}", f"refresh-{seed}")
    return StoredGrants(database, market.clock, keyring(key), tmp_path, "shopee", "7", grant, market.refresh)


def test_the_first_grant_is_taken_over_and_kept_encrypted(database: Database, tmp_path: Path) -> None:
    market = Marketplace(ManualClock(START))
    assert _grants(database, tmp_path, market).grant().access_token == "access-a"
    assert database.file is not None
    stored = b"".join(path.read_bytes() for path in database.file.parent.glob("grants.db*"))
    assert b"access-a" not in stored
    assert b"refresh-a" not in stored


def test_a_refresh_is_stored_before_it_is_used_and_ahead_of_the_end(database: Database, tmp_path: Path) -> None:
    market = Marketplace(ManualClock(START))
    grants = _grants(database, tmp_path, market)
    fresh = grants.renew(grants.grant())
    assert (fresh.access_token, market.asked) == ("access-1", ["refresh-a"])
    assert _grants(database, tmp_path, market).grant() == fresh
    market.clock.advance(4 * 3600 - 60)
    assert grants.grant().access_token == "access-2"


def test_two_who_met_the_same_end_refresh_once(database: Database, tmp_path: Path) -> None:
    market = Marketplace(ManualClock(START))
    grants = _grants(database, tmp_path, market)
    stale = grants.grant()
    assert grants.renew(stale) == grants.renew(stale)
    assert market.asked == ["refresh-a"]


def test_a_lost_reply_is_asked_once_more_with_the_same_token(database: Database, tmp_path: Path) -> None:
    market = Marketplace(ManualClock(START))
    market.losses = 1
    grants = _grants(database, tmp_path, market)
    assert grants.renew(grants.grant()).access_token == "access-2"
    assert market.asked == ["refresh-a", "refresh-a"]
    market.losses = 2
    with pytest.raises(Transient):
        grants.renew(grants.grant())


def test_another_grant_in_the_secrets_replaces_what_is_stored(database: Database, tmp_path: Path) -> None:
    market = Marketplace(ManualClock(START))
    grants = _grants(database, tmp_path, market)
    grants.renew(grants.grant())
    assert _grants(database, tmp_path, market, "b").grant().access_token == "access-b"
    assert _grants(database, tmp_path, market, None).grant().access_token == "access-b"


def test_keys_rotate_and_a_wrong_key_says_so(database: Database, tmp_path: Path) -> None:
    market = Marketplace(ManualClock(START))
    _grants(database, tmp_path, market).grant()
    other = Fernet.generate_key().decode()
    assert _grants(database, tmp_path, market, key=f"{other},{KEY}").grant().access_token == "access-a"
    with pytest.raises(AuthError, match="SYNCER_KEY"):
        _grants(database, tmp_path, market, key=other).grant()


def test_a_shop_without_a_grant_needs_a_person(database: Database, tmp_path: Path) -> None:
    with pytest.raises(AuthError, match="not been authorised"):
        _grants(database, tmp_path, Marketplace(ManualClock(START)), None).grant()
