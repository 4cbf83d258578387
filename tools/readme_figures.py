# SPDX-License-Identifier: EUPL-1.2
"""Puts the active model's figures into the README, as ``tests/test_docs.py`` expects them."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Replace the table that begins with ``| | first stage``."""
    from tests.test_docs import figure_rows

    active = (ROOT / "models" / "ACTIVE").read_text(encoding="utf-8").strip()
    metrics = json.loads((ROOT / "models" / active / "metrics.json").read_text(encoding="utf-8"))
    head, *rows = figure_rows(metrics)
    line = "|" + "---|" * (head.count("|") - 1)
    table = "\n".join([head, line, *rows]) + "\n"
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    old = re.compile(r"^(?:FIGURES\n|\| \| first stage.*\n(?:\|.*\n)*)", re.MULTILINE)
    text = old.sub(table, text)
    text = re.sub(r"models/buurt/\d+\.\d+\.\d+/", f"models/{active}/", text)
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
