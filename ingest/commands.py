# SPDX-License-Identifier: EUPL-1.2
"""What the bot's commands mean; a pure function, ``ingest.deeds`` carries it out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.admin import Signup
from core.audit import Result, Tag
from core.choice import Choice, Wish
from core.consent import ConsentEvent, ConsentKind, ConsentState
from core.message import Command, Role
from core.tenant import Tenant
from ingest.texts import dutch_date
from store.consent import Group

#: Other words for the same command, with and without a slash in front in the source.
ALIASES: Mapping[str, str] = {
    "start": "toestemming",
    "consent": "toestemming",
    "help": "uitleg",
    "verwijder": "nietdoorsturen",
    "ja": "weermee",
}
#: Longest pilot, in days.
MOST_DAYS = 366
#: Reports that one answer lists; all of them are counted.
_MOST_SHOWN = 20
#: Columns of the ledger hold this many characters.
_LEDGER_TEXT = 200

_DURATION = re.compile(r"(\d{1,4})\s*(dag|dagen|week|weken|maand|maanden)?", re.IGNORECASE)
_DAYS = {"dag": 1, "dagen": 1, "week": 7, "weken": 7, "maand": 30, "maanden": 30}


class Erase(StrEnum):
    """What has to be erased because of a command."""

    NOTHING = "niets"
    #: All signals of the group.
    GROUP = "groep"
    #: All signals of the one who asked, in this group, over all periods.
    MEMBER = "lid"
    #: The signal of the message that the command answers.
    MESSAGE = "bericht"


class Answered(StrEnum):
    """What is known of the message that a command answers."""

    NOTHING = "geen-antwoord"
    #: Nothing is kept of it.
    UNKNOWN = "onbekend"
    OWN = "eigen"
    OTHERS = "ander"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What is kept of one message of the one who asks."""

    signal: str
    received_at: datetime
    #: When it is erased at the latest.
    until: datetime
    #: Receivers outside that have it.
    sent_to: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """What people call it by: the random end of its id, ``7F3A-91C2``."""
        end = self.signal[-8:].upper()
        return f"{end[:4]}-{end[4:]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """Everything the answer depends on, besides the command itself."""

    group: Group
    tenant: Tenant
    now: datetime
    #: When it was asked, see ``ingest.limits.when_said``.
    at: datetime
    #: Pseudonym of who asked.
    actor: str
    #: Version of the texts that people see.
    text_version: str
    answered: Answered = Answered.NOTHING
    #: The sign-up that waits for the code in the command.
    signup: Signup | None = None
    #: What is kept of the one who asks, newest first; looked up for who asks after it only.
    kept: tuple[Kept, ...] = ()
    #: Where the one who asks stands as a member.
    wish: Wish = field(default_factory=Wish)

    @property
    def state(self) -> ConsentState:
        """Where the group stands now."""
        return self.group.consent.at(self.now)


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandOutcome:
    """What a command changes and what the bot says."""

    #: Keys of texts, said under each other.
    reply: tuple[str, ...]
    #: Fields of those texts, besides the municipality's own.
    fields: Mapping[str, str] = field(default_factory=dict)
    #: A new line for the group's ledger.
    consent: ConsentEvent | None = None
    #: The member's own choice from now on.
    choice: Choice | None = None
    erase: Erase = Erase.NOTHING
    #: How much it helped, from 1 to 5.
    score: int | None = None
    #: The signal that has to be erased.
    signal: str | None = None
    #: The sign-up that turns out to be of this group.
    link: Signup | None = None
    #: What the audit log says of it; None: nothing happened that anybody must account for.
    tag: Tag | None = None
    result: Result = Result.DONE


def answer(command: Command, asking: Asking) -> CommandOutcome | None:
    """Return what the command does; None when it is no command of ours."""
    deed = _DEEDS.get(called(command))
    return deed(command, asking) if deed else None


def called(command: Command) -> str:
    """Return the command's own name, whichever word for it was used."""
    name = command.name.lower().lstrip("/")
    return ALIASES.get(name, name)


