# SPDX-License-Identifier: EUPL-1.2
"""The pages of supervisor, researcher and administrator."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from core import resources
from core.label import Category
from dashboard.words import number
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import PASSWORD, SLUG, World

SignedIn = Callable[..., Visitor]

METRICS = {
    "macro_f1": 0.8123,
    "macro_f1_interval": [0.79, 0.83],
    "ece": 0.021,
    "categories": {
        "inbraak": {"precision": 0.91, "recall": 0.88, "f1": 0.895, "count": 120},
        "geen": {"precision": 0.99, "recall": 0.98, "f1": 0.985, "count": 900},
    },
    "reliability": [
        {"from": 0.3, "to": 0.4, "confidence": 0.35, "accuracy": 0.3, "count": 10},
        {"from": 0.9, "to": 1.0, "confidence": 0.95, "accuracy": 0.97, "count": 4000},
    ],
    "signal_reliability": [
        {"from": 0.3, "to": 0.4, "confidence": 0.35, "accuracy": 0.3, "count": 10},
        {"from": 0.9, "to": 1.0, "confidence": 0.95, "accuracy": 0.94, "count": 400},
    ],
    "confusion": {"labels": ["inbraak", "geen"], "rows": [[106, 14], [18, 882]]},
}


CARD = """# Buurt

<script>x</script> [weg](javascript:alert(1))

