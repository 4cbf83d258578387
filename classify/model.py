# SPDX-License-Identifier: EUPL-1.2
"""All that was learnt, in one value: columns, heads and the lexicon it was learnt with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classify.calibrate import Offsets, pack_offsets, unpack_offsets
from classify.columns import Columns, pack_columns, unpack_columns
from classify.head import Head, pack_head, unpack_head
from classify.lexicon import Lexicon
from classify.linker import Linker, pack_linker, unpack_linker
from classify.second import Second, pack_second, unpack_second
from classify.tagger import Tagger, pack_tagger, unpack_tagger
from core.label import Category

#: Raised when the artefact's shape changes; the loader refuses another one.
FORMAT = 2


@dataclass(frozen=True, kw_only=True)
class Model:
    """A trained classifier as values; judging with it is another file's work."""

    #: ``name/version``.
    name: str
    lexicon: Lexicon
    columns: Columns
    category: Head
    urgency: Head
    first_hand: Head
    #: One head per category that has subcategories.
    subcategory: Mapping[Category, Head]
    #: Which incident of its chat a message speaks of.
    linker: Linker
    #: What each kind of source adds to the log odds of ``geen``, first stage alone.
    offsets: Offsets
    #: None: there is no encoder beside this model.
    second: Second | None = None
    #: None: places and names are found by rules alone, as in models up to ``buurt/0.3.0``.
    tagger: Tagger | None = None


def pack(model: Model) -> dict[str, Any]:
    """Return the model as plain values, so that no class of ours is pickled."""
    lexicon = model.lexicon
    return {
        "format": FORMAT,
        "name": model.name,
        "lexicon": {
            "names": sorted(lexicon.names),
            "ambiguous": sorted(lexicon.ambiguous),
            "neutral": dict(lexicon.neutral),
            "skin": sorted(lexicon.skin),
            "people": sorted(lexicon.people),
            "spelling": dict(lexicon.spelling),
            "emoji": dict(lexicon.emoji),
        },
        "columns": pack_columns(model.columns),
        "category": pack_head(model.category),
        "urgency": pack_head(model.urgency),
        "first_hand": pack_head(model.first_hand),
        "subcategory": {c.value: pack_head(h) for c, h in model.subcategory.items()},
        "linker": pack_linker(model.linker),
        "offsets": pack_offsets(model.offsets),
        "second": pack_second(model.second),
        "tagger": pack_tagger(model.tagger),
    }


def unpack(packed: Mapping[str, Any]) -> Model:
    """Return what ``pack`` packed."""
    words = packed["lexicon"]
    return Model(
        name=packed["name"],
        lexicon=Lexicon(
            names=frozenset(words["names"]),
            ambiguous=frozenset(words["ambiguous"]),
            neutral=words["neutral"],
            skin=frozenset(words["skin"]),
            people=frozenset(words["people"]),
            spelling=words["spelling"],
            emoji=words["emoji"],
        ),
        columns=unpack_columns(packed["columns"]),
        category=unpack_head(packed["category"]),
        urgency=unpack_head(packed["urgency"]),
        first_hand=unpack_head(packed["first_hand"]),
        subcategory={Category(c): unpack_head(h) for c, h in packed["subcategory"].items()},
        linker=unpack_linker(packed["linker"]),
        offsets=unpack_offsets(packed["offsets"]),
        second=unpack_second(packed["second"]),
        tagger=unpack_tagger(packed.get("tagger")),
    )
