"""What only the sandbox can do: the truth, a seller at the app, buyers, campaigns, holidays, reviews, bans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.sandbox.blibli import orders
from adapters.sandbox.blibli.context import STORE, Context, tree
from adapters.sandbox.blibli.reading import shown
from adapters.sandbox.blibli.state import (
    CORRECTION,
    LIVE,
    QUEUED,
    REJECTED,
    REVIEWED,
    Product,
    Promotion,
    Store,
    Variant,
)
from adapters.sandbox.market import NowhereError

VERDICTS = {"good": LIVE, "live": LIVE, "needs_correction": CORRECTION, "rejected": REJECTED, "bad": REJECTED}
BY_HAND = "made-by-hand"


@dataclass(frozen=True, slots=True)
class Behind:
    """The shop from behind."""

    here: Context

    def call(self, method: str, name: str, body: Any) -> Any:
        """One `/_sandbox/` call; NowhereError = there is none, ValueError or KeyError = it cannot be done."""
        if method == "POST" and name.startswith("orders/") and name.endswith("/advance"):
            number = name.removeprefix("orders/").removesuffix("/advance")
            return orders.advance(self.here, number, _word_of(body))
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
        if (method, name) not in calls:
            raise NowhereError(f"there is no {method} /_sandbox/{name} here")
        return calls[(method, name)](body)

    # --- the truth ---------------------------------------------------------------------------------------------------

    def _truth(self) -> Iterator[dict[str, Any]]:
        for product in self.here.store.products.values():
            if product.state == REJECTED:
                continue
            status = self._word(product)
            yield {
                "external_id": product.l3 if product.live else None, "code": None, "title": product.name,
                "status": status, "fronts": [{"front": "blibli", "status": status}],
                "variants": [self._variant(variant) for variant in product.variants],
                "created_at": _iso(product.created), "updated_at": _iso(product.updated),
            }  # fmt: skip

    def _word(self, product: Product) -> str:
        waiting = {QUEUED: "queued", REVIEWED: "in_review", CORRECTION: "needs_correction"}
        if product.state in waiting:
            return waiting[product.state]
        if product.suspended:
            return "banned"
        if product.archived:
            return "archived"
        if product.reviewed_again and self.here.on("content_review", "PRELIVE"):
            return "in_review"
        if not any(shown(self.here, product, variant) for variant in product.variants):
            return "hidden"
        return "live" if any(variant.stock for variant in product.variants) else "live_oos"

    def _variant(self, variant: Variant) -> dict[str, Any]:
        campaign = self.here.promotion(variant)
        reserved = campaign.reserve if campaign and campaign.start <= self.here.now else 0
        return {
            "external_id": variant.l4, "sku": variant.sku, "price": variant.price,
            "sale_price": variant.sale if variant.sale != variant.price else None, "stock": variant.stock,
            "sellable": max(0, variant.stock - reserved), "reserved": reserved, "total": variant.stock,
            "location": tree()["pickup_points"][0]["code"],
        }  # fmt: skip

    # --- the seller at the app ---------------------------------------------------------------------------------------

    def _by_hand(self, rows: Any) -> list[str]:
        made = []
        for row in rows:
            store = self.here.store
            number = store.next()
            variants = [
                Variant(f"MTI-{store.next():07d}", one.get("sku") or "", int(one["price"]), int(one["price"]),
                        int(one["stock"]), name=row["title"], pictures=[BY_HAND])
                for one in row["variants"]
            ]  # fmt: skip
            product = Product(
                code=f"MTA-{9_000_000 + number}", l3=f"{STORE}-{number:05d}", name=row["title"],
                category=tree()["leaves"][0]["code"], brand="No Brand", description=f"{row['title']}, made by hand",
                state=REVIEWED, created=self.here.now, updated=self.here.now, variants=variants, size=[10, 10, 10, 500],
                by_hand=True,
            )  # fmt: skip
            store.products[product.code] = product
            self.here.go_live(product)
            made.append(product.l3)
        return made

    def _edit(self, body: Mapping[str, Any]) -> dict[str, Any]:
        product, variant = self._target(body)
        self.here.touch(product)
        if body.get("delete"):
            product.archived = True  # there is no delete (facts, section 7.10)
        if "title" in body:
            product.name = str(body["title"])
        if "price" in body:
            variant.price = int(body["price"])
            variant.sale = min(variant.sale, variant.price) if variant.sale != variant.price else variant.price
        if "sale_price" in body:
            variant.sale = variant.price if body["sale_price"] is None else int(body["sale_price"])
        if "stock" in body:
            variant.stock = int(body["stock"])
        if body.get("remove_variant"):
            gone = body["remove_variant"] if isinstance(body["remove_variant"], str) else variant.sku
            product.variants = [v for v in product.variants if v.sku != gone] or product.variants
        if body.get("add_variant"):
            self._add(product, body["add_variant"])
        return {"external_id": product.l3}

    def _add(self, product: Product, one: Mapping[str, Any]) -> None:
        number = self.here.store.next()
        product.variants.append(
            Variant(f"MTI-{number:07d}", one.get("sku") or "", int(one["price"]), int(one["price"]), int(one["stock"]),
                    name=f"{product.name} {number}", l4=f"{product.l3}-{number:05d}",
                    attributes={"AT-VARIAN": str(number)}, pictures=[BY_HAND])
        )  # fmt: skip

    def _target(self, body: Mapping[str, Any]) -> tuple[Product, Variant]:
        for product, variant in self.here.store.variants():
            if product.state == REJECTED:
                continue
            ids = [one for one in (product.l3, product.code, variant.l4) if one is not None]
            if ("sku" in body and variant.sku == body["sku"]) or body.get("external_id") in ids:
                return product, variant
        raise ValueError(f"no listing answers to {body.get('sku') or body.get('external_id')}")

    # --- the marketplace ---------------------------------------------------------------------------------------------

    def _promote(self, body: Mapping[str, Any]) -> dict[str, Any]:
        _, variant = self._target(body)
        now = self.here.now
        if variant.l4 is None or int(body.get("reserve", 0)) > variant.stock:
            raise ValueError("a campaign needs a live variant, and cannot reserve more than there is")
        self.here.store.promotions.append(Promotion(
            variant.l4, int(body.get("reserve", 0)), bool(body.get("locks", True)), _moment(body.get("from"), now),
            _moment(body.get("to"), now + 86_400),
        ))  # fmt: skip
        return {"gdnSku": variant.l4}

    def _holiday(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.here.store.holiday = bool(body["on"])
        return {"on": self.here.store.holiday}

    def _review(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A verdict: what a review that runs will say when it ends; without one, at once."""
        product, _ = self._target(body)
        if body.get("verdict") not in VERDICTS:
            raise ValueError(f"no verdict '{body.get('verdict')}'; there are: {', '.join(VERDICTS)}")
        state = VERDICTS[body["verdict"]]
        if product.ends is not None and product.state in (QUEUED, REVIEWED):
            product.verdict = state
        elif state == LIVE:
            self.here.go_live(product)
        else:
            self.here.touch(product)
            product.state, product.notes, product.ends = state, "(invented) sent back by hand", None
        return {"status": product.state}

    def _ban(self, body: Mapping[str, Any]) -> dict[str, Any]:
        product, _ = self._target(body)
        self.here.touch(product)
        product.suspended = True
        return {"status": "banned"}

    def _deauthorise(self, _body: Any) -> dict[str, Any]:
        self.here.store.bound = False
        return {}

    def _category(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if not {"merge", "close"} & set(body):
            raise ValueError("a category is merged ([from, to]) or closed")
        if "merge" in body:
            old, new = map(str, body["merge"])
            self.here.store.merged[old] = new
        if "close" in body:
            self.here.store.closed.append(str(body["close"]))
        return {}

    def _empty(self, _body: Any) -> dict[str, Any]:
        old = self.here.store
        self.here.store = Store(number=old.number, spent=old.spent)
        self.here.before.clear()
        return {}


def _iso(stamp: float) -> str:
    return datetime.fromtimestamp(stamp, UTC).isoformat()


def _word_of(body: Any) -> str:
    if isinstance(body, Mapping):
        return next((str(body[name]) for name in ("to", "status", "state") if name in body), "")
    return str(body)


def _moment(value: Any, otherwise: float) -> float:
    if value is None:
        return otherwise
    return float(value) if isinstance(value, int | float) else datetime.fromisoformat(str(value)).timestamp()