def pilot_days(argument: str) -> int | None:
    """Return the days of a pilot (``30``, ``30 dagen``, ``6 weken``); None when unclear."""
    found = _DURATION.fullmatch(argument.strip().rstrip(".!"))
    if not found:
        return None
    days = int(found[1]) * _DAYS[(found[2] or "dagen").lower()]
    return days if 1 <= days <= MOST_DAYS else None


def _allow(command: Command, asking: Asking) -> CommandOutcome:
    if not command.role.governs:
        return CommandOutcome(
            reply=("toestemming_beheerder",), tag=Tag.CONSENT_GRANTED, result=Result.REFUSED
        )
    days = pilot_days(command.argument) if command.argument.strip() else None
    if days is None and command.argument.strip():
        return CommandOutcome(reply=("toestemming_duur",), fields={"dagen_meest": str(MOST_DAYS)})
    until = asking.at + timedelta(days=days) if days else None
    granted = _event(ConsentKind.GRANTED, command.role, asking, until)
    if asking.group.consent.outlives(granted):
        status = _status(command, asking)
        return replace(status, tag=Tag.CONSENT_GRANTED, result=Result.REFUSED)
    strict = ("streng",) if asking.group.mode == "only-yes" else ()
    return CommandOutcome(
        reply=("toestemming_proef" if until else "toestemming", *strict),
        fields={"tot": dutch_date(until)} if until else {},
        consent=granted,
        tag=Tag.CONSENT_GRANTED,
    )


def _stop(command: Command, asking: Asking) -> CommandOutcome:
    if not command.role.governs:
        return _refuse(command, asking)
    if asking.state is ConsentState.WITHDRAWN:
        return CommandOutcome(reply=("stop",))
    return CommandOutcome(
        reply=("stop",),
        consent=_event(ConsentKind.WITHDRAWN, command.role, asking),
        erase=Erase.GROUP,
        tag=Tag.CONSENT_WITHDRAWN,
    )


def _refuse(_command: Command, _asking: Asking) -> CommandOutcome:
    """Say no for oneself: whoever governs the group stops it with another word."""
    return CommandOutcome(reply=("stop_lid",), choice="nee", tag=Tag.MEMBER_OPTED_OUT)


def _status(_command: Command, asking: Asking) -> CommandOutcome:
    consent = asking.group.consent
    if asking.state is not ConsentState.GRANTED:
        return CommandOutcome(reply=(f"status_{asking.state.value}",))
    fields = {"sinds": dutch_date(consent.valid_from or asking.now)}
    strict = ("streng",) if asking.group.mode == "only-yes" else ()
    if consent.valid_until is None:
        return CommandOutcome(reply=("status_toegestaan", *strict), fields=fields)
    fields["tot"] = dutch_date(consent.valid_until)
    return CommandOutcome(reply=("status_proef", *strict), fields=fields)


def _forget_me(_command: Command, _asking: Asking) -> CommandOutcome:
    return CommandOutcome(
        reply=("vergeetmij",), choice="nee", erase=Erase.MEMBER, tag=Tag.MEMBER_OPTED_OUT
    )


def _explain(_command: Command, _asking: Asking) -> CommandOutcome:
    return CommandOutcome(reply=("uitleg",))


def _join(_command: Command, asking: Asking) -> CommandOutcome:
    if asking.wish.outlives(asking.at):
        # They said no after this; it only came late.
        return CommandOutcome(reply=("stop_lid",), tag=Tag.MEMBER_OPTED_IN, result=Result.REFUSED)
    return CommandOutcome(reply=("weermee",), choice="ja", tag=Tag.MEMBER_OPTED_IN)


def _keep_private(command: Command, asking: Asking) -> CommandOutcome:
    if asking.answered is Answered.NOTHING:
        return CommandOutcome(reply=("nietdoorsturen_antwoord",))
    if asking.answered is Answered.UNKNOWN:
        # An admin may speak for a message that has not come in yet; it is refused when it does.
        erase = Erase.MESSAGE if command.role.governs else Erase.NOTHING
        return CommandOutcome(reply=("nietdoorsturen_niets",), erase=erase)
    if asking.answered is Answered.OTHERS and not command.role.governs:
        return CommandOutcome(
            reply=("nietdoorsturen_ander",), tag=Tag.DATA_ERASED, result=Result.REFUSED
        )
    return CommandOutcome(reply=("nietdoorsturen",), erase=Erase.MESSAGE)


