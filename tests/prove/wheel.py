"""The built wheel, in an empty environment outside the checkout: `init`, `demo` and `--help` work."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from tests.prove.world import ROOT, say

COMMANDS = (("--help",), ("init",), ("status",), ("demo",))


def main() -> int:
    """Build, install, run."""
    with tempfile.TemporaryDirectory(prefix="syncer-prove-") as folder:
        home = Path(folder)
        wheel = _built(home)
        venv.create(home / "env", with_pip=True)
        binaries = home / "env" / "bin"
        _checked([binaries / "python", "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel], home)
        elsewhere = home / "elsewhere"
        elsewhere.mkdir()
        codes = {words: _run([binaries / "syncer", *words], elsewhere) for words in COMMANDS}
        mode = (elsewhere / "secrets.env").stat().st_mode & 0o777
    good = all(code == 0 for code in codes.values()) and mode == 0o600
    figure = ", ".join(f"syncer {' '.join(words)}: exit {code}" for words, code in codes.items())
    return say("wheel", f"{wheel.name}: {figure}; secrets.env {mode:o}", good=good)


def _built(home: Path) -> Path:
    _checked([sys.executable, "-m", "build", "-q", "--wheel", "--outdir", home / "dist", ROOT], home)
    return next((home / "dist").glob("*.whl"))


def _checked(words: list[object], folder: Path) -> None:
    done = subprocess.run([str(w) for w in words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{words}: {done.stdout}{done.stderr}")


def _run(words: list[object], folder: Path) -> int:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SYNCER_", "PYTHON"))}
    done = subprocess.run(
        [str(w) for w in words], cwd=folder, capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode != 0:
        print(done.stdout, done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
