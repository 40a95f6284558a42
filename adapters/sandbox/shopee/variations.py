"""Tiers and models (facts, section 3.5): what is left out is deleted, and a change of tiers ends every model id."""

from __future__ import annotations

from typing import Any

from adapters.sandbox.shopee.context import Context, tree
from adapters.sandbox.shopee.errors import Refusal, missing, not_found, param
from adapters.sandbox.shopee.judging import judge_price
from adapters.sandbox.shopee.numbers import RATIO
from adapters.sandbox.shopee.reading import price_info, stock_info
from adapters.sandbox.shopee.state import Item, Model

MODELS_MOST = 50
OPTIONS_MOST = 50
TIERS_MOST = 2


def init_tier_variation(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Give an item its tiers and models; not before 5 s after add_item, and not twice."""
    item = here.living(ask["item_id"])
    if here.now < item.ready_at:
        code = here.switches["shopee.early_variation_error"]
        raise Refusal(f"product.{code}", "Product not found." if code.endswith("found") else "Please retry later.")
    tiers = _tiers(here, ask)
    if len(tiers) == len(item.tiers):
        raise param("The level of tier-variation not change.")
    if here.promotions(item):
        raise Refusal("product.error_cannt_init_tier_in_promotion", "Tier_variation cannot be changed.")
    models = [_model(here, item, row) for row in ask["model"]]
    _judge(tiers, models)
    here.remember(item)
    if tiers:
        item.tiers, item.models = tiers, models  # every earlier model id ends here
    else:
        item.tiers, item.plain, item.models = [], models[0], []
        item.plain.model_id = 0
    here.touch(item)
    return {
        "item_id": item.item_id,
        "tier_variation": _tiers_echo(item),
        "model": [_echo(here, item, m) for m in item.models],
    }


def update_tier_variation(here: Context, ask: dict[str, Any]) -> None:
    """Change names, order or options of the same tiers; models left out of model_list are deleted."""
    item = here.living(ask["item_id"])
    tiers = _tiers(here, ask)
    if len(tiers) != len(item.tiers):
        raise Refusal("product.error_tier_var_level_not_same", "The level of tier-variation changed.")
    rows = ask.get("model_list") or []
    kept = {row["model_id"]: row["tier_index"] for row in rows}
    known = {model.model_id: model for model in item.models}
    if len(kept) != len(rows):
        raise Refusal("product.error_duplicate_modelid", "The model_id is duplicate.")
    if not set(kept) <= set(known):
        raise Refusal("product.error_wrong_modelid", "The model_id is wrong or not related to this item.")
    if not kept:
        raise Refusal("product.error_busi_cannot_delete_all_model", "Can't delete all models.")
    if any(promotion.model_id not in kept for promotion in here.promotions(item)):
        raise Refusal("product.error_in_item_promotion_remove_model", "Can't remove model under promotion.")
    models = [known[model_id] for model_id in kept]
    _judge(tiers, models, {m.model_id: kept[m.model_id] for m in models})
    here.remember(item)
    for model in models:
        model.tier_index = list(kept[model.model_id])
    item.tiers, item.models = tiers, models
    here.touch(item)


def add_model(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """Add models; their options must be there already."""
    item = here.living(ask["item_id"])
    if not item.tiers:
        raise param("Item without tier_variation. Please use init_tier_variation api to upgrade the structure.")
    if not 1 <= len(ask["model_list"]) <= MODELS_MOST:
        raise param("model_list length should be between 1 to 50.")
    fresh = [_model(here, item, row) for row in ask["model_list"]]
    taken = {tuple(model.tier_index) for model in item.models}
    if here.on("add_model_repeat", "error_param") and any(tuple(model.tier_index) in taken for model in fresh):
        raise param("Model tier_index error.")
    _judge(item.tiers, [*item.models, *fresh])
    here.remember(item)
    item.models = [*item.models, *fresh]
    here.touch(item)
    return {"model": [_echo(here, item, model) for model in fresh]}


def update_model(here: Context, ask: dict[str, Any]) -> None:
    """Change SKU, parcel or code of models; neither price nor stock."""
    item = here.living(ask["item_id"])
    known = {model.model_id: model for model in item.models}
    if not 1 <= len(ask["model"]) <= MODELS_MOST:
        raise param("model length should be between 1 to 50.")
    if any(row["model_id"] not in known for row in ask["model"]):
        raise Refusal("product.error_model_invalid_model_id", "Invalid model_id.")
    if any(row.get("dimension") and row.get("weight") is None for row in ask["model"]):
        raise param("Invalid Weight.")
    here.remember(item)
    for row in ask["model"]:
        model = known[row["model_id"]]
        model.sku = row.get("model_sku", model.sku)
        model.weight = float(row.get("weight") or model.weight)
        model.dimension = row.get("dimension") or model.dimension
        model.gtin = row.get("gtin_code", model.gtin)
    here.touch(item)


def delete_model(here: Context, ask: dict[str, Any]) -> None:
    """Delete one model; the last one cannot go."""
    item = here.living(ask["item_id"])
    if ask["model_id"] not in {model.model_id for model in item.models}:
        raise Refusal("product.error_model_invalid_model_id", "Invalid model_id.")
    if len(item.models) == 1:
        # That the last one cannot go is stated without a code (facts, section 3.5); this is delete_item's for it.
        raise Refusal("product.error_busi_cannot_delete_default_model", "Can't delete default model.")
    if any(p.model_id == ask["model_id"] for p in here.promotions(item)):
        raise Refusal("product.error_model_remove_model_in_promotion", "Model cannot be deleted under promotion.")
    here.remember(item)
    item.models = [model for model in item.models if model.model_id != ask["model_id"]]
    here.touch(item)


def get_model_list(here: Context, ask: dict[str, Any]) -> dict[str, Any]:
    """The tiers and models of one item."""
    item = here.seen(ask["item_id"])
    if item is None:
        raise not_found()
    return {
        "tier_variation": _tiers_echo(item),
        "model": [_read(here, item, model) for model in item.models],
        "standardise_tier_variation": [_standard(tier) for tier in item.tiers],
    }


# --- parts of a request ----------------------------------------------------------------------------------------------


def _tiers(here: Context, ask: dict[str, Any]) -> list[dict[str, Any]]:
    """The tiers in either form: the standardised one, or the older that guides still print."""
    if ask.get("standardise_tier_variation") is not None:
        tiers = [_standardised(tier) for tier in ask["standardise_tier_variation"]]
    elif ask.get("tier_variation") is not None:
        tiers = [
            {
                "name": tier["name"],
                "options": [
                    {"option": option["option"], "image_id": (option.get("image") or {}).get("image_id") or ""}
                    for option in tier["option_list"]
                ],
            }
            for tier in ask["tier_variation"]
        ]
    else:
        raise missing("tier_variation")
    _judge_tiers(here, tiers)
    return tiers


def _standardised(tier: dict[str, Any]) -> dict[str, Any]:
    """A tier in the newer form: ids are Shopee's own, or 0 beside a name of the seller's (facts, section 3.5)."""
    known = {row["variation_id"]: row for row in tree()["variations"]}
    number, name = tier["variation_id"], tier.get("variation_name") or ""
    groups = known[number]["variation_group_list"] if number in known else []
    names = {
        row["variation_option_id"]: row["variation_option_name"] for g in groups for row in g["variation_option_list"]
    }
    if number and number not in known:
        raise param("Wrong parameters, detail: variation_id.")
    options = [_standardised_option(option, names) for option in tier["variation_option_list"]]
    return {"name": known[number]["variation_name"] if number else name, "variation_id": number, "options": options}


def _standardised_option(option: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    number = option["variation_option_id"]
    if number and number not in names:
        raise param("Wrong parameters, detail: variation_option_id.")
    name = names[number] if number else option.get("variation_option_name") or ""
    return {"option": name, "image_id": option.get("image_id") or "", "option_id": number}


def _judge_tiers(here: Context, tiers: list[dict[str, Any]]) -> None:
    if len(tiers) > TIERS_MOST:
        raise param("The level of tier-variation over 2.")
    (name_least, name_most) = tree()["limits"]["tier_variation_name_length_limit"]
    (least, most) = tree()["limits"]["tier_variation_option_length_limit"]
    for number, tier in enumerate(tiers):
        options = [option["option"] for option in tier["options"]]
        if not 1 <= len(options) <= OPTIONS_MOST:
            raise Refusal("product.error_tier_opt_too_many", "Too many options.")
        if not name_least <= len(tier["name"]) <= name_most or any(not least <= len(o) <= most for o in options):
            raise Refusal("product.error_tier_opt_val_too_long", "The length of tier name or option is over limit.")
        if len({option.casefold() for option in options}) != len(options):
            raise Refusal("product.error_model_duplicate_name", "Item tier_variation have duplicate name.")
        images = [bool(option["image_id"]) for option in tier["options"]]
        if any(images) and (number > 0 or not all(images)):
            raise Refusal("product.error_tier_img_partial", "Images for all options of the first tier, or for none.")
        if any(o["image_id"] and o["image_id"] not in here.shop.images for o in tier["options"]):
            raise param("Image not exist.")


def _model(here: Context, item: Item, row: dict[str, Any]) -> Model:
    judge_price(row["original_price"])
    if row.get("dimension") and row.get("weight") is None:
        raise param("Invalid Weight.")
    if len(row.get("model_sku", "")) > 100:
        raise param("model_sku is too long")
    stocks = row.get("seller_stock") or []
    if len(stocks) != 1:
        raise missing("seller_stock")
    if (stocks[0].get("location_id") or None) != item.located:
        raise param("different stock structure")
    low, high = tree()["limits"]["stock_limit"]
    if not low <= stocks[0]["stock"] <= high:
        raise param(f"Stock should be within {low}-{high}")
    return Model(
        model_id=here.shop.new_id() + 281_000_000_000, tier_index=list(row["tier_index"]),
        sku=row.get("model_sku", ""), price=int(row["original_price"]), stock=stocks[0]["stock"],
        weight=float(row.get("weight") or item.weight), dimension=row.get("dimension") or item.dimension,
        gtin=row.get("gtin_code") or "",
    )  # fmt: skip


def _judge(tiers: list[dict[str, Any]], models: list[Model], indexes: dict[int, list[int]] | None = None) -> None:
    if not 1 <= len(models) <= MODELS_MOST:
        raise Refusal("product.error_model_count_over_limit", "Model count over limit.")
    places = [tuple((indexes or {}).get(model.model_id, model.tier_index)) for model in models]
    if len(set(places)) != len(places):
        text = "Duplicate tier_index."
        raise Refusal("product.error_model_duplicate_tier_variation_index", text)
    for place in places:
        if len(place) != len(tiers) or any(i >= len(t["options"]) for i, t in zip(place, tiers, strict=True)):
            raise param("Model tier_index error.")
    prices = [model.price for model in models]
    if max(prices) > RATIO * min(prices):
        raise Refusal("product.error_invalid_price", "Price ratio between models is over limit.")


# --- answers ---------------------------------------------------------------------------------------------------------


def _tiers_echo(item: Item) -> list[dict[str, Any]]:
    return [{"name": t["name"], "option_list": [_option(o) for o in t["options"]]} for t in item.tiers]


def _option(option: dict[str, Any]) -> dict[str, Any]:
    if not option["image_id"]:
        return {"option": option["option"]}
    image = {"image_id": option["image_id"], "image_url": f"https://img.example/{option['image_id']}"}
    return {"option": option["option"], "image": image}


def _standard(tier: dict[str, Any]) -> dict[str, Any]:
    options = [
        {"variation_option_id": option.get("option_id", 0), "variation_option_name": option["option"]}
        for option in tier["options"]
    ]
    return {
        "variation_id": tier.get("variation_id", 0),
        "variation_name": tier["name"],
        "variation_option_list": options,
    }


def _echo(here: Context, item: Item, model: Model) -> dict[str, Any]:
    return {
        "tier_index": model.tier_index, "model_id": model.model_id, "model_sku": model.sku,
        "price_info": [{"original_price": model.price}],
        "seller_stock": [here.stock_echo(item, model.stock)], "weight": model.weight,
    }  # fmt: skip


def _read(here: Context, item: Item, model: Model) -> dict[str, Any]:
    promotions = here.promotions(item, model)
    return {
        "model_id": model.model_id, "tier_index": model.tier_index, "model_sku": model.sku,
        "model_status": "MODEL_NORMAL", "promotion_id": promotions[0].id if promotions else 0,
        "has_promotion": bool(promotions), "price_info": price_info(here, model),
        "stock_info_v2": stock_info(here, item, model),
        "pre_order": item.pre_order or {"is_pre_order": False, "days_to_ship": 2}, "weight": f"{model.weight:g}",
        "dimension": model.dimension or {}, "gtin_code": model.gtin,
    }  # fmt: skip
