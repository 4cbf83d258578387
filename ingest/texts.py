# SPDX-License-Identifier: EUPL-1.2
"""What the bot says: Dutch texts with a version, which a municipality may word itself."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from string import Formatter

from core import errors, resources
from core.clock import AMSTERDAM
from core.tenant import Tenant

#: Fields that every text may use; the municipality's own words.
STANDING = frozenset({"gemeente", "doel", "grondslag", "dagen_onbeslist", "dagen_beslist"})

_REMINDER = frozenset({"gemeente", "groep", "tot", "adres", "stopadres"})

#: Every text there must be, with the fields that it cannot do without.
NEEDED: Mapping[str, frozenset[str]] = {
    # Who reads, why, what is kept and how long: no wording may leave that out.
    "welkom": STANDING,
    "uitleg": STANDING,
    "toestemming": frozenset({"gemeente", "doel"}),
    "toestemming_proef": frozenset({"gemeente", "doel", "tot"}),
    "toestemming_beheerder": frozenset(),
    "toestemming_duur": frozenset({"dagen_meest"}),
    "streng": frozenset(),
    "iedereen": frozenset(),
    "maandelijks": STANDING | {"sinds"},
    "cijfer": frozenset({"adres"}),
    "cijfer_uitleg": frozenset(),
    "cijfer_dank": frozenset(),
    "inzage": frozenset({"aantal", "lijst"}),
    "inzage_niets": frozenset(),
    "wis": frozenset({"nummer"}),
    "wis_onbekend": frozenset(),
    "koppel": frozenset(),
    "koppel_beheerder": frozenset(),
    "koppel_onbekend": frozenset(),
    "vragenlijst": frozenset({"gemeente", "titel", "tot", "adres"}),
    "proef_eindigt": frozenset({"tot"}),
    "proef_voorbij": frozenset({"tot"}),
    "link_mail": frozenset({"gemeente", "groep", "adres"}),
    # Reminders: each says how to get no more of them.
    "herinner_mail": _REMINDER,
    "zonder_beheerder_mail": _REMINDER,
    "proef_eindigt_mail": _REMINDER,
    "proef_voorbij_mail": _REMINDER,
    "delen": frozenset({"gemeente", "doel", "adres"}),
    "stop": frozenset(),
    "stop_lid": frozenset(),
    "status_onbekend": frozenset(),
    "status_aangevraagd": frozenset(),
    "status_toegestaan": frozenset({"sinds"}),
    "status_proef": frozenset({"sinds", "tot"}),
    "status_ingetrokken": frozenset(),
    "status_verlopen": frozenset(),
    "vergeetmij": frozenset(),
    "weermee": frozenset(),
    "nietdoorsturen": frozenset(),
    "nietdoorsturen_niets": frozenset(),
    "nietdoorsturen_antwoord": frozenset(),
    "nietdoorsturen_ander": frozenset(),
    "gevaar": frozenset(),
    "doorgestuurd": frozenset({"ontvanger"}),
    "gezien": frozenset(),
    "vraag": frozenset({"vraag"}),
    "bedankt": frozenset(),
    # Prevention tips, which an operator chooses.
    "tip_inbraak": frozenset(),
    "tip_voertuig": frozenset(),
    "tip_verdacht": frozenset(),
    "tip_babbeltruc": frozenset(),
    "tip_intimidatie": frozenset(),
    "tip_afval": frozenset(),
    # The same for somebody who is alone in a chat with the bot, see ``worded``.
    "welkom_alleen": STANDING,
    "uitleg_alleen": STANDING,
    "toestemming_alleen": frozenset({"gemeente", "doel"}),
    "toestemming_proef_alleen": frozenset({"gemeente", "doel", "tot"}),
    "stop_alleen": frozenset(),
    "status_onbekend_alleen": frozenset(),
    "status_aangevraagd_alleen": frozenset(),
    "status_toegestaan_alleen": frozenset({"sinds"}),
    "status_proef_alleen": frozenset({"sinds", "tot"}),
    "status_ingetrokken_alleen": frozenset(),
    "status_verlopen_alleen": frozenset(),
}

#: Sources in which every chat is one person's own conversation with the municipality.
ALONE = frozenset({"whatsapp_cloud", "report_form"})

#: The ledger has room for 32 characters, of which an own wording takes nine.
_VERSION_LENGTH = 20

_MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)


def worded(key: str, source: str) -> str:
    """Return the key of the text as it is said in a chat of ``source``."""
    alone = f"{key}_alleen"
    return alone if source in ALONE and alone in NEEDED else key


def dutch_date(moment: datetime) -> str:
    """Return the day in the Netherlands as people write it: ``21 november 2026``."""
    day = moment.astimezone(AMSTERDAM)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


class Texts:
    """All texts in one wording; formatted with the municipality's own words."""

    def __init__(self, texts: Mapping[str, str], *, version: str) -> None:
        self._texts = dict(texts)
        #: Written in the consent ledger: says which wording people saw.
        self.version = version

    def of(self, tenant: Tenant) -> Texts:
        """Return the texts as this municipality words them; ``ConfigurationError`` when odd."""
        if not tenant.texts:
            return self
        where = f"texts of {tenant.slug}"
        if unknown := sorted(set(tenant.texts) - set(NEEDED)):
            raise errors.ConfigurationError(
                f"{where}: there is no text '{unknown[0]}'; there are: {', '.join(NEEDED)}"
            )
        for key, text in tenant.texts.items():
            _check(where, key, text)
        own = "\n".join(f"{key}={tenant.texts[key]}" for key in sorted(tenant.texts))
        digest = hashlib.sha256(own.encode()).hexdigest()[:8]
        return Texts({**self._texts, **tenant.texts}, version=f"{self.version}-{digest}")

    def say(self, key: str, tenant: Tenant, **fields: str) -> str:
        """Return the text ``key`` with its fields filled in."""
        return self._texts[key].format_map(_standing(tenant) | fields).strip()


