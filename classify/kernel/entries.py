# SPDX-License-Identifier: EUPL-1.2
"""Where Python enters the compiled code: pairs of address and length become arrays again.

``table`` holds the arrays of ``tables.Tables`` in order, ``own`` what one thread may write, and
``call`` what is asked, as ``stage`` writes it down.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray, types
from numba.extending import intrinsic

from classify.kernel.code import decide, explain, features, fill, learn, part, share


@intrinsic
def pointer(_context: Any, address: Any, kind: Any) -> Any:
    """Return an address as a pointer to numbers of a kind."""
    signature = types.CPointer(kind.dtype)(address, kind)

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return signature, build


@part
def grams_of(table: Any) -> Any:
    """Return what ``features`` looks things up in."""
    told = carray(table, 32)
    return (
        carray(pointer(told[0], np.int64), (told[1] // 8, 8)),
        carray(pointer(told[2], np.float64), told[3]),
        carray(pointer(told[4], np.float64), told[5]),
        carray(pointer(told[6], np.uint64), told[7]),
        carray(pointer(told[8], np.uint32), told[9]),
        carray(pointer(told[10], np.int32), told[11]),
        carray(pointer(told[12], np.int64), told[13]),
        carray(pointer(told[14], np.int64), told[15]),
        carray(pointer(told[28], np.int32), told[29]),
        carray(pointer(told[30], np.int32), told[31]),
    )


@part
def room_of(own: Any) -> Any:
    """Return where ``features`` may write: counts, a padded word, known words, hits and so on."""
    told = carray(own, 18)
    return (
        carray(pointer(told[0], np.int32), told[1]),
        carray(pointer(told[2], np.uint32), told[3]),
        carray(pointer(told[4], np.int32), told[5]),
        carray(pointer(told[6], np.int32), told[7]),
        carray(pointer(told[8], np.int32), told[9]),
        carray(pointer(told[10], np.int32), told[11]),
        carray(pointer(told[12], np.float64), told[13]),
    )


@part
def enter_fill(_text: Any, call: Any, own: Any, table: Any) -> None:
    """Put the grams of all blocks into the slots, and the pieces of known words behind them.

    Tell how many pieces there are.
    """
    told = carray(call, 2)
    plan, _, _, slots, letters, starts, _, _, inner_starts, inner = grams_of(table)
    for block in range(len(plan)):
        fill(slots, letters, starts, block, plan[block, 3], plan[block, 4])
    padded = room_of(own)[1]
    told[1] = learn(told[0], plan, slots, letters, starts, inner_starts, inner, padded)


@part
def enter_judge(text: Any, call: Any, own: Any, table: Any) -> None:
    """Write log odds and probabilities of all heads, one row for each message.

    Rows of probabilities start with the categories in ``order``, with the offset of the message
    added to ``geen``; other heads follow as they are.
    """
    asked, mine, told = carray(call, 16), carray(own, 18), carray(table, 32)
    letters = carray(text, asked[0])
    sizes = carray(pointer(asked[1], np.int64), asked[2])
    lemmas = carray(pointer(asked[3], np.int32), asked[4])
    ends = carray(pointer(asked[5], np.int64), asked[6])
    offsets = carray(pointer(asked[7], np.float64), asked[8])
    grams, room = grams_of(table), room_of(own)
    counts, touched, amounts = room[0], room[5], room[6]
    scores = carray(pointer(mine[16], np.float64), mine[17])
    weights = carray(pointer(told[16], np.float32), (len(counts), len(scores)))
    bias = carray(pointer(told[18], np.float64), told[19])
    mix = carray(pointer(told[20], np.float64), (len(scores), told[23]))
    shift = carray(pointer(told[22], np.float64), told[23])
    borders = carray(pointer(told[24], np.int64), told[25])
    order = carray(pointer(told[26], np.int64), told[27])
    logits = carray(pointer(asked[9], np.float64), (len(ends), len(shift)))
    chances = carray(pointer(asked[11], np.float64), (len(ends), len(shift)))
    at = first = 0
    for row in range(len(ends)):
        words = sizes[first : ends[row]]
        own_lemmas = lemmas[first : ends[row]]
        filled, _ = features(letters, at, words, own_lemmas, *grams, *room)
        decide(touched, amounts, filled, counts, weights, bias, mix, shift, scores, logits[row])
        for k in range(len(shift)):
            chances[row, k] = logits[row, order[k]]
        chances[row, asked[13]] += offsets[row]
        for head in range(len(borders) - 1):
            share(chances[row, borders[head] : borders[head + 1]])
        for word in range(len(words)):
            at += words[word] + 1
        first = ends[row]


@part
def enter_explain(text: Any, call: Any, own: Any, table: Any) -> None:
    """Write how much each word of one message speaks for a category, and scores of its kinds."""
    asked, mine, told = carray(call, 16), carray(own, 18), carray(table, 32)
    letters = carray(text, asked[0])
    sizes = carray(pointer(asked[1], np.int64), asked[2])
    lemmas = carray(pointer(asked[3], np.int32), asked[4])
    direction = carray(pointer(asked[5], np.float64), asked[6])
    kind_bias = carray(pointer(asked[7], np.float64), asked[8])
    spoken = carray(pointer(asked[9], np.float64), asked[10])
    scores = carray(pointer(asked[11], np.float64), asked[12])
    grams, room = grams_of(table), room_of(own)
    counts, _, _, hits, owners, touched, amounts = room
    values = carray(pointer(mine[14], np.float64), mine[15])
    weights = carray(pointer(told[16], np.float32), (len(counts), mine[17]))
    kinds = carray(pointer(asked[13], np.float32), (len(counts), len(scores)))
    filled, heard = features(letters, 0, sizes, lemmas, *grams, *room)
    explain(
        touched, amounts, filled, hits, owners, heard, counts, values, weights, direction, kinds,
        kind_bias, scores, spoken,
    )  # fmt: skip


ENTRIES = {"fill": enter_fill, "judge": enter_judge, "explain": enter_explain}
