"""What the facts of Bukalapak leave UNCONFIRMED. The first position is the default: the harsher one, but for variants
in a create, without which most of our products could not be proven at all, and for the era.
"""

from __future__ import annotations

from adapters.sandbox.market import Switch

SWITCHES = (
    Switch("bukalapak.era", ("open", "winding_down", "closed"), "8: before, during and after the end of its shops"),
    Switch("bukalapak.create_variants", ("accepted", "absent"), "3.3: no source shows variants in a create"),
    Switch("bukalapak.patch_price", ("refused", "accepted"), "4.4: a price by the stock's PATCH"),
    Switch("bukalapak.refresh_replay", ("loses_account", "refused"), "4.1: an old refresh token used again"),
    Switch("bukalapak.errors_key", ("missing", "empty"), "7: whether a success carries errors"),
    Switch("bukalapak.numbers", ("text", "number"), "2: numbers of the older generation, as text or as numbers"),
    Switch("bukalapak.meta_status", ("only_meta", "both"), "4.2: whether HTTP says what meta.http_status says"),
    Switch("bukalapak.condition", ("word", "code"), "4.3: Baru or new in what is read"),
    Switch("bukalapak.unknown_fields", ("refused", "swallowed"), "3.3: fields of a create that nobody knows"),
    Switch("bukalapak.user_agent", ("free", "demanded"), "4.1: whether the partner's User-Agent is demanded"),
)
