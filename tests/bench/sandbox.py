"""How many simple calls a second the sandbox answers: one client, one connection, median of five runs."""

from __future__ import annotations

import http.client
import statistics
import sys
import time

from adapters.sandbox import launch
from tests.sandbox.signed import SignedClient

RUNS = 5
CALLS = 2_000
BAR = 1_500


def main() -> int:
    """Measure and print the figure."""
    with launch(("shopee",)) as sandboxes:
        shop = sandboxes["shopee"]
        shop.control("PUT", "settings", {"rate_per_s": 0})
        path = SignedClient(shop).address("shop/get_shop_info")
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
