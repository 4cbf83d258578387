# SPDX-License-Identifier: EUPL-1.2
"""The interface for programs: ``/api/v1``, under the NL GOV API Design Rules."""

from __future__ import annotations
