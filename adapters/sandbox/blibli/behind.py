"""What only the sandbox can do: the truth, a seller at the app, buyers, promotions, reviews, bans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.behind import Calls, answer, end_category, iso, locks_of, moment, without, word_of
from adapters.sandbox.blibli import orders, review
from adapters.sandbox.blibli.context import Context, tree
from adapters.sandbox.blibli.state import Feed, Product, Promotion, Shop, Variant

WORDS = {"IN_PROGRESS": "in_review", "NEED_CORRECTION": "needs_correction", "SUSPENDED": "banned",
         "ARCHIVED": "archived"}  # fmt: skip
BY_HAND = "0" * 64
"""The picture of products that the seller makes in the app."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The store from behind."""

    here: Context

    def call(self, method: str, name: str, body: Any) -> Any:
        """One `/_sandbox/` call; NowhereError = there is none, ValueError or KeyError = it cannot be done."""
        calls: Calls = {
            ("GET", "listings"): lambda _: [*self._truth(), *self._queued()],
            ("POST", "listings"): lambda rows: [self._by_hand(row) for row in rows],
            ("POST", "edit"): self._edit,
            ("POST", "orders"): lambda order: orders.buy(self.here, order),
            ("POST", "promotions"): self._promote,
            ("POST", "holiday"): self._holiday,
            ("POST", "review"): self._review,
            ("POST", "ban"): self._ban,
            ("POST", "deauthorise"): lambda _: self._bind(False),
            ("POST", "authorise"): lambda _: self._bind(True),
            ("POST", "category"): self._category,
            ("DELETE", "state"): self._empty,
        }
        return answer(calls, self._advance, method, name, body)

    def _advance(self, order: str, body: Any) -> Any:
        row = body.get("item_id") if isinstance(body, Mapping) else None
        return orders.advance(self.here, order, word_of(body), row)

    # --- the truth ---------------------------------------------------------------------------------------------------

    def _truth(self) -> Iterator[dict[str, Any]]:
        for product in self.here.shop.products.values():
            yield {
                "external_id": product.sku if product.ever_live else None, "code": None, "title": product.name,
                "status": word(product), "fronts": [{"front": "blibli", "status": word(product)}],
                "variants": [self._variant(product, variant) for variant in product.variants],
                "created_at": iso(product.created), "updated_at": iso(product.updated),
            }  # fmt: skip

    def _variant(self, product: Product, variant: Variant) -> dict[str, Any]:
        reserved = self.here.reserved(product, variant)
        return {
            "external_id": product.gdn(variant) if variant.live else None, "sku": variant.sku or None,
            "price": variant.price, "sale_price": variant.sale if variant.sale < variant.price else None,
            "stock": variant.stock, "reserved": reserved,
            "sellable": 0 if self.here.shop.holiday else max(0, variant.stock - reserved),
            "total": variant.stock, "location": product.pickup,
        }  # fmt: skip

    def _queued(self) -> Iterator[dict[str, Any]]:
        """What has been submitted and is not through the queue yet."""
        for feed, draft in self._drafts():
            at = iso(feed.created)
            yield {
                "external_id": None, "code": None, "title": draft["name"], "status": "queued",
                "fronts": [{"front": "blibli", "status": "queued"}],
                "variants": [_waiting(one, draft.get("pickup")) for one in draft["variants"]],
                "created_at": at, "updated_at": at,
            }  # fmt: skip

    def _drafts(self) -> Iterator[tuple[Feed, dict[str, Any]]]:
        for feed in self.here.shop.feeds.values():
            for row in feed.rows:
                if row.job.get("do") == "create":
                    yield feed, row.job["draft"]

    # --- the seller at the app ---------------------------------------------------------------------------------------

    def _by_hand(self, row: Mapping[str, Any]) -> str:
        """A product as the app would let it be made: whole, and live."""
        here, variants = self.here, row["variants"]
        if not variants:
            raise ValueError("a listing needs at least one variant")
        code, leaf = next(iter(tree()["leafs"].items()))
        here.shop.images.setdefault(BY_HAND, {"type": "jpg", "width": 900, "height": 900})
        here.shop.last_product += 1
        number = here.shop.last_product
        product = Product(
            number, f"{here.shop.store}-{number:05d}", row["title"], code, "No Brand",
            f"{row['title']}, made by hand in the app", "", 1, here.points()[0]["code"], [10.0, 10.0, 10.0, 500.0],
            here.now, here.now, state="ACTIVE", ever_live=True,
            attributes={key: _some(key) for key in leaf["mandatory"]},
        )  # fmt: skip
        for variant in variants:
            self._add(product, variant, len(variants) > 1)
        here.remember(product)
        here.shop.products[number] = product
        return product.sku

    def _add(self, product: Product, variant: Mapping[str, Any], options: bool) -> None:
        product.last_variant += 1
        price = int(variant["price"])
        made = Variant(product.last_variant, variant.get("sku") or "", price, price, int(variant["stock"]), live=True)
        made.images = [BY_HAND]
        if options:
            attribute = next(iter(product.defining), _maker(product.category))
            made.attributes = {attribute: _choice(product, attribute)}
            product.defining.setdefault(attribute, []).append(made.attributes[attribute])
        product.variants.append(made)

    def _edit(self, body: Mapping[str, Any]) -> dict[str, Any]:
        product, variant = self._target(body)
        self.here.remember(product)
        if body.get("delete"):
            del self.here.shop.products[product.number]
        product.name = str(body.get("title", product.name))
        variant.stock = int(body.get("stock", variant.stock))
        if "price" in body:
            variant.price, variant.sale = int(body["price"]), min(variant.sale, int(body["price"]))
            variant.sale = variant.price if "sale_price" not in body else variant.sale
        if "sale_price" in body:
            variant.sale = variant.price if body["sale_price"] is None else int(body["sale_price"])
        if body.get("remove_variant"):
            product.variants = without(product.variants, variant, body["remove_variant"])
        if body.get("add_variant"):
            self._grow(product, body["add_variant"])
        product.updated = self.here.now
        return {"external_id": product.sku}

    def _grow(self, product: Product, variant: Mapping[str, Any]) -> None:
        """Add a variant; what a product without options was becomes its first one."""
        if not product.defining:
            attribute = _maker(product.category)
            product.variants[0].attributes = {attribute: _choice(product, attribute)}
            product.defining = {attribute: [product.variants[0].attributes[attribute]]}
        self._add(product, variant, options=True)

    def _target(self, body: Mapping[str, Any]) -> tuple[Product, Variant]:
        wanted = str(body.get("external_id"))
        for product in self.here.shop.products.values():
            if product.sku == wanted:
                return product, product.variants[0]
            for variant in product.variants:
                if ("sku" in body and body["sku"] == variant.sku) or product.gdn(variant) == wanted:
                    return product, variant
        raise ValueError(f"no listing answers to {body.get('sku') or body.get('external_id')}")

    # --- the marketplace ---------------------------------------------------------------------------------------------

    def _promote(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A promotion registers until `review_from` (else `from`), then is in review until `from`, then live."""
        product, variant = self._target(body)
        now = self.here.now
        start = moment(body.get("from"), now)
        low, high = body.get("range", [variant.sale, variant.sale])
        promotion = Promotion(
            self.here.shop.number(), product.number, variant.number, str(body.get("kind", "REGULAR")), int(low),
            int(high), int(body.get("reserve", 0)), locks_of(body.get("locks", True), ("price",)),
            moment(body.get("review_from"), start), start, moment(body.get("to"), start + 86_400),
        )  # fmt: skip
        if promotion.reserve > variant.stock:
            raise ValueError("a promotion cannot reserve more than there is")
        self.here.shop.promotions.append(promotion)
        return {"id": promotion.id}

    def _holiday(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.here.shop.holiday = bool(body["on"])
        return {"on": self.here.shop.holiday}

    def _review(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A verdict: what a review that runs or is to come will say when it ends; without one, at once."""
        verdict, reason = body.get("verdict"), str(body.get("reason") or review.REASON)
        if verdict not in review.VERDICTS:
            raise ValueError(f"no verdict '{verdict}'; there are: {', '.join(review.VERDICTS)}")
        waiting = [one["sku"] for _, draft in self._drafts() for one in draft["variants"]]
        if body.get("sku") in waiting:
            self.here.shop.verdicts[body["sku"]] = [verdict, reason]
            return {"status": "queued"}
        product, _ = self._target(body)
        product.verdict, product.reason = verdict, reason
        if product.review_ends is None:
            review.end(self.here, product)
        return {"status": word(product)}

    def _ban(self, body: Mapping[str, Any]) -> dict[str, Any]:
        product, _ = self._target(body)
        self.here.remember(product)
        product.suspended, product.updated = True, self.here.now
        return {"status": word(product)}

    def _bind(self, bound: bool) -> dict[str, Any]:
        self.here.shop.bound = bound
        return {"bound": bound}

    def _category(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return end_category(body, tree()["leafs"], self.here.shop, self.here.shop.products.values())

    def _empty(self, _body: Any) -> dict[str, Any]:
        """An empty store. Limits, keys and settings are the account's; numbers are never given twice."""
        old = self.here.shop
        self.here.shop = Shop(
            old.store, old.username, old.keys, windows=old.windows, points=old.points, signature=old.signature,
            published=old.published, review_delay_s=old.review_delay_s, last_product=old.last_product,
            last_number=old.last_number,
        )  # fmt: skip
        self.here.earlier.clear()
        self.here.agenda.clear()
        return {}


def word(product: Product) -> str:
    """The product's status in the words of DESIGN 3."""
    shown = product.shown
    if shown in WORDS:
        return WORDS[shown]
    if not any(variant.buyable for variant in product.variants):
        return "hidden"
    return "live" if shown == "ACTIVE" else "live_oos"


def _waiting(one: Mapping[str, Any], place: str | None) -> dict[str, Any]:
    price, sale, stock = one.get("price"), one.get("sale"), one.get("stock")
    return {
        "external_id": None, "sku": one["sku"] or None, "price": price, "sale_price": sale if sale != price else None,
        "stock": stock, "sellable": stock, "reserved": 0, "total": stock, "location": place,
    }  # fmt: skip


def _maker(category: str) -> str:
    """An attribute that makes variants, with words of one's own if there is one."""
    codes: list[str] = tree()["leafs"][category]["variant"]
    return next((code for code in codes if not tree()["attributes"][code]["options"]), codes[0])


def _choice(product: Product, attribute: str) -> str:
    number = len(product.defining.get(attribute, ())) + 1
    options: list[str] = tree()["attributes"][attribute]["options"]
    return options[number - 1] if number <= len(options) else f"Pilihan {number}"


def _some(key: str) -> str:
    """A value for a mandatory attribute: the first that there is, or a word."""
    return next(iter(tree()["attributes"][key]["options"]), "1")