def load_texts(path: Path | None = None) -> Texts:
    """Read the shipped texts; raise ``ConfigurationError`` for a missing text or field."""
    path = path or resources.folder("data") / "texts" / "nl.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        version, texts = str(table["version"]), dict(table["texts"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise errors.ConfigurationError(f"{path}: cannot read version and texts") from error
    if not 0 < len(version) <= _VERSION_LENGTH:
        raise errors.ConfigurationError(f"{path.name}: version must have 1 to 20 characters")
    if missing := [key for key in NEEDED if key not in texts]:
        raise errors.ConfigurationError(f"{path.name}: text '{missing[0]}' is missing")
    if unknown := sorted(set(texts) - set(NEEDED)):
        raise errors.ConfigurationError(f"{path.name}: nothing says the text '{unknown[0]}'")
    for key, text in texts.items():
        _check(path.name, key, text)
    return Texts(texts, version=version)


def _check(where: str, key: str, text: object) -> None:
    if not isinstance(text, str) or not text.strip():
        raise errors.ConfigurationError(f"{where}: text '{key}' must be a text with words")
    used = _fields(where, key, text)
    if missing := sorted(NEEDED[key] - used):
        raise errors.ConfigurationError(f"{where}: text '{key}' lacks the field {{{missing[0]}}}")
    allowed = STANDING | NEEDED[key]
    if odd := sorted(used - allowed):
        raise errors.ConfigurationError(
            f"{where}: text '{key}' cannot use {{{odd[0]}}}; it can use: "
            f"{', '.join(sorted(allowed))}"
        )


def _fields(where: str, key: str, text: str) -> set[str]:
    # Only bare names pass, so that no wording can reach into an object ({gemeente.x}).
    try:
        parsed = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        raise errors.ConfigurationError(f"{where}: text '{key}': {error}") from error
    for _, name, spec, conversion in parsed:
        if spec or conversion:
            raise errors.ConfigurationError(
                f"{where}: text '{key}': write {{{name}}} without '!' or ':'"
            )
    return {str(name) for _, name, _, _ in parsed}


def _standing(tenant: Tenant) -> dict[str, str]:
    return {
        "gemeente": tenant.name,
        "doel": tenant.purpose.rstrip(". "),
        "grondslag": tenant.legal_basis.rstrip(". "),
        "dagen_onbeslist": str(tenant.retention.undecided.days),
        "dagen_beslist": str(tenant.retention.decided.days),
    }
