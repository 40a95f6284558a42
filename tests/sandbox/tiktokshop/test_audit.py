"""The audit and the states of a product (facts, sections 7.1, 7.2 and 7.5)."""

from __future__ import annotations

import pytest

from tests.sandbox.tiktokshop.client import AUDIT_S, Client
from tests.sandbox.tiktokshop.conftest import Start

OTHER = "Cincin resam yang namanya lain"


def judged(client: Client, verdict: str, front: str | None = None, sku: str = "KP-1") -> None:
    """What the audit will say."""
    client.shop.control("POST", "review", {"sku": sku, "verdict": verdict, **({"front": front} if front else {})})


def fronts(client: Client, sku: str = "KP-1") -> list[str]:
    """The words of both fronts."""
    return [front["status"] for front in client.truth(sku)["fronts"]]


def test_a_new_product_waits_for_its_audit(client: Client) -> None:
    number = client.create()
    client.clock.advance(AUDIT_S - 1)
    assert (client.get(number)["status"], client.get(number)["audit"]["status"]) == ("PENDING", "AUDITING")
    client.clock.advance(1)
    assert (client.get(number)["status"], client.get(number)["audit"]["status"]) == ("ACTIVATE", "APPROVED")


def test_the_delay_of_an_audit_can_be_set(client: Client) -> None:
    client.shop.control("PUT", "settings", {"review_delay_s": 10})
    client.create()
    client.clock.advance(10)
    assert client.truth()["status"] == "live"


def test_an_audit_of_two_seconds_by_fast_limits(start: Start) -> None:
    client = start(limits="fast")
    client.create()
    client.clock.advance(2)
    assert client.truth()["status"] == "live"


def test_a_product_that_fails_has_its_reasons_and_can_be_mended(client: Client) -> None:
    number = client.create()
    judged(client, "rejected")
    client.clock.advance(AUDIT_S)
    shown = client.get(number)
    assert (shown["status"], shown["audit"]["status"]) == ("FAILED", "FAILED")
    assert [one["listing_platform"] for one in shown["audit_failed_reasons"]] == ["TIKTOK_SHOP", "TOKOPEDIA"]
    assert all(one["reasons"] and one["suggestions"] for one in shown["audit_failed_reasons"])
    assert client.truth()["status"] == "needs_correction"
    client.partial(number, title=OTHER)
    client.clock.advance(AUDIT_S)
    assert (client.truth()["status"], client.get(number)["audit_failed_reasons"]) == ("live", [])


def test_a_new_product_may_fail_on_one_front(client: Client) -> None:
    number = client.create()
    judged(client, "bad", "tokopedia")
    client.clock.advance(AUDIT_S)
    shown = client.get(number)
    assert shown["status"] == "ACTIVATE"
    assert shown["integrated_platform_statuses"] == [{"platform": "TOKOPEDIA", "status": "FAILED"}]
    assert fronts(client) == ["live", "needs_correction"]


@pytest.mark.parametrize("front", ["tiktok_shop", "tokopedia"])
def test_a_second_version_that_fails_on_one_front_is_hidden_there(client: Client, front: str) -> None:
    number = client.live()
    client.partial(number, title=OTHER)
    judged(client, "bad", front)
    assert client.truth()["title"] != OTHER
    client.clock.advance(AUDIT_S)
    shown = client.get(number)
    assert shown["title"] == OTHER, "one active version only"
    assert [one["listing_platform"] for one in shown["audit_failed_reasons"]] == [front.upper()]
    fallen = {"tiktok_shop": shown["status"], "tokopedia": shown["integrated_platform_statuses"][0]["status"]}
    assert fallen.pop(front) == "PLATFORM_DEACTIVATED"
    assert list(fallen.values()) == ["ACTIVATE"]
    assert client.truth()["status"] == "live"


