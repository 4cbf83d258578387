# SPDX-License-Identifier: EUPL-1.2
"""What is compiled: grams of words looked up, weighed and added for all heads in one pass.

Imported only to compile it, as numba takes long to import. Letters are code points; ``text`` holds
the words of a message with one space between them, ``sizes`` how long each is. Nothing here checks
bounds or asks for memory: ``tables`` and ``stage`` make arrays that fit.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

# Written out here, as kept machine code is made anew only when this file changes; a test holds them
# equal to those of ``classify.grams`` and ``classify.cues``.
WORD, CHAR, LEMMA, CUE = range(4)
LONGEST = 40
SHAPES, SHORT, LENGTH, NUMBERS = 9, 3, 4, 6

_PRIME = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_TAG = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_PAD, _SPACE, _ZERO = 95, 32, 48


#: Parts are compiled into the entries, and never called by Python.
part = njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)


@part
def begin(block: int) -> Any:
    """Return the fingerprint of no letters; each block of features has its own."""
    return (np.uint64(block) + np.uint64(1)) * np.uint64(0xD6E8FEB86659FD93)


@part
def step(mark: Any, letter: Any) -> Any:
    """Return the 64-bit fingerprint after one letter more."""
    mark = (mark ^ np.uint64(letter)) * _PRIME
    return mark ^ (mark >> _SHIFT)


@part
def fill(slots: Any, letters: Any, starts: Any, block: int, first: int, end: int) -> None:
    """Put the grams ``first`` to ``end`` (exclusive) into ``slots``, as those of one block."""
    last = np.uint64(len(slots) - 1)
    for column in range(first, end):
        mark = begin(block)
        for i in range(starts[column], starts[column + 1]):
            mark = step(mark, letters[i])
        place = mark & last
        while slots[place] != np.uint64(0):
            place = (place + np.uint64(1)) & last
        slots[place] = ((mark >> _TAG) << _TAG) | np.uint64(column + 1)


@part
def find(
    mark: Any, first: int, end: int, text: Any, a: int, b: int, slots: Any, letters: Any,
    starts: Any,
) -> Any:  # fmt: skip
    """Return the column of ``text[a:b]`` in a block, or -1; letter by letter, so never wrong."""
    last = np.uint64(len(slots) - 1)
    place = mark & last
    while True:
        slot = slots[place]
        if slot == np.uint64(0):
            return -1
        if slot >> _TAG == mark >> _TAG:
            column = np.int64(slot & _LOW) - 1
            if first <= column < end and starts[column + 1] - starts[column] == b - a:
                start, same = starts[column], True
                for i in range(b - a):
                    if letters[start + i] != text[a + i]:
                        same = False
                        break
                if same:
                    return column
        place = (place + np.uint64(1)) & last


@part
def pieces(
    block: int, low: int, high: int, first: int, end: int, padded: Any, size: int, slots: Any,
    letters: Any, starts: Any, hits: Any,
) -> int:  # fmt: skip
    """Write the columns of all pieces of one padded word; return how many."""
    count = 0
    for start in range(size):
        mark = begin(block)
        for length in range(1, min(high, size - start) + 1):
            mark = step(mark, padded[start + length - 1])
            if length < low:
                continue
            column = find(mark, first, end, padded, start, start + length, slots, letters, starts)
            if column >= 0:
                hits[count] = column
                count += 1
    return count


@part
def learn(
    words: int, plan: Any, slots: Any, letters: Any, starts: Any, inner_starts: Any, inner: Any,
    padded: Any,
) -> int:  # fmt: skip
    """Write into ``inner`` the pieces of each of the first ``words`` grams, if it is one word.

    Return how many there are in all.
    """
    padded[0] = _PAD
    count = 0
    for block in range(len(plan)):
        if plan[block, 0] != CHAR:
            continue
        for column in range(words):
            inner_starts[column] = count
            size = starts[column + 1] - starts[column]
            pair = size > LONGEST
            for i in range(min(size, LONGEST)):
                padded[i + 1] = letters[starts[column] + i]
                pair = pair or padded[i + 1] == _SPACE
            if pair:
                continue
            padded[size + 1] = _PAD
            count += pieces(
                block, plan[block, 1], plan[block, 2], plan[block, 3], plan[block, 4], padded,
                size + 2, slots, letters, starts, inner[count:],
            )  # fmt: skip
        inner_starts[words] = count
    return count


@part
def hear(
    block: int, plan: Any, text: Any, at: int, sizes: Any, lemmas: Any, slots: Any, letters: Any,
    starts: Any, inner_starts: Any, inner: Any, padded: Any, known: Any, hits: Any, owners: Any,
) -> int:  # fmt: skip
    """Write the columns of one block that a message holds, as often as it does; return how many.

    ``owners`` gets the word of each; a pair of words is owned by its first as ``-1 - word``.
    The block of words writes into ``known`` which column each word has; of those the pieces are
    looked up in ``inner``.
    """
    kind, low, high, first, end = (
        plan[block, 0], plan[block, 1], plan[block, 2], plan[block, 3], plan[block, 4],
    )  # fmt: skip
    count = 0
    padded[0] = _PAD
    for word in range(len(sizes)):
        size = sizes[word]
        short = min(size, LONGEST)
        if kind == LEMMA:
            if lemmas[word] >= 0:
                hits[count], owners[count] = lemmas[word], word
                count += 1
        elif kind == CHAR and known[word] >= 0:
            for i in range(inner_starts[known[word]], inner_starts[known[word] + 1]):
                hits[count], owners[count] = inner[i], word
                count += 1
        elif kind == CHAR:
            for i in range(short):
                padded[i + 1] = text[at + i]
            padded[short + 1] = _PAD
            found = pieces(
                block, low, high, first, end, padded, short + 2, slots, letters, starts,
                hits[count:],
            )  # fmt: skip
            for i in range(count, count + found):
                owners[i] = word
            count += found
        else:
            mark, spaced = begin(block), False
            for i in range(short):
                mark = step(mark, text[at + i])
                spaced = spaced or text[at + i] == _SPACE
            column = find(mark, first, end, text, at, at + short, slots, letters, starts)
            if kind == WORD:
                # A letter of some script may become words with a space: no word in ``inner``.
                known[word] = -1 if spaced else column
            if column >= 0:
                hits[count], owners[count] = column, word
                count += 1
            if kind == WORD and high > 1 and word + 1 < len(sizes):
                for i in range(short, size + 1 + sizes[word + 1]):
                    mark = step(mark, text[at + i])
                stop = at + size + 1 + sizes[word + 1]
                column = find(mark, first, end, text, at, stop, slots, letters, starts)
                if column >= 0:
                    hits[count], owners[count] = column, -1 - word
                    count += 1
        at += size + 1
    return count


@part
def sense(
    text: Any, at: int, sizes: Any, found: int, hits: Any, first: int, cue_starts: Any, cue_of: Any,
    values: Any,
) -> None:  # fmt: skip
    """Write how strongly each cue is there, as ``classify.cues.cues`` does.

    A word of ``hits`` has cues in ``cue_of``: those below 0 are marks, there or not.
    """
    for i in range(len(values)):
        values[i] = 0.0
    counted = len(values) - SHAPES
    for i in range(found):
        word = hits[i] - first
        for j in range(cue_starts[word], cue_starts[word + 1]):
            if cue_of[j] >= 0:
                values[cue_of[j]] += 1.0
            else:
                values[-1 - cue_of[j]] = 1.0
    for i in range(counted):
        values[i] = 0.7 if values[i] == 1.0 else min(1.0, values[i] / 2.0)
    number = len(sizes)
    values[counted + SHORT] = 1.0 if number < 6 else 0.0
    values[counted + LENGTH] = min(1.0, math.log1p(number) / 5.0)
    for word in range(number):
        if sizes[word] > 0 and text[at] == _ZERO:
            values[counted + NUMBERS] = 1.0
        at += sizes[word] + 1


@part
def weigh(
    block: int, plan: Any, scales: Any, idf: Any, hits: Any, found: int, counts: Any,
    touched: Any, amounts: Any, filled: int,
) -> int:  # fmt: skip
    """Add the distinct columns among ``hits`` to ``touched``, and their tf-idf to ``amounts``.

    Return how full these are. ``counts`` must be zero where ``hits`` point, and is filled.
    """
    begun = filled
    for i in range(found):
        column = hits[i]
        if counts[column] == 0:
            touched[filled] = column
            filled += 1
        counts[column] += 1
    squares = 0.0
    for i in range(begun, filled):
        column = touched[i]
        often = float(counts[column])
        if plan[block, 5] and often > 1.0:
            often = 1.0 + math.log(often)
        amounts[i] = often * idf[column]
        squares += amounts[i] * amounts[i]
    if filled > begun:
        scale = scales[block] / math.sqrt(squares)
        for i in range(begun, filled):
            amounts[i] *= scale
    return filled


@part
def features(
    text: Any, at: int, sizes: Any, lemmas: Any, plan: Any, scales: Any, idf: Any, slots: Any,
    letters: Any, starts: Any, cue_starts: Any, cue_of: Any, inner_starts: Any, inner: Any,
    counts: Any, padded: Any, known: Any, hits: Any, owners: Any, touched: Any, amounts: Any,
) -> Any:  # fmt: skip
    """Return how many columns a message has, and how many hits of grams; both lists are filled."""
    filled = heard = 0
    for word in range(len(sizes)):
        known[word] = -1
    for block in range(len(plan)):
        found = hear(
            block, plan, text, at, sizes, lemmas, slots, letters, starts, inner_starts, inner,
            padded, known, hits[heard:], owners[heard:],
        )  # fmt: skip
        if plan[block, 0] == CUE:
            begun, number = plan[block, 6], plan[block, 7]
            # What is not there is simply 0.
            cues = amounts[filled : filled + number]
            first = plan[block, 3]
            sense(text, at, sizes, found, hits[heard:], first, cue_starts, cue_of, cues)
            for i in range(number):
                cues[i] *= scales[block]
                touched[filled + i] = begun + i
            filled += number
        else:
            filled = weigh(
                block, plan, scales, idf, hits[heard:], found, counts, touched, amounts, filled,
            )  # fmt: skip
            heard += found
    return filled, heard


@part
def share(values: Any) -> None:
    """Turn log odds into probabilities, in place."""
    top, total = values[0], 0.0
    for k in range(1, len(values)):
        top = max(top, values[k])
    for k in range(len(values)):
        values[k] = math.exp(values[k] - top)
        total += values[k]
    for k in range(len(values)):
        values[k] /= total


@part
def decide(
    touched: Any, amounts: Any, filled: int, counts: Any, weights: Any, bias: Any, mix: Any,
    shift: Any, scores: Any, logits: Any,
) -> None:  # fmt: skip
    """Write calibrated log odds of all heads for the columns in ``touched``; empty ``counts``."""
    # Four scores at a time stay in registers while all columns pass.
    fours = len(scores) // 4 * 4
    for k in range(0, fours, 4):
        one, two, three, four = bias[k], bias[k + 1], bias[k + 2], bias[k + 3]
        for i in range(filled):
            column, amount = touched[i], amounts[i]
            one += amount * weights[column, k]
            two += amount * weights[column, k + 1]
            three += amount * weights[column, k + 2]
            four += amount * weights[column, k + 3]
        scores[k], scores[k + 1], scores[k + 2], scores[k + 3] = one, two, three, four
    for k in range(fours, len(scores)):
        one = bias[k]
        for i in range(filled):
            one += amounts[i] * weights[touched[i], k]
        scores[k] = one
    for i in range(filled):
        counts[touched[i]] = 0
    for k in range(len(shift)):
        total = shift[k]
        for j in range(len(scores)):
            total += scores[j] * mix[j, k]
        logits[k] = total


@part
def explain(
    touched: Any, amounts: Any, filled: int, hits: Any, owners: Any, heard: int, counts: Any,
    values: Any, weights: Any, direction: Any, kinds: Any, kind_bias: Any, scores: Any,
    spoken: Any,
) -> None:  # fmt: skip
    """Write how much each word speaks in ``direction``, and the scores of the head ``kinds``."""
    for k in range(len(scores)):
        scores[k] = kind_bias[k]
    for i in range(filled):
        column, amount = touched[i], amounts[i]
        for k in range(len(scores)):
            scores[k] += amount * kinds[column, k]
        towards = 0.0
        for k in range(len(direction)):
            towards += weights[column, k] * direction[k]
        # A column that occurs more than once is shared out among its words.
        values[column] = amount * towards / max(1, counts[column])
        counts[column] = 0
    for word in range(len(spoken)):
        spoken[word] = 0.0
    for i in range(heard):
        amount, owner = values[hits[i]], owners[i]
        if owner >= 0:
            spoken[owner] += amount
        else:
            spoken[-1 - owner] += 0.5 * amount
            spoken[-owner] += 0.5 * amount
