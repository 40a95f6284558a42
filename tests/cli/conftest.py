"""The command line as an operator has it: words in, exit code, stdout and stderr out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox import Sandbox, launch
from syncer.cli.main import main


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said. `code` is its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its whole stdout as JSON."""
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """Its stderr, which must be one line and no traceback."""
        assert "Traceback" not in self.err
        assert self.err.count("\n") == 1
        return self.err.strip()


Syncer = Callable[..., Said]


@pytest.fixture
def syncer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run `syncer WORDS` in a folder of its own, in English unless a word says otherwise."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SYNCER_LANG", "en")

    def run(*words: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["syncer", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        text = capsys.readouterr()
        code = ended.value.code
        return Said(code if isinstance(code, int) else 0, text.out, text.err)

    return run


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Sandbox]:
    """An empty sandbox shop, and a config in the current folder that points at it."""
    with launch(("shopee",)) as sandboxes:
        sandboxes.write_config(tmp_path / "syncer.toml")
        yield sandboxes["shopee"]