def test_a_second_version_that_fails_everywhere_leaves_the_first(client: Client) -> None:
    number = client.live("A", ("1", "2"))
    one = client.get(number)["skus"][0]
    client.partial(number, title=OTHER, skus=[{"id": one["id"], "sales_attributes": [
        {"id": option["id"], "value_id": option["value_id"], "value_name": option["value_name"]}
        for option in one["sales_attributes"]]}])  # fmt: skip
    judged(client, "bad", sku="A-1")
    client.clock.advance(AUDIT_S)
    shown = client.get(number)
    assert (shown["status"], shown["audit"]["status"], shown["title"]) == (
        "ACTIVATE", "FAILED", "Cincin resam buatan tangan A",
    )  # fmt: skip
    assert [sku["seller_sku"] for sku in shown["skus"]] == ["A-1", "A-2"]
    assert client.price(number, {one["id"]: "90000"}) == 0


def test_a_stuck_audit_ends_only_by_a_verdict(client: Client) -> None:
    client.faulty("stuck_queue")
    client.create()
    client.clock.advance(30 * 86_400)
    assert client.truth()["status"] == "in_review"
    judged(client, "good")
    assert client.truth()["status"] == "live"


def test_a_verdict_without_an_audit_holds_at_once(client: Client) -> None:
    client.live()
    judged(client, "bad", "tokopedia")
    assert fronts(client) == ["live", "banned"]
    judged(client, "good", "tokopedia")
    assert fronts(client) == ["live", "live"]
    with pytest.raises(ValueError, match="verdict"):
        judged(client, "fine")
    with pytest.raises(ValueError, match="not listed"):
        judged(client, "good", "shopee")


def test_a_ban_freezes(client: Client) -> None:
    number = client.live()
    client.partial(number, title=OTHER)
    client.shop.control("POST", "ban", {"sku": "KP-1"})
    client.clock.advance(AUDIT_S)
    assert (client.get(number)["status"], fronts(client)) == ("FREEZE", ["banned", "banned"])
    assert client.states("activate", number)[0]["detail"]["extra_errors"][0]["code"] == 12052910
    client.call("POST", f"/product/202309/products/{number}/prices/update", {"skus": [
        {"id": client.skus(number)["KP-1"], "price": {"amount": "9000", "currency": "IDR"}}]})  # fmt: skip
    assert client.code == 12052910


