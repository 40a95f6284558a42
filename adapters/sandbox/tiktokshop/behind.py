"""What only the sandbox can do: the truth, a seller at the app, buyers, promotions, audits, bans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.behind import Calls, answer, category_end, iso, locks_of, moment, word_of
from adapters.sandbox.tiktokshop import audits, auth, orders, webhooks
from adapters.sandbox.tiktokshop.context import Context, tree
from adapters.sandbox.tiktokshop.judging import resolved
from adapters.sandbox.tiktokshop.state import PLATFORMS, TIKTOK, Image, Offer, Product, Promotion, Shelf, Shop

WORDS = {
    "DRAFT": "half_built", "PENDING": "in_review", "FAILED": "needs_correction", "SELLER_DEACTIVATED": "hidden",
    "PLATFORM_DEACTIVATED": "banned", "FREEZE": "banned", "DELETED": "gone",
}  # fmt: skip
BEST_FIRST = ("live", "live_oos", "in_review", "needs_correction", "hidden", "banned", "half_built", "gone")
GOOD = frozenset({"good", "live"})
BAD = frozenset({"bad", "needs_correction", "rejected", "banned"})
BY_HAND = "tos-sandbox/made-by-hand"
"""The picture of products that the seller makes in the app."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The shop from behind."""

    here: Context

    def call(self, method: str, name: str, body: Any) -> Any:
        """One `/_sandbox/` call; NowhereError = there is none, ValueError or KeyError = it cannot be done."""
        calls: Calls = {
            ("GET", "listings"): lambda _: list(self._truth()),
            ("POST", "listings"): lambda rows: [self._by_hand(row) for row in rows],
            ("POST", "edit"): self._edit,
            ("POST", "orders"): lambda order: orders.buy(self.here, order),
            ("POST", "promotions"): self._promote,
            ("POST", "holiday"): self._holiday,
            ("POST", "review"): self._review,
            ("POST", "ban"): self._ban,
            ("POST", "deauthorise"): self._deauthorise,
            ("POST", "category"): self._category,
            ("DELETE", "state"): self._empty,
        }
        return answer(calls, self._advance, method, name, body)

    def _advance(self, number: str, body: Any) -> Any:
        return orders.advance(self.here, number, word_of(body))

    # --- the truth ---------------------------------------------------------------------------------------------------

    def _truth(self) -> Iterator[dict[str, Any]]:
        for product in self.here.living():
            yield {
                "external_id": product.id, "code": product.content.get("external_product_id"),
                "title": product.content.get("title", ""), "status": word(product),
                "fronts": [
                    {"front": front.lower(), "status": _word(product, status)}
                    for front, status in product.fronts.items()
                ],
                "variants": [self._variant(product, sku) for sku in product.skus],
                "created_at": iso(product.created), "updated_at": iso(product.updated),
            }  # fmt: skip

    def _variant(self, product: Product, sku: Mapping[str, Any]) -> dict[str, Any]:
        offer = product.offers[sku["id"]]
        aside = self.here.set_aside(product.id, sku["id"])
        places = list(offer.shelves)
        return {
            "external_id": sku["id"], "sku": sku.get("seller_sku") or None, "price": offer.price,
            "sale_price": offer.sale_price, "stock": self.here.scaled(offer),
            "sellable": 0 if self.here.shop.holiday else max(0, offer.stock), "reserved": aside + offer.committed,
            "total": offer.stock + aside + offer.committed, "location": places[0] if len(places) == 1 else None,
        }  # fmt: skip

    # --- the seller at the app ---------------------------------------------------------------------------------------

    def _by_hand(self, row: Mapping[str, Any]) -> str:
        """A product as the app would let it be made: whole, and on sale."""
        here, variants = self.here, row["variants"]
        if not variants:
            raise ValueError("a listing needs at least one variant")
        key, leaf = next(iter(tree()["leafs"].items()))
        here.shop.images.setdefault(BY_HAND, Image(900, 900, "MAIN_IMAGE", here.now, used=True))
        content: dict[str, Any] = {
            "listing_platforms": list(PLATFORMS) if here.shop.migrated else [TIKTOK], "category_version": "v2",
            "category_id": key, "title": row["title"], "description": f"<p>{row['title']}, made by hand in the app</p>",
            "main_images": [{"uri": BY_HAND}], "package_weight": {"value": "0.5", "unit": "KILOGRAM"},
            "package_dimensions": {"length": "10", "width": "10", "height": "10", "unit": "CENTIMETER"},
            "product_attributes": [{"id": one, "values": [_some(one)]} for one in leaf["required"]], "skus": [],
        }  # fmt: skip
        if row.get("code"):
            content["external_product_id"] = row["code"]
        product = Product(here.shop.new_id(), content, {}, dict.fromkeys(content["listing_platforms"], "ACTIVATE"),
                          here.now, here.now, audit="APPROVED", ever_live=True)  # fmt: skip
        for number, variant in enumerate(variants):
            self._add(product, variant, _choice(product, number) if len(variants) > 1 else [])
        here.earlier.keep(product.id, here.now, None)
        here.shop.products[product.id] = product
        return product.id

    def _add(self, product: Product, variant: Mapping[str, Any], options: list[dict[str, Any]]) -> None:
        number, shelves = self.here.shop.new_id(), {place: Shelf(0) for place in self.here.sales_warehouses()}
        next(iter(shelves.values())).stock = int(variant["stock"])
        product.skus.append({"id": number, "seller_sku": variant.get("sku") or "", "sales_attributes": options})
        product.offers[number] = Offer(int(variant["price"]), None, shelves)

    def _edit(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What a seller changes in the app shows at once."""
        product, sku = self._target(body)
        self.here.remember(product)
        offer = product.offers[sku["id"]]
        if body.get("delete"):
            product.fronts = dict.fromkeys(product.fronts, "DELETED")
        if "title" in body:
            product.content["title"] = str(body["title"])
        for name in ("price", "sale_price"):
            if name in body:
                setattr(offer, name, None if body[name] is None else int(body[name]))
        if "stock" in body:
            first, *others = offer.shelves.values()
            first.stock = max(0, int(body["stock"]) - (offer.committed if self._total else 0))
            for shelf in others:
                shelf.stock = 0
        if body.get("remove_variant"):
            self._remove(product, sku, body["remove_variant"])
        if body.get("add_variant"):
            self._grow(product, body["add_variant"])
        product.updated = self.here.now
        return {"external_id": product.id}

    @property
    def _total(self) -> bool:
        return self.here.on("quantity_scale", "total")

    def _remove(self, product: Product, own: Mapping[str, Any], which: Any) -> None:
        """Take one variant away: that which `which` names, or that which the call is about (true)."""
        named = [one for one in product.skus if one["seller_sku"] == which] if isinstance(which, str) else [own]
        if not named or len(product.skus) < 2:
            raise ValueError("no such variant, or the last one, which cannot go")
        product.content["skus"] = [one for one in product.skus if one["id"] != named[0]["id"]]
        del product.offers[named[0]["id"]]

    def _grow(self, product: Product, variant: Mapping[str, Any]) -> None:
        """Add a variant; what a product without options was becomes its first one."""
        if not product.skus[0]["sales_attributes"]:
            product.skus[0]["sales_attributes"] = _choice(product, 0)
        kinds = product.skus[0]["sales_attributes"]
        number = len(product.skus)
        options = resolved([{"id": one["id"], "name": one.get("name", ""), "value_name": f"Pilihan {number + 1}"}
                            for one in kinds])  # fmt: skip
        self._add(product, variant, options)

    def _target(self, body: Mapping[str, Any]) -> tuple[Product, dict[str, Any]]:
        wanted = str(body.get("external_id"))
        for product in self.here.living():
            if product.id == wanted:
                return product, product.skus[0]
            for sku in product.skus:
                if ("sku" in body and body["sku"] == sku.get("seller_sku")) or sku["id"] == wanted:
                    return product, sku
        raise ValueError(f"no listing answers to {body.get('sku') or body.get('external_id')}")

    # --- the marketplace ---------------------------------------------------------------------------------------------

    def _promote(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A campaign: its reserve leaves the shop while it runs, its prices are locked from its scheduling on."""
        product, sku = self._target(body)
        now, reserve = self.here.now, int(body.get("reserve", 0))
        if reserve > max(shelf.stock for shelf in product.offers[sku["id"]].shelves.values()):
            raise ValueError("a promotion cannot reserve more than there is in one warehouse")
        promotion = Promotion(
            self.here.shop.new_id(), product.id, sku["id"], reserve, locks_of(body.get("locks", True), ("price",)),
            moment(body.get("from"), now), moment(body.get("to"), now + 86_400),
        )  # fmt: skip
        self.here.shop.promotions.append(promotion)
        audits.run(self.here)
        return {"id": promotion.id}

    def _holiday(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.here.shop.holiday = bool(body["on"])
        return {"on": self.here.shop.holiday}

    def _review(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A verdict, on one front or on all: what an audit that runs will say when it ends; without one, at once."""
        product, _ = self._target(body)
        verdict, front = body.get("verdict"), body.get("front")
        if verdict not in GOOD | BAD:
            raise ValueError(f"no verdict '{verdict}'; there are: {', '.join(sorted(GOOD | BAD))}")
        fronts = list(product.fronts) if front is None else [str(front).upper()]
        if not set(fronts) <= product.fronts.keys():
            raise ValueError(f"the product is not listed on {front}")
        for one in fronts:
            product.verdicts.pop(one, None)
            if verdict in BAD:
                product.verdicts[one] = str(verdict)
        if product.in_audit and product.audit_ends is None:
            audits.end(self.here, product)  # one that was stuck
        elif not product.in_audit:
            self._again(product, fronts)
        return {"status": word(product)}

    def _again(self, product: Product, fronts: list[str]) -> None:
        """What is on sale is judged once more: taken down where it is bad, back where it is good."""
        self.here.remember(product)
        for front in fronts:
            product.fronts[front] = "PLATFORM_DEACTIVATED" if front in product.verdicts else "ACTIVATE"
        if "ACTIVATE" in product.fronts.values():
            product.ever_live, product.next, product.draft = True, None, False
        product.verdicts, product.updated = {}, self.here.now
        webhooks.product_changed(self.here, product, "PRODUCT_STATUS_CHANGED")

    def _ban(self, body: Mapping[str, Any]) -> dict[str, Any]:
        product, _ = self._target(body)
        self.here.remember(product)
        product.fronts = dict.fromkeys(product.fronts, "FREEZE")
        product.next, product.audit_ends, product.audit = None, None, "NONE"
        product.updated = self.here.now
        webhooks.product_changed(self.here, product, "PRODUCT_STATUS_CHANGED")
        return {"status": word(product)}

    def _deauthorise(self, _body: Any) -> dict[str, Any]:
        auth.deauthorise(self.here)
        webhooks.say(self.here, "SELLER_DEAUTHORIZATION", {"message": "deauthorized"})
        return {}

    def _category(self, body: Mapping[str, Any]) -> dict[str, Any]:
        end = category_end(body, tree()["leafs"])
        if end.merged is not None:
            old, new = end.merged
            self.here.shop.merged[old] = new
            for product in self.here.shop.products.values():
                for version in (product.content, product.next or {}):
                    if version.get("category_id") == old:
                        version["category_id"] = new
        if end.closed is not None:
            self.here.shop.closed.append(end.closed)
        return {}

    def _empty(self, _body: Any) -> dict[str, Any]:
        """An empty shop. Tokens are the app's, pictures the media's, settings the account's; ids never come twice."""
        old = self.here.shop
        self.here.shop = Shop(
            old.shop_id, old.cipher, old.keys, old.next_id, grants=old.grants, images=old.images, hooks=old.hooks,
            migrated=old.migrated, warehouses=old.warehouses, dilayani=old.dilayani, scopes=old.scopes,
            daily_listings=old.daily_listings, review_delay_s=old.review_delay_s, authorised=old.authorised,
        )  # fmt: skip
        self.here.earlier.clear()
        self.here.searches.clear()
        return {}


def word(product: Product) -> str:
    """The product's status in the words of DESIGN 3: the best that it has on any front."""
    return min((_word(product, status) for status in product.fronts.values()), key=BEST_FIRST.index)


def _word(product: Product, status: str) -> str:
    if status != "ACTIVATE":
        return WORDS[status]
    return "live" if any(offer.stock > 0 for offer in product.offers.values()) else "live_oos"


def _choice(product: Product, number: int) -> list[dict[str, Any]]:
    leaf = tree()["leafs"][product.content["category_id"]]
    return resolved([{"id": leaf["sales"][0], "value_name": f"Pilihan {number + 1}"}])


def _some(key: str) -> dict[str, Any]:
    """A value for a required attribute: the first that there is, or a word."""
    known = next(iter(tree()["attributes"][key]["values"]), None)
    return {"name": "1"} if known is None else {"id": known}
