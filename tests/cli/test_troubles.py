"""What an operator meets when something is wrong: one sentence that says what to do, the right exit code, no traceback.

Real processes, as an operator has them; each row of the table is one trouble.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from syncer.cli.trouble import sentence
from tests.prove.world import CATALOGUE, World, environment, world

TROUBLE_S = 60


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that goes wrong: how to bring it about, the words typed, the exit code, and what must be said."""

    name: str
    words: tuple[str, ...]
    code: int
    says: tuple[str, ...]
    make: Callable[[World], None] = lambda _: None


def _write(name: str, text: str, mode: int = 0o644) -> Callable[[World], None]:
    def make(here: World) -> None:
        path = here.folder / name
        path.unlink(missing_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)

    return make


def _edit(name: str, old: str, new: str) -> Callable[[World], None]:
    def make(here: World) -> None:
        path = here.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return make


def _stop_shop(here: World) -> None:
    here.import_catalogue()
    here.shop.stop()


def _wrong_key(here: World) -> None:
    here.import_catalogue()
    key = here.shop.credentials["partner_key"]
    _edit("secrets.env", key, "0" * len(key))(here)


def _revoked(here: World) -> None:
    here.import_catalogue()
    here.shop.control("POST", "deauthorise", {})


def _no_fernet_key(here: World) -> None:
    lines = (here.folder / "secrets.env").read_text(encoding="utf-8").splitlines()
    _write("secrets.env", "\n".join(["SYNCER_KEY=short", *lines[1:]]) + "\n", 0o600)(here)


TROUBLES = (
    Trouble("no config", ("status",), 2, ("syncer.toml", "syncer init"), lambda here: here.config.unlink()),
    Trouble("broken TOML", ("status",), 2, ("syncer.toml", "TOML"), _write("syncer.toml", "database = [\n")),
    Trouble("unknown setting", ("status",), 2, ("langage", "language"), _edit("syncer.toml", "language", "langage")),
    Trouble("wrong value", ("status",), 2, ("language", "correct"), _edit("syncer.toml", '"id"', '"jv"')),
    Trouble("unknown marketplace", ("plan",), 2, ("shopi", "shopee"), _edit("syncer.toml", '"shopee"', '"shopi"')),
    Trouble("no such channel", ("plan", "--channel", "x"), 2, ("'x'", "shopee-sandbox")),
    Trouble("secrets for all to read", ("plan",), 2, ("chmod 600",), lambda h: (h.folder / "secrets.env").chmod(0o644)),
    Trouble("secret missing", ("plan",), 2, ("PARTNER_KEY",), _edit("secrets.env", "__PARTNER_KEY", "__PARTNER_KEX")),
    Trouble("key is none", ("plan",), 2, ("SYNCER_KEY", "syncer init"), _no_fernet_key),
    Trouble("no categories file", ("plan",), 2, ("categories",), lambda h: (h.folder / "categories.csv").unlink()),
    Trouble("missing file", ("import", "nowhere.csv"), 2, ("nowhere.csv", "correct")),
    Trouble("a picture as a catalogue", ("import", str(CATALOGUE.parent / "images" / "KPR-KSR-1.jpg")), 2, ("UTF-8",)),
    Trouble("no date", ("import", str(CATALOGUE), "--as-of", "24/11/2026"), 2, ("24/11/2026", "2026-11-24")),
    Trouble("unknown SKU", ("resync", "--sku", "NONE"), 2, ("NONE", "catalogue")),
    Trouble("unknown facet", ("resync", "--facet", "colour"), 2, ("colour", "price")),
    Trouble("unknown option", ("resync", "--colour"), 2, ("--colour", "--help")),
    Trouble("unknown command", ("sync",), 2, ("sync", "--help")),
    Trouble("no such hold", ("held", "approve", "7"), 2, ("7", "syncer held")),
    Trouble("init over a config", ("init",), 2, ("exists",)),
    Trouble("database is a folder", ("status",), 2, ("database",), lambda here: here.database.mkdir()),
    Trouble("database is no database", ("status",), 2, ("database",), _write("syncer.db", "not a database" * 99)),
    Trouble("unreachable sandbox", ("resync", "--wait", "1"), 1, ("127.0.0.1",), _stop_shop),
    Trouble("unreachable, orders", ("orders", "pull"), 1, ("orders could not be read",), lambda here: here.shop.stop()),
    Trouble("unreachable, check", ("channel", "check"), 1, ("127.0.0.1",), lambda here: here.shop.stop()),
    Trouble("wrong key", ("resync", "--wait", "1"), 1, ("sign",), _wrong_key),
    Trouble("consent withdrawn", ("resync", "--wait", "1"), 4, ("linked",), _revoked),
    Trouble("report to nowhere", ("report", "--out", "/nowhere/report.txt"), 1, ("/nowhere/report.txt", "correct")),
    Trouble("export to nowhere", ("export", "/nowhere/catalogue.csv"), 1, ("/nowhere/catalogue.csv",)),
)


@pytest.fixture
def here() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_trouble(here: World, trouble: Trouble) -> None:
    trouble.make(here)
    done = here.run(*trouble.words, expect=None)
    said = done.err + done.out
    assert done.code == trouble.code, said
    assert "Traceback" not in said
    assert all(word in said for word in trouble.says), said
    assert 1 <= len(done.err.strip().splitlines()) <= 2 or trouble.words[:2] == ("channel", "check"), said


def test_port_in_use(here: World) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = here.run("sandbox", "--port", str(taken.getsockname()[1]), expect=1)
    assert "--port" in done.err
    assert "Traceback" not in done.err


def test_full_disk(here: World) -> None:
    """A device that is always full stands for a disk that is."""
    here.import_catalogue()
    done = here.run("report", "--out", "/dev/full", expect=1)
    assert "Traceback" not in done.err
    assert "disk" in done.err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a read-only place that even root cannot write to")
def test_read_only_disk(here: World, tmp_path: Path) -> None:
    """A really read-only file system, in a mount namespace of its own; where that is forbidden, by permissions."""
    here.import_catalogue()
    mount = f"mount --bind {here.folder} {here.folder} && mount -o remount,bind,ro {here.folder}"
    inner = " ".join(here.command("import", str(CATALOGUE), "--as-of", "2026-11-24"))
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", f"{mount} && exec {inner}"],
        capture_output=True, text=True, env=environment(), timeout=TROUBLE_S, check=False,
    )  # fmt: skip
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("this machine lets nobody mount")
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_another_run_holds_the_channel(here: World) -> None:
    from filelock import FileLock

    here.import_catalogue()
    here.run("plan", "--json")
    locks = here.database.with_name("syncer.db.locks")
    locks.mkdir(exist_ok=True)
    with FileLock(str(locks / "shopee-sandbox.lock")):
        done = here.run("resync", "--wait", "0.3", expect=5)
    assert "--wait" in done.err
    assert "Traceback" not in done.err


def test_nobody_reads_the_output(here: World) -> None:
    """`syncer status | true` is no error."""
    here.import_catalogue()
    command = " ".join(here.command("export", "--help"))
    done = subprocess.run(
        ["sh", "-c", f"{command} | true"], capture_output=True, text=True, env=environment(), timeout=TROUBLE_S,
        check=False,
    )  # fmt: skip
    assert done.stderr == ""


def test_a_database_that_ended_the_connection_is_no_fault_of_the_disk() -> None:
    gone = OperationalError("SELECT 1", {}, Exception("server closed the connection"), connection_invalidated=True)
    assert "free the disk" not in sentence(gone)
    assert "free the disk" in sentence(OperationalError("SELECT 1", {}, Exception("disk full")))
