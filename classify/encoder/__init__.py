# SPDX-License-Identifier: EUPL-1.2
"""The second stage: a small multilingual transformer, fine-tuned, for what words leave open."""

from __future__ import annotations
