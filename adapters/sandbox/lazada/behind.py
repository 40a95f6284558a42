"""What only the sandbox can do: the truth, a seller at Seller Center, buyers, campaigns, reviews, bans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.behind import Calls, answer, end_category, iso, locks_of, moment, word_of
from adapters.sandbox.lazada import auth, orders, review
from adapters.sandbox.lazada.context import Context, tree
from adapters.sandbox.lazada.judging import HOSTED
from adapters.sandbox.lazada.reading import on_sale
from adapters.sandbox.lazada.state import Campaign, Item, Shop, Sku

WORDS = {"Pending QC": "in_review", "Rejected": "rejected", "Suspended": "banned", "InActive": "hidden"}
BY_HAND = f"{HOSTED}p/by-hand.jpg"
"""The picture of products that the seller makes in Seller Center."""

PACKAGE = {"package_length": "10", "package_width": "10", "package_height": "10", "package_weight": "0.5",
           "package_content": "1 x"}  # fmt: skip
OPTION = "Pilihan"


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
        return answer(calls, lambda order, word: orders.advance(self.here, order, word_of(word)), method, name, body)

    # --- the truth ---------------------------------------------------------------------------------------------------

    def _truth(self) -> Iterator[dict[str, Any]]:
        for item in self.here.shop.items.values():
            if item.state == "deleted":
                continue
            yield {
                "external_id": str(item.id), "code": None, "title": item.attributes["name"], "status": word(item),
                "fronts": [{"front": "lazada", "status": word(item)}],
                "variants": [self._variant(sku) for sku in item.living],
                "created_at": iso(item.created), "updated_at": iso(item.updated),
            }  # fmt: skip

    def _variant(self, sku: Sku) -> dict[str, Any]:
        return {
            "external_id": str(sku.id), "sku": sku.seller_sku or None, "price": sku.price,
            "sale_price": sku.special if on_sale(sku, self.here.now) else None, "stock": sku.stock,
            "sellable": 0 if self.here.shop.holiday else sku.sellable, "reserved": self.here.reserved(sku),
            "total": sku.total, "location": self.here.warehouses()[0]["code"],
        }  # fmt: skip

    # --- the seller at Seller Center ---------------------------------------------------------------------------------

    def _by_hand(self, row: Mapping[str, Any]) -> str:
        """A product as Seller Center would let it be made: whole, and live."""
        here, variants = self.here, row["variants"]
        if not variants:
            raise ValueError("a listing needs at least one variant")
        category, leaf = next(iter(tree()["leafs"].items()))
        here.shop.images.setdefault(BY_HAND, "by-hand")
        item = Item(
            here.shop.number(), category,
            {"name": str(row["title"]), "description": "made by hand", "brand": tree()["brands"][0]["name"],
             "brand_id": str(tree()["brands"][0]["brand_id"]), **{name: _some(name) for name in leaf["mandatory"]}},
            [BY_HAND], here.now, here.now, state="good",
        )  # fmt: skip
        for variant in variants:
            self._add(item, variant, with_option=len(variants) > 1)
        here.remember(item)
        here.add(item)
        return str(item.id)

    def _add(self, item: Item, variant: Mapping[str, Any], with_option: bool) -> None:
        number = self.here.shop.number()
        made = Sku(number, variant.get("sku") or "", int(variant["price"]), int(variant["stock"]),
                   package=dict(PACKAGE))  # fmt: skip
        if with_option:
            _optioned(item, made)
        item.skus.append(made)

    def _edit(self, body: Mapping[str, Any]) -> dict[str, Any]:
        item, sku = self._target(body)
        here = self.here
        here.remember(item)
        if body.get("delete"):
            item.state, item.review_ends = "deleted", None
            for one in item.skus:
                one.status = "deleted"
        item.attributes["name"] = str(body.get("title", item.attributes["name"]))
        sku.stock = int(body.get("stock", sku.stock))
        sku.price = int(body.get("price", sku.price))
        if "sale_price" in body:
            sku.special = None if body["sale_price"] is None else int(body["sale_price"])
            sku.special_from = sku.special_to = ""
        if body.get("remove_variant"):
            self._drop(item, sku, body["remove_variant"])
        if body.get("add_variant"):
            if not item.variation:
                _optioned(item, item.living[0])
            self._add(item, body["add_variant"], with_option=True)
        here.index(item)
        item.updated = here.now
        return {"external_id": str(item.id)}

    def _drop(self, item: Item, own: Sku, which: Any) -> None:
        """Delete the variant that `which` names, or the one that the call is about (true)."""
        gone = next((s for s in item.living if s.seller_sku == which), None) if isinstance(which, str) else own
        if gone is None or len(item.living) < 2:
            raise ValueError("no such variant, or the last one, which cannot go")
        gone.status = "deleted"

    def _target(self, body: Mapping[str, Any]) -> tuple[Item, Sku]:
        wanted = str(body.get("external_id"))
        for item, sku in self.here.shop.everything():
            if ("sku" in body and body["sku"] == sku.seller_sku) or wanted in (str(item.id), str(sku.id)):
                return item, sku
        raise ValueError(f"no listing answers to {body.get('sku') or body.get('external_id')}")

    # --- the marketplace ---------------------------------------------------------------------------------------------

    def _promote(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A campaign that keeps the price from now on, and pieces and stock while it runs."""
        _, sku = self._target(body)
        start = moment(body.get("from"), self.here.now)
        campaign = Campaign(
            self.here.shop.number(), sku.id, int(body.get("reserve", 0)),
            locks_of(body.get("locks", True), ("price", "stock")), start, moment(body.get("to"), start + 86_400),
        )  # fmt: skip
        if campaign.reserve > sku.stock:
            raise ValueError("a campaign cannot reserve more than there is")
        self.here.shop.campaigns.append(campaign)
        return {"id": campaign.id}

    def _holiday(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.here.shop.holiday = bool(body["on"])
        return {"on": self.here.shop.holiday}

    def _review(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A verdict: what a review that runs or is to come will say when it ends; without one, at once."""
        verdict, reason = body.get("verdict"), str(body.get("reason") or review.REASON)
        if verdict not in review.VERDICTS:
            raise ValueError(f"no verdict '{verdict}'; there are: {', '.join(review.VERDICTS)}")
        if not any(body.get("sku") == sku.seller_sku for _, sku in self.here.shop.everything()):
            self.here.shop.verdicts[str(body["sku"])] = [verdict, reason]
            return {"status": "queued"}
        item, _ = self._target(body)
        item.verdict, item.reason = verdict, reason
        if item.review_ends is None:
            review.end(self.here, item)
        return {"status": word(item)}

    def _ban(self, body: Mapping[str, Any]) -> dict[str, Any]:
        item, _ = self._target(body)
        self.here.remember(item)
        item.state, item.review_ends, item.updated = "banned", None, self.here.now
        return {"status": word(item)}

    def _deauthorise(self, _body: Any) -> dict[str, Any]:
        auth.deauthorise(self.here)
        return {}

    def _category(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return end_category(body, tree()["leafs"], self.here.shop, self.here.shop.items.values())

    def _empty(self, _body: Any) -> dict[str, Any]:
        """An empty shop. The app, its grants and the settings are the account's; numbers are never given twice."""
        old = self.here.shop
        self.here.shop = Shop(
            old.seller_id, old.app_key, old.app_secret, pairs=old.pairs, codes=old.codes, authorised=old.authorised,
            multi_warehouse=old.multi_warehouse, permitted=old.permitted, switched_off=old.switched_off,
            active_most=old.active_most, review_delay_s=old.review_delay_s, last_id=old.last_id,
        )  # fmt: skip
        for kept in (self.here.earlier, self.here.unindexed, self.here.agenda, self.here.by_sku,
                     self.here.by_name):  # fmt: skip
            kept.clear()
        return {}


def word(item: Item) -> str:
    """The product's status in the words of our own design."""
    if item.shown in WORDS:
        return WORDS[item.shown]
    return "live" if any(sku.sellable > 0 for sku in item.living if sku.status == "active") else "live_oos"


def _optioned(item: Item, sku: Sku) -> None:
    """Give a SKU an option of its own."""
    if not item.variation:
        item.variation = [{"name": OPTION, "hasImage": False, "customize": True, "options": []}]
    for axis in item.variation:
        value = f"{OPTION} {len(axis['options']) + 1}"
        axis["options"].append(value)
        sku.sale_prop[axis["name"]] = value


def _some(name: str) -> str:
    """A value for a mandatory attribute: the first that there is, or a number."""
    options = tree()["attributes"][name]["options"]
    return str(options[0]["name"]) if options else "1"
