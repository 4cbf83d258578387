# SPDX-License-Identifier: EUPL-1.2
"""Test partners: stand-ins for outside services, from their own documentation."""

from __future__ import annotations
