# SPDX-License-Identifier: EUPL-1.2
"""Learns the first stage from messages, and calibrates it with writers that it did not see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from classify import firsthand, subcategory
from classify.calibrate import calibrated, learn_offsets
from classify.columns import fit_columns
from classify.corpus import Example
from classify.head import Floats, folded
from classify.learn import fit_head
from classify.learn_tags import Lessons, learn_tagger, lessons
from classify.lexicon import Lexicon, shipped_lexicon
from classify.linker import no_linker
from classify.model import Model
from classify.normalise import Normaliser
from classify.personal import PersonalFinder
from classify.recipe import CATEGORY, FIRST_HAND, URGENCY
from core.label import Category


@dataclass(frozen=True, kw_only=True)
class Material:
    """The corpus as training sees it."""

    examples: tuple[Example, ...]
    #: Normalised words of each message.
    documents: tuple[tuple[str, ...], ...]
    lexicon: Lexicon
    #: The same messages as the tagger sees them.
    lessons: Lessons

    def only(self, rows: Sequence[int]) -> Material:
        """Return the material of these rows."""
        return replace(
            self,
            examples=tuple(self.examples[i] for i in rows),
            documents=tuple(self.documents[i] for i in rows),
            lessons=self.lessons.only(rows),
        )


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """Raw scores of messages whose writer the model had not seen."""

    examples: tuple[Example, ...]
    category: Floats
    urgency: Floats
    first_hand: Floats


def prepare(examples: Sequence[Example]) -> Material:
    """Normalise every message once."""
    lexicon = shipped_lexicon()
    normaliser, finder = Normaliser(lexicon), PersonalFinder(lexicon)
    words = (normaliser.words(e.text, finder.find(e.text)) for e in examples)
    documents = tuple(tuple(word.form for word in row) for row in words)
    return Material(
        examples=tuple(examples),
        documents=documents,
        lexicon=lexicon,
        lessons=lessons(examples, lexicon),
    )


def learn(material: Material, name: str, seed: int) -> Model:
    """Return a model learnt from all of ``material``, not yet calibrated."""
    examples = material.examples
    lexicon = material.lexicon
    banned = lexicon.names | frozenset(lexicon.neutral)
    batches = [e.batch for e in examples]
    columns = fit_columns(material.documents, batches, banned=banned)
    rows = columns.rows(material.documents)
    signals = [i for i, e in enumerate(examples) if e.category is not Category.GEEN]
    labels = [e.category.value for e in examples]
    urgencies = [urgency_of(examples[i]) for i in signals]
    seen = [firsthand.name_of(examples[i].first_hand is not False) for i in signals]
    return Model(
        name=name,
        lexicon=material.lexicon,
        columns=columns,
        category=fit_head(rows, labels, columns, CATEGORY, seed),
        urgency=fit_head(rows[signals], urgencies, columns, URGENCY, seed),
        first_hand=fit_head(rows[signals], seen, columns, FIRST_HAND, seed),
        subcategory=subcategory.fit(rows, examples, columns, seed),
        linker=no_linker(),
        offsets={},
        tagger=learn_tagger(material.lessons, seed),
    )


def calibrate(model: Model, unseen: Sequence[Unseen]) -> Model:
    """Return ``model`` with probabilities learnt from scores of writers not seen."""
    examples = [example for part in unseen for example in part.examples]
    signals = [i for i, e in enumerate(examples) if e.category is not Category.GEEN]
    category = np.vstack([part.category for part in unseen])
    speeds = np.vstack([part.urgency for part in unseen])[signals]
    seen = np.vstack([part.first_hand for part in unseen])[signals]
    labels = [e.category.value for e in examples]
    urgencies = [urgency_of(examples[i]) for i in signals]
    hands = [firsthand.name_of(examples[i].first_hand is not False) for i in signals]
    head = calibrated(model.category, category, labels)
    origins = [example.origin for example in examples]
    return replace(
        model,
        category=folded(head),
        urgency=folded(calibrated(model.urgency, speeds, urgencies)),
        first_hand=folded(calibrated(model.first_hand, seen, hands)),
        offsets=learn_offsets(head.logits(category), labels, origins, head.classes),
    )


def score(model: Model, material: Material) -> Unseen:
    """Return the raw scores of messages whose writers the model did not see."""
    rows = model.columns.rows(material.documents)
    return Unseen(
        examples=material.examples,
        category=model.category.scores(rows),
        urgency=model.urgency.scores(rows),
        first_hand=model.first_hand.scores(rows),
    )


def urgency_of(example: Example) -> str:
    """Return the class of an urgency; what has none does not count where this is used."""
    return example.urgency.value if example.urgency else "niet-urgent"
