"""One run at a time on a channel, whoever starts it, and a holder that was given up on is fenced off.

First two daemons and three manual resyncs are started together on one host: the runs of a channel never overlap,
nothing stands twice in a shop, and each manual run waits for at most the scheduled one that was under way. Then two
hosts on one PostgreSQL: the holder is suspended (SIGSTOP) for longer than the heartbeat, the next takes over and
finishes, and the woken one finds itself fenced off.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from sqlmodel import select

from syncer.store.database import Database
from syncer.store.tables import ChannelRow, LeaseRow, RunRow
from syncer.sync.lease import HEARTBEAT_S
from tests.prove.kill import few_products
from tests.prove.postgres import postgres
from tests.prove.world import ROOT, World, active_products, environment, say, world

DAEMONS, RESYNCS = 2, 3
SHOPS = ("shopee", "bukalapak", "blibli")


def main() -> int:
    """Both parts."""
    one, two = _together(), _suspended()
    return one or two


# --- on one host -----------------------------------------------------------------------------------------------------


def _together() -> int:
    with world(marketplaces=SHOPS) as here:
        here.import_catalogue(few_products(here.folder))
        daemons = [_start(here.command("daemon")) for _ in range(DAEMONS)]
        resyncs = [_start(here.command("resync", "--wait", "120")) for _ in range(RESYNCS)]
        codes = [process.wait(timeout=300) for process in resyncs]
        for process in daemons:
            process.send_signal(signal.SIGTERM)
        ends = [process.wait(timeout=30) for process in daemons]
        database = Database(f"sqlite:///{here.database}")
        overlaps, waits, runs = _overlaps(database), _waits(database), _runs(database)
        database.close()
        twice = _twice(here)
    good = not overlaps and not twice and max(waits) <= 1 and codes == [0] * RESYNCS and ends == [0] * DAEMONS
    figure = (
        f"{DAEMONS} daemons and {RESYNCS} resyncs on {len(SHOPS)} channels: {sum(runs.values())} runs {dict(runs)}, "
        f"{overlaps} overlapping, {twice} products twice, scheduled runs begun while a person waited: {max(waits)} at "
        f"most; exit codes {codes} and {ends}"
    )
    return say("lease", figure, good)


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _rows(database: Database) -> list[RunRow]:
    with database.read() as session:
        rows = list(session.exec(select(RunRow).order_by(RunRow.id)))  # type: ignore[arg-type]
        session.expunge_all()
    return rows


def _overlaps(database: Database) -> int:
    """Pairs of runs of one channel of which the second began before the first had ended."""
    rows = _rows(database)
    pairs = [(a, b) for a in rows for b in rows if a.channel_id == b.channel_id and (a.id or 0) < (b.id or 0)]
    return sum(1 for a, b in pairs if a.ended_at is None or b.started_at < a.ended_at)


def _waits(database: Database) -> list[int]:
    """For each manual run: how many scheduled runs of its channel began between the first manual one and it."""
    rows = _rows(database)
    found = [0]
    for channel in {row.channel_id for row in rows}:
        mine = [row for row in rows if row.channel_id == channel]
        manual = [at for at, row in enumerate(mine) if row.trigger == "manual"]
        between = mine[manual[0] : manual[-1] + 1] if manual else []
        found.append(sum(1 for row in between if row.trigger != "manual"))
    return found


def _runs(database: Database) -> Counter[str]:
    return Counter(row.trigger for row in _rows(database))


def _twice(here: World) -> int:
    titles = [Counter(row["title"] for row in shop.truth()) for shop in here.shops]
    return sum(1 for counted in titles for number in counted.values() if number > 1)


# --- on two hosts ----------------------------------------------------------------------------------------------------


def _suspended() -> int:
    with postgres("lease") as url, world(marketplaces=("shopee",)) as here:
        return _take_over(here, url)


def _take_over(here: World, url: str) -> int:
    catalogue = few_products(here.folder)
    text_ = here.config.read_text(encoding="utf-8").replace("deadline_s = 30.0", "deadline_s = 5.0")
    here.config.write_text(text_, encoding="utf-8")
    hosts = {name: _host(here, name) for name in ("north", "south")}
    _at(hosts["north"], url, "north", "import", str(catalogue), "--as-of", "2026-11-24").wait(timeout=60)
    here.shop.control("PUT", "settings", {"latency_ms": [150, 150]})
    holder = _at(hosts["north"], url, "north", "resync")
    while here.writes() < 3:  # it is making listings now
        time.sleep(0.05)  # a real process on the real clock: nothing here can move it but waiting
    holder.send_signal(signal.SIGSTOP)
    here.shop.control("PUT", "settings", {"latency_ms": [0, 0]})
    began = time.monotonic()
    next_ = _at(hosts["south"], url, "south", "resync", "--wait", "120")
    code = next_.wait(timeout=180)
    took = time.monotonic() - began
    holder.send_signal(signal.SIGCONT)
    woken = holder.wait(timeout=60)
    said = holder.stderr.read().decode() if holder.stderr else ""
    database = Database(url)
    with database.read() as session:
        fence = session.exec(select(LeaseRow.fence).join(ChannelRow)).one()
    database.close()
    live = [row for row in here.truth() if row["status"] == "live"]
    twice = [title for title, count in Counter(row["title"] for row in here.truth()).items() if count > 1]
    # Woken inside a transaction it finds that the database has ended its session: it can write nothing either.
    fenced = any(words in said for words in ("has taken the channel over", "the database ended the connection"))
    good = code == 0 and not twice and len(live) == len(active_products(catalogue)) and fenced and woken != 0
    figure = (
        f"two hosts, PostgreSQL: the holder was suspended, the next took over after {took:.0f} s in all (heartbeat "
        f"{HEARTBEAT_S} s; fence {fence}), {len(live)} listings live, {len(twice)} twice; the woken one ended with "
        f"{woken}, fenced off: {fenced}"
    )
    return say("lease", figure, good)


def _host(here: World, name: str) -> Path:
    """A folder of its own for a host: config, secrets, pictures."""
    folder = here.folder / name
    folder.mkdir()
    for file in ("syncer.toml", "secrets.env", "categories.csv"):
        shutil.copy2(here.folder / file, folder / file)
    return folder / "syncer.toml"


def _at(config: Path, url: str, host: str, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.prove.elsewhere", host, "--", "--config", str(config), "--database", url]
    return subprocess.Popen([*command, *words], cwd=ROOT, env={**environment(), "PYTHONPATH": os.fspath(ROOT)},
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
