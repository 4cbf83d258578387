# SPDX-License-Identifier: EUPL-1.2
"""The looks of the evaluation report: one style sheet, light and dark, for screen and print."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --soft: #6b6b6b;
  --line: #d0d0d0; --blue: #154273; --red: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #eee; --paper: #16191d; --soft: #a8a8a8;
  --line: #444; --blue: #8fb8e8; --red: #f2837b; } }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); }
main { max-width: 70rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .25rem .75rem; border-bottom: 1px solid var(--line); text-align: right; }
th[scope=row], th:first-child { text-align: left; font-weight: 400; }
td:last-child { overflow-wrap: anywhere; }
thead th { font-weight: 600; border-bottom-width: 2px; }
.wide { overflow-x: auto; }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; }
svg { width: 20rem; max-width: 100%; height: auto; }
section > svg { width: 40rem; }
svg text { font: 11px system-ui, sans-serif; fill: var(--ink); }
.grid { stroke: var(--line); stroke-width: .5; }
.ideal { stroke: var(--soft); stroke-dasharray: 4 4; }
.line { fill: none; stroke: var(--blue); stroke-width: 2; }
.dot, .bar, .hit { fill: var(--blue); }
.miss { fill: var(--red); }
.bar { fill-opacity: .75; }
.whisker { stroke: var(--ink); stroke-width: 2; }
svg .count { font-size: 10px; }
svg .on-dark { fill: var(--paper); }
"""
