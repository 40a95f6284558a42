"""The calls under /_sandbox/, the written config, and the process (SANDBOX.md's tables)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from adapters.clock import ManualClock
from adapters.sandbox import launch
from adapters.sandbox.blibli.context import tree
from adapters.sandbox.blibli.limits import PUBLISHED
from adapters.sandbox.blibli.switches import SWITCHES
from adapters.sandbox.market import NowhereError
from tests.sandbox.blibli.client import MTA, SELLER, Client
from tests.sandbox.blibli.conftest import Start


def make(client: Client, *skus: str, **more: Any) -> str:
    """A product made by hand; its L3."""
    variants = [{"sku": sku, "price": 9000, "stock": 5} for sku in skus]
    made: list[str] = client.shop.control("POST", "listings", [{"title": "Buatan", "variants": variants, **more}])
    return made[0]


def test_made_by_hand_is_whole_and_can_be_written(client: Client) -> None:
    l3 = make(client, "A-1", "A-2", code="A")
    listing = client.truth("A-1")
    assert (listing["external_id"], listing["code"], listing["status"], listing["title"]) == (
        l3,
        None,
        "live",
        "Buatan",
    )
    assert [one["external_id"] for one in listing["variants"]] == [f"{l3}-00001", f"{l3}-00002"]
    assert client.update({"gdnSku": f"{l3}-00002", "exactStock": 1})[0]["isSuccess"]
    client.edit(l3, name="Buatan lain")
    assert client.code == ""
    assert make(client, "B-1") != l3


def test_edits_in_the_app(client: Client) -> None:
    l3 = make(client, "A-1")

    def edited(**body: Any) -> dict[str, Any]:
        client.shop.control("POST", "edit", {"sku": "A-1", **body})
        found: dict[str, Any] = client.truth("A-1")
        return found

    assert edited(price=8000, sale_price=7000, stock=0)["status"] == "live_oos"
    one = client.truth("A-1")["variants"][0]
    assert (one["price"], one["sale_price"], one["stock"]) == (8000, 7000, 0)
    assert edited(sale_price=None, title="Baru")["variants"][0]["sale_price"] is None
    grown = edited(add_variant={"sku": "A-2", "price": 6000, "stock": 3})["variants"]
    assert [one["sku"] for one in grown] == ["A-1", "A-2"]
    assert [one["sku"] for one in edited(remove_variant="A-2")["variants"]] == ["A-1"]
    with pytest.raises(ValueError, match="last"):
        edited(remove_variant=True)
    client.shop.control("POST", "edit", {"external_id": l3, "delete": True})
    assert client.shop.truth() == []
    with pytest.raises(ValueError, match="A-1"):
        edited(stock=1)


def test_calls_are_counted_by_what_they_do(client: Client) -> None:
    l3 = make(client, "A-1")
    client.shop.control("DELETE", "calls")
    client.stock(f"{l3}-00001", 3)
    client.listed()
    client.offers()
    client.shop.control("PUT", "faults", [{"operation": "filter", "kind": "throttle", "times": 1}])
    client.call("POST", f"{SELLER}/products/filter", {})
    assert client.status == 429
    calls = client.shop.calls()
    assert {name: calls[name] for name in ("total", "reads", "writes", "throttled")} == {
        "total": 4, "reads": 3, "writes": 1, "throttled": 1,
    }  # fmt: skip
    assert calls["by_operation"][f"{SELLER}/products/filter"] == 2


def test_an_empty_shop_keeps_its_limits_and_never_gives_a_number_twice(start: Start) -> None:
    client = start(published=True)
    l3 = make(client, "A-1")
    for _ in range(5):
        client.call("GET", f"{MTA}/v1/product/getCategory")
    client.shop.control("DELETE", "state")
    assert client.shop.truth() == []
    client.call("GET", f"{MTA}/v1/product/getCategory")
    assert (client.status, make(client, "A-1") != l3) == (429, True)


def test_review_delay(client: Client) -> None:
    client.shop.control("PUT", "settings", {"review_delay_s": 5})
    client.create(client.product("KP-1"))
    client.clock.advance(65)
    assert client.truth("KP-1")["status"] == "live"


def test_calls_and_settings_that_do_not_exist(client: Client) -> None:
    for method, name in (("POST", "quota"), ("GET", "nothing"), ("POST", "orders/1/advance")):
        with pytest.raises(NowhereError):
            client.shop.control(method, name, "paid" if name.startswith("orders") else {})
    for name, body in (("category", {}), ("category", {"merge": ["KA-1000003", "KA-1"]}), ("ban", {"sku": "x"}),
                       ("listings", [{"title": "x", "variants": []}])):  # fmt: skip
        with pytest.raises(ValueError, match=r"."):
            client.shop.control("POST", name, body)
    with pytest.raises(ValueError, match="nothing"):
        client.shop.control("PUT", "settings", {"nothing": 1})
    make(client, "A-1")
    with pytest.raises(ValueError, match="reserve"):
        client.shop.control("POST", "promotions", {"sku": "A-1", "reserve": 6})


def test_a_holiday_keeps_buyers_away(client: Client) -> None:
    make(client, "A-1")
    assert client.shop.control("POST", "holiday", {"on": True}) == {"on": True}
    assert client.truth("A-1")["variants"][0]["sellable"] == 0
    with pytest.raises(ValueError, match="holiday"):
        client.bought("A-1")
    client.shop.control("POST", "holiday", {"on": False})
    assert client.bought("A-1")["status"] == "FP"


def test_a_promotion_named_by_iso_dates(client: Client) -> None:
    make(client, "A-1")
    client.shop.control("POST", "promotions", {"sku": "A-1", "reserve": 2, "locks": ["price"],
                        "from": "2026-11-24T02:00:00+00:00", "to": "2026-11-24T04:00:00+00:00"})  # fmt: skip
    assert client.truth("A-1")["variants"][0]["reserved"] == 2
    client.shop.control("POST", "promotions", {"sku": "A-1", "locks": False})


# --- config and process -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("limits", "settle", "minute"), [("fast", "5.0", 10.0), ("real", "300.0", 60.0)])
def test_the_written_config_points_here(
    clock: ManualClock, tmp_path: Path, limits: str, settle: str, minute: float
) -> None:
    with launch(("blibli",), limits=limits, clock=clock) as sandboxes:
        sandboxes.write_config(tmp_path / "syncer.toml")
        shop = sandboxes["blibli"]
        text = (tmp_path / "syncer.toml").read_text(encoding="utf-8")
        assert f'url = "{shop.url}"' in text
        assert 'shop_id = "TOQ-15130"' in text
        assert 'location = "PP-3000001"' in text
        assert f"settle_s = {settle}\n" in text
        assert f'{{ scope = "shop", operation = "list_v3", count = 25, window_s = {minute} }}' in text
        assert all(f'operation = "{one.operation}"' in text for one in PUBLISHED)
        secrets = dict(
            line.split("=", 1) for line in (tmp_path / "secrets.env").read_text(encoding="utf-8").splitlines()
        )
        client = Client(shop, clock)
        assert secrets["BLIBLI_SANDBOX__CLIENT_ID"] != client.keys["client_id"]
        names = ("client_id", "client_key", "seller_key", "signature_key", "username")
        client.keys |= {name: secrets[f"BLIBLI_SANDBOX__{name.upper()}"] for name in names}
        client.good("GET", f"{SELLER}/stores")


def test_one_pickup_point_is_no_location(start: Start) -> None:
    client = start()
    client.shop.control("PUT", "settings", {"pickup_points": 1})
    assert client.shop.config_lines().location is None


def test_every_category_of_the_example_is_mapped(client: Client) -> None:
    example = Path(__file__).parents[3] / "config" / "examples" / "catalogue-babel.csv"
    with example.open(encoding="utf-8-sig", newline="") as file:
        wanted = {row["category"] for row in csv.DictReader(file)}
    mapped = {ours: (leaf, text) for ours, leaf, text in client.shop.config_lines().categories}
    assert set(mapped) == wanted
    for leaf, text in mapped.values():
        given = {part.partition("=")[0] for part in text.split(";")}
        asked = tree()["leafs"][leaf]
        assert set(asked["mandatory"]) <= given <= {*asked["mandatory"], *asked["optional"]}


def test_credentials_follow_from_the_seed(start: Start) -> None:
    one, same, other = start(seed=1), start(seed=1), start(seed=2)
    assert set(one.keys) == {"client_id", "client_key", "seller_key", "signature_key", "store_code", "username"}
    assert (one.keys == same.keys, one.keys == other.keys) == (True, False)
    assert one.shop.auth_url == ""


def test_switches_have_an_id_a_question_and_positions() -> None:
    assert len({switch.id for switch in SWITCHES}) == len(SWITCHES)
    assert all(switch.id.startswith("blibli.") and len(switch.positions) > 1 and switch.question for switch in SWITCHES)


def test_each_position_of_each_switch_still_sells(start: Start) -> None:
    """Whatever is open, a product can be made, found, and its stock set."""
    for switch in SWITCHES:
        for position in switch.positions:
            client = start("fast", switches={switch.id: position})
            client.create(client.product("KP-1"), single=position == "single")
            client.clock.advance(3)
            client.stock(client.offers()["KP-1"]["gdnSku"], 7)
            assert (client.status in (200, 204), client.truth("KP-1")["variants"][0]["stock"]) == (True, 7)
