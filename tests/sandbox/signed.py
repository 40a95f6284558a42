"""A small signed client of the sandbox, written from the fact sheet (section 1.2) and not from the adapter."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import requests

from adapters.sandbox import Sandbox

PREFIX = "/api/v2/"


class SignedClient:
    """Calls one shop over real HTTP."""

    def __init__(self, shop: Sandbox) -> None:
        self.shop = shop
        self.credentials = dict(shop.credentials)
        self.session = requests.Session()
        self.session.trust_env = False

    def query(self, name: str, public: bool = False, ahead_s: int = 0) -> dict[str, Any]:
        """The common parameters of a call, signed."""
        stamp = int(self.shop.server.clock.now().timestamp()) + ahead_s
        partner = self.credentials["partner_id"]
        base = f"{partner}{PREFIX}{name}{stamp}"
        query: dict[str, Any] = {"partner_id": partner, "timestamp": stamp}
        if not public:
            query |= {name_: self.credentials[name_] for name_ in ("access_token", "shop_id")}
            base += f"{self.credentials['access_token']}{self.credentials['shop_id']}"
        return {
            **query,
            "sign": hmac.new(self.credentials["partner_key"].encode(), base.encode(), hashlib.sha256).hexdigest(),
        }

    def address(self, name: str) -> str:
        """Path and query of a GET."""
        return f"{PREFIX}{name}?{urlencode(self.query(name))}"

    def get(self, name: str, **ask: Any) -> dict[str, Any]:
        """A GET's JSON."""
        return self._answer(self.session.get(f"{self.shop.url}{PREFIX}{name}", params={**self.query(name), **ask}))

    def post(self, name: str, body: Any, public: bool = False, **query: Any) -> dict[str, Any]:
        """A POST's JSON."""
        url = f"{self.shop.url}{PREFIX}{name}"
        return self._answer(self.session.post(url, params={**self.query(name, public), **query}, data=json.dumps(body)))

    def upload(self, content: bytes, times: int = 1) -> dict[str, Any]:
        """Pictures, uploaded in one call."""
        name = "media_space/upload_image"
        files = [("image", ("picture.jpg", content, "image/jpeg"))] * times
        url = f"{self.shop.url}{PREFIX}{name}"
        return self._answer(self.session.post(url, params=self.query(name, public=True), files=files))

    def control(self, method: str, name: str, body: Any = None) -> requests.Response:
        """A call of the sandbox's own, over the wire."""
        return self.session.request(method, f"{self.shop.url}/_sandbox/{name}", json=body)

    def _answer(self, response: requests.Response) -> dict[str, Any]:
        answer: dict[str, Any] = response.json()
        return answer
