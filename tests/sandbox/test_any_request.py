"""Whatever has the shape of the reference is answered in its envelope: no request makes the sandbox stumble."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sandbox.shopee.reference import OPTIONAL_REQUEST, reference, request_fields
from adapters.sandbox.shopee.shape import WHOLE
from tests.sandbox.client import LEAF, Client

ITEM, MODEL = 111_111, 222_222
"""Stand for the ids of the shop's only item and its first model."""

NUMBERS = st.sampled_from([0, 1, 2, 4, 50, LEAF, 200003, ITEM, ITEM, MODEL, MODEL, -1, 2**31 - 1])
WORDS = st.sampled_from(
    ["", "NORMAL", "UNLIST", "update_time", "KRS-01", "KRS-01-0", "00", "Warna", "Gelang anyaman resam"]
)
PATHS = sorted(path for path in reference()["operations"] if path != "/api/v2/media_space/upload_image")


def values(kind: str, children: dict[str, list[Any]] | None) -> st.SearchStrategy[Any]:
    """Values of one of the reference's types."""
    if kind.endswith("[]"):
        return st.lists(values(kind.removesuffix("[]"), children), max_size=3)
    if kind == "object":
        return objects(children or {}, frozenset())
    if kind in WHOLE:
        return NUMBERS
    plain: dict[str, st.SearchStrategy[Any]] = {
        "float": st.sampled_from([0, 0.5, 45000, 1e12]),
        "boolean": st.booleans(),
    }
    return plain.get(kind, WORDS)


def objects(fields: dict[str, list[Any]], optional: frozenset[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with every required field, and some of the others."""
    made = {name: values(field[0], field[2] if len(field) > 2 else None) for name, field in fields.items()}
    required = {name: value for name, value in made.items() if fields[name][1] and name not in optional}
    return st.fixed_dictionaries(required, optional={n: v for n, v in made.items() if n not in required})


def real(value: Any, ids: dict[int, int]) -> Any:
    """`value` with the ids that there are."""
    if isinstance(value, dict):
        return {key: real(inner, ids) for key, inner in value.items()}
    if isinstance(value, list):
        return [real(inner, ids) for inner in value]
    return value if isinstance(value, bool) else ids.get(value, value) if isinstance(value, int) else value


@pytest.mark.parametrize("path", PATHS)
def test_any_request_is_answered(client: Client, path: str) -> None:
    item, models = client.tiered(item_status="NORMAL")
    ids = {ITEM: item, MODEL: models[0]}
    spec = reference()["operations"][path]
    public = spec["class"] == "Public"

    @settings(max_examples=40, deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(objects(request_fields(path), OPTIONAL_REQUEST.get(path, frozenset())))
    def ask(body: dict[str, Any]) -> None:
        name, body = path.removeprefix("/api/v2/"), real(body, ids)
        if spec["method"] == "GET":
            texts = {key: json.dumps(value) if isinstance(value, bool) else value for key, value in body.items()}
            client.call(name, public=public, other=texts)
        else:
            client.call(name, body, public=public)
        assert client.status == 200
        assert {"request_id"} <= set(client.answer)

    ask()
