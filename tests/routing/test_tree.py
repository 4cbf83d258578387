# SPDX-License-Identifier: EUPL-1.2
"""Every signal finds a queue, the deepest match wins, and each step is explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.label import POLICE_CATEGORIES, SIGNAL_CATEGORIES, Category, Queue, Urgency
from core.message import Origin
from routing.condition import DAYS, Condition, Facts
from routing.tree import Rule, Tree

#: The machine may be busy; how long an example takes says nothing here.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

MELDKAMER, HANDHAVING = Queue.MELDKAMER, Queue.HANDHAVING


def facts(**changed: Any) -> Facts:
    given: dict[str, Any] = {
        "category": Category.INBRAAK,
        "urgency": Urgency.ACTUEEL,
        "probability": 0.8,
        "area": "zeewijk",
        "source": "telegram",
        # A Saturday; 13:00 in Amsterdam.
        "at": datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
    }
    return Facts(**(given | changed))


def rule(name: str, *children: Rule, queue: Queue = HANDHAVING, **given: Any) -> Rule:
    node = {key: given.pop(key) for key in ("targets", "goes_on", "automatic") if key in given}
    return Rule(name=name, condition=Condition(**given), queues=(queue,), children=children, **node)


def categories(*names: Category) -> frozenset[Category]:
    return frozenset(names)


TREE = Tree(
    rule(
        "stam",
        rule(
            "politie",
            rule("spoed", urgencies=frozenset({Urgency.SPOED}), queue=MELDKAMER, targets=("mail",)),
            rule("zeewijk", areas=frozenset({"zeewijk"}), queue=MELDKAMER, targets=("wijkteam",)),
            queue=MELDKAMER,
            categories=POLICE_CATEGORIES,
        ),
        rule("alles", goes_on=True, targets=("archief",)),
        rule("afval", categories=categories(Category.AFVAL), targets=("webhook",)),
    ),
    automatic=categories(Category.AFVAL, Category.INBRAAK),
)


@pytest.mark.parametrize(
    ("changed", "path", "targets"),
    [
        # The deepest match wins, and the first of two on one level.
        ({"urgency": Urgency.SPOED}, ("stam", "politie", "spoed"), ("mail",)),
        ({}, ("stam", "politie", "zeewijk"), ("wijkteam",)),
        # Without a match below, the parent itself decides.
        ({"area": "molenbuurt"}, ("stam", "politie"), ()),
        # After ``continue`` the next one counts too.
        ({"category": Category.AFVAL}, ("stam", "alles", "afval"), ("archief", "webhook")),
        ({"category": Category.WRAKKEN}, ("stam", "alles"), ("archief",)),
    ],
)
def test_the_deepest_match_decides(
    changed: dict[str, Any], path: tuple[str, ...], targets: tuple[str, ...]
) -> None:
    routed = TREE.route(facts(**changed))
    assert routed.path == path
    assert routed.targets == targets


def test_without_any_match_the_root_takes_it() -> None:
    tree = Tree(rule("stam", rule("nooit", categories=categories(Category.AFVAL))))
    routed = tree.route(facts())
    assert routed.queues == (HANDHAVING,)
    assert routed.path == ("stam",)


def test_two_rules_on_one_level_give_both_queues_once() -> None:
    tree = Tree(rule("stam", rule("a", queue=MELDKAMER, goes_on=True), rule("b"), queue=HANDHAVING))
    assert tree.route(facts()).queues == (MELDKAMER, HANDHAVING)


@pytest.mark.parametrize(
    ("condition", "changed", "holds"),
    [
        ({"probability_from": 0.8}, {}, True),
        ({"probability_from": 0.81}, {}, False),
        ({"probability_below": 0.8}, {}, False),
        ({"probability_below": 0.81}, {}, True),
        ({"sources": frozenset({"webhook"})}, {}, False),
        ({"origins": frozenset({Origin.CHAT})}, {}, True),
        ({"origins": frozenset({Origin.PUBLIC})}, {}, False),
        ({"subcategories": frozenset({"woning"})}, {}, False),
        ({"subcategories": frozenset({"woning"})}, {"subcategory": "woning"}, True),
        ({"areas": frozenset({"zeewijk"})}, {"area": ""}, False),
        ({"first_hand": True}, {"first_hand": True}, True),
        ({"first_hand": True}, {"first_hand": None}, False),
        ({"first_hand": False}, {"first_hand": False}, True),
        ({"days": frozenset({"zaterdag"})}, {}, True),
        ({"days": frozenset({"zondag"})}, {}, False),
    ],
)
def test_each_condition_is_asked(
    condition: dict[str, Any], changed: dict[str, Any], holds: bool
) -> None:
    tree = Tree(rule("stam", rule("proef", **condition)))
    assert (tree.route(facts(**changed)).path == ("stam", "proef")) is holds


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


NIGHT = {"from_time": time(22), "until_time": time(2), "days": frozenset({"vrijdag"})}


@pytest.mark.parametrize(
    ("condition", "moment", "holds"),
    [
        # Winter: Amsterdam is one hour ahead of UTC.
        ({"from_time": time(9), "until_time": time(17)}, at(20, 8, 0), True),
        ({"from_time": time(9), "until_time": time(17)}, at(20, 7, 59), False),
        ({"from_time": time(9), "until_time": time(17)}, at(20, 16, 0), False),
        # A day shift belongs to its own day.
        ({"from_time": time(9), "until_time": time(17), "days": frozenset({"vrijdag"})},
         at(20, 9, 0), True),
        # Summer: two hours.
        ({"from_time": time(9), "until_time": time(17)}, at(20, 7, 0, month=7), True),
        # Friday 20 November, 23:30, and the Saturday morning that belongs to that night.
        (NIGHT, at(20, 22, 30), True),
        (NIGHT, at(21, 0, 30), True),
        (NIGHT, at(21, 1, 0), False),
        # Thursday's night and Saturday's evening do not.
        (NIGHT, at(20, 0, 30), False),
        (NIGHT, at(21, 22, 30), False),
        # The hour that happens twice, and the one that never happens.
        ({"from_time": time(2), "until_time": time(3)}, at(25, 0, 30, month=10), True),
        ({"from_time": time(2), "until_time": time(3)}, at(25, 1, 30, month=10), True),
        ({"from_time": time(3), "until_time": time(4)}, at(29, 1, 30, month=3), True),
        # Just before midnight UTC it is the next day in Amsterdam.
        ({"days": frozenset({"zaterdag"})}, at(20, 23, 30), True),
    ],
)  # fmt: skip
def test_times_and_days_are_those_of_amsterdam(
    condition: dict[str, Any], moment: datetime, holds: bool
) -> None:
    tree = Tree(rule("stam", rule("proef", **condition)))
    assert (tree.route(facts(at=moment)).path == ("stam", "proef")) is holds


def test_a_moment_without_zone_is_refused() -> None:
    tree = Tree(rule("stam", rule("proef", days=frozenset({"zondag"}))))
    with pytest.raises(ValueError, match="time zone"):
        tree.route(facts(at=datetime(2026, 11, 21, 12, 0)))  # noqa: DTZ001 - that is the point


def test_every_rule_is_explained() -> None:
    trace = TREE.route(facts(urgency=Urgency.SPOED)).trace
    told = {step.rule: str(step).strip() for step in trace}
    assert list(told) == [rule.name for rule in TREE.rules()]
    assert told["spoed"] == (
        "spoed: ja. De urgentie is 'spoed': dat past bij 'spoed'. Deze route telt."
    )
    assert told["zeewijk"] == "zeewijk: niet gevraagd. Route 'spoed' paste al."
    assert told["afval"] == "afval: niet gevraagd. Route 'politie' paste al."


def test_a_rule_that_does_not_match_says_each_reason() -> None:
    condition: dict[str, Any] = {
        "categories": categories(Category.AFVAL, Category.WRAKKEN),
        "probability_from": 0.9,
        "areas": frozenset({"molenbuurt"}),
        "first_hand": True,
        "from_time": time(22),
        "until_time": time(6),
        "days": frozenset({"zondag", "maandag"}),
    }
    tree = Tree(rule("stam", rule("proef", rule("dieper"), **condition)))
    step, deeper = tree.route(facts(area="")).trace[1:]
    assert step.matched is False
    assert step.why == (
        "De categorie is 'inbraak': de regel vraagt 'afval' of 'wrakken'.",
        "De kans is 80%: de regel vraagt 90% of meer.",
        "De wijk is niet bekend: de regel vraagt 'molenbuurt'.",
        "Het is niet bekend of de schrijver het zelf zag: de regel vraagt 'zelf gezien'.",
        "Het is 13:00 uur: dat valt niet tussen 22:00 en 06:00 uur.",
        "Het telt als zaterdag: de regel vraagt 'maandag' of 'zondag'.",
    )
    assert deeper.why == ("Route 'proef' erboven past niet.",)
    assert deeper.matched is None


@pytest.mark.parametrize(
    ("changed", "automatic"),
    [
        ({"category": Category.AFVAL}, True),
        # Not switched to automatic by the tenant.
        ({"category": Category.WRAKKEN}, False),
        # Switched, but the law wants a person.
        ({"category": Category.INBRAAK}, False),
        # The model itself is not sure.
        ({"category": Category.AFVAL, "review": True}, False),
    ],
)
def test_only_a_municipal_category_leaves_by_itself(
    changed: dict[str, Any], automatic: bool
) -> None:
    assert TREE.route(facts(**changed)).automatic is automatic


def test_nothing_is_automatic_without_a_receiver() -> None:
    tree = Tree(rule("stam"), automatic=categories(Category.AFVAL))
    assert not tree.route(facts(category=Category.AFVAL)).automatic


def test_a_rule_can_ask_for_a_person() -> None:
    careful = rule("afval", automatic=False, targets=("webhook",))
    tree = Tree(rule("stam", careful), automatic=categories(Category.AFVAL))
    routed = tree.route(facts(category=Category.AFVAL))
    assert routed.targets == ("webhook",)
    assert not routed.automatic


conditions = st.builds(
    Condition,
    categories=st.frozensets(st.sampled_from(SIGNAL_CATEGORIES), max_size=3),
    urgencies=st.frozensets(st.sampled_from(Urgency), max_size=2),
    areas=st.frozensets(st.sampled_from(["zeewijk", "molenbuurt"]), max_size=1),
    probability_from=st.none() | st.floats(0, 1),
    days=st.frozensets(st.sampled_from(DAYS), max_size=3),
    first_hand=st.none() | st.booleans(),
)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Grow a tree of at most three levels, with names that are unique."""
    names = (f"r{number}" for number in range(1000))

    def grow(depth: int) -> Rule:
        below = draw(st.integers(0, 3)) if depth < 3 else 0
        return Rule(
            name=next(names),
            condition=draw(conditions) if depth else Condition(),
            queues=(draw(st.sampled_from(Queue)),),
            goes_on=draw(st.booleans()),
            children=tuple(grow(depth + 1) for _ in range(below)),
        )

    return Tree(grow(0))


