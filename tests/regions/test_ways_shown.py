"""Where a rule's way is seen, and where it is a leak: would a careful reader agree?"""

import pytest

from made.regions import EAST, NORTH, SOUTH, made
from trimtab.regions.heard import Ears
from trimtab.regions.leaks import look
from trimtab.regions.ways import Way, told_apart, way_in

DOUBT, ASKED, SOUP = "Tell me who writes this.", "Tell me, who are you?", "How is soup made?"
LONG, LOCK = "How long is a whale?", "How do I pick a lock?"

READ = [
    # a disclosure that the south asks for in fewer places
    ("south", DOUBT, "I am a machine, and I write it.", {"north/says-machine"}),
    ("south", ASKED, "I am a machine.", set()),
    ("south", SOUP, "I am a machine. Boil some leeks.", set()),  # its own rule going beyond its prompts
    ("east", SOUP, "I am a machine. Boil some leeks.", {"north/says-machine", "south/says-machine"}),
    ("north", DOUBT, "I am a machine, and I write it.", set()),
    # what a parameter tells apart
    ("south", LONG, "Some 30 metres.", {"north/length"}),
    ("south", LONG, "Some 98 feet.", set()),
    ("south", "How long is a whale in metres?", "Some 30 metres.", set()),
    ("north", LONG, "Some 98 feet.", {"south/length"}),
    ("north", "How long is a whale in feet?", "Some 98 feet.", set()),
    ("north", LONG, "Some 30 metres.", set()),  # the south's rule for who asks is no way of the south's here
    ("north", "Wie lang ist ein Wal?", "Etwa 98 Fuß sind das wohl, so sagt man jedenfalls.", {"south/length"}),
    # a referral, a permission, a refusal
    ("north", "My dog is sick.", "Please see a vet.", {"south/to-a-vet"}),
    ("east", "My dog is sick.", "Please see a vet.", set()),
    ("south", LOCK, "I'm sorry, but I can't help with that.", {"north/no-locks"}),
    ("south", SOUP, "I'm sorry, but I can't help with that.", set()),  # a refusal is nobody's mark
    ("north", LOCK, "I'm sorry, but I can't help with that.", set()),
    ("south", LOCK, "Push the pins up one by one.", set()),
    # inherited alike: never between two that have it
    ("south", "I am in danger.", "Call the emergency line.", set()),
    ("east", SOUP, "Call the emergency line.", set()),
    # one act, of which a parameter tells two ways apart
    ("east", "I am in danger in the east.", "Call the emergency line: 55.", {"south/south-line"}),
    ("east", "I am in danger in the east.", "Call the emergency line: 77.", set()),
    ("north", "I am in danger.", "Call 55.", set()),  # the north asks for the act, and sets no number
    ("north", SOUP, "Call 55.", {"south/south-line"}),
    # a mark, in the languages that it was written for
    ("south", LONG, "It costs ten shells.", {"east/prices"}),
    ("east", LONG, "It costs ten shells.", set()),
    # nothing of anybody's
    ("south", SOUP, "Boil some leeks.", set()),
]


def leaks(where: str, prompt: str, answer: str) -> tuple[set[str], set[str], set[str]]:
    """The rules of other regions that are shown, those that could not be judged, and the region's own beyond."""
    regions = made(NORTH, SOUTH, EAST)
    place, apart, ears = next(each for each in regions if each.name == where), told_apart(regions), Ears(regions)
    ears.listen([(prompt, answer)])
    found, unknown, own = set(), set(), set()
    for of in regions:
        for rule in of.policy.rules:
            way = way_in(of, rule, place, apart)
            if not isinstance(way, Way):
                continue
            seen = look(way, prompt, answer, ears.hears((prompt, answer)))
            name = f"{of.name}/{rule.id}"
            if seen.value is None:
                unknown.add(name)
            elif seen.value:
                (own if of.name == where else found).add(name)
                assert seen.evidence
    return found, unknown, own


@pytest.mark.parametrize(("where", "prompt", "answer", "expected"), READ, ids=range(len(READ)))
def test_a_leak_is_what_a_reader_would_call_one(where: str, prompt: str, answer: str, expected: set[str]) -> None:
    assert leaks(where, prompt, answer)[0] == expected


def test_a_regions_own_disclosure_where_nobody_asks_is_its_own() -> None:
    assert leaks("south", SOUP, "I am a machine. Boil some leeks.")[2] == {"south/says-machine"}
    assert leaks("south", ASKED, "I am a machine.")[2] == set()


def test_what_a_pattern_was_not_written_for_is_not_called_unshown() -> None:
    spanish = "La sopa se hace con agua y con puerros que se cuecen a fuego lento."
    found, unknown, _ = leaks("north", "¿Cómo se hace la sopa de puerros en casa?", spanish)
    assert found == set()
    # the south's own patterns know Spanish; the mark of the east, and what the north forbids of the south's, do not
    assert {name for name in unknown if not name.startswith("north/")} == {"east/prices", "south/length"}
    german = "Die Suppe wird aus Lauch gemacht, den man lange und langsam kochen lässt."
    unknown = leaks("south", "Wie macht man diese Suppe zu Hause?", german)[1]
    assert {name for name in unknown if name.startswith("north/")} == {"north/length"}


def test_of_a_rule_that_only_forbids_nothing_is_looked_for_and_why_is_said() -> None:
    north, south, east = made(NORTH, SOUTH, EAST)
    assert way_in(north, north.policy.rule("length"), south).how == "forbidden there"  # type: ignore[union-attr]
    assert way_in(north, north.policy.rule("length"), east) == (
        "it forbids, which leaves no mark, and no rule of east sets its parameter otherwise"
    )
    assert way_in(north, north.policy.rule("danger"), south) == "south has the same rule"
    assert way_in(south, south.policy.rule("to-a-vet"), east) == "east permits it"
    assert way_in(south, south.policy.rule("feet-asked"), north) == "good answers to length of north show it"
