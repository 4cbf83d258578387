# SPDX-License-Identifier: EUPL-1.2
"""What the public report form consists of; its pages are in ``dashboard/pages``."""

from __future__ import annotations
