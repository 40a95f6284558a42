"""Every row of the table has an answer that meets it, and no other row before it."""

from __future__ import annotations

import pytest

from adapters.blibli.causes import CAUSES, ROW, cause_of, row_for
from adapters.contract import Cause

# operation, status, code, message -> cause, field; in the order of the table
CASES = [
    ("stock", 400, "ERR-PA400054", "store is not bound", Cause.binding, None),
    ("stock", 429, "", "", Cause.throttled, None),
    ("stock", 400, "X", "Too many requests", Cause.throttled, None),
    ("stock", 200, "ERR-MA500007", "price service failed", Cause.transient, None),
    ("stock", 503, "ANY", "", Cause.transient, None),
    ("stock", 408, "", "", Cause.transient, None),
    ("stock", 401, "", "", Cause.auth, None),
    ("stock", 403, "X", "product", Cause.auth, None),
    ("archive", 400, "X", "product is already archived", Cause.duplicate, None),
    ("unarchive", 400, "X", "product is not archived", Cause.duplicate, None),
    ("bulk_update", 200, ROW, "System error, please contact us", Cause.transient, None),
    ("bulk_update", 200, ROW, "price is locked by a campaign", Cause.locked, None),
    ("bulk_update", 200, ROW, "(invented) product is archived", Cause.locked, None),
    ("detail_update", 400, "X", "product is in review", Cause.review, None),
    ("stock", 400, "X", "pickup point code is mandatory", Cause.binding, None),
    ("detail_update", 400, "X", "name cannot be changed after an order", Cause.rejected, "title"),
    ("stock", 404, "", "", Cause.missing, None),
    ("stock", 400, "ERR-PA404012", "", Cause.missing, None),
    ("bulk_update", 200, ROW, "product sku not found", Cause.missing, None),
    ("create", 200, ROW, "duplicate seller sku", Cause.duplicate, None),
    ("create", 200, ROW, "(invented) category is not a leaf", Cause.config, "category"),
    ("create", 200, ROW, "brand is not valid", Cause.rejected, "brand"),
    ("create", 200, ROW, "image is too small", Cause.rejected, "pictures"),
    ("create", 200, ROW, "attribute Bahan is mandatory", Cause.rejected, "attributes"),
    ("create", 200, ROW, "description is too long", Cause.rejected, "description"),
    ("create", 200, ROW, "weight must be positive", Cause.rejected, "parcel"),
    ("create", 200, ROW, "product name is too long", Cause.rejected, "title"),
    ("bulk_update", 200, ROW, "price is too low", Cause.rejected, None),
    ("bulk_update", 200, ROW, "no", Cause.rejected, None),
    ("create", 422, "", "unreadable", Cause.rejected, None),
    ("create", 200, "ERR-PA123456", "", Cause.rejected, None),
    ("create", 200, "OTHER", "", Cause.rejected, None),
    ("create", 200, "", "no", Cause.rejected, None),
    ("create", 200, "", "", Cause.transient, None),
    ("create", 302, "", "", Cause.transient, None),
]


@pytest.mark.parametrize(("operation", "status", "code", "message", "cause", "field"), CASES)
def test_a_refusal_has_its_cause(
    operation: str, status: int, code: str, message: str, cause: Cause, field: str | None
) -> None:
    row = row_for(operation, status, code, message)
    assert row is not None
    assert (row.cause, row.field) == (cause, field)


def test_every_row_is_met_in_its_order() -> None:
    met = [CAUSES.index(row) for case in CASES if (row := row_for(*case[:4])) is not None]
    assert met == list(range(len(CAUSES)))


def test_nobody_has_seen_this() -> None:
    assert cause_of("create", 302, "", "moved") is Cause.transient
