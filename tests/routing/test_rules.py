# SPDX-License-Identifier: EUPL-1.2
"""A file of routes is taken as a whole, or every mistake in it is told."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from core import errors, resources
from core.label import SIGNAL_CATEGORIES, Category, Queue, Taxonomy, Urgency, load_taxonomy
from core.message import Origin
from core.tenant import load_tenant
from routing.rules import KEYS, load_routes
from routing.tree import Rule, Tree
from tests.routing.test_tree import facts

ROOT = '[[rule]]\nname = "stam"\nqueues = ["handhaving"]\n'
TARGETS = ("mail", "webhook")


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy(resources.folder("data") / "taxonomy" / "taxonomy.toml")


class Loader:
    """Writes a file of routes and reads it."""

    def __init__(self, path: Path, taxonomy: Taxonomy) -> None:
        self.path = path
        self.taxonomy = taxonomy

    def load(self, text: str) -> Tree:
        self.path.write_text(text, encoding="utf-8")
        return load_routes(
            self.path,
            TARGETS,
            self.taxonomy,
            areas=("zeewijk", "molenbuurt"),
            sources=("telegram",),
        )

    def mistakes(self, text: str) -> list[str]:
        with pytest.raises(errors.ConfigurationError) as caught:
            self.load(text)
        head, *lines = str(caught.value).splitlines()
        assert head.startswith(str(self.path))
        return [line.strip() for line in lines]


@pytest.fixture
def loader(tmp_path: Path, taxonomy: Taxonomy) -> Loader:
    return Loader(tmp_path / "routes.toml", taxonomy)


def child(tree: Tree, name: str) -> Rule:
    return next(rule for rule in tree.rules() if rule.name == name)


def test_every_key_is_read(loader: Loader) -> None:
    tree = loader.load(
        ROOT
        + """
        targets = ["webhook"]
        [[rule]]
        name = "alles tegelijk"
        under = "stam"
        category = ["overlast", "afval"]
        subcategory = "jeugd"
        urgency = "spoed"
        probability_from = 0.5
        probability_below = 1
        area = ["zeewijk"]
        source = "telegram"
        origin = "chat"
        first_hand = true
        days = ["vrijdag"]
        from = "22:00"
        until = 06:30:00
        queues = ["meldkamer", "handhaving"]
        targets = ["mail"]
        continue = true
        automatic = false
        """
    )
    rule = child(tree, "alles tegelijk")
    asked = rule.condition
    assert asked.categories == {Category.OVERLAST, Category.AFVAL}
    assert asked.subcategories == {"jeugd"}
    assert asked.urgencies == {Urgency.SPOED}
    assert (asked.probability_from, asked.probability_below) == (0.5, 1.0)
    assert asked.areas == {"zeewijk"}
    assert asked.sources == {"telegram"}
    assert asked.origins == {Origin.CHAT}
    assert asked.first_hand is True
    assert asked.days == {"vrijdag"}
    assert (asked.from_time, asked.until_time) == (time(22), time(6, 30))
    assert rule.queues == (Queue.MELDKAMER, Queue.HANDHAVING)
    assert rule.targets == ("mail",)
    assert rule.goes_on
    assert not rule.automatic
    assert rule.line == 6


def test_a_rule_has_what_its_parent_has_unless_it_says_otherwise(loader: Loader) -> None:
    tree = loader.load(
        ROOT
        + """
        targets = ["mail"]
        [[rule]]
        name = "a"
        category = "afval"
        automatic = false
        [[rule]]
        name = "b"
        under = "a"
        urgency = "spoed"
        [[rule]]
        name = "c"
        under = "a"
        targets = []
        queues = "meldkamer"
        """
    )
    b, c = child(tree, "b"), child(tree, "c")
    assert (b.queues, b.targets, b.automatic) == ((Queue.HANDHAVING,), ("mail",), False)
    assert (c.queues, c.targets) == ((Queue.MELDKAMER,), ())
    assert [rule.name for rule in tree.rules()] == ["stam", "a", "b", "c"]


def test_all_mistakes_are_told_at_once_with_line_and_choices(loader: Loader) -> None:
    told = loader.mistakes(
        """[[rule]]
name = "stam"
queues = ["handhaving", "balie"]

[[rule]]
name = "politie"
category = ["inbrak", "geweld"]
urgancy = "spoed"

