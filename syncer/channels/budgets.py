"""What a marketplace's limits have seen of us, kept in the store, so that a restart knows of it: calls spent against
long windows, and the pace that refusals have taught.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from adapters.clock import Clock
from adapters.pacing import Learnt, Pacer
from syncer.store.database import Database
from syncer.store.tables import BudgetLearntRow, BudgetUseRow

LEARNT_LASTS = timedelta(days=1)
"""What was learnt longer ago says little: the marketplace's limit may be another by now."""


@dataclass(frozen=True, slots=True)
class StoredBudgets:
    """The `Memory` of one marketplace's pacer."""

    database: Database
    clock: Clock
    marketplace: str

    def recall(self, budget: str, window_s: float) -> Mapping[int, float]:
        """{row: age in seconds}. A clock that was set back makes a call younger than it is, never older."""
        now = self.clock.now()
        with self.database.read() as session:
            rows = session.exec(
                select(BudgetUseRow.id, BudgetUseRow.at).where(
                    BudgetUseRow.budget == self._named(budget), col(BudgetUseRow.at) > now - timedelta(seconds=window_s)
                )
            ).all()
        return {number: max(0.0, (now - at).total_seconds()) for number, at in rows if number is not None}

    def spend(self, budget: str, window_s: float) -> int:
        """Write a call down; what has left the window is swept up."""
        now, name = self.clock.now(), self._named(budget)
        with self.database.write() as session:
            session.exec(
                delete(BudgetUseRow).where(
                    col(BudgetUseRow.budget) == name, col(BudgetUseRow.at) <= now - timedelta(seconds=window_s)
                )
            )
            row = BudgetUseRow(budget=name, at=now)
            session.add(row)
            session.flush()
            if row.id is None:
                raise LookupError("the database gave the call no number")
            return row.id

    def learnt(self, budget: str) -> Learnt | None:
        """What refusals taught within the last day."""
        with self.database.read() as session:
            row = session.get(BudgetLearntRow, self._named(budget))
            if row is None or not timedelta(0) <= self.clock.now() - row.at <= LEARNT_LASTS:
                return None
            return Learnt(row.level, row.aim)

    def learn(self, budget: str, learnt: Learnt | None) -> None:
        """Keep what refusals taught; None forgets it."""
        with self.database.write() as session:
            row = session.get(BudgetLearntRow, self._named(budget))
            if learnt is None:
                if row is not None:
                    session.delete(row)
                return
            row = row or BudgetLearntRow(budget=self._named(budget), at=self.clock.now())
            row.level, row.aim, row.at = learnt.level, learnt.aim, self.clock.now()
            session.add(row)

    def _named(self, budget: str) -> str:
        return f"{self.marketplace} {budget}"


@dataclass(slots=True)
class Pacers:
    """One pacer for each marketplace of this process: channels of one app share its budgets."""

    database: Database
    clock: Clock
    _by_marketplace: dict[str, Pacer] = field(default_factory=dict)

    def of(self, marketplace: str) -> Pacer:
        """The pacer of `marketplace`."""
        memory = StoredBudgets(self.database, self.clock, marketplace)
        return self._by_marketplace.setdefault(marketplace, Pacer(self.clock, memory))
