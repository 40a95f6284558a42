// A client library written by someone else for the real Shopee, against the sandbox: only the host is changed.
// Reads one JSON object from stdin {url, partner_id, partner_key, shop_id, codes, resend_codes, item_id, order_sn, image,
// leaf, parent, attributes, courier, dead}; prints one line for the library's vocabulary, then one a step.
import { readFileSync } from "node:fs";
import { ShopeeSDK } from "@congminh1254/shopee-sdk";

const story = JSON.parse(readFileSync(0, "utf-8"));
const host = { base_url: `${story.url}/api/v2`, base_auth_url: `${story.url}/auth` };
const client = (key) =>
  new ShopeeSDK({ partner_id: story.partner_id, partner_key: key, shop_id: story.shop_id, ...host });
const sdk = client(story.partner_key);
const say = (line) => console.log(JSON.stringify(line));
const same = (seen, wanted) => {
  if (JSON.stringify(seen) !== JSON.stringify(wanted)) throw new Error(`saw ${JSON.stringify(seen)}`);
  return seen;
};

// Every operation that the library offers, by the path that its own code calls.
function vocabulary() {
  const found = {};
  for (const [manager, object] of Object.entries(sdk)) {
    const names = object && typeof object === "object" ? Object.getOwnPropertyNames(Object.getPrototypeOf(object)) : [];
    for (const name of names) {
      const path = /ShopeeFetch\.fetch\(this\.config, [`"'](\/[\w/]+)/.exec(String(object[name]));
      if (path && name !== "constructor") found[`${manager}.${name}`] = path[1];
    }
  }
  return found;
}

async function step(name, work) {
  try {
    const [manager, method] = name.split(".");
    const call = method ? (...words) => sdk[manager][method](...words) : undefined;
    say({ step: name, ok: true, saw: (await work(call)) ?? true });
  } catch (error) {
    say({ step: name, ok: false, saw: String(error?.message ?? error) });
  }
}

// Shopee lets some things be seen a moment later only: the same is asked again, for ten seconds at most.
async function until(work, good) {
  for (let tries = 0; ; tries++) {
    let seen;
    try {
      seen = await work();
    } catch (error) {
      if (tries > 100) throw error;
    }
    if (seen !== undefined && good(seen)) return seen;
    if (tries > 100) throw new Error(`still ${JSON.stringify(seen)}`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

say({ vocabulary: vocabulary() });

// --- tokens

await step("auth.getAccessToken", async () => {
  const token = await sdk.authenticateWithCode(story.codes[0], story.shop_id);
  return Boolean(token.access_token);
});
await step("auth.getRefreshToken", async () => Boolean((await sdk.refreshToken(story.shop_id)).access_token));
await step("auth.getAccessTokenByResendCode", async (call) =>
  Boolean((await call({ resend_code: story.resend_codes[0] })).access_token));
let other;
await step("public.getAccessToken", async (call) => {
  const asked = { code: story.codes[1], partner_id: story.partner_id, shop_id: story.shop_id };
  other = await call(asked);
  return Boolean(other.access_token);
});
await step("public.refreshAccessToken", async (call) => {
  const asked = { refresh_token: other.refresh_token, partner_id: story.partner_id, shop_id: story.shop_id };
  const renewed = await call(asked);
  return same(renewed.refresh_token === other.refresh_token, false);
});
await step("public.getTokenByResendCode", async (call) =>
  Boolean((await call({ resend_code: story.resend_codes[1] })).access_token));
await step("public.getShopsByPartner", async (call) =>
  (await call({ page_size: 10, page_no: 1 })).authed_shop_list.map((shop) => shop.shop_id).includes(story.shop_id));

// --- the shop and what it knows

await step("shop.getShopInfo", async (call) => same((await call()).region, "ID"));
await step("shop.getWarehouseDetail", async (call) => {
  try {
    await call({ warehouse_type: 1 });
  } catch (error) {
    return same(/whitelist/.test(JSON.stringify(error)) || /permission|whitelist/i.test(error.message), true);
  }
  throw new Error("an ordinary shop has no warehouses");
});
await step("logistics.getChannelList", async (call) =>
  (await call()).response.logistics_channel_list.some((row) => row.logistics_channel_id === story.courier));
await step("product.getCategory", async (call) =>
  (await call({ language: "id" })).response.category_list.some((row) => row.category_id === story.leaf));
await step("product.getAttributeTree", async (call) =>
  (await call({ category_id_list: [story.leaf], language: "id" })).response.list[0].attribute_tree.length);
await step("product.getBrandList", async (call) =>
  (await call({ offset: 0, page_size: 10, category_id: story.leaf, status: 1 })).response.brand_list.length);
await step("product.getItemLimit", async (call) =>
  Boolean((await call({ category_id: story.leaf })).response.item_name_length_limit.max_limit));
await step("product.getVariations", async (call) =>
  (await call({ category_id: story.leaf })).data.standardise_variation_list.length);
await step("product.getRecommendAttribute", async (call) =>
  (await call({ item_name: "Cincin resam", category_id: story.leaf })).response.attribute_list.length);
await step("product.categoryRecommend", async (call) =>
  (await call({ item_name: "Cincin resam" })).response.category_id.length);
await step("product.searchAttributeValueList", async (call) =>
  (await call({ attribute_id: story.listed_attribute, value_name: "bangka", cursor: 0, limit: 2 })).response.value_list
    .length);

// --- pictures and brands

let picture;
await step("mediaSpace.uploadImage", async (call) => {
  const stored = await call({ image: readFileSync(story.image), scene: "normal" });
  picture = stored.response.image_info.image_id;
  return picture;
});
await step("product.registerBrand", async (call) => {
  const asked = {
    original_brand_name: "Resam Lestari", category_list: [story.parent], brand_region: "ID",
    product_image: { image_id_list: [picture] },
  };
  return Boolean((await call(asked)).response.brand_id);
});

// --- listings, from nothing to nothing

const body = (sku) => ({
  item_name: `Gelang anyaman ${sku}`, description: "Gelang dari anyaman resam, buatan tangan.", item_sku: sku,
  original_price: 45000, weight: 0.25, category_id: story.leaf, item_status: "UNLIST", condition: "NEW",
  item_dangerous: 0, attribute_list: story.attributes,
  dimension: { package_length: 12, package_width: 12, package_height: 4 }, image: { image_id_list: [picture] },
  brand: { brand_id: 0, original_brand_name: "No Brand" }, logistic_info: [{ logistic_id: story.courier, enabled: true }],
  pre_order: { is_pre_order: false, days_to_ship: 2 }, seller_stock: [{ stock: 20 }],
});
let made;
let models;
await step("product.addItem", async (call) => {
  made = (await call(body("GLG"))).response.item_id;
  return made;
});
await step("product.initTierVariation", async (call) => {
  const options = ["Merah", "Biru"].map((name) => ({ variation_option_id: 0, variation_option_name: name }));
  const tiers = [{ variation_id: 0, variation_name: "Warna", variation_option_list: options }];
  const rows = [0, 1].map((at) => ({
    tier_index: [at], model_sku: `GLG-${at}`, original_price: 45000, seller_stock: [{ stock: 8 }],
  }));
  const done = await until(
    () => call({ item_id: made, standardise_tier_variation: tiers, model: rows }),
    (answer) => answer.response.model.length === 2,
  );
  models = done.response.model.map((model) => model.model_id);
  return models.length;
});
await step("product.updateTierVariation", async (call) => {
  const options = ["Merah", "Biru", "Hijau"].map((name) => ({ variation_option_id: 0, variation_option_name: name }));
  const tiers = [{ variation_id: 0, variation_name: "Warna", variation_option_list: options }];
  const kept = models.map((model_id, at) => ({ model_id, tier_index: [at] }));
  await call({ item_id: made, standardise_tier_variation: tiers, model_list: kept });
});
await step("product.addModel", async (call) => {
  const row = { tier_index: [2], model_sku: "GLG-2", original_price: 46000, seller_stock: [{ stock: 5 }] };
  models.push((await call({ item_id: made, model_list: [row] })).response.model[0].model_id);
  return models.length;
});
await step("product.updateModel", async (call) => {
  await call({ item_id: made, model: [{ model_id: models[2], model_sku: "GLG-HIJAU" }] });
});
await step("product.getModelList", async (call) => {
  const rows = (await call({ item_id: made })).response.model;
  return same(rows.map((row) => row.model_sku), ["GLG-0", "GLG-1", "GLG-HIJAU"]);
});
await step("product.deleteModel", async (call) => {
  await call({ item_id: made, model_id: models[2] });
  return same((await sdk.product.getModelList({ item_id: made })).response.model.length, 2);
});
await step("product.updateItem", async (call) => {
  await call({ item_id: made, item_name: "Gelang anyaman resam halus" });
});
await step("product.getItemBaseInfo", async (call) => {
  const [row] = (await call({ item_id_list: [made] })).response.item_list;
  return same(row.item_name, "Gelang anyaman resam halus");
});
await step("product.getItemExtraInfo", async (call) =>
  same((await call({ item_id_list: [made] })).response.item_list[0].item_id, made));
await step("product.getItemViolationInfo", async (call) => Boolean(await call({ item_id_list: [made] })));
await step("product.getItemPromotion", async (call) =>
  same((await call({ item_id_list: [story.item_id] })).response.success_list[0].item_id, story.item_id));
await step("product.unlistItem", async (call) => {
  const rows = [{ item_id: made, unlist: false }];
  return same((await call({ item_list: rows })).response.success_list.length, 1);
});
await step("product.getItemList", async (call) => {
  const page = await call({ offset: 0, page_size: 20, item_status: ["NORMAL", "UNLIST"] });
  return same(page.response.item.map((row) => row.item_id).sort(), [made, story.item_id].sort());
});
await step("product.searchItem", async (call) => {
  const found = await until(
    () => call({ page_size: 10, item_sku: "GLG", item_status: ["NORMAL", "UNLIST"] }),
    (answer) => answer.response.item_id_list.length > 0,
  );
  return same(found.response.item_id_list, [made]);
});
await step("push.setAppPushConfig", async (call) => {
  await call({ callback_url: story.dead, set_push_config_on: [22] });
});
await step("push.getAppPushConfig", async (call) => same((await call()).response.callback_url, story.dead));
await step("product.updatePrice", async (call) => {
  const price_list = [{ original_price: 12345 }];
  return same((await call({ item_id: story.item_id, price_list })).response.success_list.length, 1);
});
await step("product.updateStock", async (call) => {
  const stock_list = [{ seller_stock: [{ stock: 42 }] }];
  return same((await call({ item_id: story.item_id, stock_list })).response.success_list.length, 1);
});
let last;
await step("push.getLostPushMessage", async (call) => {
  const lost = await until(call, (answer) => answer.response.push_message_list.length > 0);
  last = lost.response.last_message_id;
  return lost.response.push_message_list.length;
});
await step("push.confirmConsumedLostPushMessage", async (call) => {
  await call({ last_message_id: last });
  return same((await sdk.push.getLostPushMessage()).response.push_message_list, []);
});
await step("product.batchAddItem", async (call) => {
  last = (await call({ item_list: [body("GLG-A"), body("GLG-B")] })).response.task_id;
});
await step("product.getBatchTaskResult", async (call) => {
  const done = await until(
    () => call({ task_id: last, task_type: 4 }),
    (answer) => answer.response.publish_status === 2,
  );
  return same(done.response.success_list.length, 2);
});
await step("product.deleteItem", async (call) => {
  await call({ item_id: made });
});

// --- orders and holidays

await step("order.getOrderList", async (call) => {
  const now = Math.floor(Date.now() / 1000);
  const asked = { time_range_field: "update_time", time_from: now - 3600, time_to: now + 60, page_size: 20, cursor: "" };
  return same((await call(asked)).response.order_list.map((row) => row.order_sn), [story.order_sn]);
});
await step("order.getOrderDetail", async (call) => {
  const asked = { order_sn_list: [story.order_sn], response_optional_fields: "item_list" };
  const [order] = (await call(asked)).response.order_list;
  return same(order.item_list[0].model_quantity_purchased, 1);
});
await step("shop.setShopHolidayMode", async (call) => {
  await call({ holiday_mode_on: true });
});
await step("shop.getShopHolidayMode", async (call) => Boolean((await call()).response));

// --- a stranger

await step("wrong key", async () => {
  const stranger = client("0".repeat(64));
  await stranger.authenticateWithCode("no-code", story.shop_id);
});
