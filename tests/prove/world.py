"""A whole small world for a proof: a sandbox shop, a config, a database, and the command line as an operator has it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.sandbox import launch

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "config" / "examples"
CATALOGUE = EXAMPLES / "catalogue-babel.csv"
STANDS_ON = "2026-11-24"
"""The day on which the example catalogue stands."""


@dataclass(frozen=True, slots=True)
class Done:
    """One finished command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class World:
    """Where a proof runs: the shop, and the folder of its config and database."""

    folder: Path
    shop: Any
    """The first of the shops."""
    shops: Sequence[Any] = ()

    @property
    def config(self) -> Path:
        """The config that points at the shop."""
        return self.folder / "syncer.toml"

    @property
    def database(self) -> Path:
        """The database file that the config names."""
        return self.folder / "syncer.db"

    def command(self, *words: str, module: str = "syncer") -> list[str]:
        """The command line of a process of ours."""
        return [sys.executable, "-m", module, "--config", str(self.config), *words]

    def run(self, *words: str, expect: int | Sequence[int] | None = 0) -> Done:
        """Run `syncer WORDS` as a process and check its exit code."""
        process = subprocess.run(
            self.command(*words), capture_output=True, text=True, cwd=ROOT, env=environment(), timeout=300, check=False
        )
        done = Done(process.returncode, process.stdout, process.stderr)
        allowed = (expect,) if isinstance(expect, int) else expect
        if allowed is not None and done.code not in allowed:
            raise AssertionError(
                f"syncer {' '.join(words)}: exit {done.code}, expected {expect}\n{done.out}\n{done.err}"
            )
        return done

    def import_catalogue(self, path: Path = CATALOGUE) -> Done:
        """Import a catalogue as of the day on which it stands."""
        return self.run("import", str(path), "--as-of", STANDS_ON, "--json")

    def resync(self, *words: str, expect: int | Sequence[int] | None = 0) -> Done:
        """A manual resync, as JSON."""
        return self.run("resync", "--json", *words, expect=expect)

    def truth(self) -> list[dict[str, Any]]:
        """What the shop really holds."""
        listings: list[dict[str, Any]] = self.shop.truth()
        return listings

    def writes(self) -> int:
        """Calls that would change a listing, since the last reset."""
        return int(self.shop.calls()["writes"])

    def reset_calls(self) -> None:
        """Start counting calls anew."""
        self.shop.control("DELETE", "calls", None)


def environment() -> dict[str, str]:
    """The environment of a process of ours: this checkout, no settings of the caller's."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("SYNCER_")}
    return {**kept, "PYTHONPATH": str(ROOT), "SYNCER_LANG": "en"}


@contextmanager
def world(
    switches: Mapping[str, str] | None = None, record: Path | None = None, marketplaces: Sequence[str] = ("shopee",),
    limits: str = "fast",
) -> Iterator[World]:  # fmt: skip
    """A fresh world with empty shops, on free loopback ports."""
    with (
        tempfile.TemporaryDirectory(prefix="syncer-prove-") as folder,
        launch(marketplaces=marketplaces, limits=limits, switches=dict(switches or {}), record=record) as sandboxes,
    ):
        here = World(Path(folder), sandboxes[marketplaces[0]], list(sandboxes))
        sandboxes.write_config(here.config)
        yield here


def active_products(path: Path = CATALOGUE) -> dict[str, list[str]]:
    """{product code: its SKUs} of every active product of a catalogue file."""
    products: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["status"] == "active":
                products.setdefault(row["product_code"], []).append(row["sku"])
    return products


def say(name: str, figure: str, good: bool) -> int:
    """Print the figure of a proof and give its exit code."""
    print(f"prove-{name}: {figure}: {'holds' if good else 'DOES NOT HOLD'}", flush=True)
    return 0 if good else 1
