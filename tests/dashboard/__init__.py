# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations
