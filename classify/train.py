# SPDX-License-Identifier: EUPL-1.2
"""Trains a model and says, on writers it did not see, how good it is.

Run ``python -m classify.train data/corpora/messages models/buurt/0.1.0``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from classify import firsthand, subcategory
from classify.calibrate import calibrated
from classify.card import write_card
from classify.columns import fit_columns
from classify.corpus import Example, Fold, corpus_hash, leave_one_writer_out, load_corpus
from classify.decide import Costs, load_costs
from classify.evaluate import evaluate
from classify.head import Floats, folded
from classify.learn import fit_head
from classify.lexicon import Lexicon, shipped_lexicon
from classify.loader import save_model
from classify.model import Model
from classify.normalise import Normaliser
from classify.personal import PersonalFinder
from classify.pipeline import LinearClassifier
from classify.places import PlaceFinder
from classify.recipe import CATEGORY, FIRST_HAND, URGENCY
from core.label import Category
from core.resources import folder
from core.verdict import Question, Verdict

#: Told what is being done and how far it is (0 to 1).
Progress = Callable[[str, float], None]


@dataclass(frozen=True, kw_only=True)
class Material:
    """The corpus as training sees it."""

    examples: tuple[Example, ...]
    #: Normalised words of each message.
    documents: tuple[tuple[str, ...], ...]
    lexicon: Lexicon

    def only(self, rows: Sequence[int]) -> Material:
        """Return the material of these rows."""
        return replace(
            self,
            examples=tuple(self.examples[i] for i in rows),
            documents=tuple(self.documents[i] for i in rows),
        )


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """Raw scores of messages whose writer the model had not seen."""

    examples: tuple[Example, ...]
    category: Floats
    urgency: Floats
    first_hand: Floats


def train(
    corpus: Path, out: Path, seed: int = 1, progress: Progress = lambda _what, _share: None
) -> dict[str, Any]:
    """Train on ``corpus``, write model, manifest and card into ``out``; return the metrics."""
    # Before anything else: somebody may be writing in the corpus while we learn.
    digest = corpus_hash(corpus)
    material = prepare(load_corpus(corpus))
    name = f"{out.parent.name}/{out.name}"
    folds = leave_one_writer_out(material.examples)
    models: list[Model] = []
    for number, fold in enumerate(folds):
        progress(f"without writer {fold.held_out}", number / (len(folds) + 1))
        models.append(learn(material.only(fold.train), name, seed))
    unseen = [_score(m, material.only(f.validate)) for m, f in zip(models, folds, strict=True)]
    costs = load_costs(folder("data") / "classify" / "thresholds.toml")
    metrics = validate(material, folds, models, unseen, costs, seed)
    progress("on all writers", len(folds) / (len(folds) + 1))
    model = calibrate(learn(material, name, seed), unseen)
    about = describe(material.examples, digest)
    save_model(model, out, corpus=about, metrics=_headline(metrics), seed=seed)
    write_card(out, name, about, metrics)
    progress("done", 1.0)
    return metrics


def prepare(examples: Sequence[Example]) -> Material:
    """Normalise every message once."""
    lexicon = shipped_lexicon()
    normaliser, finder = Normaliser(lexicon), PersonalFinder(lexicon)
    words = (normaliser.words(e.text, finder.find(e.text)) for e in examples)
    documents = tuple(tuple(word.form for word in row) for row in words)
    return Material(examples=tuple(examples), documents=documents, lexicon=lexicon)


def learn(material: Material, name: str, seed: int) -> Model:
    """Return a model learnt from all of ``material``, not yet calibrated."""
    examples = material.examples
    columns = fit_columns(material.documents, [e.batch for e in examples])
    rows = columns.rows(material.documents)
    signals = [i for i, e in enumerate(examples) if e.category is not Category.GEEN]
    labels = [e.category.value for e in examples]
    urgencies = [_urgency(examples[i]) for i in signals]
    seen = [firsthand.name_of(examples[i].first_hand is not False) for i in signals]
    return Model(
        name=name,
        lexicon=material.lexicon,
        columns=columns,
        category=fit_head(rows, labels, columns, CATEGORY, seed),
        urgency=fit_head(rows[signals], urgencies, columns, URGENCY, seed),
        first_hand=fit_head(rows[signals], seen, columns, FIRST_HAND, seed),
        subcategory=subcategory.fit(rows, examples, columns, seed),
        geen_share=1.0 - len(signals) / len(examples),
    )


def calibrate(model: Model, unseen: Sequence[Unseen]) -> Model:
    """Return ``model`` with probabilities learnt from scores of writers not seen."""
    examples = [example for part in unseen for example in part.examples]
    signals = [i for i, e in enumerate(examples) if e.category is not Category.GEEN]
    category = np.vstack([part.category for part in unseen])
    speeds = np.vstack([part.urgency for part in unseen])[signals]
    seen = np.vstack([part.first_hand for part in unseen])[signals]
    labels = [e.category.value for e in examples]
    urgencies = [_urgency(examples[i]) for i in signals]
    hands = [firsthand.name_of(examples[i].first_hand is not False) for i in signals]
    return replace(
        model,
        category=folded(calibrated(model.category, category, labels)),
        urgency=folded(calibrated(model.urgency, speeds, urgencies)),
        first_hand=folded(calibrated(model.first_hand, seen, hands)),
        geen_share=1.0 - len(signals) / len(examples),
    )


def validate(
    material: Material,
    folds: Sequence[Fold],
    models: Sequence[Model],
    unseen: Sequence[Unseen],
    costs: Costs,
    seed: int,
) -> dict[str, Any]:
    """Return the figures on every writer, judged by a model that never saw that writer."""
    examples: list[Example] = []
    verdicts: list[Verdict] = []
    for number, (fold, model) in enumerate(zip(folds, models, strict=True)):
        others = [part for i, part in enumerate(unseen) if i != number]
        held_out = [material.examples[i] for i in fold.validate]
        classifier = LinearClassifier(calibrate(model, others), costs, PlaceFinder())
        verdicts += classifier.judge([_question(example) for example in held_out])
        examples += held_out
    return evaluate(examples, verdicts, seed=seed) | {"method": "leave one writer out"}


def describe(examples: Sequence[Example], digest: str) -> dict[str, Any]:
    """Return what the manifest says of the corpus."""
    return {
        "sha256": digest,
        "messages": len(examples),
        "batches": len({e.batch for e in examples}),
        "writers": len({e.writer for e in examples}),
    }


def _question(example: Example) -> Question:
    # The corpus has its own mix, so no prior knowledge about the kind of source.
    return Question(text=example.text, context=example.context, origin=None)


def _score(model: Model, material: Material) -> Unseen:
    rows = model.columns.rows(material.documents)
    return Unseen(
        examples=material.examples,
        category=model.category.scores(rows),
        urgency=model.urgency.scores(rows),
        first_hand=model.first_hand.scores(rows),
    )


def _urgency(example: Example) -> str:
    return example.urgency.value if example.urgency else "niet-urgent"


def _headline(metrics: dict[str, Any]) -> dict[str, Any]:
    kept = ("method", "messages", "macro_f1", "ece", "false_alarms_per_1000", "spoed_recall")
    return {name: metrics[name] for name in kept}


def main(arguments: Sequence[str] | None = None) -> int:
    """Train from the command line."""
    parser = argparse.ArgumentParser(prog="python -m classify.train", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    metrics = train(options.corpus, options.out, options.seed, _say)
    low, high = metrics["macro_f1_interval"]
    sys.stdout.write(f"macro-F1 {metrics['macro_f1']:.3f} [{low:.3f} {high:.3f}]\n")
    return 0


def _say(what: str, share: float) -> None:
    sys.stderr.write(f"{share:4.0%} {what}\n")


if __name__ == "__main__":
    sys.exit(main())
