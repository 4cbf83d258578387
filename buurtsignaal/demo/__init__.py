# SPDX-License-Identifier: EUPL-1.2
"""The demo: the real house, with an invented town around it in a second process."""

from __future__ import annotations
