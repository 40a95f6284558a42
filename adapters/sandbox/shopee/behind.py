"""What only the sandbox can do: the truth, a seller at the app, buyers, promotions, holidays, reviews, bans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.sandbox.shopee import orders
from adapters.sandbox.shopee.context import LAG_S, Context, tree
from adapters.sandbox.shopee.state import DEAD, Item, Model, Promotion, Shop

WORDS = {"UNLIST": "hidden", "REVIEWING": "in_review", "BANNED": "banned"}


@dataclass(frozen=True, slots=True)
class Behind:
    """The shop from behind."""

    here: Context

    def call(self, method: str, name: str, body: Any) -> Any:
        """One `/_sandbox/` call; KeyError = there is none, ValueError = it cannot be done."""
        if method == "POST" and name.startswith("orders/") and name.endswith("/advance"):
            sn = name.removeprefix("orders/").removesuffix("/advance")
            return orders.advance(self.here, sn, body if isinstance(body, str) else body["to"])
        calls: dict[tuple[str, str], Callable[[Any], Any]] = {
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
            ("DELETE", "state"): self._empty,
        }
        return calls[(method, name)](body)

    # --- the truth ---------------------------------------------------------------------------------------------------

    def _truth(self) -> Iterator[dict[str, Any]]:
        for item in self.here.shop.items.values():
            if item.status not in DEAD:
                yield {
                    "external_id": str(item.item_id), "code": item.sku or None, "title": item.name,
                    "status": _word(item), "fronts": [{"front": "shopee", "status": _word(item)}],
                    "variants": [self._variant(item, model) for model in item.offers],
                    "created_at": _iso(item.created), "updated_at": _iso(item.updated),
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
        here, variants = self.here, row["variants"]
        leaf = next(iter(tree()["leafs"]))
        first = variants[0]
        several = len(variants) > 1
        sku = row.get("code") or ("" if several else first.get("sku") or "")
        item = Item(
            item_id=here.shop.new_id(), name=row["title"], description=row["title"], sku=sku, category_id=int(leaf),
            images=[], status="NORMAL", created=here.now, updated=here.now, ready_at=here.now,
            searchable_at=here.now + here.delay(LAG_S),
            plain=Model(0, [], "", int(first["price"]), int(first["stock"]), 0.5), weight=0.5,
        )  # fmt: skip
        if several:
            item.tiers = [{"name": "Pilihan", "options": [_choice(n) for n in range(len(variants))]}]
            item.models = [self._new_model([n], variant) for n, variant in enumerate(variants)]
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
        for name, field in (("price", "price"), ("sale_price", "sale_price"), ("stock", "stock")):
            if name in body:
                setattr(model, field, None if body[name] is None else int(body[name]))
        if body.get("remove_variant"):
            item.models = [m for m in item.models if m is not model]
        if body.get("add_variant"):
            number = len(item.tiers[0]["options"])
            item.tiers[0]["options"].append(_choice(number))
            item.models.append(self._new_model([number, *([0] * (len(item.tiers) - 1))], body["add_variant"]))
        self.here.touch(item)
        return {"external_id": str(item.item_id)}

    def _target(self, body: Mapping[str, Any]) -> tuple[Item, Model]:
        for item in self.here.shop.items.values():
            if item.status in DEAD:
                continue
            if str(item.item_id) == str(body.get("external_id")):
                return item, item.offers[0]
            for model in item.offers:
                if "sku" in body and body["sku"] == (model.sku if item.models else item.sku):
                    return item, model
        raise ValueError(f"no listing answers to {body.get('sku') or body.get('external_id')}")

    # --- the marketplace ---------------------------------------------------------------------------------------------

    def _promote(self, body: Mapping[str, Any]) -> dict[str, Any]:
        item, model = self._target(body)
        now = self.here.now
        promotion = Promotion(
            id=2**53 + self.here.shop.new_id(), item_id=item.item_id, model_id=model.model_id, kind="flash_sale",
            reserve=int(body.get("reserve", 0)), locks=_locks(body.get("locks", True)),
            start=_moment(body.get("from"), now), end=_moment(body.get("to"), now + 86_400),
        )  # fmt: skip
        if promotion.reserve > model.stock:
            raise ValueError("a promotion cannot reserve more than there is")
        self.here.shop.promotions.append(promotion)
        return {"id": promotion.id}

    def _holiday(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.here.shop.holiday = bool(body["on"])
        return {"on": self.here.shop.holiday}

    def _review(self, body: Mapping[str, Any]) -> dict[str, Any]:
        item, _ = self._target(body)
        verdicts = {"good": "NORMAL", "live": "NORMAL", "reviewing": "REVIEWING", "in_review": "REVIEWING",
                    "rejected": "BANNED", "bad": "BANNED", "banned": "BANNED"}  # fmt: skip
        if body["verdict"] not in verdicts:
            raise ValueError(f"no verdict '{body['verdict']}'; there are: {', '.join(verdicts)}")
        item.status = verdicts[body["verdict"]]
        self.here.touch(item)
        return {"status": item.status}

    def _ban(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._review({**body, "verdict": "banned"})

    def _deauthorise(self, _body: Any) -> dict[str, Any]:
        self.here.shop.authorised = False
        return {}

    def _category(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if "merge" in body:
            old, new = body["merge"]
            self.here.shop.merged_categories[str(int(old))] = int(new)
        if "close" in body:
            self.here.shop.closed_categories.append(int(body["close"]))
        return {}

    def _empty(self, _body: Any) -> dict[str, Any]:
        old = self.here.shop
        self.here.shop = Shop(old.shop_id, old.partner_id, old.partner_key, pairs=old.pairs, next_id=old.next_id)
        self.here.before.clear()
        return {}


def _word(item: Item) -> str:
    if item.status == "NORMAL":
        return "live" if any(model.stock > 0 for model in item.offers) else "live_oos"
    return WORDS[item.status]


def _iso(stamp: float) -> str:
    return datetime.fromtimestamp(stamp, UTC).isoformat()


def _choice(number: int) -> dict[str, str]:
    return {"option": f"Pilihan {number + 1}", "image_id": ""}


def _locks(locks: Any) -> list[str]:
    """What is locked: true = price and content; a list names them."""
    if isinstance(locks, bool):
        return ["price", "content"] if locks else []
    return [str(lock) for lock in locks]


def _moment(value: Any, otherwise: float) -> float:
    """Seconds since 1970, from a number or from ISO 8601."""
    if value is None:
        return otherwise
    return float(value) if isinstance(value, int | float) else datetime.fromisoformat(str(value)).timestamp()
