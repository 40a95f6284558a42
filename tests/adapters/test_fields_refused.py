"""How a change of content ends of which some fields were refused."""

from __future__ import annotations

import pytest

from adapters.causes import fields_refused
from adapters.contract import Cause, Locked, Rejected

TITLE = ["rejected", "title_bad", "forbidden"]
CATEGORY = ["config", "category_closed", "closed"]
PICTURES = ["locked", "in_promotion", "promotion"]


@pytest.mark.parametrize(
    ("without", "outcome"),
    [
        ({"title": TITLE}, Rejected(Cause.rejected, "title_bad", "forbidden", ("title",))),
        ({"title": TITLE, "category": CATEGORY},
         Rejected(Cause.config, "category_closed", "closed", ("title", "category"))),
        ({"title": TITLE, "pictures": PICTURES},
         Rejected(Cause.locked, "in_promotion", "promotion", ("title", "pictures"))),
        ({"pictures": PICTURES, "category": CATEGORY},
         Rejected(Cause.config, "category_closed", "closed", ("pictures", "category"))),
        ({"pictures": PICTURES}, Locked(Cause.locked, None, "in_promotion", "promotion")),
    ],
)  # fmt: skip
def test_what_is_cured_first_says_when_it_is_tried_again(
    without: dict[str, list[str]], outcome: Rejected | Locked
) -> None:
    assert fields_refused(without) == outcome


def test_fields_that_were_not_even_sent_are_named_too() -> None:
    ended = fields_refused({"pictures": PICTURES}, ("category",))
    assert ended == Rejected(Cause.locked, "in_promotion", "promotion", ("pictures", "category"))
