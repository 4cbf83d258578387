# SPDX-License-Identifier: EUPL-1.2
"""The entry for the national Algoritmeregister, filled from the municipality and its model.

Fields and limits are those of ``schema.json`` v1.0.0 of the register (MinBZK/Algoritmeregister).
What we cannot know is left for the municipality, in words that say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.clock import AMSTERDAM
from core.label import POLICE_CATEGORIES, Taxonomy
from core.tenant import Tenant
from dashboard import words

#: Field → most characters.
LIMITS: Mapping[str, int] = {
    "name": 99,
    # The text of the standard says fewer than 350.
    "description_short": 349,
    "supplier": 199,
    "technical_operation": 4_999,
    **dict.fromkeys(
        (
            "purpose_and_impact",
            "considerations",
            "human_intervention",
            "risk_management",
            "data",
        ),
        2_499,
    ),
}
FILL_IN = "Vul dit zelf in"


def entry(
    tenant: Tenant, taxonomy: Taxonomy, model: str, metrics: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """Return the entry; every figure in it is one of ``metrics``."""
    found = {
        "name": f"Meldingen uit buurtapps sorteren ({tenant.name})",
        "description_short": (
            "Dit algoritme leest berichten van buurtgroepen die daarvoor toestemming gaven. Het "
            "wijst aan welke berichten misschien een melding zijn voor politie of gemeente. Een "
            "medewerker kijkt altijd zelf en beslist."
        ),
        "organization": tenant.name,
        "theme": ["Openbare orde en veiligheid"],
        "status": "In gebruik",
        "start_date": f"{at.astimezone(AMSTERDAM):%Y-%m}",
        "contact": FILL_IN,
        "publication_category": "Hoog-risico AI-systeem (Categorie A)",
        "purpose_and_impact": (
            f"Doel: {tenant.purpose} Bewoners merken het doordat hun melding sneller bij de juiste "
            "medewerker komt. Berichten die geen melding zijn, worden meteen vergeten."
        ),
        "considerations": (
            "Zonder toestemming van de groep wordt niets gelezen. Leden kunnen nee zeggen. Het "
            "algoritme beoordeelt berichten en nooit mensen: zoeken op een persoon kan niet. Het "
            "alternatief is dat medewerkers alle berichten zelf lezen. Dan lezen zij veel meer."
        ),
        "human_intervention": _human(tenant, taxonomy),
        "risk_management": _risks(metrics),
        "data": (
            "Berichten van groepen met toestemming. Persoonsgegevens in de tekst worden vervangen. "
            "Het algoritme leerde van zelf geschreven berichten, niet van berichten van bewoners."
        ),
        "legal_basis": tenant.legal_basis,
        "impact_assessments": FILL_IN,
        "technical_operation": _technical(model, metrics),
        "supplier": "Buurtsignaal, open broncode (EUPL-1.2)",
        "source_id": model,
        "search_terms": "buurtapp, meldkamer, handhaving, tekst, Buurtsignaal",
        "language": "NLD",
        "schema": "1.0.0",
    }
    return {name: _fit(value, LIMITS.get(name)) for name, value in found.items()}


def _human(tenant: Tenant, taxonomy: Taxonomy) -> str:
    said = (
        "Een medewerker van de meldkamer of van handhaving ziet elk signaal en beslist: "
        "doorsturen, geen signaal, of een andere categorie. Een besluit kan kort worden "
        "teruggenomen. Over "
        f"{len(POLICE_CATEGORIES)} soorten meldingen voor de politie beslist altijd een mens. "
    )
    if not tenant.automatic:
        return said + "Er gaat niets vanzelf naar een ontvanger."
    names = ", ".join(sorted(taxonomy[category].name for category in tenant.automatic))
    return said + f"Zonder medewerker gaan alleen door: {names}."


def _risks(metrics: Mapping[str, Any]) -> str:
    parts = ["Het algoritme mist meldingen en geeft soms vals alarm. Daarom vervangt het 112 niet."]
    signal = metrics.get("signal", {})
    if "recall" in signal:
        recall, precision = words.percent(signal["recall"]), words.percent(signal["precision"])
        parts.append(f"In de toets vond het {recall} van de meldingen.")
        parts.append(f"Van wat het aanwees was {precision} een melding.")
    parts.append(
        "Woorden over afkomst, geloof, huidskleur en geslacht tellen niet mee. Elke week wordt "
        "geteld hoe vaak medewerkers het eens zijn met het algoritme. Onderzoekers toetsen het in "
        "een afgesloten kamer. Elke handeling staat in een logboek dat niemand kan veranderen."
    )
    return " ".join(parts)


def _technical(model: str, metrics: Mapping[str, Any]) -> str:
    parts = [
        f"Model {model}. Het sorteert een bericht in een van veertien categorieën.",
        "Het zegt ook hoe zeker het is.",
        "De eerste stap kijkt naar woorden en delen van woorden.",
        "De tweede stap is een klein taalmodel, voor berichten waarover de eerste twijfelt.",
        "Het algoritme leert niet door tijdens het gebruik.",
        "Een nieuw model kiest een beheerder zelf.",
    ]
    if "macro_f1" in metrics:
        low, high = metrics.get("macro_f1_interval", (metrics["macro_f1"],) * 2)
        parts.append(
            f"Getoetst op {words.number(metrics['messages'], 0)} berichten: F1 gemiddeld over "
            f"de categorieën {words.number(metrics['macro_f1'], 3)} "
            f"(95% tussen {words.number(low, 3)} en {words.number(high, 3)})."
        )
    return " ".join(parts)


def _fit(value: Any, most: int | None) -> Any:
    if not isinstance(value, str) or most is None or len(value) <= most:
        return value
    return value[: most - 1].rsplit(" ", 1)[0] + "…"
