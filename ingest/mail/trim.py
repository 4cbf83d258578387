# SPDX-License-Identifier: EUPL-1.2
"""What somebody wrote themselves: without the mail they answered, greeting, name and number.

What they forward stays, since that is what they want to tell; the names and addresses above it go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_DASHES = r"[-_=* ]{0,20}"
_FORWARD = re.compile(
    rf"{_DASHES}(?:Forwarded message|Doorgestuurd bericht|Begin doorgestuurd bericht"
    rf"|Begin forwarded message|Doorgestuurde e-?mail):?{_DASHES}",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    rf"{_DASHES}(?:Oorspronkelijk bericht|Original Message|Origineel bericht):?{_DASHES}",
    re.IGNORECASE,
)
#: ``Op za 21 nov. 2026 om 12:04 schreef Bea <…>:``; a date or time keeps sentences out.
_DATED = r"(?=.{0,300}(?:\d{4}|\d{1,2}[:.]\d{2}))"
_WROTE = re.compile(
    rf"{_DATED}(?:Op|On)\b.{{5,300}}\b(?:schreef|wrote)\b.{{0,120}}:", re.IGNORECASE
)
#: ``Bea Jansen schreef op 21-11-2026:``; never broken over lines.
_NAME_WROTE = re.compile(
    rf"{_DATED}.{{1,150}}\b(?:schreef|wrote)\b.{{0,20}}\b(?:op|on)\b.{{5,120}}:", re.IGNORECASE
)
_RULE = re.compile(r"[-_=*]{3,}")
_HEADER = re.compile(
    r"\*{0,2}(?:Van|Verzonden|Aan|CC|Onderwerp|Datum|Beantwoorden|From|Sent|To|Subject|Date"
    r"|Reply-To)\*{0,2}\s?:\*{0,2}(?:\s.{0,400})?",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"(?:Verzonden|Verstuurd|Sent)(?: met| vanaf| via| from| with)\b.{0,80}"
    r"|(?:Outlook voor|Download Outlook|Get Outlook|Ontvang Outlook)\b.{0,120}",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?:met )?(?:een )?(?:vriendelijke|hartelijke|warme) groet(?:en)?|groet(?:en|jes)?"
    r"|m\.?v\.?g\.?|hoogachtend|gr\.?|kind regards|best regards|regards)"
    r"(?: van| uit)?(?:[,.! ].{0,60})?",
    re.IGNORECASE,
)
#: Lines of a header block that make it one.
_FEWEST = 3
#: Attributions are broken over at most this many lines.
_WRAPPED = 3


def own_words(text: str, *, forwarded: bool = False) -> str:
    """Return the writer's own words; ``forwarded``: the subject says that it is a forward."""
    trimmer = _Trimmer(lines=text.splitlines(), forwarded=forwarded)
    trimmer.run()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(trimmer.kept)).strip()


@dataclass
class _Trimmer:
    lines: list[str]
    forwarded: bool
    kept: list[str] = field(default_factory=list)
    #: Below a greeting or ``--``.
    signing: bool = False
    #: Inside what is passed on.
    passing: bool = False

    def run(self) -> None:
        """Look at each line once."""
        at = 0
        while at < len(self.lines):
            line = _bare(self.lines[at])
            if _FORWARD.fullmatch(line):
                at = self._pass_on(at + 1)
            elif self._header_block(at):
                if not self.forwarded:
                    return
                at = self._pass_on(at)
            elif self._answers(at, line):
                return
            else:
                self._take(self.lines[at], line)
                at += 1

    def _answers(self, at: int, line: str) -> bool:
        if _ORIGINAL.fullmatch(line):
            return not self.forwarded
        if not line or len(line) > 400:
            return False
        if _NAME_WROTE.fullmatch(line):
            return True
        ahead = [_bare(each) for each in self.lines[at : at + _WRAPPED]]
        joined = [" ".join(ahead[:count]) for count in range(1, len(ahead) + 1)]
        return any(_WROTE.fullmatch(each) for each in joined if len(each) < 600)

    def _header_block(self, at: int) -> bool:
        ahead = [_bare(each) for each in self.lines[at : at + 8] if _bare(each)]
        if not ahead or not _HEADER.fullmatch(ahead[0]):
            return False
        return sum(bool(_HEADER.fullmatch(each)) for each in ahead[:6]) >= _FEWEST

    def _pass_on(self, at: int) -> int:
        """Skip the header block of what is passed on; return where its words begin."""
        self.signing, self.passing = False, True
        seen = False
        while at < len(self.lines):
            line = _bare(self.lines[at])
            header = bool(_HEADER.fullmatch(line))
            if not header and (line or seen):
                break
            seen = seen or header
            at += 1
        # A long list of receivers is broken over lines; it ends at the first empty one.
        while seen and at < len(self.lines) and "@" in self.lines[at] and _bare(self.lines[at]):
            at += 1
        self.kept.append("")
        return at

    def _take(self, raw: str, line: str) -> None:
        if line.rstrip() == "--" or _CLOSING.fullmatch(line) or _DEVICE.fullmatch(line):
            self.signing = True
        if self.signing or _RULE.fullmatch(line):
            return
        if not raw.lstrip().startswith(">"):
            self.kept.append(raw.rstrip())
        elif self.passing:
            self.kept.append(line)


def _bare(line: str) -> str:
    """Return the line without marks of quoting and spaces around it."""
    return line.strip().lstrip("> ").replace("\u00a0", " ").strip()
