"""An authorisation that a shop has ended: written down, bound to its secrets, cleared by success."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from adapters.clock import ManualClock
from adapters.contract import AuthError, Cause, Grant, MarketplaceError
from syncer.channels.authorisation import Authorisation, StoredGrants, keyring, mark_of
from syncer.store.database import Database
from syncer.store.schema import open_database

START = datetime(2026, 11, 24, tzinfo=UTC)
KEY = Fernet.generate_key().decode()
ENDED = AuthError(Cause.auth, "invalid_refresh_token", "the shop took its permission back")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(f"sqlite:///{tmp_path / 'grants.db'}")
    yield made
    made.close()


@pytest.fixture
def known(database: Database) -> Authorisation:
    return Authorisation(database, ManualClock(START), "blibli", "7", mark_of({"api_key": "a"}, KEY))


def ends(known: Authorisation, error: MarketplaceError = ENDED) -> None:
    with pytest.raises(MarketplaceError), known.watched():
        raise error


def test_a_shop_lets_us_in_until_it_says_otherwise(known: Authorisation) -> None:
    with known.watched():
        pass
    assert known.refusal() is None
    ends(known, MarketplaceError(Cause.transient, "503", "down"))
    assert known.refusal() is None


def test_a_refusal_keeps_its_first_moment_and_is_cleared_by_a_call_that_went_well(known: Authorisation) -> None:
    assert isinstance(known.clock, ManualClock)
    ends(known)
    known.clock.advance(3600)
    ends(known)
    refusal = known.refusal()
    assert refusal is not None
    assert (refusal.since, refusal.why, refusal.final) == (START, "the shop took its permission back", True)
    with known.watched():
        pass
    assert known.refusal() is None


def test_other_secrets_may_try_again(known: Authorisation) -> None:
    ends(known)
    other = replace(known, mark=mark_of({"api_key": "b"}, KEY))
    refusal = other.refusal()
    assert refusal is not None
    assert not refusal.final
    ends(other)
    assert (other.refusal(), known.refusal()) == (replace(refusal, final=True), refusal)


def test_the_mark_tells_secrets_and_keys_apart() -> None:
    marks = {mark_of({"a": "1"}, KEY), mark_of({"a": "2"}, KEY), mark_of({"b": "1"}, KEY), mark_of({"a": "1"}, "")}
    assert len(marks) == 4


# --- grants that replace each other ----------------------------------------------------------------------------------


def _refused(_grant: Grant) -> Grant:
    raise ENDED


def _grants(database: Database, tmp_path: Path, seed: str | None) -> StoredGrants:
    grant = None if seed is None else Grant("7", f"access-{seed}", f"refresh-{seed}")
    return StoredGrants(database, ManualClock(START), keyring(KEY), tmp_path, "shopee", "7", grant, _refused)


def test_a_process_that_remembers_an_old_grant_does_not_bring_it_back(database: Database, tmp_path: Path) -> None:
    daemon, person = _grants(database, tmp_path, "a"), _grants(database, tmp_path, "b")
    daemon.grant()
    assert person.grant().access_token == "access-b"
    assert daemon.grant().access_token == "access-b"
    assert person.grant().access_token == "access-b"


def test_a_grant_that_was_replaced_is_taken_up_again_where_its_successor_is_refused(
    database: Database, tmp_path: Path
) -> None:
    _grants(database, tmp_path, "a").grant()
    _grants(database, tmp_path, "b").grant()
    known = Authorisation(database, ManualClock(START), "shopee", "7", "mark")
    ends(known)
    assert _grants(database, tmp_path, "a").grant().access_token == "access-a"


def test_a_refusal_of_a_shop_without_a_grant_is_no_grant(database: Database, tmp_path: Path) -> None:
    ends(Authorisation(database, ManualClock(START), "shopee", "7", "mark"))
    with pytest.raises(AuthError, match="not been authorised"):
        _grants(database, tmp_path, None).grant()
    assert _grants(database, tmp_path, "a").grant().access_token == "access-a"
