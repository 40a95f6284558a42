"""`syncer`, killed by its own hand at one place of one call: what a power cut does, on demand.

    python -m tests.prove.killed PLACE NUMBER [CHANNEL URL] -- WORDS OF SYNCER

PLACE: before (nothing has left), after (the answer is here, nothing is recorded), commit (everything is written but
the transaction that records it is not committed). A kill between arrival and answer is the sandbox's part: `kill_at`.
With CHANNEL and URL only the calls to that shop count, and only the commits of that channel's thread.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import requests
from sqlalchemy import Engine, event

from adapters.sandbox.market import CallSeen

PLACES = ("before", "between", "after", "commit")


class Killer:
    """Counts calls to the marketplace and kills the process at the appointed one."""

    def __init__(self, place: str, number: int, channel: str = "", url: str = "") -> None:
        self.place, self.number, self.calls = place, number, 0
        self._channel, self._url = channel, url
        self._send = requests.Session.send
        self._lock = threading.Lock()
        self._armed = False

    def install(self) -> None:
        """Stand between the client library and the wire, and before every commit."""
        killer = self

        def send(session: requests.Session, request: Any, **options: Any) -> requests.Response:
            mine = killer._is_appointed(request.url)
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

    def _is_appointed(self, url: str) -> bool:
        with self._lock:
            self.calls += url.startswith(self._url)
            return url.startswith(self._url) and self.calls == self.number

    def _commit(self, connection: Any) -> None:
        mine = self._channel in ("", threading.current_thread().name)
        if self._armed and mine and connection.get_execution_options().get("writes"):
            die()


def kill_at(number: int, process: subprocess.Popen[bytes]) -> Callable[[CallSeen], None]:
    """A hook that kills `process` at the call with this number, when it is applied and not yet answered."""
    calls = 0
    lock = threading.Lock()

    def hook(_seen: CallSeen) -> None:
        nonlocal calls
        with lock:
            calls += 1
            mine = calls == number
        if mine:
            os.kill(process.pid, signal.SIGKILL)
            process.wait(timeout=30)

    return hook


def die() -> None:
    """SIGKILL: no handler, no exit function, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Arm the killer, then be `syncer`."""
    at = sys.argv.index("--")
    place, number, *only = sys.argv[1:at]
    sys.argv = ["syncer", *sys.argv[at + 1 :]]
    Killer(place, int(number), *only).install()
    from syncer.cli.main import main as syncer

    syncer()


if __name__ == "__main__":
    main()
