"""The daemon's parts on a clock that nobody waits for, and once as a process."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from syncer.channels import pausing
from syncer.daemon.alive import Alive
from syncer.daemon.jobs import Jobs
from syncer.daemon.logs import configure
from syncer.daemon.watch import watch
from syncer.store.tables import FacetRow, GapRow, JobRow, ListingRow
from syncer.sync.audit import Verdict, audit
from tests.prove.simulated import Simulation, simulation
from tests.prove.world import ROOT, environment, world


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[Simulation]:
    with (tmp_path / "log.jsonl").open("w", encoding="utf-8") as log:
        configure(log)
        with simulation(("BLC-SJK", "RSM-CNC"), ("shopee",)) as made:
            yield made


def gaps(sim: Simulation) -> list[tuple[str, bool]]:
    with sim.database.read() as session:
        return [(row.kind, row.ended_at is not None) for row in session.exec(select(GapRow))]


def test_it_lists_and_goes_on_by_itself(sim: Simulation) -> None:
    sim.run_for(300)
    shop = sim.shops["shopee"]
    assert [row["status"] for row in shop.truth()] == ["live", "live"]
    sim.bring("sku,price_idr\nBLC-SJK-100,23000\n")
    sim.run_for(60)
    assert 23_000 in {v["price"] for row in shop.truth() for v in row["variants"]}
    shop.control("DELETE", "calls")
    sim.run_for(600)
    assert shop.calls()["writes"] == 0


def test_a_dead_shop_is_left_alone_longer_and_longer_and_its_outage_ends(sim: Simulation) -> None:
    shop = sim.shops["shopee"]
    shop.stop()
    sim.run_for(3600)
    assert gaps(sim) == [("shop", False)]
    shop.start()
    sim.run_for(1200)
    assert gaps(sim) == [("shop", True)]
    assert len(shop.truth()) == 2


def test_a_pause_stops_it_and_says_who_and_why(sim: Simulation) -> None:
    pausing.pause(sim.database, "shopee-sandbox", "stok opname", sim.clock.now())
    sim.run_for(300)
    assert sim.shops["shopee"].truth() == []
    with sim.database.read() as session:
        assert "stok opname" in (pausing.paused(session, "shopee-sandbox") or "")
    pausing.resume(sim.database, "shopee-sandbox", sim.clock.now())
    sim.run_for(300)
    assert len(sim.shops["shopee"].truth()) == 2


def test_silence_and_jumps_of_the_clock_are_written_down(sim: Simulation) -> None:
    sim.world.advance(600)
    sim.restart()
    sim.clock.off_s = -3600
    assert sim.daemon.alive.tick() == "back"
    sim.clock.off_s = 0
    assert sim.daemon.alive.tick() == "forward"
    assert [kind for kind, _ in gaps(sim)] == ["service", "clock", "clock"]


def test_nothing_waits_for_a_clock_that_went_back(sim: Simulation) -> None:
    sim.run_for(120)
    with sim.database.write() as session:
        row = session.exec(select(ListingRow)).first()
        assert row is not None
        row.due_at = sim.clock.now() + timedelta(minutes=30)
        session.add(row)
    sim.clock.off_s = 3600
    Alive.tick(sim.daemon.alive)
    sim.clock.off_s = 0
    sim.daemon.alive.tick()
    with sim.database.read() as session:
        due = session.exec(select(ListingRow.due_at).where(ListingRow.id == row.id)).one()
        assert due is not None
        assert due <= sim.clock.now()


def test_a_rare_job_is_done_once_a_day_and_made_up_for(sim: Simulation) -> None:
    jobs: Jobs = sim.daemon.jobs
    sim.daemon.open_channels()
    assert jobs.turn() == ["audit", "upkeep", "report"]
    assert jobs.turn() == []
    sim.world.advance(3 * 86_400)
    assert jobs.turn() == ["audit", "upkeep", "report"]
    with sim.database.write() as session:  # written by a clock that was a day ahead
        job = session.get_one(JobRow, "upkeep")
        job.succeeded_at = sim.clock.now() + timedelta(days=1)
        session.add(job)
    assert jobs.turn() == ["upkeep"]
    assert (sim.folder / "reports" / "laporan.html").exists()


def test_a_channel_with_nothing_to_push_notices_a_closed_category_at_night(sim: Simulation) -> None:
    sim.run_for(300)
    rules = sim.daemon.posts["shopee-sandbox"].keeper.shop.rules()
    leaf = next(target.external_id for ours, target in rules.categories.items() if ours.endswith("Cincin"))
    sim.shops["shopee"].control("POST", "category", {"close": leaf})
    sim.run_for(3600)
    assert blocked(sim) == []
    sim.world.advance(86_400)
    sim.run_for(300)
    assert blocked(sim) == ["category_unknown"]


def blocked(sim: Simulation) -> list[str]:
    with sim.database.read() as session:
        return list(session.exec(select(FacetRow.code).where(FacetRow.standing == "blocked")))


def test_an_audit_tells_what_differs_and_why(sim: Simulation) -> None:
    sim.run_for(300)
    shop, keeper = sim.shops["shopee"], sim.daemon.posts["shopee-sandbox"].keeper
    shop.control("POST", "edit", {"sku": "BLC-SJK-100", "price": 1_000})
    shop.control("POST", "edit", {"sku": "BLC-SJK-250", "stock": 1})
    shop.control("POST", "ban", {"sku": "RSM-CNC-16"})
    sim.world.advance(600)
    found = audit(keeper.shop, sim.folder / "locks", 1.0)
    verdicts = {(drift.sku or drift.code, drift.facet): drift.verdict for drift in found.drifts}
    assert verdicts["BLC-SJK-100", "price"] is Verdict.edited
    assert verdicts["BLC-SJK-250", "stock"] is Verdict.sold
    assert found.whole


def test_a_commit_of_another_is_seen(sim: Simulation) -> None:
    eye, stop = watch(sim.database), threading.Event()
    eye.wait(stop)
    sim.bring("sku,price_idr\nBLC-SJK-100,23000\n")
    assert eye.wait(stop)
    assert not eye.wait(stop)
    eye.close()


def test_the_process_lists_answers_health_and_ends_on_sigterm() -> None:
    with world() as here:
        here.import_catalogue()
        daemon = subprocess.Popen(
            here.command("daemon"), cwd=ROOT, env=environment(), stderr=subprocess.PIPE, text=True
        )
        assert daemon.stderr is not None
        seen: dict[str, object] = {}
        for line in daemon.stderr:
            seen = json.loads(line)
            if seen["event"] == "started":
                port = seen["health_port"]
            if seen["event"] == "turn" and seen["status"] == "done":
                break
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            assert json.loads(answer.read())["healthy"] is True
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            assert re.search(
                r'syncer_runs_total\{channel="shopee-sandbox",status="done"\} [1-9]', answer.read().decode()
            )
        daemon.send_signal(signal.SIGHUP)
        assert any(json.loads(line)["event"] == "config taken" for line in daemon.stderr)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=10) == 0
        assert len(here.truth()) == 37
        assert "1 " in here.run("run", "list").out
        assert here.run("channel", "pause", "shopee-sandbox", "--why", "libur").code == 0
        assert "libur" in here.resync(expect=3).err
        assert here.run("channel", "resume", "shopee-sandbox").code == 0
        assert here.run("audit", "--json").json["channels"][0]["drifts"] == []
