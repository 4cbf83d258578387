# SPDX-License-Identifier: EUPL-1.2
"""A group that stops is read no more, whatever its app, while the others go on.

The figures are in ``make bench ARGS=withdrawal``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.rig import withdrawing


@pytest.mark.slow
async def test_in_a_running_system_with_three_connectors_a_withdrawal_holds_within_a_second(
    tmp_path: Path,
) -> None:
    for stopped in await withdrawing.run(tmp_path):
        sys.stdout.write(f"{stopped.source}: withdrawn in {stopped.took * 1000:.0f} ms\n")
        # Reading was going on up to then, and not a word later.
        assert 0 < stopped.read <= stopped.written, stopped
        assert stopped.left == 0, stopped
        # A second is promised, and measured by the benchmark; a busy machine gets more here.
        assert stopped.took < 5.0, stopped
