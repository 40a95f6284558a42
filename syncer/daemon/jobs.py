"""The rare jobs: the nightly audit, the morning report, the upkeep. Each asks the store whether it is due.

APScheduler only rings the bell: after the clock went back its jobs do not fire, and a bell that rang while the machine
was off was heard by nobody. What was missed is therefore made up as soon as anything asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import delete
from sqlmodel import col, select

from adapters.clock import Clock
from syncer.store.database import Database
from syncer.store.tables import HoldRow, JobRow, OutcomeRow, RunRow

WIB = ZoneInfo("Asia/Jakarta")
KEPT = timedelta(days=90)
"""Runs and outcomes are kept for a season; what stands now is in other tables."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something done once a day, at `at` WIB or as soon after it as the service lives."""

    name: str
    at: time
    do: Callable[[], bool]
    """Does it; False = not done to its end, to be tried again."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """The rare jobs of one service."""

    database: Database
    clock: Clock
    jobs: Sequence[Job]

    def turn(self) -> list[str]:
        """Do every job that is due; the names of those that ended well."""
        return [job.name for job in self.jobs if self._is_due(job) and self._done(job)]

    def _is_due(self, job: Job) -> bool:
        now = self.clock.now()
        with self.database.read() as session:
            at = session.exec(select(JobRow.succeeded_at).where(JobRow.name == job.name)).first()
        # A success in the future was written by a clock that was wrong: it counts for nothing.
        return at is None or at > now or at < _last_time(job.at, now)

    def _done(self, job: Job) -> bool:
        began = self.clock.now()
        if not job.do():
            return False
        with self.database.write() as session:
            row = session.get(JobRow, job.name) or JobRow(name=job.name, succeeded_at=began)
            row.succeeded_at = began
            session.add(row)
        return True


def _last_time(at: time, now: datetime) -> datetime:
    """The latest moment not after `now` at which the clocks of Jakarta showed `at`."""
    today = datetime.combine(now.astimezone(WIB).date(), at, WIB)
    return today if today <= now else today - timedelta(days=1)


def bell(jobs: Jobs, ring: Callable[[], None]) -> BackgroundScheduler:
    """A scheduler, not yet started, that calls `ring` at each job's time of day."""
    scheduler = BackgroundScheduler(
        timezone=WIB, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    for job in jobs.jobs:
        scheduler.add_job(ring, CronTrigger(hour=job.at.hour, minute=job.at.minute, timezone=WIB), id=job.name)
    return scheduler


def sweep(database: Database, clock: Clock) -> bool:
    """The upkeep: runs and outcomes older than a season go."""
    before = clock.now() - KEPT
    with database.write() as session:
        session.exec(delete(OutcomeRow).where(col(OutcomeRow.at) < before))
        told, held = select(OutcomeRow.run_id), select(HoldRow.run_id).where(col(HoldRow.run_id).is_not(None))
        session.exec(
            delete(RunRow).where(
                col(RunRow.ended_at) < before, col(RunRow.id).not_in(told), col(RunRow.id).not_in(held)
            )
        )
    return True
