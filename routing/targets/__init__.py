# SPDX-License-Identifier: EUPL-1.2
"""One module per kind of receiver; the registry lists this folder."""

from __future__ import annotations
