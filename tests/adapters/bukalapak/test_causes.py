"""Every row of the table of causes, and which comes first."""

from __future__ import annotations

import pytest

from adapters.bukalapak.causes import CAUSES, cause_of, row_for, said_failed
from adapters.contract import Cause

C = Cause
# API, HTTP status, code, message -> cause, field
CASES = [
    ("v4", 429, "", "", C.throttled, None),
    ("v2", 200, "ERROR", "Terlalu banyak permintaan", C.throttled, None),
    ("oauth", 400, "invalid_grant", "", C.auth, None),
    ("oauth", 400, "access_denied", "", C.auth, None),
    ("oauth", 401, "invalid_client", "", C.config, None),
    ("oauth", 400, "unauthorized_client", "", C.config, None),
    ("oauth", 400, "invalid_request", "", C.config, None),
    ("oauth", 400, "invalid_scope", "", C.config, None),
    ("oauth", 400, "unsupported_grant_type", "", C.config, None),
    ("v2", 200, "OK", "Failed to reject", C.unknown, None),
    ("v4", 200, "10001", "You are not authorized", C.auth, None),
    ("v4", 401, "", "", C.auth, None),
    ("v4", 403, "", "Penjualan barang fisik sudah berakhir", C.config, None),
    ("v2", 403, "ERROR", "?", C.auth, None),
    ("v2", 500, "ERROR", "Nama barang harus diisi", C.transient, None),
    ("v2", 200, "ERROR", "Upload produk fisik sudah tidak tersedia", C.config, None),
    ("v4", 422, "", "The marketplace is closed", C.config, None),
    ("v2", 200, "ERROR", "Kuota upload harian habis", C.quota, None),
    ("v2", 200, "ERROR", "Token salah", C.auth, None),
    ("v2", 200, "ERROR", "Terjadi gangguan, coba lagi", C.transient, None),
    ("v2", 200, "ERROR", "Assigned", C.rejected, "pictures"),
    ("v2", 200, "ERROR", "Gambar sudah digunakan", C.rejected, "pictures"),
    ("v2", 200, "ERROR", "Gambar tidak ditemukan", C.rejected, "pictures"),
    ("v2", 200, "ERROR", "Lapak Tutup", C.locked, None),
    ("v2", 200, "ERROR", "Penjual Tidak Aktif", C.locked, None),
    ("v2", 200, "ERROR", "Barang melanggar aturan", C.review, None),
    ("v2", 200, "ERROR", "Kategori tidak valid", C.config, "category"),
    ("v2", 200, "ERROR", "Barang tidak ditemukan", C.missing, None),
    ("v2", 200, "ERROR", "Foto terlalu kecil", C.rejected, "pictures"),
    ("v2", 200, "ERROR", "Deskripsi terlalu pendek", C.rejected, "description"),
    ("v2", 200, "ERROR", "Atribut wajib diisi", C.rejected, "attributes"),
    ("v2", 200, "ERROR", "Merek harus diisi", C.rejected, "brand"),
    ("v2", 200, "ERROR", "Berat harus diisi", C.rejected, "parcel"),
    ("v2", 200, "ERROR", "Nama barang harus diisi", C.rejected, "title"),
    ("v2", 200, "ERROR", "Harga minimal Rp100", C.rejected, None),
    ("v2", 200, "ERROR", "Data tidak lengkap", C.rejected, None),
    ("v2", 404, "ERROR", "?", C.missing, None),
    ("v4", 410, "", "", C.missing, None),
    ("v4", 409, "", "", C.duplicate, None),
    ("v4", 400, "17", "", C.rejected, None),
    ("v4", 422, "17", "", C.rejected, None),
    ("oauth", 400, "", "", C.auth, None),
    ("v2", 200, "", "", C.transient, None),
    ("v4", 302, "", "", C.transient, None),
]


@pytest.mark.parametrize(("api", "status", "code", "message", "cause", "field"), CASES)
def test_each_refusal_has_its_cause(
    api: str, status: int, code: str, message: str, cause: Cause, field: str | None
) -> None:
    found = row_for(api, "update_product", status, code, message)
    assert found is not None
    assert (found.cause, found.field) == (cause, field)


def test_every_row_is_reached() -> None:
    reached = {id(row_for(api, "update_product", status, code, text)) for api, status, code, text, *_ in CASES}
    assert [row for row in CAUSES if id(row) not in reached] == []


def test_what_nobody_has_seen_is_unknown() -> None:
    assert cause_of("v2", "create_product", 200, "ERROR", "Anjing menggonggong") is Cause.unknown


def test_an_ok_is_denied_only_by_how_its_message_begins() -> None:
    assert said_failed("Failed to reject")
    assert said_failed(" gagal disimpan")
    assert not said_failed("Barang berhasil disimpan; tidak ada yang gagal")