[[rule]]
name = "politie"
under = "poltie"
area = "zewijk"
probability_from = 90
targets = "fax"
"""
    )
    assert told == [
        "regel 3: Wachtrij 'balie' bestaat niet. Kies uit: meldkamer, handhaving.",
        (
            "regel 7: Categorie 'inbrak' bestaat niet. Bedoelt u 'inbraak'? "
            f"Kies uit: {', '.join(SIGNAL_CATEGORIES)}."
        ),
        (
            "regel 8: Sleutel 'urgancy' bestaat niet. Bedoelt u 'urgency'? "
            f"Kies uit: {', '.join(KEYS)}."
        ),
        "regel 11: De naam 'politie' is al gebruikt.",
        (
            "regel 12: 'under' noemt 'poltie', maar zo heet geen route hierboven. "
            "Kies uit: stam, politie."
        ),
        "regel 13: Wijk 'zewijk' bestaat niet. Bedoelt u 'zeewijk'? Kies uit: zeewijk, molenbuurt.",
        "regel 14: 'probability_from' moet een getal van 0 tot en met 1 zijn.",
        "regel 15: Ontvanger 'fax' bestaat niet. Kies uit: mail, webhook.",
    ]


@pytest.mark.parametrize(
    ("rule", "mistake"),
    [
        ("category = 3", "regel 6: 'category' moet een woord zijn of een lijst van woorden."),
        ("category = []", "regel 6: 'category' is leeg; laat de sleutel weg of kies iets."),
        ("queues = []", "regel 6: 'queues' is leeg; laat de sleutel weg of kies iets."),
        ('category = "geen"', "regel 6: Categorie 'geen' bestaat niet. Kies uit: inbraak,"),
        ('urgency = "hoog"', "regel 6: Urgentie 'hoog' bestaat niet. Kies uit: spoed, actueel,"),
        ('source = "fax"', "regel 6: Bron 'fax' bestaat niet. Kies uit: telegram."),
        ('origin = "krant"', "regel 6: Herkomst 'krant' bestaat niet. Kies uit: chat, public,"),
        ('days = "friday"', "regel 6: Dag 'friday' bestaat niet."),
        ("first_hand = 1", "regel 6: 'first_hand' moet true of false zijn."),
        ('continue = "ja"', "regel 6: 'continue' moet true of false zijn."),
        ("probability_from = true", "regel 6: 'probability_from' moet een getal"),
        ('from = "22:00"', "regel 6: 'from' en 'until' horen bij elkaar; geef ze allebei."),
        ('from = "25:00"\nuntil = "1:00"', "regel 6: 'from' moet een tijd zijn, bijvoorbeeld"),
        ('from = "1:00"\nuntil = "1:00"', "regel 6: 'from' en 'until' zijn gelijk;"),
        (
            "probability_from = 0.6\nprobability_below = 0.6",
            "regel 6: 'probability_from' moet lager zijn dan 'probability_below'.",
        ),
        ('subcategory = "jeugd"', "regel 6: Noem bij 'subcategory' ook de 'category'."),
        (
            'category = "overlast"\nsubcategory = ["jeugd", "woning"]',
            "regel 7: Subcategorie 'woning' bestaat niet.",
        ),
        ('under = "a"', "regel 6: 'under' noemt 'a', maar zo heet geen route hierboven."),
        ("under = 3", "regel 6: 'under' moet een tekst zijn"),
    ],
)
def test_one_mistake_is_told_as_it_is(loader: Loader, rule: str, mistake: str) -> None:
    (told,) = loader.mistakes(f'{ROOT}[[rule]]\nname = "a"\n{rule}\n')
    assert told.startswith(mistake)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "Er is geen enkele route. Begin met een kop [[rule]]."),
        ('[[rule]]\nname = "stam"\n', "regel 1: De eerste route moet 'queues' hebben"),
        ('[[rule]]\nqueues = "meldkamer"\n', "regel 1: Deze route heeft geen 'name'."),
        (f'{ROOT}under = "stam"\n', "regel 4: De eerste route vangt alles op en heeft geen"),
        (f'{ROOT}urgency = "spoed"\n', "regel 1: De eerste route vangt alles op en mag niets"),
        (f"{ROOT}[rules]\n", "Kop 'rules' bestaat niet. Bedoelt u 'rule'?"),
        (f"{ROOT}[[rule]\n", "regel 4: Dit is geen geldige TOML:"),
        ('rule = [{name = "stam", queues = "meldkamer"}]', "Schrijf elke route onder een eigen"),
        ('[rule]\nname = "stam"\n', "Schrijf elke route onder een eigen kop [[rule]]."),
    ],
)
def test_a_file_without_a_good_shape_is_refused(loader: Loader, text: str, mistake: str) -> None:
    assert loader.mistakes(text)[0].startswith(mistake)


def test_a_subcategory_may_belong_to_the_category_of_the_rule_above(loader: Loader) -> None:
    above = f'{ROOT}[[rule]]\nname = "a"\ncategory = "overlast"\n'
    tree = loader.load(f'{above}[[rule]]\nname = "b"\nunder = "a"\nsubcategory = "jeugd"\n')
    assert child(tree, "b").condition.subcategories == {"jeugd"}
    told = loader.mistakes(f'{above}[[rule]]\nname = "b"\nunder = "a"\nsubcategory = "woning"\n')
    assert told[0].startswith("regel 10: Subcategorie 'woning' bestaat niet. Kies uit: dieren,")


def test_a_rule_that_can_never_match_is_a_mistake(loader: Loader) -> None:
    told = loader.mistakes(
        f"""{ROOT}
