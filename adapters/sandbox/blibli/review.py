"""The review after a submission or an edit: live, needs correction, or vanished (facts, section 9)."""

from __future__ import annotations

from adapters.sandbox.blibli.context import Context, category_names
from adapters.sandbox.blibli.queue import ms
from adapters.sandbox.blibli.state import Product

VERDICTS = ("good", "needs_correction", "rejected")
REASON = "(invented) the main image is blurred or carries text"


def begin(here: Context, product: Product) -> None:
    """A review begins. One of an edit takes the product offline, or keeps it on sale (facts, section 7.8)."""
    product.review_ends, product.updated = here.now + here.review_s, here.now
    product.verdict, product.reason = "good", ""
    for variant in product.variants:
        if variant.sku in here.shop.verdicts:
            product.verdict, product.reason = here.shop.verdicts.pop(variant.sku)
    stays = product.state == "ACTIVE" and product.ever_live and here.on("edit_review", "postlive")
    product.post_live = stays
    if not stays:
        product.state = "IN_PROGRESS"
    here.schedule(product.review_ends, "review", str(product.number))


def end(here: Context, product: Product) -> None:
    """The review says what it says."""
    here.remember(product)
    product.review_ends, product.post_live, product.updated = None, False, here.now
    if product.verdict == "good":
        product.state, product.reason, product.ever_live = "ACTIVE", "", True
        for variant in product.variants:
            variant.live = True
    elif product.verdict == "needs_correction":
        product.state, product.reason = "NEED_CORRECTION", product.reason or REASON
    else:
        _vanish(here, product)


def _vanish(here: Context, product: Product) -> None:
    """A rejected product is shown nowhere, except by the look for rejected ones by merchantSku."""
    del here.shop.products[product.number]
    here.shop.rejected.append({
        "merchantSkus": [variant.sku for variant in product.variants],
        "row": {
            "productName": product.name, "categoryName": category_names().get(product.category, ""),
            "brand": product.brand, "submitDate": ms(product.created), "initiator": here.shop.username,
            "rejectedReason": product.reason or REASON, "rejectedDate": ms(here.now), "productCode": product.code,
        },
    })  # fmt: skip
