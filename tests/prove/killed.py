"""`syncer`, killed by its own hand at one place of one call: what a power cut does, on demand.

    python -m tests.prove.killed PLACE NUMBER -- WORDS OF SYNCER

PLACE: before (nothing has left), after (the answer is here, nothing is recorded), commit (everything is written but
the transaction that records it is not committed). A kill between arrival and answer is the sandbox's part.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import requests
from sqlalchemy import Engine, event


class Killer:
    """Counts calls to the marketplace and kills the process at the appointed one."""

    def __init__(self, place: str, number: int) -> None:
        self.place, self.number, self.calls = place, number, 0
        self._send = requests.Session.send
        self._armed = False

    def install(self) -> None:
        """Stand between the client library and the wire, and before every commit."""
        killer = self

        def send(session: requests.Session, request: Any, **options: Any) -> requests.Response:
            killer.calls += 1
            mine = killer.calls == killer.number
            if mine and killer.place == "before":
                die()
            response = killer._send(session, request, **options)
            if mine and killer.place == "after":
                _ = response.content
                die()
            killer._armed = killer._armed or (mine and killer.place == "commit")
            return response

        requests.Session.send = send  # type: ignore[method-assign, assignment]
        event.listen(Engine, "commit", self._commit)

    def _commit(self, connection: Any) -> None:
        if self._armed and connection.get_execution_options().get("writes"):
            die()


def die() -> None:
    """SIGKILL: no handler, no exit function, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Arm the killer, then be `syncer`."""
    place, number = sys.argv[1], int(sys.argv[2])
    sys.argv = ["syncer", *sys.argv[sys.argv.index("--") + 1 :]]
    Killer(place, number).install()
    from syncer.cli.main import main as syncer

    syncer()


if __name__ == "__main__":
    main()
