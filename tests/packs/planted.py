"""Packs that contradict each other in known ways, and some in harmony. Each row: its packs, and what must be found."""

from collections.abc import Sequence
from typing import Any, NamedTuple

Raw = dict[str, Any]


class Planted(NamedTuple):
    """Packs by mapping (`extends` names another of them), the ids of the findings, and the rules of the first."""

    packs: Sequence[Raw]
    found: frozenset[str]
    rules: frozenset[str]


def rule(name: str, text: str, **more: Any) -> Raw:
    return {"id": name, "text": text, "source": "own", **more}


def pack(name: str, *rules: Raw, **more: Any) -> Raw:
    return {"name": name, "languages": ["en"], "rules": list(rules), **more}


def planted(found: str, *packs: Raw, rules: str = "") -> Planted:
    return Planted(packs, frozenset(found.split()), frozenset(rules.split()))


ORCHID = {"about": ["Do you sell orchids?"], "beside": ["Who invented the spade?"]}
FEES = {"about": ["What is the fee for a late return?"], "beside": ["Where is the library?"]}
HARMONY = ""

CASES: dict[str, Planted] = {
    "a duty and a ban of one act": planted(
        "duty-and-ban",
        pack("north", rule("sign", "It signs with its name.", act="signature", requires="disclose")),
        pack("south", rule("mute", "It leaves out who writes.", act="signature")),
        rules="north/sign south/mute",
    ),
    "a phrase demanded and forbidden": planted(
        "duty-and-ban",
        pack(
            "east",
            rule(
                "slow",
                "Lead time is said.",
                requires="disclose",
                when="orchids?",
                checks=[{"lacks": "up to (?:two|three) weeks"}],
                examples=ORCHID,
            ),
        ),
        pack(
            "west", rule("firm", "No vague times.", when="sell", checks=[{"contains": r"\bup to \w+"}], examples=ORCHID)
        ),
        rules="east/slow west/firm",
    ),
    "a phrase among others may be avoided": planted(
        HARMONY,
        pack(
            "east",
            rule(
                "slow",
                "Lead time is said.",
                requires="disclose",
                when="orchids?",
                checks=[{"lacks": "up to two weeks|fourteen days"}],
                examples=ORCHID,
            ),
        ),
        pack(
            "west", rule("firm", "No vague times.", when="sell", checks=[{"contains": r"\bup to \w+"}], examples=ORCHID)
        ),
    ),
    "answered and refused": planted(
        "contradictory-requirements",
        pack("lend", rule("fees", "Fees are told.", requires="answer", when="fee", examples=FEES)),
        pack(
            "keep",
            rule("desk", "Money is for the desk.", requires="redirect", when=r"\b(?:fee|fine)s?\b", examples=FEES),
        ),
        rules="lend/fees keep/desk",
    ),
    "answered and refused, on prompts that never meet": planted(
        HARMONY,
        pack("lend", rule("fees", "Fees are told.", requires="answer", when="fee", examples=FEES)),
        pack(
            "keep",
            rule(
                "bees",
                "Hives are for the beekeeper.",
                requires="redirect",
                when=r"\bhives?\b",
                examples={"about": ["Open the hive?"], "beside": ["What is a fee?"]},
            ),
        ),
    ),
    "one figure above and below": planted(
        "contradictory-requirements",
        pack("long", rule("rich", "Answers are long.", checks=[{"scorer": "words", "at_most": 80}])),
        pack("brief", rule("terse", "Answers are brief.", checks=[{"scorer": "words", "at_least": 60}])),
        rules="long/rich brief/terse",
    ),
    "two beginnings": planted(
        "contradictory-requirements",
        pack("inn", rule("hail", "It hails.", requires="disclose", checks=[{"lacks": r"\AWelcome"}])),
        pack("shop", rule("greet", "It greets.", requires="disclose", checks=[{"lacks": r"\AGood day"}])),
        rules="inn/hail shop/greet",
    ),
    "two clocks and no operator": planted(
        "incomparable-parameters",
        pack("sea", rule("rest", "A pause is offered.", requires="disclose", every=90)),
        pack("land", rule("rest", "A pause is offered.", requires="disclose", every=45)),
        rules="sea/rest land/rest",
    ),
    "two clocks and an operator": planted(
        HARMONY,
        pack("sea", rule("rest", "A pause is offered.", requires="disclose", every=90), combine={"every": "min"}),
        pack("land", rule("rest", "A pause is offered.", requires="disclose", every=45), combine={"every": "min"}),
    ),
    "a child that only warns": planted(
        "weaker-child",
        pack("trunk", rule("keys", "No key is told.", checks=[{"contains": "key"}])),
        pack("twig", {"id": "keys", "severity": "warn"}, extends="trunk"),
        rules="twig/keys trunk/keys",
    ),
    "a child that narrows with its reason": planted(
        HARMONY,
        pack("trunk", rule("keys", "No key is told.", checks=[{"contains": "key"}])),
        pack("twig", {"id": "keys", "unless": "piano", "narrows": "A piano has keys."}, extends="trunk"),
    ),
    "a permission of what is forbidden above": planted(
        "weaker-child",
        pack("trunk", rule("keys", "No key is told.", act="key-told")),
        pack("twig", rule("spare", "Spare keys may be told.", act="key-told", permits=True), extends="trunk"),
        rules="twig/spare trunk/keys",
    ),
    "a rule about nothing": planted(
        "dead-rule",
        pack("moor", rule("void", "Heather is named.", when="heather", unless="heath", checks=[{"lacks": "heather"}])),
        rules="moor/void",
    ),
    "days between two versions": planted(
        "gap-in-time",
        pack(
            "tide",
            rule("tax", "Tax is said.", requires="disclose", until="2026-12-31"),
            rule("tax", "Tax and duty are said.", requires="disclose", applies_from="2027-02-01"),
        ),
        rules="tide/tax",
    ),
    "versions that follow on each other": planted(
        HARMONY,
        pack(
            "tide",
            rule("tax", "Tax is said.", requires="disclose", until="2026-12-31"),
            rule("tax", "Tax and duty are said.", requires="disclose", applies_from="2027-01-01"),
        ),
    ),
    "a language that no check tells of": planted(
        "language-unchecked",
        pack("coast", rule("calm", "No shouting.", checks=[{"contains": "loud"}])),
        pack("fjord", rule("tide", "Tides are told."), extends="coast", languages=["en", "de"]),
        rules="coast/calm",
    ),
    "a rule that is for one language on purpose": planted(
        HARMONY,
        pack(
            "fjord",
            rule("calm", "No shouting in English.", checks=[{"contains": "loud"}], languages=["en"]),
            rule("sie", "Sie.", checks=[{"contains": "du"}], languages=["de"], answers_in=["de"]),
            languages=["en", "de"],
        ),
    ),
    "each one's good answers are bad by the other": planted(
        "contradictory-requirements",
        pack(
            "far",
            rule("leagues", "No leagues.", checks=[{"contains": "leagues?"}], examples={"good": ["Two furlongs."]}),
        ),
        pack(
            "wide",
            rule("furlongs", "No furlongs.", checks=[{"contains": "furlongs?"}], examples={"good": ["One league."]}),
        ),
        rules="far/leagues wide/furlongs",
    ),
    "what an answer may and may not be, and one that is neither": planted(
        HARMONY,
        pack(
            "far",
            rule("leagues", "No leagues.", checks=[{"contains": "leagues?"}], examples={"good": ["Two furlongs."]}),
        ),
        pack("wide", rule("ells", "No ells.", checks=[{"contains": r"\bells?\b"}], examples={"good": ["One league."]})),
    ),
    "an answer for all that yields": planted(
        HARMONY,
        pack(
            "open",
            rule("all", "All is answered.", requires="answer", priority=0),
            rule("safe", "The code of the safe stays.", requires="refuse", when="safe"),
        ),
    ),
    "an answer for all that does not": planted(
        "contradictory-requirements",
        pack(
            "open",
            rule("all", "All is answered.", requires="answer"),
            rule("safe", "The code of the safe stays.", requires="refuse", when="safe"),
        ),
        rules="open/all open/safe",
    ),
    "a duty and a ban for different people": planted(
        HARMONY,
        pack("old", rule("ale", "Ale is named.", act="ale", requires="disclose", audience="adult")),
        pack("young", rule("dry", "Ale is left out.", act="ale", audience="minor")),
    ),
    "a duty and a ban on different days": planted(
        HARMONY,
        pack("then", rule("badge", "A badge is shown.", act="badge", requires="disclose", until="2026-06-30")),
        pack("now", rule("plain", "No badge is shown.", act="badge", applies_from="2026-07-01")),
    ),
    "a duty of the server and a ban of the model": planted(
        HARMONY,
        pack("host", rule("stamp", "Pages are stamped.", act="stamp", requires="disclose", by="server")),
        pack("guest", rule("bare", "The model writes no stamp.", act="stamp")),
    ),
}
