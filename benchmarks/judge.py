# SPDX-License-Identifier: EUPL-1.2
"""How long judging takes: compiled against plain, words to probabilities and text to verdict.

"scikit-learn" is the same model as a ``Pipeline`` of scikit-learn's own parts: a union of
``TfidfVectorizer`` for words and pairs, pieces of words and lemmas, and our transformer of cues,
then ``LogisticRegression`` with our weights. It must give the same probabilities, or the run stops.
Processor time, the best of several rounds: other work on the machine counts less.
"""

from __future__ import annotations

import asyncio
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline

from classify.columns import Block
from classify.corpus import load_corpus
from classify.features import CueVectorizer
from classify.grams import Grams, grams_of_word
from classify.head import Head
from classify.kernel.machine import machine
from classify.kernel.stage import CompiledStage
from classify.loader import load_model
from classify.model import Model
from classify.normalise import Normaliser
from classify.personal import PersonalFinder
from classify.pipeline import TrainedClassifier, load_classifier
from classify.plain import PlainStage
from classify.stage import FirstStage, Judged
from core.message import Origin
from core.resources import folder
from core.verdict import Question

#: Messages of a batch; one in ten is judged by itself too.
BATCH = 4_000
_ROUNDS = 3

Words = Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Times:
    """Microseconds of processor time for each message."""

    name: str
    alone: float
    batch: float


async def run(scale: float) -> None:
    """Print times and ratios; a tenth of the messages at scale 0.1."""
    await asyncio.to_thread(_run, scale)


def _run(scale: float) -> None:
    path = _active()
    model, ready = load_model(path), machine()
    if ready is None:
        sys.exit("the compiled form cannot be used here: install the extra 'fast'")
    texts = _texts(max(200, round(BATCH * scale)))
    documents = _documents(model, texts)
    plain, compiled = PlainStage(model), CompiledStage(model, ready)
    _words(model, plain, compiled, documents)
    _verdicts(path, texts, plain)
    _starts(path)


def _words(model: Model, plain: FirstStage, compiled: FirstStage, documents: Words) -> None:
    peers = [_peer(model, head) for head in (model.category, model.urgency, model.first_hand)]
    _check(peers[0], model, plain, documents[:500])
    print("words to probabilities of all three heads, microseconds of processor time a message")
    _table(
        [
            _times("scikit-learn, category only", peers[0].predict_proba, _joined, documents),
            _times("scikit-learn, three heads", _all_of(peers), _joined, documents),
            _times("plain (numpy, scipy)", _judging(plain), list, documents),
            _times("compiled", _judging(compiled), list, documents),
        ]
    )


def _all_of(peers: Sequence[Any]) -> Callable[[list[str]], list[Any]]:
    return lambda rows: [peer.predict_proba(rows) for peer in peers]


def _judging(form: FirstStage) -> Callable[[Words], Judged]:
    return lambda rows: form.judge(rows, [0.0] * len(rows))


