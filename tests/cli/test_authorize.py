"""`channel authorize`: the owner agrees elsewhere, the address comes back, another shop's consent is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

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


def test_a_marketplace_of_keys_says_where_they_go(syncer: Syncer, tmp_path: Path) -> None:
    with launch(("blibli",)) as sandboxes:
        sandboxes.write_config(tmp_path / "syncer.toml")
        said = syncer("channel", "authorize", sandboxes["blibli"].channel)
    assert said.code == 2
    assert "secrets.env" in said.sentence
