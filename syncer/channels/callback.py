"""The exception among consents: the owner's browser runs on this very machine, and ends at a loopback address."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

from syncer.errors import Failed, UsageError
from syncer.texts import _

LOOPBACK = frozenset({"127.0.0.1", "localhost"})
CONNECTION_S = 5.0
"""A browser that opens a connection and says nothing is not waited for longer."""


class _Listener(HTTPServer):
    """Takes one callback; whatever else a browser asks for (an icon) is not found."""

    callback: str | None = None

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up in the middle is no trouble of ours: the next request may be the callback."""


class _Answer(BaseHTTPRequestHandler):
    server: _Listener
    timeout = CONNECTION_S

    def do_GET(self) -> None:
        found = dict(parse_qsl(urlsplit(self.path).query))
        if "state" not in found:
            self.send_error(404)
            return
        self.server.callback = self.path
        body = _("Thank you. You may close this page.").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the address carries a code."""


def listening(redirect: str | None) -> _Listener:
    """Open the port of `redirect`, before the owner is told of the link.

    Raises:
        UsageError: `redirect` is no loopback address with a port.
        OSError: the port is taken.
    """
    parts = urlsplit(redirect or "")
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme != "http" or parts.hostname not in LOOPBACK or not port:
        text = _(
            "to listen, the channel's `redirect` must be a loopback address with a port, like http://127.0.0.1:8765/, "
            "and be registered for the app; else paste the address with --callback"
        )
        raise UsageError(text)
    return _Listener(("127.0.0.1", port), _Answer)


def awaited(listener: _Listener, wait_s: float) -> str:
    """The address that the browser ends at.

    Raises:
        Failed: nobody came within `wait_s`.
    """
    ends = time.monotonic() + wait_s
    while listener.callback is None and (left := ends - time.monotonic()) > 0:
        listener.timeout = left
        listener.handle_request()
    if listener.callback is None:
        text = _("nobody agreed within {seconds:.0f} seconds; ask for the link again")
        raise Failed(text.format(seconds=wait_s))
    return listener.callback