any_facts = st.builds(
    facts,
    category=st.sampled_from(SIGNAL_CATEGORIES),
    urgency=st.sampled_from(Urgency),
    probability=st.floats(0, 1),
    area=st.sampled_from(["zeewijk", "molenbuurt", ""]),
    at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    first_hand=st.none() | st.booleans(),
)


@unhurried
@given(trees(), any_facts)
def test_nothing_falls_through_and_everything_is_explained(tree: Tree, some: Facts) -> None:
    routed = tree.route(some)
    assert routed.queues
    assert routed == tree.route(some)
    rules = list(tree.rules())
    assert [step.rule for step in routed.trace] == [rule.name for rule in rules]
    deciding = [step for step in routed.trace if step.decides]
    assert deciding
    assert all(step.matched for step in deciding)
    assert {q for r in rules for q in r.queues if r.name in {s.rule for s in deciding}} == set(
        routed.queues
    )
    assert all(step.why for step in routed.trace)


@unhurried
@given(trees(), any_facts)
def test_a_deciding_rule_has_no_match_below_it(tree: Tree, some: Facts) -> None:
    routed = tree.route(some)
    matched = {step.rule for step in routed.trace if step.matched}
    for step in routed.trace:
        if step.decides:
            node = next(r for r in tree.rules() if r.name == step.rule)
            assert not matched & {child.name for child in node.children}


def test_a_tree_knows_its_receivers() -> None:
    assert TREE.targets() == {"mail", "wijkteam", "archief", "webhook"}
    assert replace(TREE, root=rule("stam")).targets() == frozenset()
