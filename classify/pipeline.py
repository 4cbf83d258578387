# SPDX-License-Identifier: EUPL-1.2
"""From questions to verdicts; the one classifier that the product runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from classify import firsthand, urgency
from classify.calibrate import Offsets
from classify.closing import closing
from classify.context import carry_on, leans, only_describes
from classify.decide import Costs, choose, load_costs
from classify.encoder.encoder import Encoder, Reading
from classify.explain import WIDER, evidence, left_out
from classify.head import Floats, softmax
from classify.linker import Linker
from classify.loader import load_model, load_second
from classify.model import Model
from classify.normalise import Normaliser, Word
from classify.personal import PersonalFinder
from classify.places import PlaceFinder
from classify.refine import refined
from classify.second import SecondStage, with_names
from classify.stage import FirstStage, Judged, Reasons, first_stage
from classify.tagger import Tagging, rule_spans
from core.label import Category, Urgency
from core.message import Origin
from core.resources import folder
from core.verdict import Evidence, Personal, Place, Question, Span, Verdict

#: Probability of ``geen`` for what ends an earlier signal or holds no word.
OVER = 0.97
#: Words carried a decision when without them less than this share of its probability is left.
CARRIED = 0.5
_CATEGORIES = tuple(Category)
_GEEN = _CATEGORIES.index(Category.GEEN)


@dataclass(frozen=True, slots=True)
class _Read:
    """A question after reading: what is in it, before any judgement."""

    words: list[Word]
    personal: tuple[Personal, ...]
    forms: list[str]


@dataclass(frozen=True, slots=True)
class _Scores:
    """What the stages say of one message, calibrated, in the order of each head's classes."""

    #: Probabilities in the order of ``Category``, for the kind of source it came from.
    chances: Floats
    urgency: Floats
    first_hand: Floats
    #: What the encoder read; None where the first stage was sure.
    reading: Reading | None = None


