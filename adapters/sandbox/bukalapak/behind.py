"""What only the sandbox can do: the truth, a seller at the app, buyers, holidays, bans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.sandbox.bukalapak import v4
from adapters.sandbox.bukalapak.context import Context, tree
from adapters.sandbox.bukalapak.state import BANNED, DELETED, FOR_SALE, SOLD, Product, Shop, Sku
from adapters.sandbox.market import NowhereError

VERDICTS = {"good": FOR_SALE, "live": FOR_SALE, "bad": BANNED, "banned": BANNED, "rejected": BANNED,
            "needs_correction": BANNED}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Behind:
    """The shop from behind."""

    here: Context

    def call(self, method: str, name: str, body: Any) -> Any:
        """One `/_sandbox/` call; NowhereError = there is none, ValueError or KeyError = it cannot be done."""
        if method == "POST" and name.startswith("orders/") and name.endswith("/advance"):
            number = name.removeprefix("orders/").removesuffix("/advance")
            return v4.advance(self.here, number, _word_of(body))
        calls: dict[tuple[str, str], Callable[[Any], Any]] = {
            ("GET", "listings"): lambda _: list(self._truth()),
            ("POST", "listings"): self._by_hand,
            ("POST", "edit"): self._edit,
            ("POST", "orders"): lambda order: v4.buy(self.here, order),
            ("POST", "promotions"): self._promote,
            ("POST", "holiday"): self._holiday,
            ("POST", "review"): self._review,
            ("POST", "ban"): lambda ask: self._review({**ask, "verdict": "banned"}),
            ("POST", "deauthorise"): self._deauthorise,
            ("POST", "category"): self._category,
            ("DELETE", "state"): self._empty,
        }
        if (method, name) not in calls:
            raise NowhereError(f"there is no {method} /_sandbox/{name} here")
        return calls[(method, name)](body)

    # --- the truth ---------------------------------------------------------------------------------------------------

    def _truth(self) -> Iterator[dict[str, Any]]:
        for product in self.here.shop.products.values():
            if product.state == DELETED:
                continue
            status = self._word(product)
            yield {
                "external_id": product.id, "code": None, "title": product.name, "status": status,
                "fronts": [{"front": "bukalapak", "status": status}],
                "variants": [_variant(product, sku) for sku in product.skus],
                "created_at": _iso(product.created), "updated_at": _iso(product.updated),
            }  # fmt: skip

    def _word(self, product: Product) -> str:
        if product.state == BANNED:
            return "banned"
        if product.state == SOLD or self.here.shop.holiday:
            return "hidden"
        return "live" if product.shown else "live_oos"

    # --- the seller at the app ---------------------------------------------------------------------------------------

    def _by_hand(self, rows: Any) -> list[str]:
        made = []
        for row in rows:
            shop, many = self.here.shop, len(row["variants"]) > 1
            skus = [
                Sku(shop.next(), f"Pilihan {n}" if many else "", int(one["price"]), int(one["stock"]), one.get("sku"))
                for n, one in enumerate(row["variants"], 1)
            ]
            product = Product(
                id=f"{shop.next():x}", name=row["title"], category=tree()["leaves"][0]["id"], weight=500, new=True,
                description=f"{row['title']}, made by hand", state=FOR_SALE, created=self.here.now,
                updated=self.here.now, skus=skus, attributes={"asal": "Bangka"}, pictures=["by-hand"],
            )  # fmt: skip
            shop.products[product.id] = product
            made.append(product.id)
        return made

    def _edit(self, body: Mapping[str, Any]) -> dict[str, Any]:
        product, sku = v4.offer(self.here, str(body.get("sku") or body.get("external_id")))
        self.here.touch(product)
        if body.get("delete"):
            product.state = DELETED
        if "title" in body:
            product.name = str(body["title"])
        if "price" in body:
            sku.price = int(body["price"])
        if "stock" in body:
            sku.stock = int(body["stock"])
        if body.get("remove_variant") and len(product.skus) > 1:
            product.skus = [one for one in product.skus if one is not sku]
        if body.get("add_variant"):
            one, number = body["add_variant"], self.here.shop.next()
            product.skus.append(Sku(number, f"Pilihan {number}", int(one["price"]), int(one["stock"]), one.get("sku")))
        return {"external_id": product.id}

    # --- the marketplace ---------------------------------------------------------------------------------------------

    def _promote(self, _body: Any) -> Any:
        raise ValueError("no source knows promotions of Bukalapak that lock a seller's price or stock")

    def _holiday(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.here.shop.holiday = bool(body["on"])
        return {"on": self.here.shop.holiday}

    def _review(self, body: Mapping[str, Any]) -> dict[str, Any]:
        product, _ = v4.offer(self.here, str(body.get("sku") or body.get("external_id")))
        if body.get("verdict") not in VERDICTS:
            raise ValueError(f"no verdict '{body.get('verdict')}'; there are: {', '.join(VERDICTS)}")
        self.here.touch(product)
        product.state = VERDICTS[body["verdict"]]
        return {"status": self._word(product)}

    def _deauthorise(self, _body: Any) -> dict[str, Any]:
        self.here.shop.authorised = False
        for grant in self.here.shop.grants:
            grant.dead = True
        return {}

    def _category(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if not {"merge", "close"} & set(body):
            raise ValueError("a category is merged ([from, to]) or closed")
        if "merge" in body:
            old, new = body["merge"]
            self.here.shop.merged[str(old)] = int(new)
        if "close" in body:
            self.here.shop.closed.append(int(body["close"]))
        return {}

    def _empty(self, _body: Any) -> dict[str, Any]:
        old = self.here.shop
        self.here.shop = Shop(number=old.number, grants=old.grants, uploads=old.uploads)
        self.here.before.clear()
        return {}


def _variant(product: Product, sku: Sku) -> dict[str, Any]:
    return {
        "external_id": f"{product.id};{sku.id}", "sku": sku.name, "price": sku.price, "sale_price": None,
        "stock": sku.stock, "sellable": sku.stock if product.state == FOR_SALE else 0, "reserved": 0,
        "total": sku.stock, "location": None,
    }  # fmt: skip


def _iso(stamp: float) -> str:
    return datetime.fromtimestamp(stamp, UTC).isoformat()


def _word_of(body: Any) -> str:
    if isinstance(body, Mapping):
        return next((str(body[name]) for name in ("to", "status", "state") if name in body), "")
    return str(body)
