"""When the service lived: gaps in its own running, and jumps of the clock, are written down rather than passed over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from adapters.clock import Clock
from syncer.store.database import Database
from syncer.store.tables import AliveRow, FacetRow, GapRow, ListingRow

SIGN_EVERY_S = 30.0
GAP_FROM = timedelta(seconds=120)
"""A silence shorter than this is a restart, not a gap."""

JUMP_FROM_S = 5.0
"""The wall clock may run away from the monotonic one by this much (NTP slews); more is a jump."""

ONLY = 1


@dataclass(slots=True)
class Alive:
    """The service's signs of life."""

    database: Database
    clock: Clock
    _signed_at: float = field(default=0.0)
    _wall: datetime | None = field(default=None)
    _steady: float = field(default=0.0)

    def begin(self) -> GapRow | None:
        """The service starts: the gap since its last sign of life, if there is one."""
        now = self.clock.now()
        gap = None
        with self.database.write() as session:
            row = session.get(AliveRow, ONLY)
            if row is not None and now - row.at >= GAP_FROM:
                gap = GapRow(kind="service", began_at=row.at, ended_at=now, note=row.note or "no_word")
                session.add(gap)
            if row is not None and row.at > now + GAP_FROM:
                clock_went_back(session, row.at, now)
        self._sign("")
        return gap

    def tick(self) -> str | None:
        """Now and then, from the loop: sign, and notice a jump of the clock ("forward" or "back")."""
        jumped = self._jumped()
        if jumped is not None or self.clock.monotonic() - self._signed_at >= SIGN_EVERY_S:
            self._sign("")
        return jumped

    def end(self, note: str) -> None:
        """The last sign: what follows was meant."""
        self._sign(note)

    def _sign(self, note: str) -> None:
        now = self.clock.now()
        self._signed_at, self._wall, self._steady = self.clock.monotonic(), now, self.clock.monotonic()
        with self.database.write() as session:
            row = session.get(AliveRow, ONLY) or AliveRow(id=ONLY, at=now)
            row.at, row.note = now, note
            session.add(row)

    def _jumped(self) -> str | None:
        if self._wall is None:
            return None
        expected = self._wall + timedelta(seconds=self.clock.monotonic() - self._steady)
        now = self.clock.now()
        off = (now - expected).total_seconds()
        if abs(off) < JUMP_FROM_S:
            return None
        with self.database.write() as session:
            session.add(GapRow(kind="clock", began_at=expected, ended_at=now, note=f"{off:+.0f} s"))
            if off < 0:
                clock_went_back(session, expected, now)
        return "forward" if off > 0 else "back"


def clock_went_back(session: Session, old: datetime, now: datetime) -> None:
    """What was due at a moment that has become a future one is due now: nothing waits for the clock to catch up."""
    for table, moment in ((ListingRow, ListingRow.due_at), (FacetRow, FacetRow.retry_at)):
        late = update(table).where(col(moment) > now, col(moment) <= old)
        session.connection().execute(late.values({moment: now}))
