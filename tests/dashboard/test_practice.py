# SPDX-License-Identifier: EUPL-1.2
"""Lessons: marked everywhere, steered by a trainer, and nothing of them leaves or counts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core import errors
from core.clock import FrozenClock
from core.label import Category, Queue
from core.lesson import MARK
from core.signal import Act
from dashboard.practice.classroom import Classroom
from dashboard.practice.ground import Ground
from dashboard.services import NoPractice
from store.database import Store
from store.signalrow import SignalRow
from tests.dashboard.serving import Served, wait_until
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World

SignedIn = Callable[..., Visitor]
EVENING, STORM, NOISE = "1-gewone-avond", "2-storm", "3-een-spoed-in-de-ruis"


@dataclass
class School:
    """A trainer and a lesson that runs."""

    clock: FrozenClock
    ground: Ground
    trainer: Visitor

    @property
    def classroom(self) -> Classroom:
        found = self.ground.classroom(SLUG)
        assert found is not None
        return found

    @property
    def store(self) -> Store:
        return self.classroom.stage.services.store

    def begin(self, lesson: str = EVENING, tempo: str = "1.0") -> None:
        answer = self.trainer.post("/oefenen/les", les=lesson, tempo=tempo)
        assert answer.status_code == 303, answer.text

    def steer(self, deed: str, **more: str) -> None:
        assert self.trainer.post("/oefenen/stand", doe=deed, **more).status_code == 303

    def go(self, seconds: float, expect: int) -> None:
        """Let time go by and wait until that many messages came in."""
        self.clock.advance(timedelta(seconds=seconds))
        wait_until(lambda: self.classroom.came >= expect, f"{expect} messages came in", seconds=60)

    def whole(self, lesson: str = EVENING) -> None:
        self.begin(lesson)
        script = self.classroom.lesson
        self.go(script.length.total_seconds(), len(script.cards))

    def row(self, part: str) -> SignalRow:
        """Return the signal whose text holds ``part``."""
        (id,) = [i for i, card in self.classroom.signals.items() if part in card.text]
        with self.store.read() as work:
            return work.signals.get(id, with_text=True)


@pytest.fixture
def school(clock: FrozenClock, served: Served, signed_in: SignedIn) -> School:
    return School(clock, served.app.state.ground, signed_in("beheer", "Trainer"))


def decide(person: Visitor, row: SignalRow, act: Act, **more: str) -> None:
    answer = person.post(
        f"/oefening/signaal/{row.id}/besluit", besluit=act.value, versie=str(row.version), **more
    )
    assert answer.status_code == 303, answer.text


# -- the lesson -------------------------------------------------------------------------------


def test_messages_come_at_the_pace_of_the_script(school: School) -> None:
    school.begin()
    school.go(15, 2)
    assert school.classroom.came == 2


def test_a_faster_lesson_brings_more(school: School) -> None:
    school.begin(tempo="4.0")
    school.go(15, 4)
    assert school.classroom.came == 4


def test_a_lesson_that_stands_still_brings_nothing_until_it_goes_on(school: School) -> None:
    school.begin()
    school.go(2, 1)
    school.steer("pauze")
    school.clock.advance(timedelta(minutes=10))
    assert school.classroom.advance() == 0
    school.steer("verder")
    school.go(12, 2)
    assert school.classroom.came == 2


def test_another_pace_holds_from_now_on(school: School) -> None:
    school.begin()
    school.go(2, 1)
    school.steer("tempo", tempo="2.0")
    school.go(6, 2)
    assert school.classroom.came == 2


def test_starting_again_begins_with_an_empty_queue(school: School, operator: Visitor) -> None:
    school.begin()
    school.go(15, 2)
    first = school.classroom
    school.steer("opnieuw")
    assert school.classroom is not first
    assert school.classroom.came == 0
    assert "De rij is leeg</strong>" in operator.get("/oefening/meldkamer").text


def test_a_lesson_that_ended_is_gone_and_people_are_sent_back(
    school: School, operator: Visitor
) -> None:
    school.begin()
    school.steer("stop")
    answer = operator.get("/oefening/meldkamer")
    assert (answer.status_code, answer.headers["location"]) == (303, "/oefenen")


@pytest.mark.parametrize("tempo", ["3.0", "snel", "nan", "-1"])
def test_only_a_pace_from_the_list_is_taken(school: School, tempo: str) -> None:
    assert school.trainer.post("/oefenen/les", les=EVENING, tempo=tempo).status_code == 400


def test_a_lesson_that_is_not_there_is_refused(school: School) -> None:
    answer = school.trainer.post("/oefenen/les", les="../geheim", tempo="1.0")
    assert answer.status_code == 400
    assert school.ground.classroom(SLUG) is None


def test_only_a_trainer_starts_or_steers(school: School, operator: Visitor) -> None:
    assert operator.post("/oefenen/les", les=EVENING, tempo="1.0").status_code == 403
    school.begin()
    assert operator.post("/oefenen/stand", doe="stop").status_code == 403


def test_starting_and_ending_are_in_the_real_log(school: School, world: World) -> None:
    school.begin()
    school.steer("stop")
    tags = ("account:lesson:start", "account:lesson:end")
    assert [world.audited(tag) for tag in tags] == [1, 1]


# -- learning ---------------------------------------------------------------------------------


def test_whoever_decided_reads_what_the_lesson_says_and_why(
    school: School, operator: Visitor
) -> None:
    school.whole()
    row = school.row("koektrommel")
    before = operator.get(f"/oefening/uitleg/{row.id}")
    decide(operator, row, Act.CONFIRM)
    after = operator.get(f"/oefening/uitleg/{row.id}")
    assert before.status_code == 404
    assert "De les zegt iets anders" in after.text
    assert "Lees de hele zin." in after.text
    assert "Lees de hele zin." in operator.get("/oefening/uitleg").text


def test_nobody_reads_the_answer_because_a_colleague_decided(
    school: School, operator: Visitor, signed_in: SignedIn
) -> None:
    school.whole()
    row = school.row("koektrommel")
    decide(operator, row, Act.REJECT)
    colleague = signed_in("meldkamer", "Bram")
    assert colleague.get(f"/oefening/uitleg/{row.id}").status_code == 404


def test_the_first_choice_counts_also_when_it_is_undone(school: School, operator: Visitor) -> None:
    school.whole()
    row = school.row("koektrommel")
    decide(operator, row, Act.CONFIRM)
    with school.store.read() as work:
        (known,) = work.decisions.of_signal(row.id)
    assert operator.post(f"/oefening/besluit/{known.decision.id}/ongedaan").status_code == 303
    decide(operator, school.row("koektrommel"), Act.REJECT)
    assert "Bij 0 daarvan" in operator.get("/oefening/uitleg").text


def test_a_better_category_than_the_model_had_is_right(school: School, signed_in: SignedIn) -> None:
    school.whole(NOISE)
    row = school.row("gebonk")
    (queue,) = row.queues
    person = signed_in(queue.value, "Bram")
    decide(person, row, Act.RECATEGORISE, categorie=Category.GEWELD.value)
    page = person.get(f"/oefening/uitleg/{row.id}").text
    assert "Zo zegt de les het ook" in page
    assert "Andere categorie: " in page


def test_the_trainer_sees_people_by_name_and_not_by_score(
    school: School, operator: Visitor, signed_in: SignedIn
) -> None:
    school.whole()
    zoe = signed_in("meldkamer", "Zoë")
    decide(zoe, school.row("avondwinkel aan de Kade in"), Act.CONFIRM)
    decide(operator, school.row("koektrommel"), Act.CONFIRM)
    page = school.trainer.get("/oefenen").text
    rows = re.findall(r'<th scope="row">(\w+)</th><td>(\d+)</td><td>(\d+)</td>', page)
    assert rows == [("Agnes", "1", "0"), ("Zoë", "1", "1")]
    assert "Lees de hele zin." in page


def test_a_trainee_sees_nothing_of_others(school: School, operator: Visitor) -> None:
    school.whole()
    decide(operator, school.row("koektrommel"), Act.CONFIRM)
    page = operator.get("/oefenen").text
    assert "Wie oefent er" not in page
    assert "Lees de hele zin." not in page


# -- marked everywhere ------------------------------------------------------------------------


def test_every_page_and_message_says_that_it_is_practice(school: School, operator: Visitor) -> None:
    school.whole()
    row = school.row("zaklamp")
    paths = ("/meldkamer", "/lijst", "/overdracht", "/dossiers", "/wandbord", "/plekken-en-tijden")
    for path in (*paths, "/uitleg", "/uitgesteld", "/afleveringen", f"/incident/{row.incident_id}"):
        page = operator.get(f"/oefening{path}")
        assert page.status_code == 200, path
        assert "<title>OEFENING – " in page.text, path
        assert '<aside class="oefening"' in page.text, path
    queue = operator.get("/oefening/meldkamer").text
    quotes = re.findall(r'<blockquote class="kaart__tekst"><bdi[^>]*>(\w+)', queue)
    assert len(quotes) > 10
    assert set(quotes) == {MARK.strip(": ")}


def test_no_link_or_form_of_a_lesson_leads_to_the_real_work_unseen(
    school: School, operator: Visitor
) -> None:
    school.whole()
    allowed = ("/oefening/", "/oefenen", "/static/", "/favicon", "/uitloggen", "/wachtwoord")
    footer = ("/meedoen", "/volgopdrachten", "/licenties", "/toegankelijkheid")
    row = school.row("zaklamp")
    for path in (
        "/meldkamer",
        "/lijst",
        "/overdracht",
        "/dossiers",
        f"/incident/{row.incident_id}",
    ):
        page = operator.get(f"/oefening{path}").text
        found = re.findall(r'(?:href|action|src)="(/[^"]*)"', page)
        assert [a for a in found if not a.startswith(allowed + footer)] == [], path


def test_files_of_a_lesson_say_so(school: School, operator: Visitor) -> None:
    school.whole()
    table = operator.get("/oefening/lijst.csv")
    assert 'filename="OEFENING-' in table.headers["content-disposition"]
    assert MARK in table.text
    file = json.loads(operator.get("/oefening/lijst.json").text)
    assert file["oefening"] is True


def test_the_real_pages_say_nothing_of_practice(school: School, operator: Visitor) -> None:
    school.whole()
    page = operator.get("/meldkamer").text
    assert "OEFENING" not in page
    assert "/oefening/" not in page


# -- nothing leaves, nothing counts -----------------------------------------------------------


def test_nothing_of_a_lesson_reaches_the_real_store(
    school: School, world: World, operator: Visitor
) -> None:
    before = counts(world.store)
    school.whole()
    for id in list(school.classroom.signals):
        with school.store.read() as work:
            row = work.signals.get(id)
        if Queue.MELDKAMER in row.queues:
            decide(operator, row, Act.CONFIRM)
    after = counts(world.store)
    # The trainer's own deed is in the log, and that the lesson was looked for.
    grown = {name for name, n in after.items() if n != before[name]}
    assert grown <= {"audit", "heads", "sessions", "accounts"}


def counts(store: Store) -> dict[str, int]:
    with store._reader.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        return {
            name: int(connection.scalar(sa.text(f'SELECT count(*) FROM "{name}"')) or 0)
            for name in names
        }


def test_what_would_leave_is_written_down_and_cannot_be_taken_out(
    school: School, operator: Visitor
) -> None:
    school.whole()
    row = school.row("avondwinkel aan de Kade in")
    asked = operator.post(
        f"/oefening/signaal/{row.id}/vraag",
        aan="group",
        vraag="Staan zij er nog?",
    )
    tipped = operator.post(f"/oefening/signaal/{row.id}/tip", tip="tip_inbraak")
    decide(operator, row, Act.CONFIRM)
    assert (asked.status_code, tipped.status_code) == (303, 303)
    later = school.clock.now() + timedelta(hours=2)
    with school.store.read() as work:
        assert work.outbox.next_due() is not None
    with pytest.raises(sa.exc.DBAPIError, match="oefening"), school.store.write() as work:
        work.outbox.claim(later, timedelta(minutes=1), 100)


def test_a_lesson_has_no_address_of_any_receiver(school: School) -> None:
    school.begin()
    (tenant,) = school.classroom.stage.services.tenants.values()
    assert set(tenant.targets) == {"politie-mail", "gemeente-webhook"}
    assert [target.options for target in tenant.targets.values()] == [{}, {}]
    assert (tenant.connectors, tenant.actions, tenant.mailer) == ({}, {}, "")


@pytest.mark.parametrize(
    "path",
    ["/onderzoek", "/beheer", "/toezicht", "/groepen", "/melden", "/onderzoek/kamers", "/scores"],
)
def test_a_lesson_has_no_pages_that_count_train_or_administer(
    school: School, operator: Visitor, path: str
) -> None:
    school.begin()
    assert operator.get(f"/oefening{path}").status_code == 404


def test_another_municipality_has_no_part_in_the_lesson(
    school: School, signed_in: SignedIn
) -> None:
    school.begin()
    stranger = signed_in("meldkamer", "Vreemd", tenant="elders")
    assert stranger.get("/oefening/meldkamer").headers["location"] == "/oefenen"


def test_without_session_a_lesson_shows_nothing(
    school: School, visitor: Callable[[], Visitor]
) -> None:
    school.begin()
    assert visitor().get("/oefening/meldkamer").headers["location"] == "/oefenen"


def test_a_form_of_a_lesson_needs_the_token_too(school: School, operator: Visitor) -> None:
    school.whole()
    row = school.row("koektrommel")
    answer = operator.post(
        f"/oefening/signaal/{row.id}/besluit",
        csrf="geraden",
        besluit=Act.REJECT.value,
        versie=str(row.version),
    )
    assert answer.status_code == 403


def test_a_lesson_leaves_no_file_behind(school: School) -> None:
    school.begin()
    folder = school.classroom.stage._folder.name  # type: ignore[attr-defined]
    assert Path(folder).is_dir()
    school.steer("stop")
    assert not Path(folder).exists()


def test_an_installation_without_lessons_refuses_them(world: World) -> None:
    lesson = world.services.practice.lessons()[0]
    assert NoPractice().lessons() == ()
    with pytest.raises(errors.NotFound):
        NoPractice().stage(world.services, SLUG, lesson)
