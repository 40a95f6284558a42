"""`channel authorize`: the owner agrees elsewhere, the address comes back, another shop's consent is refused."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from adapters.sandbox import Sandbox, launch
from tests.cli.conftest import Syncer


@pytest.fixture
def unauthorised(tmp_path: Path) -> Iterator[Sandbox]:
    """A shop whose tokens we do not have yet."""
    with launch(("shopee",)) as sandboxes:
        sandboxes.write_config(tmp_path / "syncer.toml")
        secrets = (tmp_path / "secrets.env").read_text(encoding="utf-8")
        kept = [line for line in secrets.splitlines() if "_TOKEN" not in line]
        (tmp_path / "secrets.env").write_text("\n".join(kept) + "\n", encoding="utf-8")
        yield sandboxes["shopee"]


def agreed(link: str) -> str:
    """Where the owner's browser ends."""
    reply = requests.get(link, allow_redirects=False, timeout=20)
    assert reply.status_code in (302, 303)
    return reply.headers["Location"]


def test_the_owner_agrees_and_the_channel_works(syncer: Syncer, unauthorised: Sandbox) -> None:
    channel = unauthorised.channel
    assert syncer("channel", "check", channel).code == 4
    asked = syncer("channel", "authorize", channel)
    assert asked.code == 0
    done = syncer("channel", "authorize", channel, "--callback", agreed(asked.out.strip()))
    assert (done.code, done.out) == (0, f"{channel}: authorised\n")
    assert syncer("channel", "check", channel).code == 0


def test_an_address_serves_once(syncer: Syncer, unauthorised: Sandbox) -> None:
    channel = unauthorised.channel
    address = agreed(syncer("channel", "authorize", channel).out.strip())
    assert syncer("channel", "authorize", channel, "--callback", address).code == 0
    again = syncer("channel", "authorize", channel, "--callback", address)
    assert again.code == 4
    assert "not authorised" in again.sentence
    assert syncer("channel", "check", channel).code == 0  # what we had still works


def test_another_shops_consent_is_refused_and_nothing_is_kept(
    syncer: Syncer, unauthorised: Sandbox, tmp_path: Path
) -> None:
    channel = unauthorised.channel
    config = tmp_path / "syncer.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(re.sub(r'shop_id = "\d+"', 'shop_id = "999"', text), encoding="utf-8")
    address = agreed(syncer("channel", "authorize", channel).out.strip())
    said = syncer("channel", "authorize", channel, "--callback", address)
    assert said.code == 2
    assert "bound to shop 999" in said.sentence
    assert syncer("channel", "check", channel).code == 4


@pytest.mark.parametrize(
    "address", ["", "halo", "two words", "https://example.invalid/", "https://example.invalid/?x=1"]
)
def test_what_is_no_callback_is_one_sentence(syncer: Syncer, unauthorised: Sandbox, address: str) -> None:
    said = syncer("channel", "authorize", unauthorised.channel, "--callback", address)
    assert said.code in (2, 4)
    assert said.sentence


def test_no_secret_and_no_code_stands_in_what_is_said(syncer: Syncer, unauthorised: Sandbox) -> None:
    address = agreed(syncer("channel", "authorize", unauthorised.channel).out.strip())
    code = address.split("code=")[1].split("&")[0]
    said = syncer("channel", "authorize", unauthorised.channel, "--callback", address)
    again = syncer("channel", "authorize", unauthorised.channel, "--callback", address)
    assert code not in said.out + said.err + again.out + again.err


def test_a_stale_or_strange_state_is_refused_before_the_shop_is_asked(syncer: Syncer, unauthorised: Sandbox) -> None:
    channel = unauthorised.channel
    address = agreed(syncer("channel", "authorize", channel).out.strip())
    before = unauthorised.calls()["total"]
    forged = re.sub(r"state=[^&]+", "state=1700000000.0123456789abcdef0123456789abcdef", address)
    said = syncer("channel", "authorize", channel, "--callback", forged)
    assert (said.code, unauthorised.calls()["total"]) == (4, before)
    assert "link" in said.sentence
    assert syncer("channel", "authorize", channel, "--callback", address).code == 0


def test_listening_needs_a_loopback_redirect(syncer: Syncer, unauthorised: Sandbox) -> None:
    said = syncer("channel", "authorize", unauthorised.channel, "--listen")
    assert said.code == 2
    assert "redirect" in said.sentence


def test_a_browser_on_this_machine_ends_at_us(syncer: Syncer, unauthorised: Sandbox, tmp_path: Path) -> None:
    port = free_port()
    config = tmp_path / "syncer.toml"
    text = config.read_text(encoding="utf-8")
    line = f'redirect = "http://127.0.0.1:{port}/back"\n'
    config.write_text(text.replace('state = "active"\n', 'state = "active"\n' + line, 1), encoding="utf-8")
    link = syncer("channel", "authorize", unauthorised.channel).out.strip()
    browser = threading.Thread(target=browse, args=(link, port))
    browser.start()
    done = syncer("channel", "authorize", unauthorised.channel, "--listen", "--wait", "60")
    browser.join()
    assert (done.code, done.out.splitlines()[-1]) == (0, f"{unauthorised.channel}: authorised")


def browse(link: str, port: int) -> None:
    """A browser that first asks for an icon, as they do; it comes as soon as somebody listens."""
    with requests.Session() as browser:
        browser.mount("http://", HTTPAdapter(max_retries=Retry(connect=20, backoff_factor=0.05, backoff_max=1)))
        assert browser.get(f"http://127.0.0.1:{port}/favicon.ico", timeout=20).status_code == 404
        browser.get(agreed(link), timeout=20)


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_store_that_is_let_in_by_keys_says_what_its_owner_must_do(syncer: Syncer, tmp_path: Path) -> None:
    """Blibli has no consent page: keys, and a binding that the owner approves days later (facts, section 3.1)."""
    with launch(("blibli",)) as sandboxes:
        sandboxes.write_config(tmp_path / "syncer.toml")
        shop = sandboxes["blibli"]
        asked = syncer("channel", "authorize", shop.channel)
        assert (asked.code, "seller_key" in asked.out) == (0, True)
        assert syncer("channel", "authorize", shop.channel, "--callback", "https://x.invalid/?code=1").code == 2
        shop.control("POST", "deauthorise", {})
        pending = syncer("channel", "check", shop.channel, "--json")
        [row] = json.loads(pending.out)["channels"]
        assert (pending.code, row["verdict"]) == (4, "binding_pending")
        assert "channel authorize" in row["message"]
        shop.control("POST", "authorise", {})
        assert syncer("channel", "check", shop.channel).code == 0