[[rule]]
name = "a"
category = "afval"
[[rule]]
name = "b"
under = "a"
category = "inbraak"
[[rule]]
name = "rest"
[[rule]]
name = "te laat"
category = "wrakken"
"""
    )
    assert told == [
        "regel 8: Route 'b' past nooit: 'a' laat alleen afval door.",
        (
            "regel 14: Route 'te laat' komt nooit aan de beurt: 'rest' past op alles en heeft geen "
            "continue = true."
        ),
    ]


def test_lines_are_right_in_a_file_with_comments_strings_and_lists(loader: Loader) -> None:
    told = loader.mistakes(
        '''# """ in a comment is no string
[[rule]]  # the root
name = """stam
[[rule]]
name = no key
"""
queues = [
    # urgency = "no key either"
    "handhaving",
]
[[ rule ]]
name = "b"
"urgency" = "hoog"
'''
    )
    assert told == [
        "regel 13: Urgentie 'hoog' bestaat niet. Kies uit: spoed, actueel, niet-urgent."
    ]


def test_a_file_that_cannot_be_read_is_told(taxonomy: Taxonomy, tmp_path: Path) -> None:
    with pytest.raises(errors.ConfigurationError, match="kan niet worden gelezen"):
        load_routes(tmp_path / "nothing.toml", (), taxonomy)
    latin = tmp_path / "latin.toml"
    latin.write_bytes('name = "café"'.encode("latin-1"))
    with pytest.raises(errors.ConfigurationError, match="UTF-8"):
        load_routes(latin, (), taxonomy)


def test_police_categories_are_never_automatic(loader: Loader) -> None:
    loader.path.write_text(f'{ROOT}targets = ["mail"]\n', encoding="utf-8")
    tree = load_routes(loader.path, TARGETS, loader.taxonomy, automatic=list(Category))
    assert tree.automatic == {
        Category.AFVAL,
        Category.FOUTPARKEREN,
        Category.WRAKKEN,
        Category.OPENBARE_RUIMTE,
    }
    assert not tree.route(facts(category=Category.INBRAAK)).automatic
    assert tree.route(facts(category=Category.AFVAL)).automatic


def demo(taxonomy: Taxonomy) -> Tree:
    folder = resources.folder("data") / "tenants" / "demo"
    tenant = load_tenant(folder / "tenant.toml")
    assert not tenant.automatic
    return load_routes(
        folder / "routes.toml",
        tenant.targets,
        taxonomy,
        areas=tenant.areas,
        automatic=tenant.automatic,
    )


@pytest.mark.parametrize(
    ("category", "changed", "queues", "target"),
    [
        ("inbraak", {}, {"meldkamer"}, "politie-mail"),
        ("vernieling", {"subcategory": "graffiti", "urgency": Urgency.NIET_URGENT},
         {"handhaving"}, "gemeente-webhook"),
        ("vernieling", {"subcategory": "graffiti"}, {"meldkamer"}, "politie-mail"),
        ("overlast", {"subcategory": "geluid"}, {"handhaving"}, "gemeente-webhook"),
        ("overlast", {"subcategory": "drugs"}, {"meldkamer"}, "politie-mail"),
        ("overlast", {"urgency": Urgency.SPOED}, {"meldkamer", "handhaving"}, "politie-mail"),
        ("afval", {}, {"handhaving"}, "gemeente-webhook"),
        ("openbare-ruimte", {"urgency": Urgency.SPOED}, {"meldkamer", "handhaving"},
         "gemeente-webhook"),
    ],
)  # fmt: skip
def test_the_demo_routes_bring_each_signal_where_it_belongs(
    taxonomy: Taxonomy, category: str, changed: dict[str, object], queues: set[str], target: str
) -> None:
    routed = demo(taxonomy).route(facts(category=Category(category), **changed))
    assert set(routed.queues) == queues
    assert routed.targets == (target,)
    assert not routed.automatic


def test_the_demo_file_explains_every_key() -> None:
    text = (resources.folder("data") / "tenants" / "demo" / "routes.toml").read_text("utf-8")
    explained = {
        word.rstrip(",")
        for line in text.splitlines()
        if line.startswith("# ")
        for word in line.removeprefix("# ").split()[:2]
    }
    assert set(KEYS) <= explained
