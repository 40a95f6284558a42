"""What is wrong with a product: the rules of facts, section 7.1, by the code that each has there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from adapters.sandbox.lazada.context import Context, tree
from adapters.sandbox.lazada.documents import Node, inner, text, texts
from adapters.sandbox.lazada.errors import Refusal, malformed, mistyped, not_created, numbered

IMAGES_MOST = 8
NAME_MOST, DESCRIPTION_MOST = 255, 25_000
NAMES_MOST, NAME_LENGTH, OPTIONS_MOST, OPTION_LENGTH = 2, 15, 50, 20
KG_MOST, CM_MOST = 40.0, 300.0
FORBIDDEN = frozenset('"*^~<>/|\\')
SIDES = ("package_length", "package_width", "package_height")
PACKAGE = (*SIDES, "package_weight")
COMMON = ("name", "description", "short_description")
HOSTED = "https://id-live.slatic.net/"
WIB = timezone(timedelta(hours=7))
WHOLE = re.compile(r"\d{1,12}")
DECIMAL = re.compile(r"(\d{1,12})(\.(\d+))?")
SOURCE = re.compile(r"""src\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)


class Unfit(Exception):
    """Something is wrong that no code of its own is known for: `place` is the field, `sku` the SellerSku, if any."""

    def __init__(self, place: str, said: str, sku: str = "") -> None:
        super().__init__(said)
        self.place, self.said, self.sku = place, said, sku

    @property
    def detail(self) -> dict[str, str]:
        """As a row of an answer's detail."""
        row = {"field": self.place, "message": self.said}
        return {**row, "seller_sku": self.sku} if self.sku else row


@dataclass(frozen=True, slots=True)
class Draft:
    """One SKU as a create or an update brings it; None = the payload does not name it."""

    seller_sku: str = ""
    sale_prop: dict[str, str] | None = None
    quantity: int | None = None
    price: int | None = None
    special: int | None = None
    special_from: str | None = None
    special_to: str | None = None
    status: str | None = None
    package: dict[str, str] = field(default_factory=dict)
    images: list[str] | None = None


# --- texts and pictures ----------------------------------------------------------------------------------------------


def pictures(here: Context, node: Node, wanted: bool) -> list[str]:
    """The addresses under `Images`.

    Raises:
        Refusal: too many, none where one is wanted, one twice, or one that Lazada does not host.
    """
    found = texts(inner(node, "Images"), "Image")
    if not found and wanted:
        raise numbered("4139", "the main image is missing")
    if len(found) > IMAGES_MOST:
        raise numbered("4169", f"at most {IMAGES_MOST} images")
    if len(set(found)) < len(found):
        raise numbered("4158", "an image is given twice")
    if any(address not in here.shop.images for address in found):
        raise numbered("4138", "an image is not hosted by Lazada; migrate it first")
    return found


def attributes(here: Context, category: str, given: Mapping[str, str]) -> dict[str, str]:
    """The attributes of a whole product, checked; what the category does not know is swallowed (facts, section 4.1).

    Raises:
        Refusal: one is missing, too long, or brings along foreign pictures or brands.
        Unfit: a value is not among the options, or no number.
    """
    leaf = here.leaf(category)
    known = {name: value for name, value in given.items() if name in (*COMMON, *leaf["mandatory"], *leaf["optional"])}
    brand = _brand(given)
    _texts(here, known)
    for name in leaf["mandatory"]:
        if not known.get(name):
            raise not_created(f"p-{tree()['attributes'][name]['id']}", "C004: cannot be blank.")
    for name, value in known.items():
        if name not in COMMON and value:
            _value(name, value)
    return {**{name: value for name, value in known.items() if value}, **brand}


