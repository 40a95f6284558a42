// A client library written by someone else for the real Shopee, against the sandbox: only the host is changed.
// Reads one JSON object from stdin {url, partner_id, partner_key, shop_id, code, item_id, image}, prints one line a step.
import { readFileSync } from "node:fs";
import { ShopeeSDK } from "@congminh1254/shopee-sdk";

const story = JSON.parse(readFileSync(0, "utf-8"));
const host = { base_url: `${story.url}/api/v2`, base_auth_url: `${story.url}/auth` };
const client = (key) =>
  new ShopeeSDK({ partner_id: story.partner_id, partner_key: key, shop_id: story.shop_id, ...host });
const sdk = client(story.partner_key);

async function step(name, work) {
  try {
    console.log(JSON.stringify({ step: name, ok: true, saw: await work() }));
  } catch (error) {
    console.log(JSON.stringify({ step: name, ok: false, saw: String(error?.message ?? error) }));
  }
}

await step("token", async () => Boolean((await sdk.authenticateWithCode(story.code, story.shop_id)).access_token));
await step("refresh", async () => Boolean((await sdk.refreshToken(story.shop_id)).access_token));
await step("list", async () => {
  const page = await sdk.product.getItemList({ offset: 0, page_size: 20, item_status: ["NORMAL", "UNLIST"] });
  return page.response.item.map((row) => String(row.item_id));
});
await step("detail", async () => {
  const detail = await sdk.product.getItemBaseInfo({ item_id_list: [story.item_id] });
  return detail.response.item_list[0].item_name;
});
await step("price", async () => {
  const price_list = [{ original_price: 12345 }];
  return (await sdk.product.updatePrice({ item_id: story.item_id, price_list })).response.success_list.length;
});
await step("stock", async () => {
  const stock_list = [{ seller_stock: [{ stock: 42 }] }];
  return (await sdk.product.updateStock({ item_id: story.item_id, stock_list })).response.success_list.length;
});
await step("picture", async () => {
  const image = readFileSync(story.image);
  const stored = await sdk.mediaSpace.uploadImage({ image, scene: "normal" });
  return stored.response.image_info.image_id;
});
await step("wrong key", async () => {
  const stranger = client("0".repeat(64));
  await stranger.authenticateWithCode("no-code", story.shop_id);
});
