"""`/healthz` and `/metrics` on a loopback port: is it alive, does it make progress, how much did it do."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

Health = Callable[[], Mapping[str, Any]]


class Metrics:
    """What the daemon counts. Labels are channels and causes, never SKUs: their number stays small."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.outcomes = self._counter("syncer_outcomes", "Changes by what became of them", "channel", "result", "cause")
        self.runs = self._counter("syncer_runs", "Runs by how they ended", "channel", "status")
        self.orders = self._counter("syncer_orders", "Orders read", "channel")
        self.crashes = self._counter("syncer_crashes", "Turns that ended in an error nobody foresaw", "channel")
        self.waiting = Gauge(
            "syncer_standing", "Facets that are not simply in step", ("channel", "standing"), registry=self.registry
        )
        self.unauthorised = Gauge(
            "syncer_unauthorised", "1 = the shop has ended its authorisation", ("channel",), registry=self.registry
        )
        self.drift = Gauge(
            "syncer_contract_drift", "What surprised us at a shop and nobody has looked at", ("channel",),
            registry=self.registry,
        )  # fmt: skip
        self.last_turn = Gauge(
            "syncer_last_turn_seconds", "When a channel last ended a turn (epoch)", ("channel",),
            registry=self.registry,
        )  # fmt: skip

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self.registry)


class HealthServer:
    """Answers on 127.0.0.1 alone, from a thread of its own."""

    def __init__(self, port: int, health: Health, metrics: Metrics) -> None:
        self._http = ThreadingHTTPServer(("127.0.0.1", port), _handler(health, metrics))
        self._http.daemon_threads = True

    @property
    def port(self) -> int:
        """The port in use; of port 0 the one that the system gave."""
        return int(self._http.server_address[1])

    def start(self) -> None:
        """Begin to answer."""
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()

    def stop(self) -> None:
        """End it."""
        self._http.shutdown()
        self._http.server_close()


def _handler(health: Health, metrics: Metrics) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/healthz":
                found = health()
                self._answer(200 if found["healthy"] else 503, "application/json", json.dumps(found).encode())
            elif self.path == "/metrics":
                self._answer(200, "text/plain; version=0.0.4; charset=utf-8", generate_latest(metrics.registry))
            else:
                self._answer(404, "text/plain", b"/healthz or /metrics\n")

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """A supervisor asks every few seconds: not worth a line."""

    return Handler
