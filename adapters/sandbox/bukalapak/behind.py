"""What only the sandbox can do: the truth, a seller at the app, buyers, holidays, verdicts, bans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.behind import Calls, answer, category_end, iso, without, word_of
from adapters.sandbox.bukalapak import auth, buyers
from adapters.sandbox.bukalapak.context import Context, tree
from adapters.sandbox.bukalapak.state import Product, Sku

BANS = {
    "good": False, "live": False, "bad": True, "banned": True, "rejected": True, "needs_correction": True,
}  # fmt: skip
"""What a verdict means here: whether the listing violates the rules. There is no queue and no review to wait for."""

BY_HAND = "900001"
"""The picture of listings that the seller makes in the app."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The shop from behind."""

    here: Context

    def call(self, method: str, name: str, body: Any) -> Any:
        """One `/_sandbox/` call; NowhereError = there is none, ValueError or KeyError = it cannot be done."""
        calls: Calls = {
            ("GET", "listings"): lambda _: list(self._truth()),
            ("POST", "listings"): self._by_hand,
            ("POST", "edit"): self._edit,
            ("POST", "orders"): lambda order: buyers.buy(self.here, order),
            ("POST", "promotions"): _promote,
            ("POST", "holiday"): self._holiday,
            ("POST", "review"): self._review,
            ("POST", "ban"): lambda body: self._judge(body, True),
            ("POST", "deauthorise"): self._deauthorise,
            ("POST", "category"): self._category,
            ("DELETE", "state"): self._empty,
        }
        return answer(calls, lambda order, word: buyers.advance(self.here, order, word_of(word)), method, name, body)

    # --- the truth ---------------------------------------------------------------------------------------------------

    def _truth(self) -> Iterator[dict[str, Any]]:
        """There is no field for a product's code, so `code` is always null (facts, section 3.3)."""
        for product in self.here.shop.products.values():
            if not product.deleted:
                word = self.here.word(product)
                yield {
                    "external_id": product.id, "code": None, "title": product.name, "status": word,
                    "fronts": [{"front": "bukalapak", "status": word}],
                    "variants": [_variant(product, sku) for sku in product.skus],
                    "created_at": iso(product.created), "updated_at": iso(product.updated),
                }  # fmt: skip

    # --- the seller at the app ---------------------------------------------------------------------------------------

    def _by_hand(self, rows: Any) -> list[str]:
        made = [self._made(row) for row in rows]
        for product in made:
            self.here.shop.products[product.id] = product
        return [product.id for product in made]

    def _made(self, row: Mapping[str, Any]) -> Product:
        """A listing as the app would let it be made: whole, and with the SKUs that a create of v2 cannot name."""
        here, variants = self.here, row["variants"]
        if not variants:
            raise ValueError("a listing needs at least one variant")
        leaf, names = next(iter(tree()["leafs"].items()))
        tiered = len(variants) > 1
        skus = [self._new_sku(n if tiered else None, variant) for n, variant in enumerate(variants)]
        product = Product(
            id=here.shop.new_word(), name=str(row["title"]), category_id=int(leaf), weight=500,
            description_bb=f"{row['title']}, made by hand in the app", new=True, negotiable=False,
            attributes={name: _filled(name) for name in names if tree()["attributes"][name]["required"]},
            images=[BY_HAND], skus=skus, created=here.now, updated=here.now, relisted=here.now, tiered=tiered,
        )  # fmt: skip
        here.shop.images[BY_HAND] = product.id
        here.before.keep(product.id, here.now, None)
        return product

    def _new_sku(self, number: int | None, variant: Mapping[str, Any]) -> Sku:
        options = [] if number is None else [["Pilihan", f"Pilihan {number + 1}"]]
        return Sku(
            self.here.shop.new_id(), int(variant["price"]), int(variant["stock"]),
            options[0][1] if options else "", options, variant.get("sku") or None,
        )  # fmt: skip

    def _edit(self, body: Mapping[str, Any]) -> dict[str, Any]:
        product, sku = self._target(body)
        self.here.remember(product)
        if body.get("delete"):
            product.deleted, product.on = True, False
        if "title" in body:
            product.name = str(body["title"])
        for name in ("price", "sale_price", "stock"):
            if name in body:
                setattr(sku, name, None if body[name] is None else int(body[name]))
        if "stock" in body:
            sku.zeroed = None
        if body.get("remove_variant"):
            product.skus = without(product.skus, sku, body["remove_variant"])
        if body.get("add_variant"):
            self._add(product, body["add_variant"])
        self.here.touch(product)
        return {"external_id": product.id}

    def _add(self, product: Product, variant: Mapping[str, Any]) -> None:
        """Add a variant; what a product without variants was becomes its first one, under its id."""
        if not product.tiered:
            first = product.skus[0]
            first.name, first.options, product.tiered = "Pilihan 1", [["Pilihan", "Pilihan 1"]], True
        taken = {value for sku in product.skus for _, value in sku.options}
        number = next(n for n in range(len(product.skus) + 1) if f"Pilihan {n + 1}" not in taken)
        product.skus.append(self._new_sku(number, variant))

    def _target(self, body: Mapping[str, Any]) -> tuple[Product, Sku]:
        for product in self.here.shop.products.values():
            for sku in product.skus:
                if not product.deleted and buyers.names(product, sku, body):
                    return product, sku
        raise ValueError(f"no listing answers to {body.get('sku') or body.get('external_id')}")

    # --- the marketplace ---------------------------------------------------------------------------------------------

    def _holiday(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.here.shop.holiday = bool(body["on"])
        return {"on": self.here.shop.holiday}

    def _review(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if body.get("verdict") not in BANS:
            raise ValueError(f"no verdict '{body.get('verdict')}'; there are: {', '.join(BANS)}")
        return self._judge(body, BANS[body["verdict"]])

    def _judge(self, body: Mapping[str, Any], banned: bool) -> dict[str, Any]:
        product, _ = self._target(body)
        self.here.remember(product)
        product.banned = banned
        self.here.touch(product)
        return {"status": self.here.word(product)}

    def _deauthorise(self, _body: Any) -> dict[str, Any]:
        auth.deauthorise(self.here.shop)
        return {}

    def _category(self, body: Mapping[str, Any]) -> dict[str, Any]:
        end = category_end(body, tree()["leafs"])
        if end.merged is not None:
            old, new = end.merged
            self.here.shop.merged_categories[old] = int(new)
        if end.closed is not None:
            self.here.shop.closed_categories.append(int(end.closed))
        return {}

    def _empty(self, _body: Any) -> dict[str, Any]:
        self.here.shop = self.here.shop.emptied()
        self.here.before.clear()
        return {}


def _promote(_body: Any) -> Any:
    raise ValueError("no promotions of Bukalapak are known to the facts: there are none here")


def _variant(product: Product, sku: Sku) -> dict[str, Any]:
    return {
        "external_id": f"{product.id};{sku.sku_id}", "sku": sku.sku_name,
        "options": [value for _, value in sku.options],  # what tells variants apart where no SKU is held
        "price": sku.price,
        "sale_price": sku.sale_price, "stock": sku.stock, "sellable": max(0, sku.stock), "reserved": 0,
        "total": sku.stock, "location": None,
    }  # fmt: skip


def _filled(name: str) -> str:
    """A value for a mandatory attribute: the first that there is, or a number."""
    options: list[str] = tree()["attributes"][name]["options"]
    return options[0] if options else "1"
