"""The sandbox as a server and as a process: state, restarts, the written config, what `serve` prints, switches."""

from __future__ import annotations

import io
import json
import os
import re
import stat
import threading
from pathlib import Path

import pytest
import requests

from adapters.clock import ManualClock
from adapters.sandbox import MARKETPLACES, launch
from adapters.sandbox.limits import Window, delay_s, window_s
from adapters.sandbox.serve import serve
from adapters.sandbox.shopee.context import tree
from adapters.sandbox.switches import SWITCHES, positions
from syncer.settings import load_settings
from tests.sandbox.client import Client
from tests.sandbox.conftest import Start


def test_it_goes_away_and_comes_back_on_the_same_port_with_the_same_state(client: Client) -> None:
    item, url = client.item(), client.shop.url
    client.shop.stop()
    with pytest.raises(requests.ConnectionError):
        client.listed()
    client.shop.start()
    assert (client.shop.url, client.listed()) == (url, [item])


def test_the_state_file_survives_a_restart(start: Start, clock: ManualClock, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with launch(limits="real", clock=clock, state=state) as sandboxes:
        client = Client(sandboxes["shopee"], clock)
        item, _ = client.tiered(item_status="NORMAL")
        order = client.shop.control("POST", "orders", {"lines": [{"sku": "KRS-01-0", "quantity": 1}]})["id"]
        client.shop.control("POST", "promotions", {"sku": "KRS-01-1", "reserve": 2})
        client.shop.control("PUT", "settings", {"review_delay_s": 50})
        client.call("product/batch_add_item", {"item_list": [client.body("B-1", item_status="NORMAL")]})
        fresh = client.refreshed(client.refresh_token)
        before, image = client.shop.truth(), client.picture()
    again = start(state=state)
    assert again.shop.truth() == before
    again.call("shop/get_shop_info")  # with a grant of this start, as the earlier one was spent
    assert again.code == ""
    again.token = fresh["access_token"]  # and with the one that was taken before
    assert again.orders(order)[0]["item_list"][0]["item_id"] == item
    assert again.item("A-9", image={"image_id_list": [image]}) > item
    again.refreshed(client.refresh_token)
    assert again.code == "error_auth"


def test_a_grant_that_lives_stays_the_same_over_a_restart(clock: ManualClock, tmp_path: Path) -> None:
    found = []
    for wait in (0, 3600, 4 * 3600):
        clock.advance(wait)
        with launch(clock=clock, state=tmp_path / "state.json") as sandboxes:
            found.append(sandboxes["shopee"].credentials)
    assert found[0] == found[1] != found[2]


def test_two_sandboxes_of_one_seed_speak_of_the_same_ids(start: Start) -> None:
    one, two, other = start(seed=1), start(seed=1), start(seed=2)
    assert one.item() == two.item()
    assert one.shop.credentials == two.shop.credentials
    assert one.key != other.key


def test_the_written_config_is_ours_and_its_secrets_are_private(clock: ManualClock, tmp_path: Path) -> None:
    with launch(clock=clock) as sandboxes:
        sandboxes.write_config(tmp_path / "deep" / "syncer.toml")
        shop = sandboxes["shopee"]
        settings = load_settings(tmp_path / "deep" / "syncer.toml")
        channel = settings.channels["shopee-sandbox"]
        secrets = tmp_path / "deep" / "secrets.env"
        assert (channel.marketplace, channel.url, channel.shop_id) == (
            "shopee",
            shop.url,
            str(shop.credentials["shop_id"]),
        )
        assert (channel.state, channel.empty) == ("active", True)
        assert stat.S_IMODE(os.stat(secrets).st_mode) == 0o600
        found = dict(line.split("=", 1) for line in secrets.read_text(encoding="utf-8").splitlines())
        assert found["SHOPEE_SANDBOX__ACCESS_TOKEN"] != shop.credentials["access_token"]
        client = Client(shop, clock)
        client.token = found["SHOPEE_SANDBOX__ACCESS_TOKEN"]
        assert client.call("shop/get_shop_info")["region"] == "ID"
        rows = (tmp_path / "deep" / "categories.csv").read_text(encoding="utf-8").splitlines()
        assert rows[0] == "category,marketplace,external_id,attributes"
        assert len(rows) == 1 + 27 * len(MARKETPLACES)
        mine = [row.split(",") for row in rows[1:] if ",shopee," in row]
        assert all(row[2] in tree()["leafs"] for row in mine)


@pytest.mark.parametrize(("limits", "settle", "ready"), [("fast", "2.0", "0.084"), ("real", "120.0", "5.0")])
def test_the_written_limits_are_those_in_force(
    clock: ManualClock, tmp_path: Path, limits: str, settle: str, ready: str
) -> None:
    with launch(limits=limits, clock=clock) as sandboxes:
        sandboxes.write_config(tmp_path / "syncer.toml")
    text = (tmp_path / "syncer.toml").read_text(encoding="utf-8")
    assert f"settle_s = {settle}\n" in text
    assert f"create_ready_s = {ready}\n" in text


def test_fast_limits_allow_sixty_calls_a_second(clock: ManualClock) -> None:
    with launch(clock=clock) as sandboxes:
        client = Client(sandboxes["shopee"], clock)
        codes = []
        for _ in range(61):
            client.call("shop/get_shop_info")
            codes.append(client.code)
        assert codes == [""] * 60 + ["error_rate_limit"]


def test_windows_and_delays() -> None:
    assert [window_s(s, True) for s in (5, 60, 600, 3600, 86_400)] == [5, 10, 10, 60, 1440]
    assert (window_s(3600, False), delay_s(5, False), delay_s(6, True)) == (3600, 5, 0.1)
    window = Window(2, 1.0)
    assert [window.admit(at) for at in (0.0, 0.5, 0.9, 1.0, 1.4, 1.5)] == [True, True, False, True, False, True]


def test_serve_prints_a_line_a_marketplace_then_ready_and_nothing_more(tmp_path: Path) -> None:
    out, stop = io.StringIO(), threading.Event()
    ended = threading.Thread(target=_until_ready, args=(out, stop))
    ended.start()
    serve(tmp_path / "syncer.toml", True, tmp_path / "state.json", "fast", {}, 0, 0, out, stop)
    ended.join()
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line.get("marketplace") for line in lines] == [*MARKETPLACES, None]
    assert lines[-1] == {"ready": True}
    assert (lines[0]["marketplace"], lines[0]["channel"]) == ("shopee", "shopee-sandbox")
    assert set(lines[0]) == {"marketplace", "channel", "url", "auth_url", "credentials"}
    assert set(lines[0]["credentials"]) == {"partner_id", "partner_key", "shop_id", "access_token", "refresh_token"}
    assert (tmp_path / "syncer.toml").exists()
    assert json.loads((tmp_path / "state.json").read_text(encoding="utf-8"))["shop_id"] == 14_701_711


