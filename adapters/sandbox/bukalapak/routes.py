"""Every call that a source names, and nothing else: path, method, what it does, which faults mean something to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from adapters.sandbox.bukalapak import auth, images, orders, reading, reference, v2, v4
from adapters.sandbox.bukalapak.ask import Ask
from adapters.sandbox.bukalapak.context import Context

Operation = Callable[[Context, Ask], Any]

PAGED_V2 = frozenset({"page", "per_page"})
SEARCHED = PAGED_V2 | {"keywords", "conditions[]", "price_min", "price_max"}
PAGED_V4 = frozenset({"limit", "offset"})
OWN = PAGED_V4 | {"product_type", "keywords", "sort"}
ORDERED = PAGED_V4 | {"context", "start_time", "end_time", "states[]"}
LABELLED = frozenset({"file_type", "detail_product", "transaction_ids[]"})


class Face(StrEnum):
    """Which of the three a call speaks to."""

    v2 = "v2"
    v4 = "v4"
    accounts = "accounts"


class Does(StrEnum):
    """What a call counts as: a write would change a listing, a read looks something up."""

    read = "read"
    write = "write"
    other = "other"


@dataclass(frozen=True, slots=True)
class Route:
    """One call. `query` = the parameters that it knows."""

    method: str
    path: str
    face: Face
    does: Does
    run: Operation
    query: frozenset[str] = frozenset()
    open: bool = False
    """Whether v2 lets it in without a token, or v4 with the app's own."""
    lists: bool = False
    stale: bool = False


TOKEN = "/oauth/token"
LOGIN = "/v2/authenticate.json"


def _v2() -> list[Route]:
    face, read, write, other = Face.v2, Does.read, Does.write, Does.other
    return [
        Route("POST", LOGIN, face, other, auth.authenticate, open=True),
        Route("GET", "/v2/products.json", face, read, reading.search, SEARCHED, lists=True, stale=True),
        Route("POST", "/v2/products.json", face, write, v2.create),
        Route("GET", "/v2/products/mylapak.json", face, read, reading.mine, PAGED_V2 | {"not_for_sale_only"},
              lists=True, stale=True),
        Route("GET", "/v2/products/*.json", face, read, reading.detail, stale=True),
        Route("PUT", "/v2/products/*.json", face, write, v2.update),
        Route("DELETE", "/v2/products/*.json", face, write, v2.delete),
        Route("PUT", "/v2/products/*/sold.json", face, write, v2.sold),
        Route("PUT", "/v2/products/*/relist.json", face, write, v2.relist),
        Route("PATCH", "/v2/products/*/push.json", face, write, v2.push),
        Route("POST", "/v2/images.json", face, other, images.upload),
        Route("GET", "/v2/images/status/*.json", face, read, images.status),
        Route("DELETE", "/v2/images/*.json", face, other, images.delete),
        Route("GET", "/v2/categories.json", face, read, reference.categories_v2),
        Route("GET", "/v2/categories/*/attributes.json", face, read, reference.attributes_v2),
        Route("GET", "/v2/transactions.json", face, read, orders.listed_v2, PAGED_V2, lists=True),
        Route("GET", "/v2/transactions/*.json", face, read, orders.one_v2),
        Route("POST", "/v2/transactions/confirm_shipping.json", face, other, orders.confirm_shipping),
        Route("PUT", "/v2/transactions/reject.json", face, other, orders.reject_v2),
    ]  # fmt: skip


def _v4() -> list[Route]:
    face, read, write, other = Face.v4, Does.read, Does.write, Does.other
    return [
        Route("GET", "/me", face, read, reading.me),
        Route("GET", "/stores/me/products", face, read, reading.own, OWN, lists=True, stale=True),
        Route("PATCH", "/products/*/skus/*", face, write, v4.patch_sku),
        Route("GET", "/categories", face, read, reference.categories_v4, open=True),
        Route("GET", "/_partners/categories/*/attributes", face, read, reference.attributes_v4, open=True),
        Route("GET", "/info/carriers", face, read, reference.carriers, open=True),
        Route("GET", "/transactions", face, read, orders.listed, ORDERED, lists=True),
        Route("GET", "/transactions/download", face, read, orders.labels, LABELLED),
        Route("GET", "/transactions/*", face, read, orders.one),
        Route("PUT", "/transactions/*/status", face, other, orders.set_state),
        Route("POST", "/_partners/logistic-bookings", face, other, orders.book),
    ]


ROUTES = (
    *_v2(),
    *_v4(),
    Route("GET", "/oauth/authorize", Face.accounts, Does.other, auth.authorize),
    Route("POST", TOKEN, Face.accounts, Does.other, auth.token),
)


def _table(routes: tuple[Route, ...]) -> dict[str, dict[str, Route]]:
    found: dict[str, dict[str, Route]] = {}
    for route in routes:
        found.setdefault(route.path, {})[route.method] = route
    return found


_TABLE: Mapping[str, Mapping[str, Route]] = _table(ROUTES)
_PATTERNS = [
    (re.compile(re.escape(path).replace(r"\*", r"([0-9A-Za-z]{1,32})")), methods)
    for path, methods in _TABLE.items()
    if "*" in path
]


def of_path(path: str) -> tuple[Mapping[str, Route], tuple[str, ...]]:
    """The calls of a path by method, and the ids in it; no calls for a path that no source names."""
    if path in _TABLE and "*" not in path:
        return _TABLE[path], ()
    for pattern, methods in _PATTERNS:
        match = pattern.fullmatch(path)
        if match is not None:
            return methods, match.groups()
    return {}, ()
