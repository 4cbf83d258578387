# SPDX-License-Identifier: EUPL-1.2
"""Floor 0: the words and rules of Buurtsignaal, in the standard library only."""

from __future__ import annotations
