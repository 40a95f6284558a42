"""Calls spent against long windows of a marketplace's limits, kept in the store, so that a restart knows of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from adapters.clock import Clock
from adapters.pacing import Pacer
from syncer.store.database import Database
from syncer.store.tables import BudgetUseRow


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
