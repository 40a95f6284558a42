"""Bukalapak's refusals as causes: one ordered table, the first match wins (facts, sections 3.2 and 4.2).

The older generation has no codes, only Indonesian text for people; the newer one has codes of which one is known.
"""

from __future__ import annotations

from adapters.causes import Row, first
from adapters.contract import Cause

C = Cause
CAUSES: tuple[Row, ...] = (
    # operation, HTTP status (meta.http_status where it is worse), code, detail, message -> cause, field of Content
    Row("*", 429, "*", None, None, C.throttled),
    Row("*", 0, "10001", None, None, C.auth),
    Row("*", 401, "*", None, None, C.auth),
    Row("*", 0, "*", None, r"tidak lagi menerima barang|marketplace .*closed", C.config),
    Row("*", 403, "*", None, None, C.auth),
    Row("*", 5, "*", None, None, C.transient),
    Row("*", 0, "*", None, r"kuota|quota", C.quota),
    Row("*", 0, "*", None, r"lapak tutup", C.locked),
    Row("*", 0, "*", None, r"melanggar|violates", C.review),
    Row("*", 404, "*", None, None, C.missing),
    Row("*", 0, "*", None, r"barang tidak ditemukan|not found", C.missing),
    Row("*", 0, "*", None, r"inactive", C.missing_step),
    Row("*", 0, "*", None, r"kategori|category", C.config, "category"),
    Row("*", 0, "*", None, r"tidak dikenal|cannot be changed|tidak dapat dibuat lewat|tiap varian", C.config),
    Row("*", 0, "*", None, r"gambar|image", C.rejected, "pictures"),
    Row("*", 0, "*", None, r"deskripsi|description", C.rejected, "description"),
    Row("*", 0, "*", None, r"nama barang", C.rejected, "title"),
    Row("*", 0, "*", None, r"harus diisi|sesuai pilihan", C.rejected, "attributes"),
    Row("*", 0, "*", None, r"weight|berat", C.rejected, "parcel"),
    Row("*", 0, "*", None, r"harga|stok|price|stock|varian|minimal|harus angka", C.rejected),
    Row("*", 4, "*", None, None, C.rejected),
    Row("*", 200, "?*", None, None, C.rejected),
    Row("*", 200, "", None, r"\S", C.unknown),
    Row("*", 0, "", None, None, C.transient),
)  # fmt: skip


def row_for(operation: str, status: int, code: str, message: str) -> Row | None:
    """The first row that matches; None = a refusal that nobody has seen."""
    return first(CAUSES, operation, status, code, message)


def cause_of(operation: str, status: int, code: str, message: str) -> Cause:
    """The cause of a refusal; one that nobody has seen is `unknown`."""
    row = row_for(operation, status, code, message)
    return row.cause if row else Cause.unknown
