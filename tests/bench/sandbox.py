"""How many simple calls a second each marketplace of the sandbox answers: one client, one connection.

The call is the read of one listing, signed by the marketplace's own adapter and then said again and again; server and
client share one process, and so one core.
"""

from __future__ import annotations

import http.client
import statistics
import sys
import time
from unittest.mock import patch
from urllib.parse import urlsplit

import requests

from adapters.sandbox import MARKETPLACES
from tests.contract.bench import Bench, bench

RUNS = 5
CALLS = 2_000
BAR = 1_500


def main() -> int:
    """Measure every marketplace and print the figures."""
    return max(_measured(name) for name in MARKETPLACES)


def _measured(marketplace: str) -> int:
    with bench(marketplace) as at:
        call = _a_read(at)
        rates = sorted(_rate(call) for _ in range(RUNS))
    median = statistics.median(rates)
    verb, path = call.method, urlsplit(str(call.url)).path
    said = f"{median:,.0f} calls/s of {verb} {path} (median of {RUNS} runs of {CALLS:,}; bar {BAR:,})"
    print(f"bench sandbox {marketplace}: {said}")
    return 0 if median >= BAR else 1


def _a_read(at: Bench) -> requests.PreparedRequest:
    """What the adapter puts on the wire first, to read one listing that is there."""
    ids = at.made(at.listing())
    at.settle()
    seen: list[requests.PreparedRequest] = []
    send = requests.Session.send

    def noted(
        session: requests.Session, request: requests.PreparedRequest, **how: object
    ) -> requests.Response:  # fmt: skip
        seen.append(request)
        return send(session, request, **how)  # type: ignore[arg-type]

    with patch.object(requests.Session, "send", noted):
        at.observe(ids)
    return seen[0]


def _rate(call: requests.PreparedRequest) -> float:
    parts = urlsplit(str(call.url))
    target, headers = f"{parts.path}?{parts.query}", {str(key): str(value) for key, value in call.headers.items()}
    connection = http.client.HTTPConnection(parts.netloc)
    began = time.perf_counter()
    for _ in range(CALLS):
        connection.request(str(call.method), target, call.body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise AssertionError(f"{target}: {answer.status}")
    return CALLS / (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main())
