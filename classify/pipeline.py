# SPDX-License-Identifier: EUPL-1.2
"""From questions to verdicts; the one classifier that the product runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from classify import firsthand, subcategory, urgency
from classify.calibrate import origin_shift, shift_geen
from classify.closing import closing
from classify.context import carry_on, leans
from classify.decide import Choice, Costs, choose, load_costs
from classify.explain import evidence
from classify.head import Floats, softmax
from classify.loader import load_model
from classify.model import Model
from classify.normalise import Normaliser, Word
from classify.personal import PersonalFinder
from classify.places import PlaceFinder
from core.label import Category, Urgency
from core.message import Origin
from core.resources import folder
from core.verdict import Classifier, Personal, Place, Question, Verdict

#: Probability of ``geen`` for what ends an earlier signal or holds no word.
OVER = 0.97
_CATEGORIES = tuple(Category)
_GEEN = _CATEGORIES.index(Category.GEEN)


@dataclass(frozen=True, slots=True)
class _Read:
    """A question after reading: what is in it, before any judgement."""

    words: list[Word]
    personal: tuple[Personal, ...]
    forms: list[str]


class LinearClassifier:
    """Judges messages with a trained ``Model``; implements ``core.verdict.Classifier``."""

    def __init__(self, model: Model, costs: Costs, places: PlaceFinder) -> None:
        self._model = model
        self._costs = costs
        self._places = places
        self._normaliser = Normaliser(model.lexicon)
        self._personal = PersonalFinder(model.lexicon)
        self._directions = {c: _direction(model, c) for c in _CATEGORIES}
        self._order = [model.category.classes.index(c.value) for c in _CATEGORIES]

    @property
    def name(self) -> str:
        """``name/version`` of the model."""
        return self._model.name

    def judge(self, questions: Sequence[Question]) -> list[Verdict]:
        """Return one verdict for each question, in order."""
        if not questions:
            return []
        read = [self._read(question.text) for question in questions]
        rows = self._model.columns.rows([r.forms for r in read])
        own = self._categories(rows, [question.origin for question in questions])
        speeds = self._model.urgency.probabilities(rows)
        return [
            self._verdict(question, read[i], rows, i, own[i], speeds[i])
            for i, question in enumerate(questions)
        ]

    def _read(self, text: str) -> _Read:
        personal = self._personal.find(text)
        words = self._normaliser.words(text, personal)
        return _Read(words, personal, [word.form for word in words])

    def _categories(self, rows: sparse.csr_array, origins: Sequence[Origin | None]) -> Floats:
        """Return probabilities, columns in the order of ``Category``."""
        head = self._model.category
        shifts = [origin_shift(origin, self._model.geen_share) for origin in origins]
        logits = shift_geen(head.logits(head.scores(rows)), head.classes, shifts)
        return softmax(logits)[:, self._order]

    def _verdict(
        self,
        question: Question,
        read: _Read,
        rows: sparse.csr_array,
        index: int,
        own: Floats,
        speeds: Floats,
    ) -> Verdict:
        chances = self._with_context(question, own)
        hurry = urgency.chances(self._model.urgency, speeds)
        over = 1.0 - own[_GEEN] < closing(question.text)
        if over or not any(letter.isalnum() for letter in question.text):
            chances = _silenced(chances)
        probabilities = {c: float(p) for c, p in zip(_CATEGORIES, chances, strict=True)}
        choice = choose(probabilities, max(0.0, hurry.get(Urgency.SPOED, 0.0)), self._costs)
        places = self._places.find(question.text)
        if choice.category is Category.GEEN:
            return Verdict(
                category=Category.GEEN,
                probability=probabilities[Category.GEEN],
                probabilities=probabilities,
                urgency=None,
                places=places,
                personal=read.personal,
                closes=over,
                review=choice.review and not over,
                model=self.name,
            )
        return self._signal(choice, probabilities, hurry, read, rows[[index]], places)

    def _signal(
        self,
        choice: Choice,
        probabilities: dict[Category, float],
        hurry: dict[Urgency, float],
        read: _Read,
        row: sparse.csr_array,
        places: tuple[Place, ...],
    ) -> Verdict:
        model = self._model
        category = choice.category
        seen = model.first_hand.probabilities(row)[0]
        return Verdict(
            category=category,
            probability=probabilities[category],
            probabilities=probabilities,
            urgency=urgency.choose(hurry, self._costs),
            first_hand=firsthand.choose(model.first_hand, seen),
            subcategory=subcategory.choose(model.subcategory, category, row),
            places=places,
            personal=read.personal,
            evidence=evidence(read.words, row, model.columns, self._directions[category]),
            review=choice.review,
            model=self.name,
        )

    def _with_context(self, question: Question, own: Floats) -> Floats:
        lean = leans(question.text) if question.context else 0.0
        if not lean:
            return own
        rows = self._model.columns.rows([self._read(text).forms for text in question.context])
        earlier = self._categories(rows, [question.origin] * len(question.context))
        silent = [closing(text) > 0 for text in question.context]
        earlier[silent] = _silenced(np.zeros(len(_CATEGORIES)))
        return carry_on(own, earlier, lean)


def load_classifier(
    path: Path, *, thresholds: Path | None = None, places: PlaceFinder | None = None
) -> Classifier:
    """Return the classifier whose model is in ``path``; raise ``ModelRefused`` saying why not.

    ``thresholds`` is a tenant's own file of costs; by default the one that is shipped.
    """
    costs = load_costs(thresholds or folder("data") / "classify" / "thresholds.toml")
    classifier = LinearClassifier(load_model(path), costs, places or PlaceFinder())
    # The first lemma reads a dictionary; better now than on a citizen's first message.
    classifier.judge([Question(text="Goedemorgen")])
    return classifier


def _direction(model: Model, category: Category) -> Floats:
    """Return per column how much it speaks for the category, against ``geen``."""
    head = model.category
    mine, other = head.classes.index(category.value), head.classes.index(Category.GEEN.value)
    return np.asarray(head.weights @ (head.mix[:, mine] - head.mix[:, other]))


def _silenced(chances: Floats) -> Floats:
    """Return probabilities with ``geen`` at least ``OVER``; the rest keeps its proportions."""
    if chances[_GEEN] >= OVER:
        return chances
    rest = np.delete(chances, _GEEN).sum()
    scaled = chances * ((1.0 - OVER) / rest if rest else 0.0)
    scaled[_GEEN] = OVER if rest else 1.0
    return np.asarray(scaled)