class TrainedClassifier:
    """Judges messages with a trained ``Model``; implements ``core.verdict.Classifier``.

    Without ``encoder`` the first stage judges alone.
    """

    def __init__(
        self,
        model: Model,
        costs: Costs,
        places: PlaceFinder,
        encoder: Encoder | None = None,
        stage: FirstStage | None = None,
    ) -> None:
        self._model = model
        self._costs = costs
        self._places = places
        self._normaliser = Normaliser(model.lexicon)
        self._personal = PersonalFinder(model.lexicon)
        self._first = stage or first_stage(model)
        self._order = [model.category.classes.index(c.value) for c in _CATEGORIES]
        self._tagging = None
        if model.tagger is not None:
            self._tagging = Tagging(model.tagger, model.lexicon)
        self._second = None
        if encoder is not None and model.second is not None:
            self._second = SecondStage(model.second, encoder, self._personal)

    @property
    def name(self) -> str:
        """``name/version`` of the model."""
        return self._model.name

    @property
    def linker(self) -> Linker:
        """What puts messages of one chat together."""
        return self._second.how.linker if self._second else self._model.linker

    def prepare(self) -> None:
        """Get everything ready now, so that no citizen's message waits for it."""
        self.judge([Question(text="Goedemorgen")])
        if self._second is not None:
            self._second.open()

    def judge(self, questions: Sequence[Question]) -> list[Verdict]:
        """Return one verdict for each question, in order."""
        if not questions:
            return []
        read = [self._read(question.text) for question in questions]
        offsets = [self._model.offsets[question.origin] for question in questions]
        first = self._first.judge([r.forms for r in read], offsets)
        return [self._verdict(q, read[i], first, i) for i, q in enumerate(questions)]

    def _read(self, text: str) -> _Read:
        personal = self._personal.find(text)
        words = self._normaliser.words(text, personal)
        return _Read(words, personal, [word.form for word in words])

    def _scores(self, question: Question, first: Judged, i: int) -> _Scores:
        """Return what the first stage says, or both stages where the first leaves doubt."""
        chances = first.chances[i]
        if self._second is not None and self._second.wants(1.0 - chances[_GEEN], question):
            own = first.category[i], first.urgency[i], first.first_hand[i]
            return self._again(self._second, question, *own)
        return _Scores(chances, first.speeds[i], first.hands[i])

    def _again(
        self, stage: SecondStage, question: Question, own: Floats, speed: Floats, hand: Floats
    ) -> _Scores:
        """Return the scores of both stages together."""
        reading = stage.read(question)
        logits = stage.how.category.logits(own, stage.category(reading))
        return _Scores(
            chances=self._chances(logits, stage.how.offsets, question.origin),
            urgency=softmax(stage.how.urgency.logits(speed, stage.urgency(reading))[None])[0],
            first_hand=softmax(stage.how.first_hand.logits(hand, stage.first_hand(reading))[None])[
                0
            ],
            reading=reading,
        )

    def _chances(self, logits: Floats, offsets: Offsets, origin: Origin | None) -> Floats:
        """Return probabilities, columns in the order of ``Category``."""
        moved = logits[self._order]
        moved[_GEEN] += offsets[origin]
        return np.asarray(softmax(moved[None])[0])

    def _verdict(self, question: Question, read: _Read, first: Judged, index: int) -> Verdict:
        scores = self._scores(question, first, index)
        chances = self._with_context(question, scores)
        hurry = urgency.chances(self._model.urgency, scores.urgency)
        over = bool(1.0 - scores.chances[_GEEN] < closing(question.text))
        if over or not any(letter.isalnum() for letter in question.text):
            chances = _silenced(chances)
        probabilities = {c: float(p) for c, p in zip(_CATEGORIES, chances, strict=True)}
        choice = choose(probabilities, max(0.0, hurry.get(Urgency.SPOED, 0.0)), self._costs)
        reading = scores.reading
        places, personal = self._marked(question.text, read.personal, reading)
        common = Verdict(
            category=choice.category,
            probability=probabilities[choice.category],
            probabilities=probabilities,
            urgency=None,
            places=places,
            personal=personal,
            closes=over,
            review=choice.review and not over,
            related=None if reading is None else reading.related,
            model=self.name,
        )
        if choice.category is Category.GEEN:
            return common
        reasons = first.reasons(index, choice.category)
        return self._signal(question, common, hurry, read, reasons, scores)

    def _marked(
        self, text: str, personal: Sequence[Personal], reading: Reading | None
    ) -> tuple[tuple[Place, ...], tuple[Personal, ...]]:
        """Return places and personal data: what rules, tagger and encoder make of them together."""
        places = self._places.find(text)
        learnt: Sequence[tuple[Span, str]] | None = None if reading is None else reading.spans
        if self._tagging is not None:
            learnt = self._tagging.spans(text, rule_spans(places, personal), learnt)
        if learnt is None:
            return places, tuple(personal)
        spans = [span for span, kind in learnt if kind == "LOC"]
        found = self._places.located(refined(text, places, spans))
        return found, with_names(personal, learnt)

    def _signal(
        self,
        question: Question,
        verdict: Verdict,
        hurry: dict[Urgency, float],
        read: _Read,
        reasons: Reasons,
        scores: _Scores,
    ) -> Verdict:
        category, kind = verdict.category, reasons.kind
        if self._second is not None and scores.reading is not None:
            kind = self._second.kind(scores.reading, category) or kind
        spans, left = self._evidence(question, read, reasons.weights, verdict)
        return replace(
            verdict,
            places=self._places.asked(verdict.places, verdict.personal),
            urgency=urgency.choose(hurry, self._costs),
            first_hand=firsthand.choose(self._model.first_hand, scores.first_hand),
            subcategory=kind,
            evidence=spans,
            without=left,
            closes=False,
        )

    def _evidence(
        self, question: Question, read: _Read, weights: Sequence[float], verdict: Verdict
    ) -> tuple[tuple[Evidence, ...], float]:
        """Return the words that carried the decision, and what it would be without them.

        Candidates come from the first stage's weights; all stages that judged then judge the rest.
        Where that changes too little, more words are named; at most two more judgements.
        """
        spans = evidence(read.words, weights)
        left = self._without(question, spans, verdict.category)
        if left <= CARRIED * verdict.probability:
            return spans, left
        wider = evidence(read.words, weights, WIDER)
        changed = self._without(question, wider, verdict.category)
        return (wider, changed) if changed < left else (spans, left)

    def _without(self, question: Question, spans: Sequence[Span], category: Category) -> float:
        """Return the probability of ``category`` for what is left without these words."""
        left = replace(question, text=left_out(question.text, spans))
        offset = self._model.offsets[question.origin]
        first = self._first.judge([self._read(left.text).forms], [offset])
        chances = self._with_context(left, self._scores(left, first, 0))
        if not any(letter.isalnum() for letter in left.text):
            chances = _silenced(chances)
        return float(chances[_CATEGORIES.index(category)])

    def _with_context(self, question: Question, scores: _Scores) -> Floats:
        """Lean on earlier messages by rule, where the encoder has not read them.

        Of a bare description ("zwarte jas, capuchon") the encoder makes too little, so there the
        rule holds too.
        """
        own, text = scores.chances, question.text
        by_rule = scores.reading is None or only_describes(text)
        lean = leans(text) if question.context and by_rule else 0.0
        if not lean:
            return own
        words = [self._read(text).forms for text in question.context]
        offset = self._model.offsets[question.origin]
        earlier = self._first.judge(words, [offset] * len(words)).chances
        silent = [closing(text) > 0 for text in question.context]
        earlier[silent] = _silenced(np.zeros(len(_CATEGORIES)))
        return carry_on(own, earlier, lean)


def load_classifier(
    path: Path, *, thresholds: Path | None = None, places: PlaceFinder | None = None
) -> TrainedClassifier:
    """Return the classifier whose model is in ``path``; raise ``ModelRefused`` saying why not.

    ``thresholds`` is a tenant's own file of costs; by default the one that is shipped.
    """
    costs = load_costs(thresholds or folder("data") / "classify" / "thresholds.toml")
    model = load_model(path)
    return TrainedClassifier(
        model, costs, places or PlaceFinder(), load_second(path, model.lexicon)
    )


def _silenced(chances: Floats) -> Floats:
    """Return probabilities with ``geen`` at least ``OVER``; the rest keeps its proportions."""
    if chances[_GEEN] >= OVER:
        return chances
    rest = np.delete(chances, _GEEN).sum()
    scaled = chances * ((1.0 - OVER) / rest if rest else 0.0)
    scaled[_GEEN] = OVER if rest else 1.0
    return np.asarray(scaled)
