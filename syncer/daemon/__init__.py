"""The clock's door: the service runs by itself, for months.

`loop` wakes channels and watches over their progress, `jobs` are the rare things (audit, report, upkeep), `alive` knows
when the service did not run, `watch` sees what other processes commit, `health` answers a supervisor.
"""

from syncer.daemon.loop import Daemon

__all__ = ["Daemon"]
