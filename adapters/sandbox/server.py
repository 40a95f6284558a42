"""A marketplace as a real HTTP server on loopback, with everything that lines and edges do to calls.

The standard library's threading server with keep-alive: fast enough to measure against, and nothing to install.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from adapters.clock import Clock
from adapters.sandbox.faults import WIRE, FaultBook
from adapters.sandbox.market import CallSeen, Market, NowhereError, Reply, Request

CONTROL = "/_sandbox/"
BODY_MOST = 100 * 1024 * 1024
SLOW_S = 3.0
LATE_S = 0.5
"""When a `late_apply` is applied, as a share of `settle_s`: late, but within the promise."""

Hook = Callable[[CallSeen], None]


@dataclass(slots=True)
class Hooks:
    """Functions that a test hangs in: on arrival, and between application and answer."""

    before_apply: Hook | None = None
    before_answer: Hook | None = None


@dataclass(slots=True)
class _Late:
    due: float
    request: Request


class _Dropped(Exception):
    """The connection is closed without an answer."""


@dataclass(slots=True)
class Settings:
    """What `PUT settings` changes."""

    latency_ms: tuple[float, float] = (0.0, 0.0)


class MarketServer:
    """One marketplace on one port. `start` and `stop` may be called again and again; the state stays."""

    def __init__(
        self, market: Market, clock: Clock, seed: int, settle_s: float, state: Path | None, record: Path | None,
        port: int = 0,
    ) -> None:  # fmt: skip
        self.market, self.clock, self.settle_s = market, clock, settle_s
        self.hooks, self.faults, self.settings = Hooks(), FaultBook(seed), Settings()
        self.lock = threading.RLock()
        self._state, self._record, self._port = state, record, port
        self._late: list[_Late] = []
        self._number = 0
        self._asked = True
        """Whether anything was asked since the state was written last."""
        self.counts: Counter[str] = Counter()
        self._http: _Server | None = None
        if state is not None and state.exists():
            market.restore(json.loads(state.read_text(encoding="utf-8")))

    @property
    def url(self) -> str:
        """Where the marketplace answers."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Answer calls, on the same port as before if there was one."""
        self._http = _Server(("127.0.0.1", self._port), self)
        self._port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Go away: connections are refused until `start`."""
        if self._http is not None:
            self._http.shutdown()
            self._http.close_all()
            self._http.server_close()
            self._http = None
        self.save()

    def save(self) -> None:
        """Write the state to its file, whole or not at all; nothing if nothing was asked since."""
        if self._state is None:
            return
        with self.lock:
            if not self._asked:
                return
            text, self._asked = self.market.dump(), False
        part = self._state.with_name(self._state.name + ".part")
        part.write_text(text, encoding="utf-8")
        os.replace(part, self._state)

    # --- one call ----------------------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Reply:
        """The reply to a marketplace call.

        Raises:
            _Dropped: the connection must be closed without one.
        """
        kind = self.faults.pick(request.path, self.market.is_token(request.path), self._plays)
        self._delay(kind)
        with self.lock:
            self.apply_late()
            self._number += 1
            seen = CallSeen(
                request.path, request.method, request.path, request.query, request.body, self._number, "arrived"
            )
        self._hook(self.hooks.before_apply, seen)
        reply = self._apply(request, kind)
        self._hook(self.hooks.before_answer, replace(seen, phase="applied"))
        return _spoilt(reply, kind)

    def _plays(self, path: str, kind: str) -> bool:
        return kind in WIRE or self.market.plays(path, kind)

    def _apply(self, request: Request, kind: str | None) -> Reply:
        if kind == "lose_request":
            self._note(request, None, kind)
            raise _Dropped
        if kind in ("http_500", "http_503"):
            status = int(kind.removeprefix("http_"))
            reply = Reply(status, b"<html><body>Service error</body></html>", "text/html")
            self._note(request, reply, kind)
            return reply
        if kind == "late_apply":
            with self.lock:
                self._late.append(_Late(self.clock.monotonic() + self.settle_s * LATE_S, request))
            raise _Dropped
        inner = None if kind in WIRE else kind
        with self.lock:
            self._asked = True
            reply = self.market.apply(replace(request, fault=inner))
        self._note(request, reply, kind)
        if kind in ("lose_response", "lose_refresh"):
            raise _Dropped
        return reply

    def apply_late(self) -> None:
        """Apply what was applied late and is due by now, as of the moment at which it was due."""
        if not self._late:
            return
        now = self.clock.monotonic()
        due = [late for late in self._late if late.due <= now]
        self._late = [late for late in self._late if late.due > now]
        for late in due:
            self._note(late.request, self.market.apply(replace(late.request, late_by=now - late.due)), "late_apply")

    def _delay(self, kind: str | None) -> None:
        low, high = self.settings.latency_ms
        if high > 0:
            self.clock.sleep((low + (high - low) * self.faults.roll()) / 1000)
        if kind == "slow":
            self.clock.sleep(SLOW_S)

    def _hook(self, hook: Hook | None, seen: CallSeen) -> None:
        if hook is not None:
            hook(seen)

    def _note(self, request: Request, reply: Reply | None, kind: str | None) -> None:
        self.counts[request.path] += 1
        if self._record is None:
            return
        line = {
            "operation": request.path, "method": request.method, "path": request.path, "query": dict(request.query),
            "body": _said(request), "status": reply.status if reply else None,
            "response": _json(reply.body) if reply else None, "fault": kind, "t": self.clock.now().isoformat(),
        }  # fmt: skip
        with self.lock, self._record.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    # --- the sandbox's own calls -------------------------------------------------------------------------------------

    def control(self, method: str, name: str, body: Any) -> Any:
        """One `/_sandbox/` call.

        Raises:
            NowhereError: there is no such call, or no such order.
            ValueError, KeyError, TypeError: the body is wrong.
        """
        with self.lock:
            self.apply_late()
            self._asked = True
            match method, name:
                case "PUT", "faults":
                    self.faults.replace(body)
                case "PUT", "settings":
                    return self._set(body)
                case "GET", "calls":
                    return {**self.market.control(method, name, body), "total": sum(self.counts.values()),
                            "by_operation": dict(self.counts)}  # fmt: skip
                case "DELETE", "calls":
                    self.counts.clear()
                    return self.market.control(method, name, body)
                case _:
                    return self.market.control(method, name, body)
        return {}

    def _set(self, body: Mapping[str, Any]) -> Any:
        if not isinstance(body, Mapping):
            raise ValueError("settings are an object of names and values")
        rest = dict(body)
        if "latency_ms" in rest:
            low, high = rest.pop("latency_ms")
            self.settings.latency_ms = (float(low), float(high))
        if "seed" in rest:
            self.faults.reseed(int(rest.pop("seed")))
        return self.market.control("PUT", "settings", rest)


def _spoilt(reply: Reply, kind: str | None) -> Reply:
    if kind == "garbage":
        return Reply(200, b"<html><body>Please wait...</body></html>", "text/html")
    if kind == "truncated":
        return replace(reply, body=reply.body[: len(reply.body) // 2], headers={"x-length": str(len(reply.body))})
    return reply


def _said(request: Request) -> Any:
    """A body as the record keeps it: JSON, the fields of a form, and nothing of files."""
    kind = request.headers.get("content-type", "")
    if "multipart" in kind:
        return None
    if "x-www-form-urlencoded" in kind:
        return dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))
    return _json(request.body)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content) if content else None
    except (ValueError, RecursionError):
        return None


@dataclass(slots=True)
class _Open:
    """The connections that are open now, so that `stop` really hangs up."""

    sockets: set[socket.socket] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], owner: MarketServer) -> None:
        self.open, self.owner = _Open(), owner
        super().__init__(address, _Exchange)

    def process_request(self, request: Any, client_address: Any) -> None:
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.open.lock:
            self.open.sockets.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self.open.lock:
            self.open.sockets.discard(request)
        super().shutdown_request(request)

    def close_all(self) -> None:
        """Hang up on everybody."""
        with self.open.lock:
            sockets = list(self.open.sockets)
        for one in sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it had hung up itself

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """A client that hangs up is its own business; a bug of the sandbox must be seen."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            traceback.print_exc()


