"""Every signature vector of the fact sheets, by the adapter's own signing and by the sandbox's, written apart."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.blibli.signing import sign as sign_blibli
from adapters.bukalapak.client import basic
from adapters.lazada.signing import sign as sign_lazada
from adapters.sandbox.blibli.gate import JSON, PREFIX, signature
from adapters.sandbox.lazada import push
from adapters.sandbox.lazada.gate import signature as lazada_signs
from adapters.sandbox.tiktokshop import webhooks
from adapters.sandbox.tiktokshop.gate import signature as tiktok_signs
from adapters.shopee.client import sign
from adapters.tiktokshop.signing import sign as sign_tiktok
from tests.adapters.shop import APP, KEY
from tests.adapters.test_shopee_signing import AT, VECTORS
from tests.prove.world import say
from tests.vectors import (
    BLIBLI,
    BLIBLI_KEY,
    BLIBLI_TIME,
    BUKALAPAK,
    LAZADA,
    LAZADA_PUSH,
    LAZADA_SECRET,
    TIKTOK,
    TIKTOK_PUSH,
    TIKTOK_SECRET,
)


def adapter_signs(key: str, method: str, path: str, body: bytes, stamp_ms: int) -> str:
    """As the adapter's client signs a call of `path`."""
    return sign_blibli(key, method, path.split("/proxy", 1)[-1], body or None, stamp_ms)


def sandbox_signs(key: str, method: str, path: str, body: bytes, stamp_ms: int) -> str:
    """As the sandbox expects a call of `path` to be signed."""
    return signature(key, method, "" if method == "GET" else JSON, body, stamp_ms, path.removeprefix(PREFIX))


def tiktok_sandbox_signs(secret: str, path: str, query: Sequence[tuple[str, str]], body: bytes) -> str:
    """As the sandbox expects a call of `path` to be signed."""
    return tiktok_signs(secret, path, {name: [value] for name, value in query}, body)


PUSHES = (
    ("lazada", push.signature, LAZADA_SECRET, LAZADA_PUSH),
    ("tiktokshop", webhooks.signature, TIKTOK_SECRET, TIKTOK_PUSH),
)


def main() -> int:
    """Each vector, each side."""
    wrong = [
        f"blibli {side.__module__} {vector.method} {vector.path}"
        for vector in BLIBLI for side in (adapter_signs, sandbox_signs)
        if side(BLIBLI_KEY, vector.method, vector.path, vector.body, BLIBLI_TIME) != vector.signature
    ]  # fmt: skip
    wrong += [f"shopee {path}" for path, token, owner, good in VECTORS
              if sign(KEY, APP, f"/api/v2/{path}", AT, token, owner) != good]  # fmt: skip
    if basic(*BUKALAPAK[:2]) != BUKALAPAK[2]:
        wrong.append("bukalapak basic")
    wrong += [f"lazada {side.__module__} {path}" for path, parameters, good in LAZADA
              for side in (sign_lazada, lazada_signs) if side(LAZADA_SECRET, path, parameters) != good]  # fmt: skip
    wrong += [
        f"tiktokshop {side.__module__} {path}"
        for path, query, body, good in TIKTOK for side in (sign_tiktok, tiktok_sandbox_signs)
        if side(TIKTOK_SECRET, path, query, body) != good
    ]  # fmt: skip
    wrong += [f"{name} push" for name, side, secret, (key, body, good) in PUSHES if side(key, secret, body) != good]
    for line in wrong:
        print(line)
    counts = (
        f"Shopee {len(VECTORS)}, Blibli {len(BLIBLI)} (twice), Bukalapak 1, Lazada {len(LAZADA)} (twice), "
        f"Tokopedia & TikTok Shop {len(TIKTOK)} (twice), pushes {len(PUSHES)}"
    )
    figure = f"{counts}: {len(wrong)} wrong"
    return say("signatures", figure, good=not wrong)


if __name__ == "__main__":
    raise SystemExit(main())
