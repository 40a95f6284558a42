"""The calls under /_sandbox/, the written config, restarts and switches (SANDBOX.md's tables)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from adapters.clock import ManualClock
from adapters.sandbox import MARKETPLACES, launch
from adapters.sandbox.market import NowhereError
from adapters.sandbox.tiktokshop.context import tree
from adapters.sandbox.tiktokshop.switches import SWITCHES
from tests.sandbox.tiktokshop.client import AUDIT_S, OTHER_WAREHOUSE, WAREHOUSE, Client
from tests.sandbox.tiktokshop.conftest import Start


def make(client: Client, *skus: str, **more: Any) -> str:
    """A product made by hand; its id."""
    variants = [{"sku": sku, "price": 9000, "stock": 5} for sku in skus]
    made: list[str] = client.shop.control("POST", "listings", [{"title": "Buatan", "variants": variants, **more}])
    return made[0]


def test_made_by_hand_is_whole_and_can_be_written(client: Client) -> None:
    number = make(client, "A-1", "A-2", code="A")
    listing = client.truth("A-1")
    assert (listing["external_id"], listing["code"], listing["status"], listing["title"]) == (
        number, "A", "live", "Buatan",
    )  # fmt: skip
    skus = client.skus(number)
    assert client.stock(number, {skus["A-1"]: 3}) == []
    assert client.price(number, {skus["A-2"]: "9500"}) == 0
    client.partial(number, title="Cincin resam yang namanya lain")
    assert client.code == 0
    client.clock.advance(AUDIT_S)
    assert [(v["sku"], v["price"], v["stock"]) for v in client.truth("A-1")["variants"]] == [
        ("A-1", 9000, 3), ("A-2", 9500, 5),
    ]  # fmt: skip
    assert make(client, "B") != number


def test_edits_in_the_app(client: Client) -> None:
    number = make(client, "A-1")

    def edited(**body: Any) -> dict[str, Any]:
        client.shop.control("POST", "edit", {"sku": "A-1", **body})
        found: dict[str, Any] = client.truth("A-1")
        return found

    assert edited(price=8000, sale_price=7000, stock=0)["status"] == "live_oos"
    one = client.truth("A-1")["variants"][0]
    assert (one["price"], one["sale_price"], one["stock"]) == (8000, 7000, 0)
    assert client.get(number)["skus"][0]["price"]["sale_price"] == "7000"
    assert edited(sale_price=None, title="Baru")["variants"][0]["sale_price"] is None
    grown = edited(add_variant={"sku": "A-2", "price": 6000, "stock": 3})["variants"]
    assert [one["sku"] for one in grown] == ["A-1", "A-2"]
    assert [sku["sales_attributes"][0]["value_name"] for sku in client.get(number)["skus"]] == [
        "Pilihan 1",
        "Pilihan 2",
    ]
    assert [one["sku"] for one in edited(remove_variant="A-2")["variants"]] == ["A-1"]
    with pytest.raises(ValueError, match="last"):
        edited(remove_variant=True)
    client.shop.control("POST", "edit", {"external_id": number, "delete": True})
    assert client.shop.truth() == []
    with pytest.raises(ValueError, match="A-1"):
        edited(stock=1)


def test_calls_are_counted_by_what_they_do(client: Client) -> None:
    number = client.live()
    sku = client.skus(number)["KP-1"]
    client.shop.control("DELETE", "calls")
    client.stock(number, {sku: 3})
    client.search()
    client.good("POST", "/product/202309/inventory/search", {"sku_ids": [sku]})
    client.picture()
    client.token_call("refresh", refresh_token=client.keys["refresh_token"])
    calls = client.shop.calls()
    assert {name: calls[name] for name in ("total", "reads", "writes", "throttled")} == {
        "total": 5, "reads": 2, "writes": 1, "throttled": 0,
    }  # fmt: skip
    assert calls["by_operation"]["/product/202502/products/search"] == 1


def test_an_empty_shop_keeps_its_tokens_and_never_gives_a_number_twice(client: Client) -> None:
    number = make(client, "A-1")
    client.order("A-1")
    client.shop.control("DELETE", "state")
    assert client.shop.truth() == []
    assert client.orders() == []
    assert make(client, "A-1") != number


def test_calls_and_settings_that_do_not_exist(client: Client) -> None:
    for method, name in (("POST", "quota"), ("GET", "nothing"), ("POST", "orders/1/advance")):
        with pytest.raises(NowhereError):
            client.shop.control(method, name, "paid" if name.startswith("orders") else {})
    for name, body in (("category", {}), ("category", {"merge": ["600003", "1"]}), ("ban", {"sku": "x"}),
                       ("listings", [{"title": "x", "variants": []}]), ("orders", {"lines": []})):  # fmt: skip
        with pytest.raises(ValueError, match=r"."):
            client.shop.control("POST", name, body)
    with pytest.raises(ValueError, match="nothing"):
        client.shop.control("PUT", "settings", {"nothing": 1})


# --- config, restart, switches ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("limits", "settle", "rate"), [("fast", "1.0", 60), ("real", "60.0", 5)])
def test_the_written_config_points_here(
    clock: ManualClock, tmp_path: Path, limits: str, settle: str, rate: int
) -> None:
    with launch(("tiktokshop",), limits=limits, clock=clock) as sandboxes:
        sandboxes.write_config(tmp_path / "syncer.toml")
        shop = sandboxes["tiktokshop"]
        text = (tmp_path / "syncer.toml").read_text(encoding="utf-8")
        assert "[channels.tiktokshop-sandbox]" in text
        assert f'url = "{shop.url}"' in text
        assert f"settle_s = {settle}\n" in text
        assert f'{{ scope = "shop", count = {rate}, window_s = 1.0 }}' in text
        assert "location" not in text
        lines = (tmp_path / "secrets.env").read_text(encoding="utf-8").splitlines()
        secrets = dict(line.split("=", 1) for line in lines)
        client = Client(shop, clock)
        assert secrets["TIKTOKSHOP_SANDBOX__ACCESS_TOKEN"] != client.token
        names = ("app_key", "app_secret", "shop_cipher")
        assert all(secrets[f"TIKTOKSHOP_SANDBOX__{name.upper()}"] == client.keys[name] for name in names)
        client.token = secrets["TIKTOKSHOP_SANDBOX__ACCESS_TOKEN"]
        assert client.good("GET", "/authorization/202309/shops")["shops"][0]["id"] in text


def test_several_warehouses_are_a_location_and_all_of_them_are_assigned(client: Client) -> None:
    client.shop.control("PUT", "settings", {"warehouses": 2})
    assert client.shop.config_lines().location == WAREHOUSE
    number = make(client, "A-1")
    inventory = client.get(number)["skus"][0]["inventory"]
    assert [(row["warehouse_id"], row["quantity"]) for row in inventory] == [(WAREHOUSE, 5), (OTHER_WAREHOUSE, 0)]


def test_every_category_of_the_example_is_mapped(client: Client) -> None:
    example = Path(__file__).parents[3] / "config" / "examples" / "catalogue-babel.csv"
    with example.open(encoding="utf-8-sig", newline="") as file:
        wanted = {row["category"] for row in csv.DictReader(file)}
    mapped = {ours: (leaf, text) for ours, leaf, text in client.shop.config_lines().categories}
    assert set(mapped) == wanted
    for leaf, text in mapped.values():
        given = {part.partition("=")[0] for part in text.split(";")}
        asked = tree()["leafs"][leaf]
        assert set(asked["required"]) <= given <= {*asked["required"], *asked["optional"]}


def test_credentials_follow_from_the_seed(start: Start) -> None:
    one, same, other = start(seed=1), start(seed=1), start(seed=2)
    assert set(one.keys) == {"app_key", "app_secret", "shop_cipher", "access_token", "refresh_token"}
    assert (one.keys == same.keys, one.keys == other.keys) == (True, False)
    assert one.shop.auth_url.startswith(f"{one.shop.url}/open/authorize?service_id=")


def test_the_state_survives_a_restart(clock: ManualClock, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with launch(("tiktokshop",), limits="real", clock=clock, state=state) as sandboxes:
        client = Client(sandboxes["tiktokshop"], clock)
        sandboxes["tiktokshop"].control("PUT", "settings", {"hidden_limit": 0, "warehouses": 2})
        number = client.live("A", ("1", "2"), idempotency_key="k")
        client.partial(number, title="Cincin resam yang namanya lain")
        order = client.order("A-1", 2)
        client.shop.control("POST", "promotions", {"sku": "A-2", "reserve": 3})
        client.good("PUT", "/event/202309/webhooks", {"address": "https://a.example", "event_type": "PACKAGE_UPDATE"})
        before, keys = client.shop.truth(), dict(client.keys)
    with launch(("tiktokshop",), limits="real", clock=clock, state=state) as sandboxes:
        again = Client(sandboxes["tiktokshop"], clock)
        again.shop.control("PUT", "settings", {"hidden_limit": 0})
        assert (again.shop.truth(), again.keys) == (before, keys)
        assert again.orders()[0]["id"] == order
        clock.advance(AUDIT_S)
        assert again.truth("A-1")["title"] == "Cincin resam yang namanya lain"
        assert again.good("GET", "/event/202309/webhooks")["total_count"] == 1
        again.call("POST", "/product/202309/products", again.body("B", idempotency_key="k"))
        assert again.code == 12052910
        clock.advance(86_400)
        assert again.offer("A-2")["stock"] == 12


def test_it_stands_last_and_answers_like_its_neighbours() -> None:
    assert MARKETPLACES[-1] == "tiktokshop"


def test_switches_have_an_id_a_question_and_positions() -> None:
    assert len({switch.id for switch in SWITCHES}) == len(SWITCHES)
    good = [one.id.startswith("tiktokshop.") and len(one.positions) > 1 and one.question for one in SWITCHES]
    assert all(good)


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.id)
def test_each_position_of_each_switch_still_sells(start: Start, switch: Any) -> None:
    """Whatever is open, a product can be made, found, and its stock and price set."""
    for position in switch.positions:
        client = start("fast", switches={switch.id: position})
        number = client.create()
        client.clock.advance(3)
        sku = client.skus(number)["KP-1"]
        assert client.stock(number, {sku: 7}) == []
        assert client.price(number, {sku: "90000"}) == 0
        assert client.orders() == []
        offer = client.offer()
        assert (client.truth()["status"], offer["stock"], offer["price"]) == ("live", 7, 90_000)
