"""How many simple calls a second the sandbox answers: one client, one connection, median of five runs."""

from __future__ import annotations

import http.client
import statistics
import sys
import time
from datetime import UTC, datetime
from urllib.parse import urlencode

from adapters.clock import ManualClock
from adapters.sandbox import launch
from tests.sandbox.client import Client

RUNS = 5
CALLS = 2_000
BAR = 1_500


def main() -> int:
    """Measure and print the figure."""
    clock = ManualClock(datetime(2026, 11, 24, tzinfo=UTC))
    with launch(("shopee",), clock=clock) as sandboxes:
        shop = sandboxes["shopee"]
        shop.control("PUT", "settings", {"rate_per_s": 0})
        path = "/api/v2/shop/get_shop_info"
        path += "?" + urlencode(Client(shop, clock).common(path, public=False))
        rates = sorted(_rate(shop.url, path) for _ in range(RUNS))
    median = statistics.median(rates)
    print(f"bench sandbox: {median:,.0f} calls/s (median of {RUNS} runs of {CALLS:,}; bar {BAR:,})")
    return 0 if median >= BAR else 1


def _rate(url: str, path: str) -> float:
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    began = time.perf_counter()
    for _ in range(CALLS):
        connection.request("GET", path)
        connection.getresponse().read()
    return CALLS / (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main())
