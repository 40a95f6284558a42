"""The main job through the command line, against a sandbox shop: what people read, and what scripts read."""

from __future__ import annotations

import csv
from pathlib import Path

from adapters.sandbox import Sandbox
from syncer.settings import config_dir
from tests.cli.conftest import Syncer

PRODUCTS = 2


def catalogue(folder: Path) -> Path:
    """The first products of the example catalogue, pictures beside them."""
    examples = config_dir() / "examples"
    with (examples / "catalogue-babel.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wanted = list(dict.fromkeys(row["product_code"] for row in rows))[:PRODUCTS]
    (folder / "images").symlink_to(examples / "images")
    path = folder / "catalogue.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if row["product_code"] in wanted)
    return path


def skus(shop: Sandbox) -> set[str]:
    return {variant["sku"] for listing in shop.truth() for variant in listing["variants"]}


def test_import_plan_resync_report(syncer: Syncer, shop: Sandbox, tmp_path: Path) -> None:
    path = catalogue(tmp_path)
    imported = syncer("import", path, "--as-of", "2026-11-24", "--json")
    assert (imported.code, imported.json["imported"]) == (0, imported.json["rows"])

    planned = syncer("plan", "--at", "2026-11-24", "--json")
    (plan,) = planned.json["channels"]
    assert (planned.code, planned.err) == (0, "")
    assert [change["facet"] for change in plan["changes"]] == ["create"] * PRODUCTS
    assert shop.calls()["writes"] == 0
    assert "create KPR-KSR" in syncer("plan", "--at", "2026-11-24").out

    pushed = syncer("resync", "--json")
    (result,) = pushed.json["channels"]
    assert (pushed.code, result["failed"], result["held"], result["open"]) == (0, 0, 0, 0)
    assert len(shop.truth()) == PRODUCTS
    assert len(skus(shop)) == imported.json["rows"]

    assert syncer("plan", "--json").json["channels"][0]["changes"] == []
    assert syncer("status").out.startswith("All well.\n")
    assert "in the shop: 2 live" in syncer("report").out
    assert [row["name"] for row in syncer("report", "--json").json["channels"]] == ["shopee-sandbox"]
    assert "Aman." in syncer("--lang", "id", "report").out


def test_a_sale_is_read_and_a_silly_price_is_held(syncer: Syncer, shop: Sandbox, tmp_path: Path) -> None:
    syncer("import", catalogue(tmp_path), "--as-of", "2026-11-24")
    assert syncer("resync").code == 0
    sku = min(skus(shop))
    shop.control("POST", "orders", {"lines": [{"sku": sku, "quantity": 1}], "paid": True})
    pulled = syncer("orders", "pull", "--json")
    assert (pulled.code, pulled.json["channels"][0]["orders"]) == (0, 1)

    # More than 5 times the last price is silly; less than 7 times the cheapest variant is what Shopee allows.
    price = next(v["price"] for listing in shop.truth() for v in listing["variants"] if v["sku"] == sku)
    (tmp_path / "price.csv").write_text(f"sku,price_idr\n{sku},{price * 5 + 5000}\n", encoding="utf-8")
    assert syncer("import", tmp_path / "price.csv").code == 0
    assert syncer("resync").code == 3
    held = syncer("held")
    assert sku in held.out
    in_indonesian = syncer("--lang", "id", "held").out
    assert "Lonjakan harga ditahan" in in_indonesian
    assert f"{sku}: harga Rp" in in_indonesian
    assert "atau ÷ 5 atau lebih" in syncer("--lang", "id", "report").out
    assert "ditahan: " in syncer("--lang", "id", "plan").out
    (hold,) = syncer("held", "--json").json["held"]
    assert f"{sku}: price Rp" in hold["message"]
    assert syncer("held", "reject", str(hold["id"])).code == 0
    assert "nothing is held" in syncer("held").err


def test_channels(syncer: Syncer, shop: Sandbox) -> None:
    listed = syncer("channel", "list", "--json").json["channels"]
    assert [(row["channel"], row["url"]) for row in listed] == [("shopee-sandbox", shop.url)]
    checked = syncer("channel", "check", "--json")
    assert (checked.code, checked.json["channels"][0]["verdict"]) == (0, "good")
    shop.control("POST", "deauthorise", {})
    refused = syncer("channel", "check")
    assert refused.code == 4
    assert "Traceback" not in refused.err
    assert syncer("channel", "check", "--json").json["channels"][0]["verdict"] == "auth"
    status = syncer("status").out
    assert "not authorised" in status
    assert "run `syncer channel check`" in status
    asked = syncer("--lang", "id", "resync", "--wait", "0")
    assert asked.code == 4
    assert "jalankan `syncer channel check`" in asked.sentence


def test_an_export_is_what_was_imported(syncer: Syncer, shop: Sandbox, tmp_path: Path) -> None:
    path = catalogue(tmp_path)
    syncer("import", path, "--as-of", "2026-11-24")
    exported = syncer("export", tmp_path / "out.csv", "--json")
    assert exported.code == 0
    again = syncer("import", tmp_path / "out.csv", "--as-of", "2026-11-24", "--json").json
    assert (again["imported"], again["unchanged"]) == (0, exported.json["rows"])
    undone = syncer("import", "undo", "--json")
    assert undone.code in (0, 2)
    assert shop.calls()["writes"] == 0
