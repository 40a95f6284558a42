"""Whether shops let us in: their tokens, and what they said when they ended an authorisation.

Tokens are encrypted in the store, refreshed under a lock, stored before they are used. The first grant comes from
secrets.env and is taken over once; another grant there (a shop authorised anew by hand) replaces what is stored. Keys
rotate: `SYNCER_KEY` may list several, comma-separated, the first encrypts.

A shop that refuses its authorisation is written down and left alone until its secrets in the config are others, or a
person tries again; the next call that it lets in clears that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from filelock import FileLock
from sqlmodel import Session, select

from adapters.clock import Clock
from adapters.contract import AuthError, Cause, Grant, MarketplaceError, Transient
from syncer.store.database import Database
from syncer.store.tables import AuthorisationRow
from syncer.texts import kept

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
class Refusal:
    """That a shop lets us in no more: since when, and what it said. `final` = it was said of the secrets in use."""

    since: datetime
    why: str
    final: bool


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What is known of one shop's authorisation. `mark` = hash of the secrets in use (see `mark_of`)."""

    database: Database
    clock: Clock
    marketplace: str
    shop_id: str
    mark: str

    def refusal(self) -> Refusal | None:
        """What the shop said when it let us in no more; None: it lets us in, as far as is known."""
        with self.database.read() as session:
            row = _row_of(session, self.marketplace, self.shop_id)
            if row is None or row.refused is None:
                return None
            return Refusal(row.refused_at or row.updated_at, row.refused, row.refused_with == self.mark)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """For calls to the shop: when it refuses the authorisation that is written down, when it lets us in cleared."""
        try:
            yield
        except MarketplaceError as error:
            self.met(error)
            raise
        self.confirm()

    def met(self, error: MarketplaceError) -> None:
        """Write down that the shop refused the authorisation, if that is what `error` says."""
        if not ends_it(error):
            return
        now = self.clock.now()
        with self.database.write() as session:
            row = _row_of(session, self.marketplace, self.shop_id) or _empty(self.marketplace, self.shop_id, now)
            if row.refused is None:
                row.refused_at = now
            row.refused, row.refused_with = error.text or error.code, self.mark
            session.add(row)

    def confirm(self) -> None:
        """The shop has let us in: whatever it said before has been cured."""
        if self.refusal() is None:
            return
        with self.database.write() as session:
            row = _row_of(session, self.marketplace, self.shop_id)
            if row is not None:
                row.refused = row.refused_at = row.refused_with = None
                session.add(row)


def ends_it(error: MarketplaceError) -> bool:
    """Whether the shop's owner must act: our tokens are worth nothing, or the shop is bound to our app no longer."""
    return error.cause is Cause.auth or (isinstance(error, AuthError) and error.cause is Cause.binding)


def mark_of(secrets: Mapping[str, str], keys: str) -> str:
    """A hash that changes exactly when a shop's secrets, or the keys of its stored tokens, change."""
    lines = [*(f"{name}={value}" for name, value in sorted(secrets.items())), keys]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _row_of(session: Session, marketplace: str, shop_id: str) -> AuthorisationRow | None:
    return session.exec(
        select(AuthorisationRow).where(AuthorisationRow.marketplace == marketplace, AuthorisationRow.shop_id == shop_id)
    ).first()


def _empty(marketplace: str, shop_id: str, now: datetime) -> AuthorisationRow:
    """A row without a grant."""
    return AuthorisationRow(
        marketplace=marketplace, shop_id=shop_id, access_token=b"", refresh_token=b"", updated_at=now
    )


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

    def keep(self, grant: Grant) -> None:
        """A grant that the owner has just given: it replaces the stored one, and whatever stands in secrets.env."""
        with FileLock(str(self._lock_file())):
            self._store(grant)
            with self.database.write() as session:
                row = _row_of(session, self.marketplace, self.shop_id)
                if row is not None:
                    row.seed_hash = "" if self.seed is None else _hash(self.seed)
                    row.refused = row.refused_at = row.refused_with = None
                    session.add(row)

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
            row = _row_of(session, self.marketplace, self.shop_id)
            if row is not None and row.access_token and not self._is_newer(row):
                return self._decrypted(row)
        if self.seed is None:
            raise AuthError(
                Cause.auth, "no_grant",
                kept("shop {shop} on {marketplace} has not been authorised yet", shop=self.shop_id,
                     marketplace=self.marketplace),
            )  # fmt: skip
        self._store(self.seed)
        return self.seed

    def _is_newer(self, row: AuthorisationRow) -> bool:
        """Whether secrets.env holds a grant that goes before the stored one.

        One that has been replaced since is what a process started earlier remembers: its tokens are spent, and taking
        them up would throw away those that work. Only where the shop refuses the stored ones may it be right.
        """
        mark = "" if self.seed is None else _hash(self.seed)
        if mark in ("", row.seed_hash):
            return False
        return mark not in row.seeds_before.split() or row.refused is not None

    def _decrypted(self, row: AuthorisationRow) -> Grant:
        try:
            access, refresh = self.keys.decrypt(row.access_token), self.keys.decrypt(row.refresh_token)
        except InvalidToken:
            text = kept(
                "the stored tokens of shop {shop} cannot be read with SYNCER_KEY; restore the key, or authorise the "
                "shop anew",
                shop=self.shop_id,
            )
            raise AuthError(Cause.auth, "wrong_key", text) from None
        return Grant(self.shop_id, access.decode(), refresh.decode(), row.access_expires_at, row.refresh_expires_at)

    def _store(self, grant: Grant) -> None:
        """The new pair is on disk before anything uses it: a refresh token lives once."""
        with self.database.write() as session:
            now = self.clock.now()
            row = _row_of(session, self.marketplace, self.shop_id) or _empty(self.marketplace, self.shop_id, now)
            row.access_token = self.keys.encrypt(grant.access_token.encode())
            row.refresh_token = self.keys.encrypt(grant.refresh_token.encode())
            row.access_expires_at, row.refresh_expires_at = grant.access_expires_at, grant.refresh_expires_at
            if grant is self.seed and row.seed_hash != (mark := _hash(grant)):
                before = {*row.seeds_before.split(), row.seed_hash} - {mark}
                row.seed_hash, row.seeds_before = mark, " ".join(sorted(before)).strip()
            row.updated_at = now
            session.add(row)


def _hash(grant: Grant) -> str:
    return hashlib.sha256(f"{grant.access_token}\n{grant.refresh_token}".encode()).hexdigest()
