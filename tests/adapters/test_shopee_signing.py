"""Signatures against the vectors that five third-party clients agree on (facts, section 1.4)."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import responses

from adapters.clock import ManualClock
from adapters.seal import check_state
from adapters.shopee.client import sign
from tests.adapters.shop import APP, KEY, SHOP, TOKEN, adapter, ok, url

AT = 1655714431
GUIDE_TOKEN = "09777174636962737266615546704c6d"
VECTORS = [
    ("shop/get_shop_info", TOKEN, SHOP, "c3b3aadc4389e1eca07fceaca75048cef7b6d48c385764b910e2e9de83cf687f"),
    ("product/get_item_list", TOKEN, SHOP, "e847921fe683beb3739d5c6d5e86a743175541b93d6f06cf58ae323011a51037"),
    ("product/update_stock", TOKEN, SHOP, "2bc438ca50e7dd775a83621f543113ecf2778cb1dc043233064f2035f3a5f16c"),
    ("auth/token/get", "", "", "4a0109c40ee0b74e768acb1569e422c885e48a39a9925cfa6a999dadd6648237"),
    ("auth/access_token/get", "", "", "d9e85532f12f3a8af79c0051f0124c02e16f52ace49fa5ce2c70470a0af8b022"),
    ("shop/auth_partner", "", "", "030598221396c93d3810b83f178ee62a199cb7e45603826ed9eabafb73c14cf9"),
    ("media_space/upload_image", "", "", "6a043b7e751f63f5aa3c8c6213277f7ab10f09cd631e2a0ff612163a18785800"),
    ("public/get_shops_by_partner", "", "", "f3ecff6ae1cba41d9ec9e277114ac2a8b816e7608a1081e93f5b6151b7e3e3da"),
    (
        "global_product/get_category", TOKEN, "1000000",
        "70dd00ccf38aa3a269d11bd2575c4f3add707a4f888d82f1a1cf0d0779924e63",
    ),
    (
        "global_product/get_category", GUIDE_TOKEN, "1000000",
        "27883345e2430f969bb936a9837c332c08c4c6c44bb72faee7070b06fbefb346",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("path", "token", "owner", "expected"), VECTORS)
def test_every_vector(path: str, token: str, owner: str, expected: str) -> None:
    assert sign(KEY, APP, f"/api/v2/{path}", AT, token, owner) == expected


def test_a_whole_shop_request_line() -> None:
    clock = ManualClock(datetime.fromtimestamp(AT, UTC))
    with responses.RequestsMock() as wire:
        wire.get(url("product/get_item_list"), json=ok({"item": [], "has_next_page": False}))
        assert list(adapter(clock).observe()) == []
        query = parse_qsl(urlsplit(str(wire.calls[0].request.url)).query)
    common = [pair for pair in query if pair[0] in ("partner_id", "timestamp", "access_token", "shop_id", "sign")]
    assert common == [
        ("partner_id", APP),
        ("timestamp", str(AT)),
        ("access_token", TOKEN),
        ("shop_id", SHOP),
        ("sign", VECTORS[1][3]),
    ]
    # A list goes as a repeated key (facts, section 1.3).
    statuses = [value for key, value in query if key == "item_status"]
    assert statuses == ["NORMAL", "UNLIST", "BANNED", "REVIEWING", "SELLER_DELETE", "SHOPEE_DELETE"]


def test_the_consent_link_is_the_unsigned_one_with_a_state() -> None:
    """Facts, section 2.1: the signed link would die in five minutes."""
    clock = ManualClock(datetime.fromtimestamp(AT, UTC))
    instructions = adapter(clock).begin()
    said = {key: values[0] for key, values in parse_qs(urlsplit(instructions.link).query).items()}
    assert (said["partner_id"], said["auth_type"], said["response_type"]) == (APP, "seller", "code")
    assert said["redirect_uri"]
    check_state(KEY, SHOP, said["state"], clock.now())
    assert instructions.expires_at == datetime.fromtimestamp(AT + 86_400, UTC)
    assert "sign" not in said
