"""What only the sandbox can do: the truth, a seller at the app, buyers, promotions, holidays, reviews, bans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.behind import Calls, answer, category_end, iso, locks_of, moment, without, word_of
from adapters.sandbox.shopee import auth, orders, push
from adapters.sandbox.shopee.context import Context, tree
from adapters.sandbox.shopee.state import DEAD, Item, Model, Promotion, Shop

WORDS = {"UNLIST": "hidden", "REVIEWING": "in_review", "BANNED": "banned"}
VERDICTS = {
    "good": "NORMAL", "live": "NORMAL", "reviewing": "REVIEWING", "in_review": "REVIEWING",
    "needs_correction": "BANNED", "rejected": "BANNED", "bad": "BANNED", "banned": "BANNED",
}  # fmt: skip
BY_HAND = "id-11134207-made-by-hand"
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
            ("POST", "orders"): lambda order: orders.buy(self.here, order),
            ("POST", "promotions"): self._promote,
            ("POST", "holiday"): self._holiday,
            ("POST", "review"): self._review,
            ("POST", "ban"): self._ban,
            ("POST", "deauthorise"): self._deauthorise,
            ("POST", "category"): self._category,
            ("POST", "resend"): lambda _: {"resend_code": auth.resend(self.here)},
            ("DELETE", "state"): self._empty,
        }
        return answer(calls, self._advance, method, name, body)

    def _advance(self, sn: str, body: Any) -> Any:
        return orders.advance(self.here, sn, word_of(body))

    # --- the truth ---------------------------------------------------------------------------------------------------

    def _truth(self) -> Iterator[dict[str, Any]]:
        for item in self.here.shop.items.values():
            if item.status not in DEAD:
                yield {
                    "external_id": str(item.item_id), "code": item.sku or None, "title": item.name,
                    "status": _word(item), "fronts": [{"front": "shopee", "status": _word(item)}],
                    "variants": [self._variant(item, model) for model in item.offers],
                    "created_at": iso(item.created), "updated_at": iso(item.updated),
                }  # fmt: skip

    def _variant(self, item: Item, model: Model) -> dict[str, Any]:
        reserved = sum(p.reserve for p in self.here.promotions(item, model) if self.here.ongoing(p))
        return {
            "external_id": str(model.model_id or item.item_id),
            "sku": (model.sku if item.models else item.sku) or None, "price": model.price,
            "sale_price": model.sale_price, "stock": model.stock, "sellable": max(0, model.stock - reserved),
            "reserved": reserved, "total": model.stock, "location": item.located,
        }  # fmt: skip

    # --- the seller at the app ---------------------------------------------------------------------------------------

    def _by_hand(self, rows: Any) -> list[str]:
        made = []
        for row in rows:
            item = self._made(row)
            self.here.shop.items[item.item_id] = item
            made.append(str(item.item_id))
        return made

    def _made(self, row: Mapping[str, Any]) -> Item:
        """A listing as the app would let it be made: whole, so that an update of one field finds the rest in order."""
        here, variants = self.here, row["variants"]
        if not variants:
            raise ValueError("a listing needs at least one variant")
        key, leaf = next(iter(tree()["leafs"].items()))
        first, code = variants[0], row.get("code")
        # A plain item has one SKU field; a code beside the variant's SKU needs a variant of its own.
        tiered = len(variants) > 1 or (code and first.get("sku") and code != first["sku"])
        sku = code or ("" if tiered else first.get("sku") or "")
        here.shop.images.setdefault(BY_HAND, BY_HAND)
        item = Item(
            item_id=here.shop.new_id(), name=row["title"], description=f"{row['title']}, made by hand in the app",
            sku=sku, category_id=int(key), images=[BY_HAND], status="NORMAL", created=here.now, updated=here.now,
            ready_at=here.now, listed_at=here.now,
            plain=Model(0, [], "", int(first["price"]), int(first["stock"]), 0.5), weight=0.5,
            dimension={"package_length": 10, "package_width": 10, "package_height": 10},
            attributes=[_filled(name) for name in leaf["mandatory"]], logistics=_compulsory(),
        )  # fmt: skip
        if tiered:
            item.tiers = [{"name": "Pilihan", "options": [_choice(n) for n in range(len(variants))]}]
            item.models = [self._new_model([n], variant) for n, variant in enumerate(variants)]
        here.touch(item)
        return item

    def _new_model(self, index: list[int], variant: Mapping[str, Any]) -> Model:
        number = self.here.shop.new_id() + 281_000_000_000
        return Model(number, index, variant.get("sku") or "", int(variant["price"]), int(variant["stock"]), 0.5)

    def _edit(self, body: Mapping[str, Any]) -> dict[str, Any]:
        item, model = self._target(body)
        self.here.remember(item)
        if body.get("delete"):
            item.status, item.deleted_at = "SELLER_DELETE", self.here.now
        if "title" in body:
            item.name = str(body["title"])
        for name in ("price", "sale_price", "stock"):
            if name in body:
                setattr(model, name, None if body[name] is None else int(body[name]))
        if body.get("remove_variant"):
            item.models = without(item.models, model, body["remove_variant"])
        if body.get("add_variant"):
            self._add(item, body["add_variant"])
        self.here.touch(item)
        return {"external_id": str(item.item_id)}

    def _add(self, item: Item, variant: Mapping[str, Any]) -> None:
        """Add a variant; what an item without variants was becomes its first one, under a new id."""
        if not item.tiers:
            own = {"sku": item.sku, "price": item.plain.price, "stock": item.plain.stock}
            item.tiers = [{"name": "Pilihan", "options": [_choice(0)]}]
            item.models = [self._new_model([0], own)]
        number = len(item.tiers[0]["options"])
        item.tiers[0]["options"].append(_choice(number))
        item.models.append(self._new_model([number, *([0] * (len(item.tiers) - 1))], variant))

    def _target(self, body: Mapping[str, Any]) -> tuple[Item, Model]:
        wanted = str(body.get("external_id"))
        for item in self.here.shop.items.values():
            if item.status in DEAD:
                continue
            if str(item.item_id) == wanted:
                return item, item.offers[0]
            for model in item.offers:
                sku = model.sku if item.models else item.sku
                if ("sku" in body and body["sku"] == sku) or (model.model_id and str(model.model_id) == wanted):
                    return item, model
        raise ValueError(f"no listing answers to {body.get('sku') or body.get('external_id')}")

    # --- the marketplace ---------------------------------------------------------------------------------------------

    def _promote(self, body: Mapping[str, Any]) -> dict[str, Any]:
        item, model = self._target(body)
        now = self.here.now
        promotion = Promotion(
            id=2**53 + self.here.shop.new_id(), item_id=item.item_id, model_id=model.model_id, kind="flash_sale",
            reserve=int(body.get("reserve", 0)), locks=locks_of(body.get("locks", True), ("price", "content")),
            start=moment(body.get("from"), now), end=moment(body.get("to"), now + 86_400),
        )  # fmt: skip
        if promotion.reserve > model.stock:
            raise ValueError("a promotion cannot reserve more than there is")
        self.here.shop.promotions.append(promotion)
        return {"id": promotion.id}

    def _holiday(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.here.shop.holiday = bool(body["on"])
        return {"on": self.here.shop.holiday}

    def _review(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A verdict: what a review that runs will say when it ends; without one, at once."""
        item, _ = self._target(body)
        if body.get("verdict") not in VERDICTS:
            raise ValueError(f"no verdict '{body.get('verdict')}'; there are: {', '.join(VERDICTS)}")
        status = VERDICTS[body["verdict"]]
        running = [review for review in self.here.shop.reviews if review.item_id == item.item_id]
        if running:
            running[-1].verdict = status
        else:
            self.here.remember(item)
            item.status = status
            self.here.touch(item)
        return {"status": _word(item)}

    def _ban(self, body: Mapping[str, Any]) -> dict[str, Any]:
        item, _ = self._target(body)
        self.here.remember(item)
        item.status = "BANNED"
        self.here.touch(item)
        push.say(self.here, push.VIOLATION, {"item_id": item.item_id, "item_name": item.name, "item_status": "BANNED"})
        return {"status": _word(item)}

    def _deauthorise(self, _body: Any) -> dict[str, Any]:
        auth.deauthorise(self.here)
        push.say(self.here, push.DEAUTHORISED, {"shop_id": self.here.shop.shop_id, "success": 1})
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
        old = self.here.shop
        # Pictures lie in the media space, tokens with the app: neither is the shop's.
        self.here.shop = Shop(
            old.shop_id,
            old.partner_id,
            old.partner_key,
            pairs=old.pairs,
            images=old.images,
            next_id=old.next_id,
            pushes=old.pushes,
        )
        self.here.earlier.clear()
        return {}


def _word(item: Item) -> str:
    if item.status == "NORMAL":
        return "live" if any(model.stock > 0 for model in item.offers) else "live_oos"
    return WORDS[item.status]


def _choice(number: int) -> dict[str, str]:
    return {"option": f"Pilihan {number + 1}", "image_id": ""}


def _filled(key: str) -> dict[str, Any]:
    """A value for a mandatory attribute: the first that there is, or a number."""
    known = next(iter(tree()["attributes"][key]["values"]), None)
    value = {"value_id": 0, "original_value_name": "1"} if known is None else {"value_id": int(known)}
    return {"attribute_id": int(key), "attribute_value_list": [value]}


def _compulsory() -> list[dict[str, Any]]:
    return [
        {"logistic_id": c["logistics_channel_id"], "enabled": True}
        for c in tree()["couriers"]
        if c["compulsory_channel"]
    ]
