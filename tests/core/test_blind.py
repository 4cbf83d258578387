# SPDX-License-Identifier: EUPL-1.2
"""Which signals are judged blind: a fixed share, the same for everybody, not to be foreseen."""

from __future__ import annotations

import pytest

from core.blind import drawn

IDS = [f"signal-{n}" for n in range(20_000)]
KEY = b"one key"


@pytest.mark.parametrize("share", [0.01, 0.05, 0.5])
def test_about_the_share_is_drawn(share: float) -> None:
    count = sum(drawn(KEY, id, share) for id in IDS)
    assert count == pytest.approx(share * len(IDS), rel=0.15)


def test_nothing_or_everything_is_drawn_at_the_ends() -> None:
    assert not any(drawn(KEY, id, 0) for id in IDS[:1000])
    assert all(drawn(KEY, id, 1) for id in IDS[:1000])


def test_the_same_signals_are_drawn_again_and_more_with_a_larger_share() -> None:
    small = {id for id in IDS if drawn(KEY, id, 0.05)}
    assert small == {id for id in IDS if drawn(KEY, id, 0.05)}
    assert small < {id for id in IDS if drawn(KEY, id, 0.1)}


def test_another_key_draws_other_signals() -> None:
    ours = {id for id in IDS if drawn(KEY, id, 0.05)}
    theirs = {id for id in IDS if drawn(b"another", id, 0.05)}
    assert len(ours & theirs) < 0.2 * len(ours)