def _until_ready(out: io.StringIO, stop: threading.Event) -> None:
    while not stop.wait(0.02):
        if "ready" in out.getvalue():
            stop.set()


def test_serve_speaks_to_people_too(tmp_path: Path) -> None:
    out, stop = io.StringIO(), threading.Event()
    stop.set()
    serve(None, False, None, "fast", {}, 0, 0, out, stop)
    assert re.match(r"shopee answers at http://127\.0\.0\.1:\d+ ", out.getvalue())


def test_a_record_holds_one_line_a_call(clock: ManualClock, tmp_path: Path) -> None:
    record = tmp_path / "calls.jsonl"
    with launch(clock=clock, record=record) as sandboxes:
        client = Client(sandboxes["shopee"], clock)
        client.call("shop/get_shop_info")
        client.picture()
        client.shop.control("PUT", "faults", [{"operation": "*", "kind": "http_503", "times": 1}])
        client.raw("GET", "/api/v2/product/get_category")
    lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    assert [(line["path"], line["status"], line["fault"]) for line in lines] == [
        ("/api/v2/shop/get_shop_info", 200, None), ("/api/v2/media_space/upload_image", 200, None),
        ("/api/v2/product/get_category", 503, "http_503"),
    ]  # fmt: skip
    assert set(lines[0]) == {"operation", "method", "path", "query", "body", "status", "response", "fault", "t"}
    assert (lines[0]["response"]["region"], lines[1]["body"], lines[2]["response"]) == ("ID", None, None)


def test_unknown_switches_positions_marketplaces_and_limits_are_named() -> None:
    for wrong in ({"shopee.nothing": "x"}, {"shopee.repeats": "perhaps"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            positions(wrong)
    with pytest.raises(ValueError, match="tokopedia"), launch(marketplaces=("tokopedia",)):
        pass
    with pytest.raises(ValueError, match="slow"), launch(limits="slow"):
        pass


def test_every_switch_is_in_the_tests_of_this_folder() -> None:
    """A switch whose positions nobody tries proves nothing. Whole runs in each position stand in tests/road."""
    texts = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
    missing = [switch.id for switch in SWITCHES if texts.count(f'"{switch.id}"') < 1]
    assert missing == []
    assert all(len(switch.positions) > 1 for switch in SWITCHES)