def _show(_command: Command, asking: Asking) -> CommandOutcome:
    """Say what is kept of the one who asks; never its words, because the group reads along."""
    if not asking.kept:
        return CommandOutcome(reply=("inzage_niets",), tag=Tag.DATA_SHOWN)
    lines = [_shown(each) for each in asking.kept[:_MOST_SHOWN]]
    fields = {"aantal": str(len(asking.kept)), "lijst": "\n".join(lines)}
    return CommandOutcome(reply=("inzage",), fields=fields, tag=Tag.DATA_SHOWN)


def _shown(kept: Kept) -> str:
    line = f"{kept.number}: van {dutch_date(kept.received_at)}."
    line += f" Wordt gewist op uiterlijk {dutch_date(kept.until)}."
    return f"{line} Verstuurd naar: {', '.join(kept.sent_to)}." if kept.sent_to else line


def _erase_one(command: Command, asking: Asking) -> CommandOutcome:
    """Erase one's own report by its number."""
    asked = "".join(letter for letter in command.argument.upper() if letter.isalnum())
    found = next((k for k in asking.kept if k.number.replace("-", "") == asked), None)
    if found is None:
        return CommandOutcome(reply=("wis_onbekend",))
    return CommandOutcome(reply=("wis",), fields={"nummer": found.number}, signal=found.signal)


def _rate(command: Command, asking: Asking) -> CommandOutcome:
    """Take a number from 1 to 5, in a group that takes part."""
    said = command.argument.strip().rstrip(".!")
    if asking.state is not ConsentState.GRANTED:
        return _status(command, asking)
    if said not in {"1", "2", "3", "4", "5"}:
        return CommandOutcome(reply=("cijfer_uitleg",))
    return CommandOutcome(reply=("cijfer_dank",), score=int(said))


def _link(command: Command, asking: Asking) -> CommandOutcome:
    """Say that this is the group that was signed up; only who governs it can."""
    if not command.role.governs:
        return CommandOutcome(
            reply=("koppel_beheerder",), tag=Tag.GROUP_LINKED, result=Result.REFUSED
        )
    if asking.signup is None or asking.signup.source != command.source:
        return CommandOutcome(
            reply=("koppel_onbekend",), tag=Tag.GROUP_LINKED, result=Result.REFUSED
        )
    return CommandOutcome(reply=("koppel",), link=asking.signup, tag=Tag.GROUP_LINKED)


_DEEDS: Mapping[str, Callable[[Command, Asking], CommandOutcome]] = {
    "toestemming": _allow,
    "stop": _stop,
    "status": _status,
    "vergeetmij": _forget_me,
    "uitleg": _explain,
    "weermee": _join,
    "nee": _refuse,
    "nietdoorsturen": _keep_private,
    "koppel": _link,
    "inzage": _show,
    "wis": _erase_one,
    "cijfer": _rate,
}
#: Commands whose answer needs what is kept of the one who asks.
ABOUT_ONESELF = frozenset({"inzage", "wis"})
#: Every command there is, without aliases; for a bot's menu.
COMMANDS = tuple(_DEEDS)


def _event(
    kind: ConsentKind, role: Role, asking: Asking, until: datetime | None = None
) -> ConsentEvent:
    granted = kind is ConsentKind.GRANTED
    return ConsentEvent(
        kind=kind,
        at=asking.at,
        actor=asking.actor,
        role=role,
        text_version=asking.text_version,
        purpose=asking.tenant.purpose[:_LEDGER_TEXT] if granted else "",
        legal_basis=asking.tenant.legal_basis[:_LEDGER_TEXT] if granted else "",
        valid_from=_since(asking) if granted else None,
        valid_until=until,
    )


def _since(asking: Asking) -> datetime:
    """Consent that is there already keeps its start, so that saying it twice loses nothing."""
    start = asking.group.consent.valid_from
    if asking.state is ConsentState.GRANTED and start is not None:
        return min(start, asking.at)
    return asking.at
