"""What a seller can ask about Lazada and itself (facts, sections 8 and 10.1)."""

from __future__ import annotations

from typing import Any

from adapters.sandbox.lazada.auth import ACCOUNT, SHORT_CODE
from adapters.sandbox.lazada.context import Answer, Ask, Context, category_names, tree
from adapters.sandbox.lazada.errors import numbered
from adapters.sandbox.lazada.reading import number

LANGUAGES = ("", "id_ID", "en_US")
BRANDS_MOST = 200


def categories(here: Context, ask: Ask) -> Answer:
    """GET /category/tree/get: products stand in leafs only; closed ones are left out."""
    _language(ask)
    gone = {*here.shop.closed, *here.shop.merged}

    def below(parent: int | None) -> list[dict[str, Any]]:
        return [
            {"category_id": row["id"], "name": row["name"], "leaf": row["leaf"],
             "var": bool(tree()["leafs"].get(str(row["id"]), {}).get("sale")),
             **({} if row["leaf"] else {"children": below(row["id"])})}
            for row in tree()["categories"] if row["parent"] == parent and str(row["id"]) not in gone
        ]  # fmt: skip

    return Answer([] if here.fault == "empty_page" else below(None))


def _language(ask: Ask) -> None:
    if ask.get("language_code") not in LANGUAGES:
        raise numbered("57", "Invalid language code")


def attributes(here: Context, ask: Ask) -> Answer:
    """GET /category/attributes/get."""
    _language(ask)
    category = ask.get("primary_category_id")
    if category in here.shop.closed or category in here.shop.merged:
        raise numbered("4228", "the category is inactive")
    if category not in tree()["leafs"]:
        raise numbered("57" if category in category_names() else "4227", "there is no such leaf category")
    leaf = tree()["leafs"][category]
    names = [*leaf["mandatory"], *leaf["optional"], *leaf["sale"]]
    return Answer([attribute(name, name in leaf["mandatory"]) for name in names])


def attribute(name: str, mandatory: bool) -> dict[str, Any]:
    """One attribute as it is shown."""
    row = tree()["attributes"][name]
    return {**row, "name": name, "is_mandatory": int(mandatory), "advanced": {"is_key_prop": int(mandatory)}}


def suggestions(here: Context, ask: Ask) -> Answer:
    """GET /product/category/suggestion/get: leafs whose path has a word of the name."""
    words = {word.casefold() for word in ask.get("product_name").split() if len(word) > 2}
    gone = {*here.shop.closed, *here.shop.merged}
    rows = [
        {"categoryId": int(code), "categoryName": category_names()[code], "categoryPath": leaf["path"]}
        for code, leaf in tree()["leafs"].items()
        if code not in gone and words & {word.casefold() for word in leaf["path"].split()}
    ]  # fmt: skip
    if not rows:
        raise numbered("701", "there is no suggestion")
    return Answer({"categorySuggestions": rows[:5]})


def brands(here: Context, ask: Ask) -> Answer:
    """/category/brands/query: throttled or not, it succeeds (facts, section 6)."""
    begin = number(ask, "startRow", 0, 0, 10**8, "14")
    size = number(ask, "pageSize", 20, 1, BRANDS_MOST, "19")
    known = tree()["brands"]
    rows = [
        {"brand_id": one["brand_id"], "name": one["name"], "name_en": one["name"],
         "global_identifier": one["name"].casefold().replace(" ", "-")}
        for one in known[begin : begin + size]
    ]  # fmt: skip
    empty = here.fault in ("empty_page", "throttle")
    page = {"start_row": begin, "page_index": begin // size + 1, "page_size": size, "total_record": len(known),
            "total_page": -(-len(known) // size), "enable_total": True,
            "module": [] if empty else rows}  # fmt: skip
    return Answer(page, {"success": True, "error_code": "", "error_msg": ""})


def unfilled(here: Context, ask: Ask) -> Answer:
    """/product/unfilled/attribute/get: products with attributes that nobody filled in."""
    index = number(ask, "page_index", 1, 1, 10**6, "14")
    size = number(ask, "page_size", 20, 1, 50, "19")
    rows = [
        {"item_id": item.id, "primary_category": int(item.category),
         "seller_sku_id": item.living[0].seller_sku if item.living else "",
         "attributes": [_short(name) for name in missing]}
        for item in here.seen(listed=True)
        if item.state != "deleted"
        and (missing := [name for name in _optional(item.category) if name not in item.attributes])
    ]  # fmt: skip
    page = rows[(index - 1) * size : index * size]
    return Answer(beside={"success": True, "total_products": len(rows), "products": page, "error_msg": ""})


def _short(name: str) -> dict[str, Any]:
    """An attribute as this one call shows it: without ids and units."""
    whole = attribute(name, mandatory=False)
    fields = ("advanced", "name", "input_type", "is_mandatory", "attribute_type", "label")
    return {**{field: whole[field] for field in fields}, "options": [{"name": one["name"]} for one in whole["options"]]}


def _optional(category: str) -> list[str]:
    found: list[str] = tree()["leafs"][category]["optional"]
    return found


def seller(here: Context, _ask: Ask) -> Answer:
    """GET /seller/get."""
    return Answer({
        "seller_id": here.shop.seller_id, "name": "Toko Uji", "short_code": SHORT_CODE, "email": ACCOUNT,
        "name_company": "Toko Uji", "logo_url": "", "location": "Kota Pangkalpinang", "cb": False, "verified": True,
        "status": "ACTIVE", "marketplaceEaseMode": False,
    })  # fmt: skip


def warehouses(here: Context, _ask: Ask) -> Answer:
    """/rc/warehouse/get: whether `module` is a list is open."""
    rows = [
        {"code": one["code"], "name": one["name"], "detailAddress": one["detailAddress"], "defaultAddress": n == 0,
         "status": "ACTIVE", "needToUpdate": False}
        for n, one in enumerate(here.warehouses())
    ]  # fmt: skip
    return _result(rows[0] if here.on("warehouse_module", "object") and len(rows) == 1 else rows)


def warehouse_detail(here: Context, _ask: Ask) -> Answer:
    """/rc/warehouse/detail/get: the default one."""
    one = here.warehouses()[0]
    return _result({
        "warehouse_code": one["code"], "name": one["name"], "detail_address": one["detailAddress"],
        "post_code": one["post_code"], "province": one["province"], "city": one["city"], "district": one["district"],
        "country": "Indonesia", "default_address": True, "status": "ACTIVE",
    })  # fmt: skip


def _result(module: Any) -> Answer:
    return Answer(beside={"result": {"success": True, "not_success": False, "module": module, "error_code": "",
                                     "repeated": False, "retry": False}})  # fmt: skip