def _verdicts(path: Path, texts: Sequence[str], plain: FirstStage) -> None:
    print("\ntext to verdict, with reading, places, personal data and evidence")
    fast = load_classifier(path)
    slow = TrainedClassifier(fast._model, fast._costs, fast._places, stage=plain)
    both = fast._second
    fast._second = None
    questions = [Question(text=text, origin=Origin.CHAT) for text in texts]
    _table(
        [
            _times("first stage, plain", slow.judge, list, questions),
            _times("first stage, compiled", fast.judge, list, questions),
        ]
    )
    if both is None:
        return
    fewer = questions[: max(100, len(questions) // 10)]
    fast._second = slow._second = both
    wanted = sum(v.related is not None for v in fast.judge(fewer)) / len(fewer)
    print(f"\nboth stages; the encoder reads {wanted:.0%} of these messages, on one thread")
    _table(
        [
            _times("both stages, plain", slow.judge, list, fewer, rounds=2),
            _times("both stages, compiled", fast.judge, list, fewer, rounds=2),
        ]
    )


def _starts(path: Path) -> None:
    """Print how long a new process takes to its first verdict, and the memory that it takes."""
    print("\na new process up to its first verdict (kept machine code), and its memory")
    for name, line in (("plain", "import sys; sys.modules['numba'] = None\n"), ("compiled", "")):
        found = [_start(line, path) for _ in range(3)]
        wall, used, memory = min(found, key=lambda row: row[0])
        print(f"{name:30} {wall:6.2f} s wall  {used:6.2f} s processor  {memory:6.0f} MB")


def _start(first_line: str, path: Path) -> tuple[float, float, float]:
    program = (
        f"{first_line}"
        "from pathlib import Path\n"
        "from classify.pipeline import load_classifier\n"
        "from core.verdict import Question\n"
        f"classifier = load_classifier(Path({str(path)!r}))\n"
        "classifier.judge([Question(text='Wie gaat er zondag mee wandelen?')])\n"
        # Not ru_maxrss: a process takes that over from the one that started it.
        "status = Path('/proc/self/status').read_text()\n"
        "print(int(status.split('VmHWM:')[1].split()[0]) / 1024)\n"
    )
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, capture_output=True, check=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, used, float(run.stdout)


def _times(
    name: str,
    judge: Callable[[Any], Any],
    ready: Callable[[Any], Any],
    rows: Sequence[Any],
    rounds: int = _ROUNDS,
) -> Times:
    """Return the best time of several rounds, one by one and all at once."""
    singles = [ready([row]) for row in rows[: max(20, len(rows) // 10)]]
    together = ready(rows)
    judge(together)

    def each() -> None:
        for single in singles:
            judge(single)

    alone = min(_seconds(each) for _ in range(rounds)) / len(singles)
    batch = min(_seconds(lambda: judge(together)) for _ in range(rounds)) / len(rows)
    return Times(name=name, alone=alone * 1e6, batch=batch * 1e6)


def _seconds(what: Callable[[], Any]) -> float:
    began = time.process_time()
    what()
    return time.process_time() - began


def _table(rows: Sequence[Times]) -> None:
    """Print the rows; ratios are those of each row against the last."""
    last = rows[-1]
    print(f"{'':30} {'one':>9} {'ratio':>7} {'batch':>9} {'ratio':>7}")
    for row in rows:
        print(
            f"{row.name:30} {row.alone:9.1f} {row.alone / last.alone:7.1f} "
            f"{row.batch:9.1f} {row.batch / last.batch:7.1f}",
            flush=True,
        )


def _peer(model: Model, head: Head) -> Any:
    """Return the same features and weights as scikit-learn's own parts."""
    parts: list[tuple[str, Any]] = []
    factors: dict[str, float] = {}
    for block, part in zip(model.columns.blocks, model.columns.fitted, strict=True):
        factors[block.kind] = block.weight
        if isinstance(part, Grams):
            vectorizer = TfidfVectorizer(
                analyzer=_Analyzer(block), vocabulary=list(part.known), sublinear_tf=True
            )
            vectorizer.idf_ = part.idf
            parts.append((block.kind, vectorizer))
        else:
            parts.append((block.kind, CueVectorizer().fit([""])))
    regression = LogisticRegression()
    weights, shift = head.weights @ head.mix, head.intercept @ head.mix + head.shift
    if len(head.classes) == 2:  # one row of the difference, as scikit-learn has it
        weights, shift = weights[:, [1]] - weights[:, [0]], shift[[1]] - shift[[0]]
    regression.classes_ = np.array(head.classes)
    regression.coef_, regression.intercept_ = weights.T, shift
    union = FeatureUnion(parts, transformer_weights=factors)
    return Pipeline([("features", union), ("regression", regression)])


@dataclass(frozen=True)
class _Analyzer:
    """What scikit-learn calls to cut a document into grams."""

    block: Block

    def __call__(self, document: str) -> list[str]:
        block, words = self.block, document.split(" ") if document else []
        grams = [g for w in words for g in grams_of_word(w, block.kind, block.low, block.high)]
        if block.kind == "word" and block.high > 1:
            grams += [f"{a} {b}" for a, b in pairwise(words)]
        return grams


def _check(peer: Any, model: Model, plain: FirstStage, documents: Words) -> None:
    order = [model.category.classes.index(c) for c in model.category.classes]
    ours = plain.judge(documents, [0.0] * len(documents)).category[:, order]
    powers = np.exp(ours - ours.max(axis=1, keepdims=True))
    theirs = peer.predict_proba(_joined(documents))
    worst = np.abs(theirs - powers / powers.sum(axis=1, keepdims=True)).max()
    print(f"greatest difference between scikit-learn and ours: {worst:.1e}")
    if worst > 1e-5:
        sys.exit("scikit-learn's form of the model gives other probabilities")


def _joined(documents: Words) -> list[str]:
    return [" ".join(words) for words in documents]


def _documents(model: Model, texts: Sequence[str]) -> list[list[str]]:
    normaliser, finder = Normaliser(model.lexicon), PersonalFinder(model.lexicon)
    return [[w.form for w in normaliser.words(text, finder.find(text))] for text in texts]


def _texts(number: int) -> list[str]:
    corpus = load_corpus(folder("data") / "corpora" / "messages")
    return [example.text for example in random.Random(1).sample(corpus, number)]


def _active() -> Path:
    models = folder("models")
    return models / (models / "ACTIVE").read_text(encoding="utf-8").strip()