class _Exchange(BaseHTTPRequestHandler):
    """One connection of a client: its calls go to the marketplace, those under /_sandbox/ behind it."""

    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the record is kept elsewhere."""

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            self._send(Reply(413, b'{"error":"too large"}'))
            self.close_connection = True
            return
        parts = urlsplit(self.path)
        if parts.path.startswith(CONTROL):
            self._send(_controlled(self.server.owner, self.command, parts.path.removeprefix(CONTROL), body))
            return
        headers = {key.casefold(): value for key, value in self.headers.items()}
        query = parse_qs(parts.query, keep_blank_values=True)
        try:
            self._send(self.server.owner.answer(Request(self.command, parts.path, query, headers, body)))
        except _Dropped:
            self.close_connection = True

    def _body(self) -> bytes | None:
        if self.headers.get("transfer-encoding", "").casefold() == "chunked":
            return self._chunks()
        length = int(self.headers.get("content-length") or 0)
        return None if length > BODY_MOST else self.rfile.read(length)

    def _chunks(self) -> bytes | None:
        """A body without a length, as upload libraries stream it (RFC 9112, section 7.1)."""
        body = b""
        while size := int(self.rfile.readline(1024).split(b";")[0] or b"0", 16):
            if len(body) + size > BODY_MOST:
                return None
            body += self.rfile.read(size)
            self.rfile.readline(1024)
        while self.rfile.readline(1024).strip():
            continue  # trailers mean nothing here
        return body

    def handle_expect_100(self) -> bool:
        """Let a large upload go on at once; without the flush its sender waits a second for nothing."""
        go_on = super().handle_expect_100()
        self.wfile.flush()
        return go_on

    def _send(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        self.send_header("Date", self._date())
        self.send_header("Content-Type", reply.content_type)
        headers = dict(reply.headers)
        length = headers.pop("x-length", str(len(reply.body)))
        self.send_header("Content-Length", length)
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()
        if length != str(len(reply.body)):
            self.close_connection = True

    def _date(self) -> str:
        return self.server.owner.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT")

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve


def _controlled(server: MarketServer, method: str, name: str, body: bytes) -> Reply:
    try:
        value = server.control(method, name, json.loads(body) if body else None)
        return Reply(200, json.dumps(value).encode())
    except NowhereError as error:
        return Reply(404, json.dumps({"error": str(error)}).encode())
    except KeyError as error:
        return Reply(400, json.dumps({"error": f"{error} is missing"}).encode())
    except (ValueError, TypeError, AttributeError) as error:
        return Reply(400, json.dumps({"error": str(error)}).encode())