def _texts(here: Context, known: Mapping[str, str]) -> None:
    name = known.get("name", "")
    if not name:
        raise not_created("name", "C004: cannot be blank.")
    length = len(name.encode()) if here.on("name_length", "bytes") else len(name)
    if length > NAME_MOST:
        raise numbered("4160", f"the name is longer than {NAME_MOST} {here.switches['lazada.name_length']}")
    description = known.get("description", "")
    if len(description) > DESCRIPTION_MOST:
        raise Unfit("description", f"longer than {DESCRIPTION_MOST} characters")
    if any(not source.startswith(HOSTED) for source in SOURCE.findall(description)):
        raise numbered("4138", "the description shows an image that Lazada does not host")


def _brand(given: Mapping[str, str]) -> dict[str, str]:
    """Brand by id, which is preferred, or by name."""
    brands = tree()["brands"]
    wanted, name = given.get("brand_id", ""), given.get("brand", "")
    if not wanted and not name:
        raise not_created("brand", "C004: cannot be blank.")
    found = next((b for b in brands if str(b["brand_id"]) == wanted or (not wanted and b["name"] == name)), None)
    if found is None:
        raise numbered("4142", "the brand is not valid in this country")
    return {"brand": found["name"], "brand_id": str(found["brand_id"])}


def _value(name: str, value: str) -> None:
    row = tree()["attributes"][name]
    if row["input_type"] in ("singleSelect", "multiSelect") and value not in [one["name"] for one in row["options"]]:
        raise Unfit(name, f"C012: {value} is not among the options.")
    if row["input_type"] == "numeric":
        unit = row["unit"]
        inside = WHOLE.fullmatch(value) and int(unit["numericMin"]) <= int(value) <= int(unit["numericMax"])
        if not inside:
            raise Unfit(name, f"C013: a number from {unit['numericMin']} to {unit['numericMax']} is wanted.")


# --- variation -------------------------------------------------------------------------------------------------------


def variation(here: Context, category: str, node: Node) -> list[dict[str, Any]]:
    """What makes variants, in its order: [{name, hasImage, customize, options}].

    Raises:
        Refusal: by the names of facts, section 7.1.
    """
    given = inner(node, "variation")
    found = [_axis(inner(given, name)) for name in ("variation1", "variation2", "variation3", "variation4")
             if given.get(name)]  # fmt: skip
    names = [one["name"] for one in found]
    if found and not here.leaf(category)["sale"]:
        raise numbered("4133", "VARIATION_CATEGORY_PROHIBITION")
    if len(found) > NAMES_MOST:
        raise numbered("209", "VARIATION_SIZE_LIMIT")
    if len(set(names)) < len(names):
        raise numbered("4133", "VARIATION_NAME_DUPLICATE")
    if any(one["hasImage"] for one in found[1:]):
        raise numbered("4133", "only the first variation may have images")
    for one in found:
        known = here.leaf(category)["sale"]
        labels = [tree()["attributes"][name]["label"] for name in known]
        if not one["customize"] and one["name"] not in (*known, *labels):
            raise numbered("4133", f"the category has no sale attribute {one['name']}")
    return found


def _axis(node: Node) -> dict[str, Any]:
    name, options = text(node, "name"), texts(inner(node, "options"), "option")
    if not 1 <= len(name) <= NAME_LENGTH:
        raise numbered("4133", "VARIATION_NAME_LENGTH_LIMIT")
    options_fit(options)
    return {"name": name, "hasImage": _yes(node, "hasImage"), "customize": _yes(node, "customize"), "options": options}


def options_fit(options: Sequence[str]) -> None:
    """Whether a variation may have these options.

    Raises:
        Refusal: too many, none, one too long, or one twice.
    """
    if not 1 <= len(options) <= OPTIONS_MOST:
        raise numbered("4133", "OPTIONS_SIZE_LIMIT")
    if any(len(option) > OPTION_LENGTH for option in options):
        raise numbered("4133", "VARIATION_OPTION_LENGTH_LIMIT")
    if len(set(options)) < len(options):
        raise numbered("4133", "VARIATION_OPTION_DUPLICATE")


def _yes(node: Node, name: str) -> bool:
    return text(node, name).casefold() == "true"


