# SPDX-License-Identifier: EUPL-1.2
"""The form of one municipality, and what the pages may do with what is sent on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

from core import errors
from core.label import Category
from core.ownreport import Kind, OwnReport
from core.tenant import Tenant
from dashboard.report.house import House
from dashboard.report.wording import Wording


class Way(Enum):
    """Where a report goes."""

    #: Into the line, to an operator of the municipality itself.
    LINE = auto()
    #: To a mailbox of a municipality that does not work with us.
    MAIL = auto()
    #: Nowhere: we know no address, so we ask nothing.
    NOWHERE = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """What people see for one municipality."""

    slug: str
    #: Name of the municipality.
    name: str
    way: Way
    #: What can be reported, in the order of the tenant file.
    kinds: tuple[Kind, ...]
    #: By language, in the municipality's own words.
    wordings: Mapping[str, Wording]
    house: House = field(default_factory=House)
    #: None for a municipality that does not work with us.
    tenant: Tenant | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Sent:
    """A report that was filled in well; lives in memory only."""

    #: Random, of the form's ticket; what is made of the report is named after it.
    seed: str
    words: str
    place: str
    own: OwnReport
    #: The wording in which it was filled in.
    wording: Wording

    def __repr__(self) -> str:
        return f"<Sent {self.own.category}>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What became of a report, after the commit."""

    #: With which the reporter can follow it; empty where that cannot be done.
    code: str = ""
    #: Its signal; empty where there is none, or when this is a repeat.
    signal: str = ""


class NotTaken(errors.BuurtsignaalError):
    """Nothing was stored; the reporter has to try again."""


class Reporting(Protocol):
    """The way in for reports; the same gate and line as every connector."""

    @property
    def forms(self) -> Mapping[str, Form]:
        """All municipalities that can be chosen, by short name."""
        ...

    @property
    def secret(self) -> bytes:
        """What tickets are signed with."""
        ...

    async def send(self, form: Form, sent: Sent) -> Taken:
        """Return after the commit; raise ``NotTaken`` when nothing was stored."""
        ...

    def find(self, code: str) -> tuple[Form, str] | None:
        """Return the form and the key of the message that a follow code belongs to."""
        ...

    def asked_as(self, question: str) -> str:
        """Return the key that an answer to this question of an operator names."""
        ...

    async def answer(self, form: Form, code: str, question: str, seed: str, text: str) -> None:
        """Hand an answer to the line; raise ``NotTaken`` when nothing was stored."""
        ...

    async def withdraw(self, form: Form, code: str) -> None:
        """Erase all that was made of a report; raise ``NotTaken`` when that failed."""
        ...


class NoReporting:
    """A house without any form."""

    forms: Mapping[str, Form] = {}
    secret = b"no form, no secret"

    async def send(self, form: Form, sent: Sent) -> Taken:  # noqa: ARG002
        """Take nothing."""
        raise NotTaken

    def find(self, code: str) -> tuple[Form, str] | None:  # noqa: ARG002
        """Find nothing."""
        return None

    def asked_as(self, question: str) -> str:
        """Return the question itself."""
        return question

    async def answer(
        self,
        form: Form,  # noqa: ARG002
        code: str,  # noqa: ARG002
        question: str,  # noqa: ARG002
        seed: str,  # noqa: ARG002
        text: str,  # noqa: ARG002
    ) -> None:
        """Take nothing."""
        raise NotTaken

    async def withdraw(self, form: Form, code: str) -> None:  # noqa: ARG002
        """Take nothing."""
        raise NotTaken


def kinds_of(themes: tuple[Category, ...], wording: Wording) -> tuple[Kind, ...]:
    """Return what can be ticked: everything that the form has a name for, a theme's rest last."""
    found = []
    for theme in themes:
        names = [n for n in wording.kinds if n.partition("/")[0] == theme.value]
        found += [Kind.of(n) for n in sorted(names, key=lambda name: "/" not in name)]
    return tuple(found)
