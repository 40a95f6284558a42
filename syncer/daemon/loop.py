"""The daemon: one thread a channel, one for the rare jobs, and a loop that wakes them and watches over their progress.

Channels stand side by side, each under its own lease; one that hangs or fails stops no other. The loop runs on the
monotonic clock. What it looks at is the database alone, so a killed daemon goes on where it stopped.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Any

import structlog
from sqlmodel import select

from adapters.clock import Clock
from adapters.contract import MarketplaceError
from syncer.channels.budgets import Pacers
from syncer.channels.contact import Stage
from syncer.channels.opening import lock_folder, open_shop
from syncer.channels.shop import Shop, said, unauthorised
from syncer.daemon.alive import Alive
from syncer.daemon.health import HealthServer, Metrics
from syncer.daemon.jobs import Job, Jobs, bell, sweep
from syncer.daemon.watch import watch
from syncer.errors import ChannelBusy, SyncerError
from syncer.settings import SECRETS_NAME, ChannelSettings, Settings
from syncer.store.database import Database
from syncer.store.tables import FacetRow
from syncer.sync.audit import audit
from syncer.sync.guard import Thresholds
from syncer.sync.keep import Keeper, Turn
from syncer.sync.plan import Wish
from syncer.sync.run import Progress, Request
from syncer.texts import told

STUCK_AFTER_S = 900.0
"""A channel without a sign of progress for so long is stuck: `/healthz` says so, and a supervisor restarts us."""

LOOP_STUCK_AFTER_S = 10.0
ENDS_WITHIN_S = 8.0
"""After SIGTERM the calls in flight may land for so long; then the process goes, as if killed: the store knows."""

LEAVE_LOOK_S = 0.05
"""How often a loop that waits for its channels to leave looks whether they have."""

JOBS_AT_LEAST_S = 600.0
"""The rare jobs are asked this often even if no bell rings."""

CRASH_REST_S = 60.0
AUDIT_WAIT_S = 60.0
AUDIT_AT = time(2, 0)
UPKEEP_AT = time(3, 30)

Publish = Callable[[Settings, Database, datetime], None]


@dataclass(slots=True)
class Post:
    """One channel's thread: its keeper, its bell, and when it last got on."""

    keeper: Keeper
    wake: threading.Event = field(default_factory=threading.Event)
    leave: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None
    progress_at: float = 0.0


