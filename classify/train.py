# SPDX-License-Identifier: EUPL-1.2
"""Trains a model and says, on writers it did not see, how good it is.

Run ``python -m classify.train data/corpora/messages models/buurt/0.1.0``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from classify.card import write_card
from classify.corpus import Example, corpus_hash, load_corpus, writer_folds
from classify.decide import load_costs
from classify.fit import calibrate, learn, prepare
from classify.frozen import frozen_test
from classify.linker import learn_linker
from classify.loader import save_model
from classify.model import Model
from classify.pipeline import load_classifier
from classify.together import put_together
from classify.trial import Trial, figures
from core.resources import folder

#: Told what is being done and how far it is (0 to 1).
Progress = Callable[[str, float], None]
METHOD = "writers held out ({} folds)"


def train(
    corpus: Path,
    out: Path,
    seed: int = 1,
    progress: Progress = lambda _what, _share: None,
    *,
    test: Path | None = None,
) -> dict[str, Any]:
    """Train on ``corpus``, write model, manifest and card into ``out``; return the metrics.

    Where ``out`` holds an encoder already (see ``classify.encoder.learn``), both stages are put
    together with the writers that the encoder did not learn from. ``test`` is the folder of the
    frozen test, to be judged once per release.
    """
    # Before anything else: somebody may be writing in the corpus while we learn.
    digest = corpus_hash(corpus)
    material = prepare(load_corpus(corpus))
    name = f"{out.parent.name}/{out.name}"
    costs = load_costs(folder("data") / "classify" / "thresholds.toml")
    folds = writer_folds(material.examples)
    models: list[Model] = []
    for number, fold in enumerate(folds):
        progress(f"without {fold.held_out}", number / (len(folds) + 2))
        models.append(learn(material.only(fold.train), name, seed))
    trial = Trial(material=material, folds=tuple(folds), models=tuple(models), costs=costs)
    judged = trial.judge(name)
    metrics: dict[str, Any] = {"method": METHOD.format(len(folds)), **figures(judged, costs, seed)}
    progress("second stage", len(folds) / (len(folds) + 2))
    second, both = put_together(trial, judged, out, seed)
    if both:
        metrics["second_stage"] = both
    progress("on all writers", (len(folds) + 1) / (len(folds) + 2))
    model = replace(
        calibrate(learn(material, name, seed), trial.unseen),
        linker=learn_linker(judged.examples, judged.verdicts, seed),
        second=second,
    )
    about = describe(material.examples, digest)
    save_model(model, out, corpus=about, metrics=_headline(metrics), seed=seed)
    if test is not None:
        metrics["test"] = frozen_test(test, load_classifier(out), costs)
    write_card(out, name, about, metrics)
    progress("done", 1.0)
    return metrics


def describe(examples: Sequence[Example], digest: str) -> dict[str, Any]:
    """Return what the manifest says of the corpus."""
    return {
        "sha256": digest,
        "messages": len(examples),
        "batches": len({e.batch for e in examples}),
        "writers": len({e.writer for e in examples}),
    }


def _headline(metrics: dict[str, Any]) -> dict[str, Any]:
    kept = ("method", "messages", "macro_f1", "ece", "false_alarms_per_1000", "spoed_recall")
    return {name: metrics[name] for name in kept}


def main(arguments: Sequence[str] | None = None) -> int:
    """Train from the command line."""
    parser = argparse.ArgumentParser(prog="python -m classify.train", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--test", type=Path, help="the frozen test; once per release")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    metrics = train(options.corpus, options.out, options.seed, _say, test=options.test)
    low, high = metrics["macro_f1_interval"]
    sys.stdout.write(f"macro-F1 {metrics['macro_f1']:.3f} [{low:.3f} {high:.3f}]\n")
    return 0


def _say(what: str, share: float) -> None:
    sys.stderr.write(f"{share:4.0%} {what}\n")


if __name__ == "__main__":
    sys.exit(main())
