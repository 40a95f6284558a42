"""`syncer`, killed by its own hand at one place of one call: what a power cut does, on demand.

    python -m tests.prove.killed PLACE NUMBER [KIND CHANNEL URL] -- WORDS OF SYNCER

PLACE: before (nothing has left), after (the answer is here, nothing is recorded), commit (everything is written but
the transaction that records it is not committed). A kill between arrival and answer is the sandbox's part: `kill_at`.
With the rest only the calls to that shop count, and only the commits of that channel's thread; of KIND "writes" only
the calls that are no mere question.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from sqlalchemy import Engine, event

from adapters.sandbox.market import CallSeen

PLACES = ("before", "between", "after", "commit")
QUESTIONS = ("filter", "getProductList")
"""How the paths end of what Blibli lets be asked by POST; elsewhere a question is a GET."""


class Killer:
    """Counts calls to the marketplace and kills the process at the appointed one."""

    def __init__(self, place: str, number: int, kind: str = "calls", channel: str = "", url: str = "") -> None:
        self.place, self.number, self.calls = place, number, 0
        self._kind, self._channel, self._url = kind, channel, url
        self._send = requests.Session.send
        self._lock = threading.Lock()
        self._armed = False

    def install(self) -> None:
        """Stand between the client library and the wire, and before every commit."""
        killer = self

        def send(session: requests.Session, request: Any, **options: Any) -> requests.Response:
            mine = killer._is_appointed(request)
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

    def _is_appointed(self, request: Any) -> bool:
        path = urlsplit(request.url).path
        counts = request.url.startswith(self._url) and is_of(self._kind, request.method, path)
        with self._lock:
            self.calls += counts
            return counts and self.calls == self.number

    def _commit(self, connection: Any) -> None:
        mine = self._channel in ("", threading.current_thread().name)
        if self._armed and mine and connection.get_execution_options().get("writes"):
            die()


def is_of(kind: str, method: str, path: str) -> bool:
    """Whether a call counts: of "calls" each does, of "writes" those that are no mere question."""
    return kind == "calls" or (method != "GET" and not path.endswith(QUESTIONS))


def kill_at(number: int, process: subprocess.Popen[bytes], kind: str = "calls") -> Callable[[CallSeen], None]:
    """A hook that kills `process` at the call with this number, when it is applied and not yet answered."""
    calls = 0
    lock = threading.Lock()

    def hook(seen: CallSeen) -> None:
        nonlocal calls
        counts = is_of(kind, seen.method, seen.path)
        with lock:
            calls += counts
            mine = counts and calls == number
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
