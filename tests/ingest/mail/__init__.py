# SPDX-License-Identifier: EUPL-1.2
"""E-mail: who may write, what is read of it, and that nothing is lost on the way."""

from __future__ import annotations
