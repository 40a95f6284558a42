"""Bukalapak's refusals as causes: one ordered table, the first match wins.

v2 has no codes, only a sentence for people, mostly Indonesian, and no source lists those sentences (facts, section
3.2); v4 shows one code, 10001 (section 4.2). So the words below are ours, read widely, and what they miss keeps its
raw text under the cause `unknown`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from adapters.contract import Cause


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `api` is v2, v4, oauth or *; `status` 0 any, a century by its hundreds."""

    api: str
    operation: str
    status: int
    code: str
    message: str | None
    cause: Cause
    field: str | None = None
    """The field of Content that was refused, where the words name one."""

    def matches(self, api: str, operation: str, status: int, code: str, message: str) -> bool:
        """True if every column that says something agrees."""
        return (
            self.api in ("*", api)
            and fnmatchcase(operation, self.operation)
            and self.status in (0, status, status // 100)
            and fnmatchcase(code, self.code)
            and (self.message is None or re.search(self.message, message, re.I) is not None)
        )


FAILED = r"^\s*(failed|gagal)\b"
"""How a v2 message begins that denies the OK beside it (facts, section 3.2)."""

C = Cause
PICTURE = r"gambar|foto|image|picture"
GONE = r"tidak (dapat |bisa )?(ditemukan|tersedia)|tidak ada\b|not found|does not exist|sudah dihapus|deleted"
REFUSED = r"harus|wajib|tidak (boleh|valid|sesuai|lengkap)|minimal|maksimal|terlalu|must|required|invalid|too "

CAUSES: tuple[Row, ...] = (
    # API, operation, HTTP status, code, message -> cause, field of Content
    # --- speed: nothing is documented (4.2)
    Row("*", "*", 429, "*", None, C.throttled),
    Row("*", "*", 0, "*", r"terlalu (sering|banyak) (permintaan|request)|too many requests|rate limit", C.throttled),
    # --- tokens: a dead code or refresh token, then the app itself (4.2)
    Row("oauth", "*", 0, "invalid_grant", None, C.auth),
    Row("oauth", "*", 0, "access_denied", None, C.auth),
    Row("oauth", "*", 0, "invalid_client", None, C.config),
    Row("oauth", "*", 0, "unauthorized_client", None, C.config),
    Row("oauth", "*", 0, "invalid_request", None, C.config),
    Row("oauth", "*", 0, "invalid_scope", None, C.config),
    Row("oauth", "*", 0, "unsupported_grant_type", None, C.config),
    # --- said OK and still failed (3.2): whether it went through is open
    Row("v2", "*", 0, "OK", FAILED, C.unknown),
    # --- credentials: 10001 with 401 (4.2), 403 for a wrong Basic pair (3.1)
    Row("v4", "*", 0, "10001", None, C.auth),
    Row("*", "*", 401, "*", None, C.auth),
    Row("*", "*", 403, "*", r"fisik|physical", C.config),
    Row("*", "*", 403, "*", None, C.auth),
    # --- the line and the server; before all words, for a write may have gone through
    Row("*", "*", 5, "*", None, C.transient),
    # --- physical goods are no longer sold (0); the words are ours
    Row("*", "*", 0, "*", r"(produk|barang) fisik|physical (goods|products?)", C.config),
    Row("*", "*", 0, "*", r"marketplace\b.*\b(closed|tutup|ditutup|berakhir|dihentikan)", C.config),
    # --- upload quotas: daily, weekly, monthly (4.3)
    Row("*", "*", 0, "*", r"kuota|quota|(batas|limit)\b.*\b(upload|unggah)", C.quota),
    # --- v2 by its words
    Row("v2", "*", 0, "ERROR", r"\btoken\b|password|kata sandi|autentikasi|otentikasi|not authori[sz]ed", C.auth),
    Row("v2", "*", 0, "ERROR", r"coba (lagi|beberapa saat)|try again|gangguan|sibuk|maintenance", C.transient),
    Row("v2", "*", 0, "ERROR", r"assigned|(" + PICTURE + r").*(dipakai|digunakan)", C.rejected, "pictures"),
    Row("v2", "*", 0, "ERROR", r"(" + PICTURE + r").*(" + GONE + r")", C.rejected, "pictures"),
    Row("v2", "*", 0, "ERROR", r"(lapak|toko|shop).*(tutup|libur|closed)|penjual tidak aktif", C.locked),
    Row("v2", "*", 0, "ERROR", r"melanggar|violat|moderasi|ditinjau|under review", C.review),
    Row("v2", "*", 0, "ERROR", r"kategori|category", C.config, "category"),
    Row("v2", "*", 0, "ERROR", GONE, C.missing),
    Row("v2", "*", 0, "ERROR", PICTURE, C.rejected, "pictures"),
    Row("v2", "*", 0, "ERROR", r"deskripsi|description", C.rejected, "description"),
    Row("v2", "*", 0, "ERROR", r"atribut|attribute|spesifikasi|specification", C.rejected, "attributes"),
    Row("v2", "*", 0, "ERROR", r"\bmere?k\b|\bbrand\b", C.rejected, "brand"),
    Row("v2", "*", 0, "ERROR", r"\bberat\b|\bweight\b", C.rejected, "parcel"),
    Row("v2", "*", 0, "ERROR", r"\bnama\b|\bname\b|\bjudul\b|\btitle\b", C.rejected, "title"),
    Row("v2", "*", 0, "ERROR", r"harga|price|stok|stock", C.rejected),
    Row("v2", "*", 0, "ERROR", REFUSED, C.rejected),
    # --- by the status alone
    Row("*", "*", 404, "*", None, C.missing),
    Row("*", "*", 410, "*", None, C.missing),
    Row("v4", "*", 409, "*", None, C.duplicate),
    Row("v4", "*", 400, "*", None, C.rejected),
    Row("v4", "*", 422, "*", None, C.rejected),
    Row("oauth", "*", 4, "*", None, C.auth),
    # --- no envelope of Bukalapak's at all: the edge, or the line
    Row("*", "*", 2, "", None, C.transient),
    Row("*", "*", 3, "", None, C.transient),
)  # fmt: skip


def said_failed(message: str) -> bool:
    """True if the message of a v2 answer says that nothing was done, whatever `status` says."""
    return re.match(FAILED, message, re.I) is not None


@lru_cache(maxsize=4096)
def row_for(api: str, operation: str, status: int, code: str, message: str) -> Row | None:
    """The first row that matches; None = a refusal nobody has seen."""
    return next((row for row in CAUSES if row.matches(api, operation, status, code, message)), None)


def cause_of(api: str, operation: str, status: int, code: str, message: str) -> Cause:
    """The cause of an answer; what no row knows is `unknown`."""
    row = row_for(api, operation, status, code, message)
    return row.cause if row else Cause.unknown
