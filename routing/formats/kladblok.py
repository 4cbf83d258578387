# SPDX-License-Identifier: EUPL-1.2
"""One line that a control-room operator can paste into the log of a call ("kladblok")."""

from __future__ import annotations

from core.clock import AMSTERDAM
from routing.formats.plain import one_line
from routing.report import Report

#: Control-room systems cut long lines; what matters comes first.
MOST = 500


def kladblok(report: Report) -> str:
    """Return code, kind, place, time and words, in the order in which they are needed."""
    seen = {True: "zelf gezien", False: "van horen zeggen", None: ""}[report.first_hand]
    parts = [
        (report.lmc or "").upper(),
        report.kind,
        " / ".join(place.text for place in report.places),
        f"{report.sent_at.astimezone(AMSTERDAM):%d-%m %H:%M}",
        report.urgency.value,
        seen,
        f'"{report.words}"' if report.words else "",
    ]
    line = " - ".join(one_line(part) for part in parts if part)
    return line if len(line) <= MOST else f"{line[: MOST - 1]}…"
