"""Tokens of shops: encrypted in the store, refreshed under a lock, stored before they are used.

The first grant comes from secrets.env and is taken over once; another grant there (a shop authorised anew by hand)
replaces what is stored. Keys rotate: `SYNCER_KEY` may list several, comma-separated, the first encrypts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from filelock import FileLock
from sqlmodel import Session, select

from adapters.clock import Clock
from adapters.contract import AuthError, Cause, Grant, Transient
from syncer.store.database import Database
from syncer.store.tables import AuthorisationRow

AHEAD = timedelta(minutes=10)
"""A token is refreshed this long before it ends, so that no call meets its end."""

TRIES = 2
"""The same refresh is tried once more when its reply was lost (Shopee, facts section 2.2)."""


def keyring(keys: str) -> MultiFernet:
    """The keys of SYNCER_KEY.

    Raises:
        ValueError: one is not a Fernet key.
    """
    return MultiFernet([Fernet(key.strip().encode()) for key in keys.split(",") if key.strip()])


@dataclass(frozen=True, slots=True)
class StoredGrants:
    """The `GrantSource` of one shop. `refresh` is the adapter's; `seed` the grant of secrets.env, if it has one."""

    database: Database
    clock: Clock
    keys: MultiFernet
    locks: Path
    marketplace: str
    shop_id: str
    seed: Grant | None
    refresh: Callable[[Grant], Grant]

    def grant(self) -> Grant:
        """The grant to use now, refreshed ahead of its end."""
        grant = self._load()
        ends = grant.access_expires_at
        if ends is not None and ends - AHEAD <= self.clock.now():
            return self.renew(grant)
        return grant

    def renew(self, stale: Grant) -> Grant:
        """A newer grant than `stale`; one refresh at a time, whoever asks."""
        with FileLock(str(self._lock_file())):
            known = self._load()
            if known.access_token != stale.access_token:
                return known  # somebody else has just refreshed it
            fresh = self._refreshed(known)
            self._store(fresh)
            return fresh

    def _lock_file(self) -> Path:
        self.locks.mkdir(parents=True, exist_ok=True)
        return self.locks / f"grant-{self.marketplace}-{self.shop_id}.lock"

    def _refreshed(self, grant: Grant) -> Grant:
        for _ in range(TRIES - 1):
            try:
                return self.refresh(grant)
            except Transient:
                continue
        return self.refresh(grant)

    def _load(self) -> Grant:
        with self.database.read() as session:
            row = self._row(session)
            if row is not None and (self.seed is None or row.seed_hash == _hash(self.seed)):
                return self._decrypted(row)
        if self.seed is None:
            raise AuthError(
                Cause.auth, "no_grant", f"shop {self.shop_id} on {self.marketplace} has not been authorised yet"
            )
        self._store(self.seed)
        return self.seed

    def _row(self, session: Session) -> AuthorisationRow | None:
        return session.exec(
            select(AuthorisationRow).where(
                AuthorisationRow.marketplace == self.marketplace, AuthorisationRow.shop_id == self.shop_id
            )
        ).first()

    def _decrypted(self, row: AuthorisationRow) -> Grant:
        try:
            access, refresh = self.keys.decrypt(row.access_token), self.keys.decrypt(row.refresh_token)
        except InvalidToken:
            text = (
                f"the stored tokens of shop {self.shop_id} cannot be read with SYNCER_KEY; "
                "restore the key, or authorise the shop anew"
            )
            raise AuthError(Cause.auth, "wrong_key", text) from None
        return Grant(self.shop_id, access.decode(), refresh.decode(), row.access_expires_at, row.refresh_expires_at)

    def _store(self, grant: Grant) -> None:
        """The new pair is on disk before anything uses it: a refresh token lives once."""
        with self.database.write() as session:
            row = self._row(session) or AuthorisationRow(
                marketplace=self.marketplace, shop_id=self.shop_id, access_token=b"", refresh_token=b"",
                updated_at=self.clock.now(),
            )  # fmt: skip
            row.access_token = self.keys.encrypt(grant.access_token.encode())
            row.refresh_token = self.keys.encrypt(grant.refresh_token.encode())
            row.access_expires_at, row.refresh_expires_at = grant.access_expires_at, grant.refresh_expires_at
            row.seed_hash = _hash(self.seed) if self.seed is not None else row.seed_hash
            row.updated_at = self.clock.now()
            session.add(row)


def _hash(grant: Grant) -> str:
    return hashlib.sha256(f"{grant.access_token}\n{grant.refresh_token}".encode()).hexdigest()
