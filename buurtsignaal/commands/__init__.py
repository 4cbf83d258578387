# SPDX-License-Identifier: EUPL-1.2
"""One file for each group of commands."""

from __future__ import annotations
