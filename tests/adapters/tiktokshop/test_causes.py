"""The table: every code that the sheet names, and the first match that wins."""

from __future__ import annotations

import pytest

from adapters.contract import Cause
from adapters.tiktokshop.causes import cause_of, row_for

NAMED = {
    Cause.throttled: [36009002, 12052109],
    Cause.quota: [12052093],
    Cause.transient: [36009003, 36009007, 12001000, 12052881, 33001002, 12052372],
    Cause.auth: [105002, 36004001, 36004004, 36004005, 36009043, 36009044, 12052700],
    Cause.config: [105005, 106001, 106013, 1010000, 36009009, 36009010, 36009033, 12052995, 12052023, 12052024,
                   12052025, 12052217, 12052330, 12052358, 12052994, 12052084],
    Cause.binding: [101000, 12052097, 12052530, 12052531, 12052382],
    Cause.locked: [12052332],
    Cause.duplicate: [12052996],
    Cause.missing: [12052260, 12052557],
    Cause.rejected: [12052050, 12052055, 12052073, 12052570, 12052104, 12052300, 12052306, 12052553, 12052910, 12052990,
                     12019059, 98001004, 36009004],
}  # fmt: skip


@pytest.mark.parametrize(("cause", "code"), [(cause, code) for cause, codes in NAMED.items() for code in codes])
def test_every_code_of_the_sheet(cause: Cause, code: int) -> None:
    assert cause_of("create_product", 200, str(code), "") is cause


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("Invalid timestamp", Cause.clock), ("access_token is invalid", Cause.auth),
        ("app_key not found", Cause.config),
        ("shop_cipher is invalid", Cause.binding), ("page_size out of range", Cause.rejected),
    ],
)  # fmt: skip
def test_of_an_invalid_parameter_the_message_decides(message: str, cause: Cause) -> None:
    assert cause_of("search_products", 400, "36009004", message) is cause


@pytest.mark.parametrize(
    ("status", "code", "cause"),
    [
        (429, "", Cause.throttled), (503, "", Cause.transient), (404, "", Cause.transient), (200, "777", Cause.unknown),
        (500, "777", Cause.transient),
    ],
)  # fmt: skip
def test_without_a_known_code_the_status_says_what_it_can(status: int, code: str, cause: Cause) -> None:
    assert cause_of("update_inventory", status, code, "") is cause


@pytest.mark.parametrize(
    ("code", "message", "field"),
    [
        ("12052104", "", "attributes"), ("12052303", "", "pictures"), ("12052024", "", "category"),
        ("12052910", "title is too short", "title"), ("12052910", "invalid package weight", "parcel"),
        ("12052307", "", None),
    ],
)  # fmt: skip
def test_a_refused_field_is_named(code: str, message: str, field: str | None) -> None:
    row = row_for("partial_edit_product", 200, code, message)
    assert (row.field if row else None) == field