class Daemon:
    """The service. `reload` reads the settings anew; `publish` writes the report that staff open."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, reload: Callable[[], Settings], publish: Publish
    ) -> None:
        self.settings, self.database, self.clock = settings, database, clock
        self._reload, self._publish = reload, publish
        self.stop, self._reread, self._news = threading.Event(), threading.Event(), threading.Event()
        self.alive, self.metrics = Alive(database, clock), Metrics()
        self.jobs = Jobs(database, clock, self._rare_jobs())
        self.posts: dict[str, Post] = {}
        self._pacers = Pacers(database, clock)
        self._log = structlog.get_logger()
        self._loop_at = clock.monotonic()
        self._jobs_bell = threading.Event()
        self._secrets_seen = _look_of(settings.folder / SECRETS_NAME)

    # --- its life ----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Keep the channels until `stop` is set.

        Raises:
            OSError: the health port is taken.
        """
        health = HealthServer(self.settings.health.port, self.health, self.metrics)
        gap = self.alive.begin()
        eye, scheduler = watch(self.database), bell(self.jobs, self._jobs_bell.set)
        health.start()
        scheduler.start()
        clerk = threading.Thread(target=self._clerk, name="jobs", daemon=True)
        clerk.start()
        self.open_channels()
        self._start_channels()
        self._log.info("started", health_port=health.port, channels=sorted(self.posts),
                       away_s=(gap.ended_at - gap.began_at).total_seconds() if gap and gap.ended_at else 0)  # fmt: skip
        try:
            while not self.stop.is_set():
                self.beat(eye.wait(self.stop), scheduler.wakeup)
        finally:
            self._end()
            scheduler.shutdown(wait=False)
            health.stop()
            eye.close()

    def ask_to_stop(self) -> None:
        """From a signal: finish the calls in flight and end."""
        self.stop.set()
        for post in list(self.posts.values()):
            post.wake.set()
        self._jobs_bell.set()

    def ask_to_reload(self) -> None:
        """From a signal: read the config anew."""
        self._reread.set()

    def beat(self, committed: bool, rewind: Callable[[], None]) -> None:
        """One beat of the loop: wake whom a commit may concern, notice jumps of the clock, take a new config."""
        self._loop_at = self.clock.monotonic()
        jumped = self.alive.tick()
        if jumped is not None:
            self._log.warning("clock jumped", direction=jumped)
            rewind()
            self._jobs_bell.set()
        if committed or jumped is not None:
            for post in self.posts.values():
                post.wake.set()
        if self._reread.is_set():
            self._reread.clear()
            self._take_new_config()

    def _end(self) -> None:
        """Let the calls in flight land; what does not in time is looked up at the next start."""
        until = self.clock.monotonic() + ENDS_WITHIN_S
        for post in self.posts.values():
            if post.thread is not None:
                post.thread.join(max(0.0, until - self.clock.monotonic()))
        late = [name for name, post in self.posts.items() if post.thread is not None and post.thread.is_alive()]
        self.alive.end("stopped")
        self._log.info("stopped", still_in_flight=late)

    @property
    def in_flight(self) -> bool:
        """Whether any channel's thread still lives: a call of it is on its way."""
        return any(post.thread is not None and post.thread.is_alive() for post in self.posts.values())

    # --- channels ----------------------------------------------------------------------------------------------------

    def open_channels(self) -> None:
        """Open every channel that is in use; one that cannot be opened is said aloud and left out."""
        for channel in self.settings.channels.values():
            if channel.at_work:
                self._open(channel)

    def _start_channels(self) -> None:
        for name, post in self.posts.items():
            post.thread = threading.Thread(target=self._keep, args=(post,), name=name, daemon=True)
            post.thread.start()

    def _open(self, channel: ChannelSettings) -> None:
        try:
            shop = open_shop(self.settings, channel, self.database, self.clock, self._pacers)
        except SyncerError as error:  # the others are kept all the same
            self._log.error("channel cannot be opened", channel=channel.name, problem=str(error))
            return
        post = Post(keeper=Keeper(shop, lambda: request(self.settings, self.database, self.clock),
                                  channel.orders_every_s), progress_at=self.clock.monotonic())  # fmt: skip
        post.keeper.tell = self._telling(post)
        post.keeper.stop = lambda: self.stop.is_set() or post.leave.is_set()
        self.posts[channel.name] = post

    def _telling(self, post: Post) -> Callable[[Progress], None]:
        def told(_progress: Progress) -> None:
            post.progress_at = self.clock.monotonic()

        return told

    def _keep(self, post: Post) -> None:
        while not (self.stop.is_set() or post.leave.is_set()):
            post.wake.wait(self.turn(post))
            post.wake.clear()

    def turn(self, post: Post) -> float:
        """One turn of one channel; seconds until the next. Whatever happens in it, the others go on."""
        name = post.keeper.shop.name
        try:
            turn = post.keeper.turn()
        except Exception as error:  # nobody foresaw it: said aloud, counted, and tried again
            self.metrics.crashes.labels(name).inc()
            self._log.exception("turn crashed", channel=name, error=type(error).__name__)
            turn = Turn(CRASH_REST_S)
        self._note(post, turn)
        return turn.again_in_s

    def _note(self, post: Post, turn: Turn) -> None:
        name = post.keeper.shop.name
        post.progress_at = self.clock.monotonic()
        self.metrics.last_turn.labels(name).set(self.clock.now().timestamp())
        self.metrics.unauthorised.labels(name).set(turn.unauthorised)
        if turn.unauthorised:
            self._mind_secrets()
        if turn.pulled is not None:
            self.metrics.orders.labels(name).inc(turn.pulled.orders)
        if turn.result is not None:
            self.metrics.runs.labels(name, turn.result.status).inc()
            for _change, outcome in turn.result.changes:
                cause = getattr(outcome, "cause", None)
                self.metrics.outcomes.labels(name, type(outcome).__name__.lower(), cause.value if cause else "").inc()
        if turn.changed:
            self._say(name, turn)
            self._count_standings(post.keeper.shop)
            self._news.set()
            self._jobs_bell.set()

    def _say(self, name: str, turn: Turn) -> None:
        result = turn.result
        self._log.info(
            "turn", channel=name, trouble=told(turn.trouble), again_in_s=round(turn.again_in_s, 1),
            run=result.run_id if result else None, status=result.status if result else None,
            outcomes=dict(result.outcomes) if result else {}, message=told(result.message) if result else "",
            orders=turn.pulled.orders if turn.pulled else 0, movements=turn.pulled.movements if turn.pulled else 0,
        )  # fmt: skip

    def _count_standings(self, shop: Shop) -> None:
        with self.database.read() as session:
            counted = Counter(session.exec(select(FacetRow.standing).where(FacetRow.channel_id == shop.id)))
        for standing in ("failed", "blocked", "held", "begun", "accepted", "unknown", "locked", "deferred"):
            self.metrics.waiting.labels(shop.name, standing).set(counted[standing])
        self.metrics.drift.labels(shop.name).set(shop.contact.open_drift())

    def _mind_secrets(self) -> None:
        """A shop that lets us in no more is tried again when its secrets are others: then the config is read anew."""
        look = _look_of(self.settings.folder / SECRETS_NAME)
        if look != self._secrets_seen:
            self._secrets_seen = look
            self.ask_to_reload()

    def _take_new_config(self) -> None:
        """A config that cannot be read changes nothing: the old one goes on, and the log says why.

        One that can is taken when the calls in flight have landed.
        """
        try:
            fresh = self._reload()
        except SyncerError as error:
            self._log.error("config not taken", problem=str(error))
            return
        self._log.info("config read", channels=sorted(fresh.channels))
        for post in self.posts.values():
            post.leave.set()
            post.wake.set()
        while self.in_flight:  # a call may hang for minutes: the loop lives on meanwhile, and may be told to stop
            self._loop_at = self.clock.monotonic()
            if self.stop.wait(LEAVE_LOOK_S):
                return
        self.posts, self.settings = {}, fresh
        self._secrets_seen = _look_of(fresh.folder / SECRETS_NAME)
        self.open_channels()
        self._start_channels()
        self._log.info("config taken", channels=sorted(self.posts))

    # --- rare jobs ---------------------------------------------------------------------------------------------------

    def _rare_jobs(self) -> Sequence[Job]:
        return (
            Job("audit", AUDIT_AT, self._audit_all),
            Job("upkeep", UPKEEP_AT, lambda: sweep(self.database, self.clock)),
            Job("report", self.settings.report.morning_at, self._write_report),
        )

    def _clerk(self) -> None:
        while not self.stop.is_set():
            self.rare()
            self._jobs_bell.wait(JOBS_AT_LEAST_S)
            self._jobs_bell.clear()

    def rare(self) -> None:
        """Do the rare jobs that are due, and write the report if there is news."""
        try:
            done = self.jobs.turn()
            if done:
                self._log.info("jobs", done=done)
            if self._news.is_set():
                self._news.clear()
                self._write_report()
        except Exception as error:
            self.metrics.crashes.labels("jobs").inc()
            self._log.exception("job crashed", error=type(error).__name__)

    def _audit_all(self) -> bool:
        """Every channel, each for itself; True when all that can be read were read to the end."""
        ended = [self._audit(post.keeper.shop) for post in list(self.posts.values())]
        return all(ended)

    def _audit(self, shop: Shop) -> bool:
        if (why := shop.stopped()) is not None and shop.contact.stage() is Stage.new:
            self._log.info("audit left out", channel=shop.name, problem=told(why))
            return True
        if unauthorised(shop):
            self._log.warning("audit left out", channel=shop.name, problem="not authorised")
            return True  # it cannot be read until a person has acted: no reason to try again all night
        try:
            # A shop that nothing is pushed to for weeks closes categories and switches couriers all the same.
            shop.relearn()
            found = audit(shop, lock_folder(self.settings, self.database), AUDIT_WAIT_S, stop=self.stop.is_set)
        except (ChannelBusy, MarketplaceError) as error:
            problem = said(error) if isinstance(error, MarketplaceError) else str(error)
            self._log.warning("audit not done", channel=shop.name, problem=told(problem))
            return False
        counted = Counter(drift.verdict.value for drift in found.drifts)
        self._log.info("audit", channel=shop.name, listings=found.listings, drift=dict(counted), whole=found.whole)
        return found.whole

    def _write_report(self) -> bool:
        try:
            self._publish(self.settings, self.database, self.clock.now())
        except OSError as error:
            self._log.error("report not written", problem=str(error))
            return False
        return True

    # --- health ------------------------------------------------------------------------------------------------------

    def health(self) -> Mapping[str, Any]:
        """What `/healthz` says: by the progress of the loop and of each channel, not by any scheduler's."""
        now = self.clock.monotonic()
        channels = {name: round(now - post.progress_at, 1) for name, post in self.posts.items()}
        stuck = sorted(name for name, age in channels.items() if age > STUCK_AFTER_S)
        healthy = now - self._loop_at <= LOOP_STUCK_AFTER_S and not stuck
        return {"healthy": healthy, "loop_age_s": round(now - self._loop_at, 1), "stuck": stuck,
                "progress_age_s": channels, "pid": os.getpid()}  # fmt: skip


def _look_of(path: Path) -> tuple[int, int] | None:
    """By what it is seen that a file was written anew; None: it is not there."""
    if not path.exists():
        return None
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def request(settings: Settings, database: Database, clock: Clock) -> Request:
    """A scheduled run's request for now: patient, and it asks nobody to make room."""
    return Request(
        trigger="schedule", wish=Wish(), locks=lock_folder(settings, database), as_of=clock.now(),
        thresholds=Thresholds.of(settings.guard), wait_s=0.0, hand_over=False,
    )  # fmt: skip
