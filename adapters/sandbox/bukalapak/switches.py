"""What the facts of Bukalapak leave UNCONFIRMED, and the eras of its end (facts, sections 0 and 8)."""

from __future__ import annotations

from adapters.sandbox.market import Switch

SWITCHES = (
    # Not the harsher position: the sandbox stands for the time in which there was something to prove (SANDBOX.md).
    Switch("bukalapak.era", ("open", "winding_down", "closed"), "0, 8: what the marketplace still lets sellers do"),
    # Not the harsher position: no source shows a create with variants, and without them half a catalogue is mute.
    Switch("bukalapak.create_variants", ("accepted", "absent"), "3.3, 3.5: whether a v2 create takes variants"),
    Switch("bukalapak.patch_price", ("refused", "accepted"), "4.4: price by the PATCH that sets stock"),
    Switch("bukalapak.sku_name", ("null", "settable"), "3.3, 4.3, 4.4: whether a write also sets a seller SKU"),
    Switch("bukalapak.refresh_replay", ("loses_account", "refused"), "4.1: the old refresh token used again"),
    Switch("bukalapak.old_access", ("ends", "lives"), "4.1: the access token whose pair was refreshed"),
    Switch(
        "bukalapak.meta_status", ("disagrees", "agrees"), "4.2: HTTP status of failures that meta.http_status names"
    ),
    Switch("bukalapak.success_errors", ("absent", "empty"), "7, 9: the key `errors` in an answer of success"),
    Switch("bukalapak.unknown_fields", ("refused", "swallowed"), "3.3, 4.4: fields that no source names, in bodies"),
    Switch("bukalapak.v2_numbers", ("strings", "numbers"), "2, 6 (9): price, stock and weight in answers of v2"),
    Switch(
        "bukalapak.v2_variant_numbers", ("refused", "all"), "3.3: price or stock of a product with variants by its PUT"
    ),
    Switch("bukalapak.v2_bad_login", ("200", "403"), "3.1: HTTP status of a wrong password"),
    Switch("bukalapak.order_window", ("created", "updated"), "4.6: what start_time and end_time look at"),
    # Not the harsher position: the state "out of stock" of section 3.3 beside "not for sale" says that a listing
    # which ran out is not one that was taken off.
    Switch("bukalapak.restock", ("returns", "stays_off"), "4.4: stock alone, after a product ran out"),
    # Not the harsher position: the best witness of v4 names itself as it likes (facts, section 4.1).
    Switch("bukalapak.user_agent", ("any", "partner"), "4.1, 9: whether v4 wants the partners' User-Agent"),
)
