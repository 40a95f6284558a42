"""Blibli's refusals as causes: one ordered table, the first match wins (facts, section 5).

No source gives the full list of codes, so most rows go by the words of the message; the same words serve for an
answer as a whole and for one row of a queue (code `ROW`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from adapters.contract import Cause

ROW = "row"
"""The code under which the errorMessage of a queue's row is classified; rows carry no code (facts, section 7.4)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `operation` and `code` are shell patterns, `status` 0 any, a century by its hundreds."""

    operation: str
    status: int
    code: str
    message: str | None
    cause: Cause
    field: str | None = None
    """The field of Content that was refused, where the words name one."""

    def matches(self, operation: str, status: int, code: str, message: str) -> bool:
        """True if every column that says something agrees."""
        return (
            fnmatchcase(operation, self.operation)
            and self.status in (0, status, status // 100)
            and fnmatchcase(code, self.code)
            and (self.message is None or re.search(self.message, message, re.I) is not None)
        )


C = Cause
CAUSES: tuple[Row, ...] = (
    # operation, HTTP status, code, message -> cause, field of Content
    # --- which store (5): the owner has not approved the API client, or no longer
    Row("*", 0, "ERR-PA400054", None, C.binding),
    # --- speed (5, 6)
    Row("*", 429, "*", None, C.throttled),
    Row("*", 0, "*", r"too many requests|rate limit|limit exceeded for request", C.throttled),
    # --- Blibli's own trouble; the digits of a code look like an HTTP status (5)
    Row("*", 0, "ERR-??5?????", None, C.transient),
    Row("*", 5, "*", None, C.transient),
    Row("*", 408, "*", None, C.transient),
    # --- credentials, seller key, signature (5)
    Row("*", 401, "*", None, C.auth),
    Row("*", 403, "*", None, C.auth),
    # --- once more of what is so already (7.10); before "archived" means anything else
    Row("archive", 0, "*", r"already (been )?archived|sudah diarsip", C.duplicate),
    Row("unarchive", 0, "*", r"already (been )?(active|unarchived)|not archived|(bukan|tidak) (di)?arsip", C.duplicate),
    # --- system words in a row are no refusal of our values
    Row("*", 0, ROW, r"system error|internal (server )?error|time ?out|try again|unexpected error", C.transient),
    # --- locks: promotions, archived and suspended products (7.5)
    Row("*", 0, "*", r"promo|campaign|flash ?sale", C.locked),
    Row("*", 0, "*", r"suspend|faulty image|archived|diarsip|taken down", C.locked),
    # --- under review (7.5, 9)
    Row("*", 0, "*", r"(in|under|on) review|being reviewed|need.?correction|not (editable|allowed to edit)", C.review),
    # --- several places where stock lies (7.6)
    Row("*", 0, "*", r"pick.?up.?point", C.binding),
    # --- the name is frozen after the first order (7.8)
    Row("*", 0, "*", r"name.*(order|sold|frozen|cannot be (changed|updated))|cannot change.*name", C.rejected, "title"),
    # --- what is gone, and what is there already
    Row("*", 404, "*", None, C.missing),
    Row("*", 0, "ERR-??404???", None, C.missing),
    Row("*", 0, "*", r"(product|sku|item).*(not found|not exist|doesn.t exist|tidak ditemukan)", C.missing),
    Row("*", 0, "*", r"duplicat|already (exist|used|registered)|sudah ada", C.duplicate),
    # --- mapping, not the product's own values (6, 7.1)
    Row("*", 0, "*", r"categor|kategori|leaf", C.config, "category"),
    # --- our values (6, 7.2)
    Row("*", 0, "*", r"brand|merek", C.rejected, "brand"),
    Row("*", 0, "*", r"image|picture|gambar|foto", C.rejected, "pictures"),
    Row("*", 0, "*", r"attribut", C.rejected, "attributes"),
    Row("*", 0, "*", r"descri|deskripsi", C.rejected, "description"),
    Row("*", 0, "*", r"weight|length of package|width|height|dimension|berat|dimensi", C.rejected, "parcel"),
    Row("*", 0, "*", r"product ?name|\bname\b|\bnama\b", C.rejected, "title"),
    Row("*", 0, "*", r"price|harga|stock|stok", C.rejected),
    # --- a refusal without more: validation (5)
    Row("*", 0, ROW, None, C.rejected),
    Row("*", 4, "*", None, C.rejected),
    Row("*", 0, "ERR-*", None, C.rejected),
    Row("*", 0, "?*", None, C.rejected),
    # --- "success": false and not a word
    Row("*", 2, "", r"\S", C.rejected),
    # --- no answer of Blibli's at all: the edge, or the line
    Row("*", 2, "", None, C.transient),
    Row("*", 0, "", None, C.transient),
)  # fmt: skip


@lru_cache(maxsize=4096)
def row_for(operation: str, status: int, code: str, message: str) -> Row | None:
    """The first row that matches; None where no row does."""
    return next((r for r in CAUSES if r.matches(operation, status, code.strip(), message)), None)


def cause_of(operation: str, status: int, code: str, message: str) -> Cause:
    """The cause of an answer; what no row knows is `unknown`."""
    row = row_for(operation, status, code, message)
    return row.cause if row else Cause.unknown
