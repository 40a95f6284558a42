"""Every group of the table of causes, which row comes first, and how a code is spelt."""

from __future__ import annotations

import pytest

from adapters.contract import Cause
from adapters.lazada.causes import CAUSES, cause_of, normalise, outer, row_for

C = Cause
UPDATE, STOCK = "UpdateProduct", "UpdateSellableQuantity"
# operation, code, words of detail, message -> cause, field
CASES = [
    (STOCK, "901", "", "", C.throttled, None),
    (STOCK, "ApiCallLimit", "", "Api access frequency exceeds the limit. this ban ...", C.throttled, None),
    (STOCK, "SellerCallLimit", "", "", C.throttled, None),
    (STOCK, "AppApiCallLimit", "", "", C.throttled, None),
    ("GetSellerItemLimit", "HOT_KEY_BLOCK_EXCEPTION", "", "", C.throttled, None),
    (STOCK, "0", "", "E901: The request is too frequent", C.throttled, None),
    (UPDATE, "IllegalTimestamp", "", "", C.clock, None),
    (UPDATE, "IllegalAccessToken", "", "", C.auth, None),
    ("RefreshAccessToken", "AUTH_TYPE_UNSUPPORTED", "", "", C.auth, None),
    (UPDATE, "IncompleteSignature", "", "", C.config, None),
    ("UpdatePriceQuantity", "501", "SELLER_NOT_PERMITTED", "E501: Update product failed", C.config, None),
    ("UpdatePriceQuantity", "4225", "", "", C.config, None),
    ("CreateProduct", "4105", "", "", C.duplicate, None),
    ("CreateProduct", "4126", "", "", C.duplicate, None),
    ("CreateProduct", "4141", "", "", C.duplicate, None),
    ("CreateProduct", "4135", "THD_IC_ERR_INFRA_PRODUCT_036", "", C.duplicate, None),
    ("CreateProduct", "4135", "something else", "", C.transient, None),
    (STOCK, "212", "", "", C.locked, None),
    (STOCK, "501", "negative sellable on channel inventory,entityId=1", "E501: Update product failed", C.locked, None),
    (STOCK, "4170", "", "", C.locked, None),
    (STOCK, "501", "THD_IC_ERR_F_IC_ABILITY_PG_003", "", C.locked, None),
    (UPDATE, "4148", "", "", C.locked, None),
    (UPDATE, "500", "THD_APPROVAL_RULE_CENTER_ERR_PRE_QC_LISTING_LIMIT_ERROR", "", C.locked, None),
    (UPDATE, "4136", "", "", C.missing, None),
    (UPDATE, "501", "ItemId E0501 ITEM_NOT_FOUND", "", C.missing, None),
    ("GetProductItem", "208", "", "", C.missing, None),
    ("GetCategoryAttributes", "4227", "", "", C.config, "category"),
    (UPDATE, "501", "Product Category is inactive", "", C.config, "category"),
    ("UploadImage", "302", "", "", C.rejected, "pictures"),
    ("CreateProduct", "4138", "", "", C.rejected, "pictures"),
    ("CreateProduct", "4160", "", "", C.rejected, "title"),
    ("CreateProduct", "4142", "", "", C.rejected, "brand"),
    ("CreateProduct", "4164", "", "", C.rejected, "parcel"),
    ("UpdatePriceQuantity", "4104", "", "", C.rejected, None),
    ("CreateProduct", "4108", "p-100005514 CHK_BASIC_REQUIRED C004: cannot be blank.", "E500: Create product failed",
     C.rejected, "attributes"),
    ("CreateProduct", "500", "VARIATION_NAME_LENGTH_LIMIT", "", C.rejected, None),
    (UPDATE, "5", "", "", C.config, None),
    (UPDATE, "1001", "", "", C.config, None),
    (UPDATE, "998", "", "", C.transient, None),
    ("GetProducts", "ServiceTimeout", "", "", C.transient, None),
    (UPDATE, "15", "", "Remote service error", C.transient, None),
    (UPDATE, "501", "some rule of the business", "", C.rejected, None),
    (UPDATE, "NeverSeen", "", "?", C.unknown, None),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "code", "detail", "message", "cause", "field"), CASES)
def test_a_refusal_meets_its_row(
    operation: str, code: str, detail: str, message: str, cause: Cause, field: str | None
) -> None:
    row = row_for(operation, 200, code, message, detail)
    assert cause_of(operation, 200, code, message, detail) is cause
    assert (row.field if row else None) == field


@pytest.mark.parametrize(
    ("status", "cause"), [(500, C.transient), (503, C.transient), (200, C.transient), (429, C.throttled)]
)
def test_the_line_alone_says_little(status: int, cause: Cause) -> None:
    assert cause_of(STOCK, status, "", "") is cause


@pytest.mark.parametrize(("code", "plain"), [("E0901", "901"), ("E901", "901"), ("0004", "4"), ("4108", "4108"),
                                             ("E006", "6"), ("ServiceTimeout", "ServiceTimeout")])  # fmt: skip
def test_one_spelling_of_a_code(code: str, plain: str) -> None:
    assert normalise(code) == plain


def test_the_message_of_an_umbrella_may_hold_the_code() -> None:
    assert outer("501", "E4170: sellable may only be increased") == "4170"
    assert outer("501", "E501: Update product failed") == "501"
    assert outer("4108", "E500: Create product failed") == "4108"


def test_no_row_is_hidden_by_an_equal_one() -> None:
    keys = [(row.operation, row.status, row.code, row.detail, row.message) for row in CAUSES]
    assert len(keys) == len(set(keys))
