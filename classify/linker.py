# SPDX-License-Identifier: EUPL-1.2
"""Which incident of its chat a message speaks of: learnt from chats in which that is labelled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classify.corpus import Example
from classify.thread import (
    FEATURES,
    START,
    STEP,
    Floats,
    Remark,
    Thread,
    compare,
    other_event,
    remark,
)
from core.verdict import Verdict

#: Probability from which a message belongs to a thread. Below a half: one incident in two pieces
#: costs an operator more than a remark too many under the right one.
JOIN = 0.4
#: The same for a remark that is no signal and ends none: "goedemorgen" in between is of nothing.
REMARK = 0.5


@dataclass(frozen=True, kw_only=True)
class Linker:
    """A logistic regression over ``FEATURES``, as plain numbers."""

    weights: Floats
    intercept: float

    def find(self, said: Remark, threads: Sequence[Thread]) -> Thread | None:
        """Return the thread that the message most likely speaks of; None: of no known one."""
        if not threads:
            return None
        chances = [
            0.0 if other_event(said, thread) else self.chance(compare(said, thread, threads))
            for thread in threads
        ]
        best = int(np.argmax(chances))
        enough = JOIN if said.signal or said.closes else REMARK
        return threads[best] if chances[best] > enough else None

    def chance(self, features: Floats) -> float:
        """Return the probability that a message with these features belongs to the thread."""
        score = float((self.weights * features).sum()) + self.intercept
        return float(1.0 / (1.0 + np.exp(-score)))


def no_linker() -> Linker:
    """Return a linker that never links, for a model that has seen no chats yet."""
    return Linker(weights=np.zeros(len(FEATURES)), intercept=-10.0)


def learn_linker(examples: Sequence[Example], verdicts: Sequence[Verdict], seed: int = 1) -> Linker:
    """Return a linker learnt from the labelled chats among ``examples``.

    ``verdicts`` must come from models that did not learn from these messages, or the linker
    trusts them more than it should.
    """
    from sklearn.linear_model import LogisticRegression

    rows: list[Floats] = []
    same: list[bool] = []
    for chat in _chats(examples, verdicts):
        threads: dict[str, Thread] = {}
        for said, incident in chat:
            for name, thread in threads.items():
                rows.append(compare(said, thread, list(threads.values())))
                same.append(name == incident)
            if incident is not None:
                threads.setdefault(incident, Thread(incident)).add(said)
    if len(set(same)) < 2:
        return no_linker()
    table = np.array(rows)
    scale = np.maximum(table.std(axis=0), 1e-9)
    found = LogisticRegression(C=1.0, max_iter=2000, random_state=seed).fit(table / scale, same)
    return Linker(weights=found.coef_[0] / scale, intercept=float(found.intercept_[0]))


def pack_linker(linker: Linker) -> dict[str, Any]:
    """Return the linker as plain values, each weight under its name."""
    weights = {name: float(w) for name, w in zip(FEATURES, linker.weights, strict=True)}
    return {"weights": weights, "intercept": linker.intercept}


def unpack_linker(packed: Mapping[str, Any]) -> Linker:
    """Return what ``pack_linker`` packed."""
    weights = np.array([packed["weights"][name] for name in FEATURES])
    return Linker(weights=weights, intercept=float(packed["intercept"]))


def _chats(
    examples: Sequence[Example], verdicts: Sequence[Verdict]
) -> list[list[tuple[Remark, str | None]]]:
    """Return every chat as its remarks in order, each with its labelled incident."""
    chats: dict[str, list[tuple[Remark, str | None]]] = defaultdict(list)
    for example, verdict in zip(examples, verdicts, strict=True):
        if example.chat is None:
            continue
        rows = chats[example.chat]
        before = rows[-1][0].at if rows else START
        said = remark(
            example.text,
            verdict,
            index=len(rows),
            at=example.sent_at or before + STEP,
            sender=example.sender,
        )
        rows.append((said, example.incident))
    return list(chats.values())
