"""What happens by itself, each as of the moment at which it was due: reviews end, unpaid orders too."""

from __future__ import annotations

import heapq

from adapters.sandbox.lazada import orders, review
from adapters.sandbox.lazada.context import Context


def run(here: Context) -> None:
    """Do everything that is due by now, in its order."""
    until, fault = here.now, here.fault
    while here.agenda and here.agenda[0][0] <= until:
        due, _, kind, whose = heapq.heappop(here.agenda)
        here.at, here.fault = due, None
        if kind == "unpaid":
            orders.expire(here, whose)
        else:
            _review(here, whose, due)
    here.at, here.fault = None, fault


def _review(here: Context, item_id: int, due: float) -> None:
    item = here.shop.items.get(item_id)
    if item is not None and item.review_ends == due:
        review.end(here, item)


def rebuild(here: Context) -> None:
    """The agenda of a state that was taken from a file."""
    here.agenda.clear()
    for item in here.shop.items.values():
        if item.review_ends is not None:
            here.schedule(item.review_ends, "review", item.id)
    for order in here.shop.orders.values():
        if not order.paid:
            here.schedule(order.created + orders.WITHHELD_S, "unpaid", order.id)
