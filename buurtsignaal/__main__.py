# SPDX-License-Identifier: EUPL-1.2
"""``python -m buurtsignaal`` is the command line."""

from __future__ import annotations

from buurtsignaal.cli import main

if __name__ == "__main__":
    main()
