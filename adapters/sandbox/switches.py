"""What the facts leave UNCONFIRMED, each a switch with an id. The first position is the default: the harsher one.

`channel check` on a real shop later says of each id: confirmed, contradicted, not yet seen.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapters.sandbox.blibli.switches import SWITCHES as BLIBLI
from adapters.sandbox.bukalapak.switches import SWITCHES as BUKALAPAK
from adapters.sandbox.lazada.switches import SWITCHES as LAZADA
from adapters.sandbox.market import Switch
from adapters.sandbox.shopee.switches import SWITCHES as SHOPEE
from adapters.sandbox.tiktokshop.switches import SWITCHES as TIKTOKSHOP

SWITCHES: tuple[Switch, ...] = (*SHOPEE, *BUKALAPAK, *BLIBLI, *LAZADA, *TIKTOKSHOP)

_BY_ID = {switch.id: switch for switch in SWITCHES}


def positions(chosen: Mapping[str, str]) -> dict[str, str]:
    """Every switch's position: the default, or what was chosen.

    Raises:
        ValueError: no such switch or position; the sentence names those there are.
    """
    for name, position in chosen.items():
        if name not in _BY_ID:
            raise ValueError(f"no switch '{name}'; there are: {', '.join(_BY_ID)}")
        if position not in _BY_ID[name].positions:
            raise ValueError(f"switch '{name}' has no position '{position}': {', '.join(_BY_ID[name].positions)}")
    return {switch.id: chosen.get(switch.id, switch.positions[0]) for switch in SWITCHES}