# --- states ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("position", ["review", "live"])
def test_off_sale_and_on_again(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.activation": position})
    number = client.live()
    assert client.states("deactivate", number) == []
    assert (client.get(number)["status"], fronts(client)) == ("SELLER_DEACTIVATED", ["hidden", "hidden"])
    assert client.states("deactivate", number) == [], "it is repeatable"
    assert client.states("activate", number) == []
    assert client.get(number)["status"] == ("PENDING" if position == "review" else "ACTIVATE")
    client.clock.advance(AUDIT_S)
    assert client.get(number)["status"] == "ACTIVATE"
    assert client.states("activate", number) == []
    assert client.get(number)["status"] == "ACTIVATE"


def test_one_front_alone(client: Client) -> None:
    number = client.live()
    assert client.states("deactivate", number, listing_platforms=["TOKOPEDIA"]) == []
    assert fronts(client) == ["live", "hidden"]
    assert client.states("activate", number, listing_platforms=["TOKOPEDIA"]) == []
    assert fronts(client) == ["live", "in_review"]
    client.clock.advance(AUDIT_S)
    assert fronts(client) == ["live", "live"]
    client.live("B", listing_platforms=["TIKTOK_SHOP"])
    other = client.truth("B")["external_id"]
    assert client.states("deactivate", other, listing_platforms=["TOKOPEDIA"])[0]["code"] == 12052330
    client.call("POST", "/product/202309/products/activate", {"product_ids": [number], "listing_platforms": ["X"]})
    assert client.code == 36009004


def test_an_activation_that_fails_leaves_it_off_sale(client: Client) -> None:
    number = client.live()
    client.states("deactivate", number)
    client.states("activate", number)
    judged(client, "bad")
    client.clock.advance(AUDIT_S)
    assert fronts(client) == ["hidden", "hidden"]


def test_what_is_taken_down_while_an_edit_is_audited_stays_down(client: Client) -> None:
    number = client.live()
    client.partial(number, title=OTHER)
    client.states("deactivate", number)
    client.clock.advance(AUDIT_S)
    assert (client.truth()["title"], fronts(client)) == (OTHER, ["hidden", "hidden"])


def test_deleted_and_recovered(client: Client) -> None:
    number = client.live()
    assert client.states("recover", number)[0]["code"] == 12052260
    assert client.states("delete", number) == []
    assert client.shop.truth() == []
    assert client.get(number)["status"] == "DELETED"
    assert client.states("delete", number)[0] == {
        "code": 12052260, "message": "product not found", "detail": {"product_id": number},
    }  # fmt: skip
    assert client.states("recover", number) == []
    assert (client.get(number)["status"], fronts(client)) == ("SELLER_DEACTIVATED", ["hidden", "hidden"])


def test_what_was_never_on_sale_is_neither_activated_nor_deactivated(client: Client) -> None:
    number = client.create()
    for what, code in (("activate", 12052990), ("deactivate", 12052910)):
        error = client.states(what, number)[0]
        assert (error["code"], error["detail"]["product_id"]) == (code, number)
    client.clock.advance(AUDIT_S)
    client.states("delete", number)
    draft = client.create("D", save_mode="AS_DRAFT", title="x")
    client.states("delete", draft)
    client.states("recover", draft)
    assert client.get(draft)["status"] == "SELLER_DEACTIVATED"
    assert client.states("activate", draft)[0]["code"] == 12052990, "it lacks what a product on sale needs"


def test_what_the_marketplace_took_down_can_be_activated(client: Client) -> None:
    number = client.live()
    judged(client, "bad")
    assert fronts(client) == ["banned", "banned"]
    assert client.states("deactivate", number)[0]["code"] == 12052910
    assert client.states("activate", number) == []
    assert client.get(number)["status"] == "PENDING"
    client.clock.advance(AUDIT_S)
    assert fronts(client) == ["live", "live"]


@pytest.mark.parametrize("position", ["untouched", "applied"])
def test_what_a_partly_failed_call_does_with_the_rest(start: Start, position: str) -> None:
    client = start(switches={"tiktokshop.unlisted": position})
    numbers = [client.live(sku) for sku in ("A", "B")]
    errors = client.states("deactivate", numbers[0], "1", numbers[1])
    assert [error["detail"]["product_id"] for error in errors] == ["1"]
    expected = ["live", "live"] if position == "untouched" else ["hidden", "hidden"]
    assert [client.truth(sku)["status"] for sku in ("A", "B")] == expected


def test_up_to_twenty_products_a_call(client: Client) -> None:
    for count, code in ((0, 36009004), (20, 0), (21, 36009004)):
        client.call("POST", "/product/202309/products/activate", {"product_ids": ["1"] * count})
        assert client.code == code


def test_a_category_that_is_merged_or_closed(client: Client) -> None:
    number = client.live()
    client.shop.control("POST", "category", {"merge": ["600003", "600004"]})
    assert client.get(number)["category_chains"][-1]["id"] == "600004"
    client.call("POST", "/product/202309/products", client.body("B"))
    assert client.code == 12052023
    client.partial(number, title=OTHER)
    assert client.code == 0
    client.shop.control("POST", "category", {"close": "600004"})
    client.partial(number, title=f"{OTHER} lagi")
    assert client.code == 12052023
    leafs = [row["id"] for row in client.good("GET", "/product/202309/categories", category_version="v2")["categories"]]
    assert not {"600003", "600004"} & set(leafs)


def test_a_draft_that_never_was_on_sale_has_no_audit_that_could_end(client: Client) -> None:
    number = client.create(save_mode="AS_DRAFT")
    client.partial(number, title=OTHER)
    client.partial(number, title=f"{OTHER} lagi", save_mode="AS_DRAFT")
    client.clock.advance(AUDIT_S)
    assert (client.get(number)["status"], client.truth()["status"]) == ("DRAFT", "half_built")
