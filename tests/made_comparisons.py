"""Comparisons of varied, natural-looking text, made from a seed; and faults to plant in them."""

import random
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]

_THINGS = """garden kitchen bicycle holiday sourdough violin budget curtain aquarium terrace bookshelf marathon
spreadsheet
balcony orchard pottery telescope caravan wardrobe pancake newsletter fence compost hallway piano saddle lantern kayak
blanket recipe playlist podcast calendar hedge soup puzzle tent mural sweater beehive sauna drone stove rug camera trail
sketchbook greenhouse radio quilt scooter pond attic barbecue diary chessboard campsite fireplace workshop""".split()
_DOING = """plan repair clean improve build choose organise paint store decorate start photograph share measure insulate
refresh simplify test describe enjoy expand prepare learn finish""".split()
_HOW = """slowly carefully early cheaply together twice gently properly first outside patiently weekly evenly quietly
regularly safely neatly briefly""".split()
_KIND = """small sturdy cheerful quiet wooden bright simple local friendly second-hand narrow soft heavy modern warm
light
spare shared early cosy tidy plain colourful""".split()
_PART = """corner handle surface schedule colour budget neighbour instructions drawer label weather toolbox notebook
basket
shelf ribbon frame battery ladder cushion brush measuring-tape string paper lid bucket lamp glue saw sponge""".split()
_ASK = (
    "How do I {d} a {k} {t}?", "What helps me to {d} the {t} {h}?", "Could you tell me how people {d} their {t}?",
    "I want to {d} a {t} with a {k} {p}. Where do I begin?", "Is it worth the effort to {d} a {k} {t}?",
    "My {p} does not fit the {t}. What now?", "Give me an idea for a {k} {t} near the {p}.",
    "Which {p} suits a {t} best?", "We have a {k} {t} and one {p}. Can we {d} it {h}?",
    "Explain why a {t} needs a {p}.",
)  # fmt: skip
_SAY = (
    "You can {d} the {t} {h} with a {k} {p}.", "A {k} {p} makes it easier to {d} the {t}.",
    "Most people {d} their {t} {h}, and it works.", "Put the {p} beside the {t} before you {d} it.",
    "It depends on the {p}, because a {k} one wears out {h}.", "Try to {d} one {p} at a time.",
    "If the {p} is {k}, the {t} needs less care.", "I would ask a neighbour who has a {k} {t}.",
    "The {t} looks better once the {p} is {k}.", "Start {h} and see whether the {p} holds.",
    "Keep a {k} {p} close to the {t}.", "That said, nobody has to {d} a {t} {h}.",
    "There are two ways, and both need a {p}.", "Write down what the {t} costs and {d} it later.",
    "Otherwise the {k} {p} ends up behind the {t}.", "Does the {t} have a {p} already?",
)  # fmt: skip
GOOD = ("Check the {p} first, then the {t}.", "Here is a step that works: {d} the {p}.", "Measure the {t} to be sure.")
BAD = ("Whatever, the {t} is your problem.", "No idea, maybe something with a {p}.", "Honestly who cares about a {t}.")


def fill(rng: random.Random, form: str) -> str:
    return form.format(
        t=rng.choice(_THINGS), d=rng.choice(_DOING), h=rng.choice(_HOW), k=rng.choice(_KIND), p=rng.choice(_PART)
    )


def answer(rng: random.Random, sentences: int | None = None, extra: tuple[str, ...] = ()) -> str:
    some = [fill(rng, form) for form in rng.sample(_SAY, sentences or rng.randint(2, 6))]
    some[rng.randrange(len(some))] = fill(rng, rng.choice(extra)) if extra else some[0]
    return " ".join(dict.fromkeys(some))


def prompt(rng: random.Random) -> str:
    return fill(rng, rng.choice(_ASK))


def clean(seed: int, n: int = 300, *, quality: float = 0.0, judges: int = 3) -> list[Row]:
    """Comparisons without a fault; in `quality` of them the chosen side is visibly the better one."""
    rng = random.Random(seed)
    rows = []
    for number in range(n):
        better = rng.random() < quality
        rows.append(
            {
                "id": f"r{number}",
                "prompt": prompt(rng),
                "chosen": answer(rng, extra=GOOD if better else ()),
                "rejected": answer(rng, extra=BAD if better else ()),
                "judge": f"judge-{rng.randrange(judges)}",
                "kind": rng.choice(("home", "leisure", "work")),
            }
        )
    return rows


def some(rows: list[Row], share: float, change: Callable[[random.Random, Row], None], seed: int = 0) -> list[Row]:
    """The rows with `change` done to `share` of them."""
    rng = random.Random(seed)
    for row in rng.sample(rows, round(share * len(rows))):
        change(rng, row)
    return rows


def swap(_: random.Random, row: Row) -> None:
    row["chosen"], row["rejected"] = row["rejected"], row["chosen"]


def repeated(seed: int, pairs: int, judges: int, agree: float) -> list[Row]:
    """Pairs that several judges have judged, each right with the probability `agree`."""
    rng = random.Random(seed)
    rows: list[Row] = []
    for number, base in enumerate(clean(seed, pairs)):
        for judge in range(judges):
            row = {**base, "id": f"r{number}-{judge}", "judge": f"judge-{judge}"}
            if rng.random() > agree:
                swap(rng, row)
            rows.append(row)
    return rows
