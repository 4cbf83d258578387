# SPDX-License-Identifier: EUPL-1.2
"""What is asked of X for an order: its words, in Dutch, and never an account.

docs.x.com: x-api/posts/search/integrate/operators.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core import errors
from core.order import Order

#: Characters that a query may have on every plan.
LONGEST = 512
#: Reposts say nothing new, and other languages are not understood here.
_REST = " lang:nl -is:retweet"
#: Operators, accounts and whatever could end the quotes around a term.
_ODD = re.compile(r"[@:\"()\\$]|://")


def queries_of(order: Order) -> tuple[str, ...]:
    """Return the queries of an order, each short enough; ``BadInput`` for an odd term.

    An order was checked when it was asked for. Here it is checked again, because what goes out
    to X under the municipality's name must not depend on that.
    """
    found: list[str] = []
    waiting: list[str] = []
    for word in map(_quoted, order.topic.terms):
        if waiting and len(_joined([*waiting, word])) > LONGEST:
            found.append(_joined(waiting))
            waiting = []
        waiting.append(word)
    return (*found, _joined(waiting)) if waiting else ()


def _quoted(term: str) -> str:
    if _ODD.search(term) or not term.strip("# "):
        raise errors.BadInput("a query for X holds words and hashtags only; it names no account")
    return term if term.startswith("#") else f'"{term}"'


def _joined(words: Sequence[str]) -> str:
    return f"({' OR '.join(words)}){_REST}"