def combinations(axes: Sequence[Mapping[str, Any]], props: Sequence[tuple[str, Mapping[str, str]]]) -> None:
    """Whether every SKU has one option of each variation, and no two the same; `props` = (SellerSku, saleProp).

    Raises:
        Refusal: 4143, 4144 or 4112.
    """
    options = {axis["name"]: axis["options"] for axis in axes}
    for sku, prop in props:
        detail = [{"seller_sku": sku, "message": "saleProp"}]
        if any(name not in options for name in prop):
            raise numbered("4143", "saleProp names what the variation does not", detail=detail)
        if set(prop) != set(options):
            raise numbered("4144", "saleProp is missing", detail=detail)
        if any(value not in options[name] for name, value in prop.items()):
            raise numbered("4133", "SKU_VARIATION_OPTION_NOT_EXIST", detail=detail)
    if len({tuple(sorted(prop.items())) for _, prop in props}) < len(props):
        raise numbered("4112", "two SKUs have the same saleProp")


# --- SKUs ------------------------------------------------------------------------------------------------------------


def drafted(here: Context, node: Node) -> Draft:
    """One SKU of a payload.

    Raises:
        Refusal, Unfit: a field is wrong.
    """
    seller_sku = text(node, "SellerSku")
    if FORBIDDEN & set(seller_sku):
        raise Unfit("SellerSku", "a character that is forbidden", seller_sku)
    special, begins, ends = _special(here, node, seller_sku)
    status = text(node, "Status") or None
    if status not in (None, "active", "inactive", "deleted"):
        raise Unfit("Status", "active, inactive or deleted is wanted", seller_sku)
    quantity = text(node, "quantity")
    sale_prop = inner(node, "saleProp")
    if not all(isinstance(value, str) for value in sale_prop.values()):
        raise mistyped("saleProp")
    if set(sale_prop) & set(node):
        raise numbered("4145", "a sale attribute stands in saleProp and beside it")
    return Draft(
        seller_sku, dict(sale_prop) if "saleProp" in node else None, pieces(quantity) if quantity else None,
        rupiah(here, text(node, "price")) if text(node, "price") else None, special, begins, ends, status,
        package(here, node, seller_sku), pictures(here, node, wanted=False) if "Images" in node else None,
    )  # fmt: skip


def _special(here: Context, node: Node, sku: str) -> tuple[int | None, str | None, str | None]:
    given = text(node, "special_price")
    begins, ends = text(node, "special_from_date"), text(node, "special_to_date")
    if (begins or ends) and not given:
        raise Unfit("special_from_date", "a date needs a special_price", sku)
    for one in filter(None, (begins, ends)):
        moment(one, "%Y-%m-%d %H:%M:%S")
    return (sale_price(here, given), begins, ends) if given else (None, None, None)


def sale_price(here: Context, given: str) -> int:
    """A sale price; 0 = none, where that is taken.

    Raises:
        Refusal: it is no price.
    """
    if given and set(given) <= set("0.") and given[0] == "0":
        if here.on("sale_price_zero", "refused"):
            raise numbered("4119", "the special price is out of range")
        return 0
    return rupiah(here, given)


def moment(given: str, form: str) -> float:
    """A time of day in Jakarta, as seconds since 1970.

    Raises:
        Refusal: it is none.
    """
    try:
        return datetime.strptime(given, form).replace(tzinfo=WIB).timestamp()
    except (ValueError, OverflowError):
        raise malformed(f"{given[:30]} is no date") from None


def pieces(given: str) -> int:
    """A number of pieces.

    Raises:
        Refusal: it is none, or negative.
    """
    if given.startswith("-") and WHOLE.fullmatch(given[1:]):
        raise numbered("4152", "negative quantity")
    if not WHOLE.fullmatch(given):
        raise malformed("a quantity must be a whole number")
    return int(given)


