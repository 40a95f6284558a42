"""`syncer` on another host: its name is given, and nothing else of it is different.

python -m tests.prove.elsewhere HOST -- WORDS OF SYNCER
"""

from __future__ import annotations

import platform
import sys


def main() -> None:
    """Take the name, then be `syncer`."""
    host = sys.argv[1]
    platform.node = lambda: host
    sys.argv = ["syncer", *sys.argv[sys.argv.index("--") + 1 :]]
    from syncer.cli.main import main as syncer

    syncer()


if __name__ == "__main__":
    main()
