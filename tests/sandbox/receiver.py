"""What a seller's software would have for a marketplace's messages: it listens here and keeps what comes."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Heard = queue.Queue[tuple[str, dict[str, Any], bytes]]


@contextmanager
def receiver(*statuses: int) -> Iterator[tuple[str, Heard]]:
    """Listens for webhooks, answers these statuses in turn, then 200; gives its address and what it hears."""
    heard: Heard = queue.Queue()
    answers = list(statuses)

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.put((self.headers["Authorization"], json.loads(body), body))
            self.send_response(answers.pop(0) if answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", heard
    finally:
        server.shutdown()
        server.server_close()
