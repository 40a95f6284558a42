"""A shop that takes its permission back: said with what to do, left alone, and taken up again by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from prometheus_client import generate_latest

from adapters.sandbox import MARKETPLACES, Sandbox
from syncer.channels.opening import open_shop
from syncer.daemon.logs import configure
from syncer.errors import AuthorisationNeeded
from syncer.report.as_json import as_json
from syncer.report.html import as_html
from syncer.report.model import make_report
from syncer.report.text import as_text, brief
from syncer.report.values import Report
from syncer.settings import SECRETS_NAME, load_settings
from syncer.sync.plan import Wish
from syncer.sync.run import Request, run
from tests.prove.simulated import Simulation, simulation
from tests.road.road import Road, road

CODES = ("BLC-SJK",)


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[Simulation]:
    with (tmp_path / "log.jsonl").open("w", encoding="utf-8") as log:
        configure(log)
        with simulation(CODES, ("shopee", "blibli")) as made:
            yield made


def report(sim: Simulation) -> Report:
    with sim.database.read() as session:
        return make_report(session, sim.clock.now())


def calls(shop: Sandbox) -> int:
    counted = shop.calls()
    return sum(number for number in counted.values() if isinstance(number, int))


def states(sim: Simulation) -> dict[str, str]:
    return {channel.name: channel.state for channel in report(sim).channels}


def gauge(sim: Simulation, channel: str) -> bool:
    text = generate_latest(sim.daemon.metrics.registry).decode()
    return f'syncer_unauthorised{{channel="{channel}"}} 1.0' in text


def new_secrets(sim: Simulation, shop: Sandbox) -> None:
    """The owner grants access again, and the operator writes what came of it into secrets.env."""
    adapter: Any = sim.daemon.posts[shop.channel].keeper.shop.adapter
    back = requests.get(adapter.begin().link, allow_redirects=False, timeout=10).headers["Location"]
    (grant,) = adapter.finish({name: values[0] for name, values in parse_qs(urlsplit(back).query).items()})
    fresh = {"access_token": grant.access_token, "refresh_token": grant.refresh_token}
    prefix = shop.channel.upper().replace("-", "_") + "__"
    lines = (sim.folder / SECRETS_NAME).read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith((f"{prefix}ACCESS_TOKEN=", f"{prefix}REFRESH_TOKEN="))]
    tokens = [f"{prefix}{name.upper()}={fresh[name]}" for name in fresh]
    (sim.folder / SECRETS_NAME).write_text("\n".join([*kept, *tokens]) + "\n", encoding="utf-8")


def reopened(sim: Simulation) -> None:
    """What the daemon does when it takes a new config, without its threads."""
    assert sim.daemon._reread.is_set()
    sim.daemon._reread.clear()
    sim.daemon.settings = load_settings(sim.folder / "syncer.toml")
    sim.daemon.open_channels()


def test_the_daemon_leaves_a_dead_authorisation_alone_and_keeps_the_other_shop(sim: Simulation) -> None:
    sim.run_for(300)
    sim.shops["shopee"].control("POST", "deauthorise", {})
    sim.run_for(300)
    assert states(sim) == {"shopee-sandbox": "unauthorised", "blibli-sandbox": "working"}
    assert (gauge(sim, "shopee-sandbox"), gauge(sim, "blibli-sandbox")) == (True, False)
    sim.shops["shopee"].control("DELETE", "calls")
    sim.bring("sku,price_idr\nBLC-SJK-100,23000\n")
    sim.run_for(6 * 3600)
    assert calls(sim.shops["shopee"]) == 0
    assert 23_000 in {v["price"] for row in sim.shops["blibli"].truth() for v in row["variants"]}
    sim.restart()
    sim.run_for(3600)
    assert calls(sim.shops["shopee"]) == 0
    assert sim.daemon.jobs.turn() == []  # the nightly audit went by, without that shop


def test_new_secrets_are_found_by_the_daemon_itself(sim: Simulation) -> None:
    sim.run_for(300)
    shop = sim.shops["shopee"]
    shop.control("POST", "deauthorise", {})
    sim.run_for(300)
    assert not sim.daemon._reread.is_set()
    new_secrets(sim, shop)
    sim.daemon.turn(sim.daemon.posts["shopee-sandbox"])
    reopened(sim)
    sim.bring("sku,price_idr\nBLC-SJK-100,23000\n")
    sim.run_for(300)
    assert states(sim)["shopee-sandbox"] == "working"
    assert not gauge(sim, "shopee-sandbox")
    assert 23_000 in {v["price"] for row in shop.truth() for v in row["variants"]}


def test_a_daemon_goes_on_when_an_operator_has_checked_the_shop(sim: Simulation) -> None:
    """It still remembers the old grant: that one must not come back over the one that works."""
    sim.run_for(300)
    shop = sim.shops["shopee"]
    shop.control("POST", "deauthorise", {})
    sim.run_for(300)
    new_secrets(sim, shop)
    fresh = load_settings(sim.folder / "syncer.toml")
    open_shop(fresh, fresh.channel("shopee-sandbox"), sim.database, sim.clock).relearn()
    assert states(sim)["shopee-sandbox"] == "working"
    old = sim.daemon.posts["shopee-sandbox"]
    sim.bring("sku,price_idr\nBLC-SJK-100,23000\n")
    assert sim.daemon.turn(old) >= 0
    assert 23_000 in {v["price"] for row in shop.truth() for v in row["variants"]}
    assert states(sim)["shopee-sandbox"] == "working"


def test_every_face_says_it_with_what_to_do(sim: Simulation) -> None:
    sim.run_for(300)
    sim.shops["shopee"].control("POST", "deauthorise", {})
    sim.run_for(300)
    made = report(sim)
    assert made.needs_action == 1
    (channel,) = (one for one in made.channels if one.name == "shopee-sandbox")
    assert channel.alarm is not None
    assert channel.alarm.since is not None
    assert channel.alarm.note
    plain: Any = as_json(made)["channels"]
    assert {row["name"]: row["state"] for row in plain} == states(sim)
    for face in (brief(made), as_text(made), as_html(made)):
        assert "authorisation ended" in face
        assert "syncer channel check" in face


def test_an_operators_resync_asks_again_and_ends_with_4_until_it_works(tmp_path: Path) -> None:
    with road(tmp_path, CODES) as way:
        assert way.resync().exit_code == 0
        way.sandbox.control("POST", "deauthorise", {})
        way.price("BLC-SJK-100", 23_000)
        assert way.resync().exit_code == 4
        way.sandbox.control("DELETE", "calls")
        assert way.resync(force=True).exit_code == 4
        assert calls(way.sandbox) > 0  # a person's run does ask
        way.sandbox.control("DELETE", "calls")
        with pytest.raises(AuthorisationNeeded, match="syncer channel check shopee-sandbox"):
            run(way.shop(), _scheduled(way))
        assert calls(way.sandbox) == 0


def _scheduled(way: Road) -> Request:
    made = way.request()
    return Request("schedule", Wish(), made.locks, made.as_of, made.thresholds)


@pytest.mark.parametrize("marketplace", MARKETPLACES)
def test_what_a_shop_ended_is_written_down_on_every_marketplace(tmp_path: Path, marketplace: str) -> None:
    with road(tmp_path, CODES, marketplace=marketplace) as way:
        way.sandbox.control("POST", "deauthorise", {})
        assert way.resync().exit_code == 4
        refusal = way.shop().authorisation.refusal()
        assert refusal is not None
        assert refusal.final