| a | b |
|:-:|---|
| 1 | 2 |
"""


@pytest.fixture
def model(world: World, tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "buurt" / "3"
    folder.mkdir(parents=True)
    (folder / "metrics.json").write_text(json.dumps(METRICS))
    (folder / "card.md").write_text(CARD)
    world.research = folder
    return folder


@pytest.mark.usefixtures("model")
def test_research_shows_the_figures_in_pictures_and_in_tables(signed_in: SignedIn) -> None:
    page = signed_in("onderzoek").get("/onderzoek").text
    assert "buurt/3" in page
    assert page.count("<svg") == 2
    assert '<th scope="row">Inbraak</th><td class="getal">0,91</td>' in page
    assert '<td class="getal">95,0%</td><td class="getal">97,0%</td>' in page
    assert "<strong>882</strong>" in page
    assert "0,812 (95% tussen 0,790 en 0,830)" in page


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize(
    ("category", "sure", "said"),
    [
        (Category.INBRAAK, 0.93, "van 100 zulke signalen kloppen er 94"),
        # Too few signals were that certain; of the category enough were judged.
        (
            Category.INBRAAK,
            0.35,
            "klopten er 91 van de 100 signalen die het model ‘Inbraak’ noemde",
        ),
        # Neither was measured.
        (Category.VERMISSING, 0.6, ""),
    ],
)
def test_a_card_says_what_its_certainty_was_worth_in_the_test(
    world: World, operator: Visitor, category: Category, sure: float, said: str
) -> None:
    signal = world.signal(category=category, probability=sure, model="buurt/3")
    card = operator.get(f"/kaart/{signal.id}").text
    assert ("in de toets klopten er" in card.lower(), said in card) == (bool(said), True)


@pytest.mark.parametrize(
    ("without", "said"), [(0.12, "op inbraak 12% in plaats van 93%"), (0.91, ""), (None, "")]
)
def test_a_card_says_what_would_change_the_decision(
    world: World, operator: Visitor, without: float | None, said: str
) -> None:
    signal = world.signal(probability=0.93, without=without)
    card = operator.get(f"/kaart/{signal.id}").text
    assert ("Zonder die woorden" in card, said in card) == (bool(said), True)


@pytest.mark.usefixtures("model")
def test_a_certainty_of_another_model_is_not_explained(world: World, operator: Visitor) -> None:
    signal = world.signal(probability=0.93, model="buurt/2")
    assert "klopten er" not in operator.get(f"/kaart/{signal.id}").text


@pytest.mark.usefixtures("model")
def test_a_model_card_cannot_bring_markup_or_scripts(signed_in: SignedIn) -> None:
    page = signed_in("onderzoek").get("/onderzoek").text
    assert "&lt;script&gt;x" in page
    assert 'href="javascript' not in page
    assert "<td>1</td>" in page
    assert "style=" not in page


@pytest.fixture
def shipped(world: World) -> None:
    models = resources.folder("models")
    world.research = models / (models / "ACTIVE").read_text(encoding="utf-8").strip()


@pytest.mark.usefixtures("shipped")
def test_the_model_that_is_shipped_shows_all_its_figures(signed_in: SignedIn) -> None:
    page = signed_in("onderzoek").get("/onderzoek").text
    assert page.count("<svg") == 4
    for heading in ("In het kort", "Per categorie", "Wat het model verwart", "Modelkaart"):
        assert heading in page


@pytest.mark.usefixtures("shipped")
def test_figures_of_both_stages_stand_beside_those_of_the_first(
    world: World, signed_in: SignedIn
) -> None:
    assert world.research is not None
    found = json.loads((world.research / "metrics.json").read_text(encoding="utf-8"))
    page = signed_in("onderzoek").get("/onderzoek").text
    both = found["second_stage"]
    row = "".join(
        f'<td class="getal">{number(metrics["macro_f1"], 3)}</td>' for metrics in (found, both)
    )
    assert f"categorieën</th>{row}" in page
    assert number(both["against_first"]["gain"], 3) in page
    hard = found["test"]["parts"]["moeilijk"]
    assert f'Moeilijke meldingen</th><td class="getal">{hard["messages"]}</td>' in page
    low, high = (number(end) for end in hard["macro_f1_interval"])
    assert f"{low} tot {high}" in page


@pytest.mark.usefixtures("model")
def test_a_model_of_one_stage_has_no_word_of_a_second(signed_in: SignedIn) -> None:
    page = signed_in("onderzoek").get("/onderzoek").text
    assert "beide stappen" not in page.lower()
    assert "eerste stap" not in page
    assert "De laatste toets" not in page


def test_without_a_model_the_page_says_what_to_do(signed_in: SignedIn) -> None:
    assert "Er is geen model" in signed_in("onderzoek").get("/onderzoek").text


@pytest.mark.parametrize("broken", ["", "[]", "{", '{"categories": {}}'])
def test_broken_figures_are_left_out(signed_in: SignedIn, model: Path, broken: str) -> None:
    (model / "metrics.json").write_text(broken)
    assert signed_in("onderzoek").get("/onderzoek").status_code == 200


def test_researchers_see_how_operators_judged_without_small_numbers(
    world: World, signed_in: SignedIn, operator: Visitor
) -> None:
    for _ in range(5):
        operator.decide(world.signal())
    operator.decide(world.signal(), "geen-signaal")
    page = signed_in("onderzoek").get("/onderzoek").text
    row = re.search(r'<th scope="row">Inbraak</th>.*?</tr>', page)
    assert row is not None
    assert re.findall(r"<td[^>]*>([^<]*)</td>", row[0]) == ["5", "minder dan 5", "0"]


def test_reading_the_log_is_in_the_log(world: World, signed_in: SignedIn) -> None:
    supervisor = signed_in("toezicht", "Toos")
    supervisor.get("/toezicht")
    page = supervisor.get("/toezicht").text
    assert "Logboek bekeken" in page
    assert world.audited("account:audit:consult") == 2


def test_the_log_holds_no_words_of_citizens(
    world: World, signed_in: SignedIn, operator: Visitor
) -> None:
    operator.decide(world.signal())
    page = signed_in("toezicht").get("/toezicht").text
    assert "Besluit genomen" in page
    assert "ingebroken" not in page
    assert "Parallelweg" not in page


def test_a_whole_chain_is_confirmed(world: World, signed_in: SignedIn) -> None:
    supervisor = signed_in("toezicht")
    supervisor.get("/toezicht")
    assert "De keten klopt. 1 regels" in supervisor.get("/toezicht?controle=true").text


def test_a_changed_line_is_found(world: World, signed_in: SignedIn) -> None:
    supervisor = signed_in("toezicht")
    for _ in range(3):
        supervisor.get("/toezicht")
    with world.store.write() as work:
        run = work.transaction.connection.exec_driver_sql
        for (name,) in run(
            "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='audit'"
        ).all():
            run(f"DROP TRIGGER {name}")
        run("UPDATE audit SET actor='iemand anders' WHERE seq=2")
    assert "De keten klopt niet vanaf regel 2" in supervisor.get("/toezicht?controle=true").text


def test_no_page_counts_by_person(world: World, signed_in: SignedIn) -> None:
    page = signed_in("toezicht").get("/toezicht?actor=agnes&wie=agnes").text
    assert "per medewerker" not in page


def test_an_administrator_makes_an_account_that_can_sign_in(
    world: World, signed_in: SignedIn, visitor: Callable[[], Visitor]
) -> None:
    admin = signed_in("beheer")
    page = admin.post("/beheer/accounts", naam="Nieuw", weergave="Nieuwe Man", rol="toezicht").text
    password = re.search(r"<code>([\w-]{20})</code>", page)
    assert password is not None
    assert visitor().login("nieuw", password[1]).status_code == 303
    assert world.audited("account:account:create") == 1
    assert password[1] not in admin.get("/beheer").text


def test_an_account_for_a_group_governs_that_group(world: World, signed_in: SignedIn) -> None:
    group = world.group()
    fields = {"naam": "karin", "weergave": "Karin", "rol": "groepsbeheer", "groep": group.id}
    signed_in("beheer").post("/beheer/accounts", **fields)
    with world.store.read() as work:
        account = work.accounts.by_name("karin")
    assert account is not None
    assert account.groups == (group.id,)


@pytest.mark.parametrize(
    "fields",
    [
        {"naam": "beheer", "weergave": "Dubbel", "rol": "beheer"},
        {"naam": "met spatie", "weergave": "X", "rol": "beheer"},
        {"naam": "x", "weergave": "", "rol": "beheer"},
        {"naam": "x", "weergave": "X", "rol": "koning"},
    ],
)
def test_an_account_that_cannot_be_is_refused(signed_in: SignedIn, fields: dict[str, str]) -> None:
    assert signed_in("beheer").post("/beheer/accounts", **fields).status_code == 400


def test_shutting_an_account_and_a_new_password(
    world: World, signed_in: SignedIn, visitor: Callable[[], Visitor]
) -> None:
    admin, account = signed_in("beheer"), world.account("toezicht", "Toos")
    admin.post(f"/beheer/accounts/{account.id}", doe="sluit")
    assert visitor().login("toos").status_code == 401
    admin.post(f"/beheer/accounts/{account.id}", doe="open")
    admin.post(f"/beheer/accounts/{account.id}", doe="wachtwoord")
    assert visitor().login("toos", PASSWORD).status_code == 401
    assert world.audited("account:account:change") == 3


def test_accounts_of_others_and_oneself_stay_as_they_are(world: World, signed_in: SignedIn) -> None:
    admin, other = signed_in("beheer"), world.account("beheer", "Vreemd", tenant="elders")
    assert admin.post(f"/beheer/accounts/{other.id}", doe="sluit").status_code == 404
    own = admin.csrf.removeprefix("csrf-")
    assert admin.post(f"/beheer/accounts/{own}", doe="sluit").status_code == 400


def test_administrators_see_consent_and_connectors(world: World, signed_in: SignedIn) -> None:
    world.group("Kersenbuurt")
    page = signed_in("beheer").get("/beheer").text
    assert "Toestemming" in page
    assert "Kersenbuurt" in page
    assert "bot 1" in page
    assert "21 nov 2026 13:00" in page


def test_administrators_see_dead_letters_without_a_way_to_the_signal(
    world: World, signed_in: SignedIn, operator: Visitor
) -> None:
    signal = world.signal(category=Category.INBRAAK)
    operator.decide(signal)
    with world.store.write() as work:
        for row in work.outbox.of_signal(signal.id):
            work.transaction.connection.exec_driver_sql(
                "UPDATE outbox SET state='dead' WHERE id=?", (row.id,)
            )
    page = signed_in("beheer").get("/afleveringen").text
    assert "politie-mail" in page
    assert "/incident/" not in page
    assert SLUG not in page
