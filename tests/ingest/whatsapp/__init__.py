# SPDX-License-Identifier: EUPL-1.2
"""Exports of WhatsApp, one test file for each step of reading them."""

from __future__ import annotations
