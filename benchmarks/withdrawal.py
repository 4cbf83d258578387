# SPDX-License-Identifier: EUPL-1.2
"""How soon a group that says stop is read no more, while three connectors are busy."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from tests.rig import withdrawing
from tests.rig.withdrawing import Stopped

ROUNDS = 5
#: What is promised, in seconds.
MOST = 1.0


async def run(scale: float) -> None:
    """Print what each source took; end with 1 when a group was read on, or too slowly left."""
    found: dict[str, list[Stopped]] = {}
    for _ in range(max(1, round(ROUNDS * scale))):
        with tempfile.TemporaryDirectory() as folder:
            for stopped in await withdrawing.run(Path(folder)):
                found.setdefault(stopped.source, []).append(stopped)
    for source, times in found.items():
        took = [each.took * 1000 for each in times]
        late = sum(max(0, each.read - each.written) for each in times)
        print(
            f"{source:9} withdrawn in {statistics.median(took):4.0f} ms (at most {max(took):.0f}), "
            f"{late} read after it, {sum(each.left for each in times)} left; promised: 1000 ms"
        )
        if late or any(each.left or each.took > MOST for each in times):
            raise SystemExit(1)