def rupiah(here: Context, given: str) -> int:
    """A price in whole rupiah.

    Raises:
        Refusal: it is none: 4104, or 4118 for zero.
    """
    found = DECIMAL.fullmatch(given)
    fraction = found is not None and found.group(2) is not None
    if found is None or (fraction and (here.on("price_fraction", "refused") or set(found.group(3)) != {"0"})):
        raise numbered("4104", "the precision of a price is wrong")
    if int(found.group(1)) == 0:
        raise numbered("4118", "a price must not be 0")
    return int(found.group(1))


def package(here: Context, node: Node, sku: str) -> dict[str, str]:
    """The sizes of the parcel, as far as they are given: cm, and kg.

    Raises:
        Refusal: too heavy or too large.
        Unfit: no number, or too many decimals.
    """
    given = {name: text(node, name) for name in PACKAGE if text(node, name)}
    for name, value in given.items():
        most = int(here.switches["lazada.weight_decimals"]) if name == "package_weight" else 2
        found = DECIMAL.fullmatch(value)
        if found is None or float(value) <= 0 or len(found.group(3) or "") > most:
            raise Unfit(name, f"a number above 0 with at most {most} decimals is wanted", sku)
    if float(given.get("package_weight", 0)) > KG_MOST:
        raise numbered("4164", f"the package is heavier than {KG_MOST:.0f} kg")
    if sum(float(given.get(side, 0)) for side in SIDES) > CM_MOST:
        raise numbered("4165", f"length, width and height make more than {CM_MOST:.0f} cm")
    if text(node, "package_content"):
        given["package_content"] = text(node, "package_content")
    return given


def complete(draft: Draft) -> None:
    """Whether a new SKU has all that it needs.

    Raises:
        Refusal: 4108.
    """
    for name, value in {"SellerSku": draft.seller_sku, "price": draft.price, "quantity": draft.quantity}.items():
        if value in (None, ""):
            raise not_created(name, "C004: cannot be blank.")
    packaged(draft)


def packaged(draft: Draft) -> None:
    """Whether a SKU brings the sizes of its parcel.

    Raises:
        Refusal: 4108.
    """
    for name in PACKAGE:
        if name not in draft.package:
            raise not_created(name, "C004: cannot be blank.")


def unique(here: Context, skus: Sequence[str], own_item: int | None = None) -> None:
    """Whether these SellerSkus are free.

    Raises:
        Refusal: one is taken, or given twice.
    """
    for number, sku in enumerate(skus):
        if sku in skus[:number] or any(_has(here, item_id, sku, own_item) for item_id in here.named([sku])):
            raise _duplicate(here, sku)


def _has(here: Context, item_id: int, seller_sku: str, own_item: int | None) -> bool:
    """Whether a product keeps a new SKU from this name."""
    if here.on("sku_scope", "item") and item_id != own_item:
        return False
    known = [sku for sku in here.shop.items[item_id].skus if sku.seller_sku == seller_sku]
    return any(sku.status != "deleted" or here.on("deleted_sku", "taken") for sku in known)


def _duplicate(here: Context, sku: str) -> Refusal:
    code = here.switches["lazada.duplicate_code"]
    said = f"BIZ_CHECK_INFRA_PRODUCT_036: the SellerSku {sku} exists already for this seller"
    return numbered(code, "THD_IC_ERR" if code == "4135" else "duplicate SellerSku",
                    "ISP" if code == "4135" else "ISV", [{"seller_sku": sku, "message": said}])  # fmt: skip


def pictured(images: Sequence[Sequence[str]]) -> None:
    """Whether all SKUs have pictures, or none has.

    Raises:
        Refusal: 4153.
    """
    if any(images) and not all(images):
        raise numbered("4153", "if one SKU has an image, all must")


def specials(price: int, special: int | None, sku: str) -> None:
    """Whether a special price is below the price.

    Raises:
        Refusal: 4157.
    """
    if special is not None and special >= price:
        detail = [{"seller_sku": sku, "message": "special_price"}]
        raise numbered("4157", "the special price must be below the price", detail=detail)
