"""Blibli's refusals as causes: one ordered table, the first match wins (facts, section 5).

No source has a catalogue of codes: most refusals are known by their words alone. The text of a queue's row is read
under the code ROW.
"""

from __future__ import annotations

from adapters.causes import Row, first
from adapters.contract import Cause

ROW = "row"
"""The code under which the error message of a queue's row is read (facts, section 7.4)."""

C = Cause
CAUSES: tuple[Row, ...] = (
    # operation, HTTP status, code, detail, message -> cause, field of Content
    Row("*", 429, "*", None, None, C.throttled),
    # --- the store and its keys (5)
    Row("*", 0, "ERR-PA400054", None, None, C.binding),
    Row("*", 401, "*", None, r"signature-?time|expired|timestamp", C.clock),
    Row("*", 401, "*", None, None, C.auth),
    Row("*", 403, "*", None, None, C.auth),
    Row("*", 0, "*", None, r"pick ?up ?point", C.binding),
    # --- down, or the edge (5)
    Row("*", 0, "ERR-MA500007", None, None, C.transient),
    Row("*", 5, "*", None, None, C.transient),
    # --- campaigns, archive, suspension, review (7.5 to 7.8)
    Row("*", 0, "*", None, r"promo|campaign|flash", C.locked),
    Row("*", 0, "*", None, r"archived", C.locked),
    Row("*", 0, "*", None, r"suspend|faulty|cannot be edited", C.review),
    Row("*", 0, "*", None, r"once .*ordered|name cannot", C.locked, "title"),
    # --- what is not there
    Row("*", 404, "*", None, None, C.missing),
    Row("*", 0, "*", None, r"not found|tidak ditemukan", C.missing),
    Row("*", 0, "*", None, r"exists already|already exist|duplicate", C.duplicate),
    # --- settings that a person makes: category, brand
    Row("*", 0, "*", None, r"categor", C.config, "category"),
    Row("*", 0, "*", None, r"brand", C.config, "brand"),
    # --- refused for our data (6, 7.1)
    Row("*", 0, "*", None, r"image|gambar|foto", C.rejected, "pictures"),
    Row("*", 0, "*", None, r"attribute", C.rejected, "attributes"),
    Row("*", 0, "*", None, r"description", C.rejected, "description"),
    Row("*", 0, "*", None, r"\bname\b", C.rejected, "title"),
    Row("*", 0, "*", None, r"dimension|weight", C.rejected, "parcel"),
    Row("*", 0, "*", None, r"price|stock|harga|stok|variant|sku", C.rejected),
    Row("*", 0, ROW, None, None, C.unknown),
    Row("*", 0, "ERR-PA400*", None, None, C.rejected),
    Row("*", 0, "ERR-MA400*", None, None, C.rejected),
    # --- no code of Blibli's at all
    Row("*", 2, "", None, None, C.transient),
    Row("*", 0, "", None, None, C.transient),
)  # fmt: skip


def row_for(operation: str, status: int, code: str, message: str) -> Row | None:
    """The first row that matches; None = a refusal that nobody has seen."""
    return first(CAUSES, operation, status, code, message)


def cause_of(operation: str, status: int, code: str, message: str) -> Cause:
    """The cause of a refusal; one that nobody has seen is `unknown`."""
    row = row_for(operation, status, code, message)
    return row.cause if row else Cause.unknown
