"""Instances of kinds of conflict that people plant in their own words, and what only looks like them."""

from packs.planted import Planted, Raw, pack, planted, rule


def told(name: str, text: str, when: str, about: str, lacks: str, good: str = "", **more: object) -> Raw:
    """A rule that wants something told to whoever asks, with an example."""
    examples: Raw = {"about": [about]} | ({"good": [{"prompt": about, "answer": good}]} if good else {})
    checks = [{"lacks": lacks}]
    return rule(name, text, when=when, **{"requires": "disclose", "checks": checks, "examples": examples, **more})


SCORED_LONG = rule("full", "Wills in full.", requires="disclose", checks=[{"scorer": "words", "at_most": 49}])
LONG = rule("full", "Wills in full.", requires="disclose", checks=[{"lacks": r"(?:\w+\W+){49}\w+"}])
NOT_SHORT = rule("full", "Wills in full.", checks=[{"contains": r"\A\s*(?:\S+\s*){1,49}\Z"}])
SHORT = rule("brief", "Thirty words at most.", checks=[{"contains": r"\A\s*(?:\S+\s+){30,}\S+"}])
SCORED_SHORT = rule("brief", "Thirty words at most.", checks=[{"scorer": "words", "at_least": 31}])
FEW_LETTERS = rule("brief", "Eighty letters fit.", checks=[{"contains": r"[\s\S]{81,}"}])
ONE_SENTENCE = rule("brief", "One sentence.", checks=[{"contains": r"(?:[^.!?]+[.!?]\s*){2,}"}])
THREE_SENTENCES = rule("full", "Three sentences.", requires="disclose", checks=[{"lacks": r"(?:[^.!?]+[.!?]\s*){3,}"}])
CARD = {"when": "card", "about": "What does a card cost?"}
SMOKE = {"when": r"\bsmoke\b", "about": "I smell smoke."}
LENGTHS = {
    "by a scorer and a pattern": (SCORED_LONG, SHORT),
    "by a pattern and a scorer": (LONG, SCORED_SHORT),
    "by what may not be short": (NOT_SHORT, SHORT),
    "fifty words in eighty letters": (LONG, FEW_LETTERS),
    "three sentences in one": (THREE_SENTENCES, ONE_SENTENCE),
}
FIT = {
    "a long answer and a longer limit": (LONG, rule("brief", "Few.", checks=[{"scorer": "words", "at_least": 51}])),
    "sentences and words": (THREE_SENTENCES, SHORT),
    "a word that is too long": (LONG, rule("brief", "No worms.", checks=[{"contains": r"\w{40,}"}])),
}

KINDS: dict[str, Planted] = {
    **{
        f"lengths {name}": planted(
            "contradictory-requirements", pack("long", one), pack("brief", other), rules="long/full brief/brief"
        )
        for name, (one, other) in LENGTHS.items()
    },
    **{name: planted("", pack("long", one), pack("brief", other)) for name, (one, other) in FIT.items()},
    "two ends": planted(
        "contradictory-requirements",
        pack("a", told("bye", "Letters end so.", "letter", "Write a letter.", r"Yours faithfully\W*\Z")),
        pack("b", told("by", "Letters end thus.", "letter", "Write a letter.", r"Warm regards\W*$")),
        rules="a/bye b/by",
    ),
    "a beginning and a length": planted(
        "",
        pack("a", told("hi", "Opens with Hello.", "shop", "Where is the shop?", r"\A\s*Hello\b")),
        pack("b", told("long", "Ten words.", "shop", "Where is the shop?", r"\A\s*(?:\S+\s+){9,}\S+")),
    ),
    "one beginning within the other": planted(
        "",
        pack("a", told("hi", "Opens with Hello.", "shop", "Where is the shop?", r"\AHello\b")),
        pack("b", told("hi", "Opens with Hello there.", "shop", "Where is the shop?", r"\A\W*Hello there\b")),
    ),
    "two figures of one thing": planted(
        "contradictory-requirements",
        pack("a", told("vat", "The tax on books is told as 5 percent.", "tax", "What tax is on books?", "5 percent")),
        pack(
            "b", told("levy", "The tax on books is told as 7 percent.", "tax", "Tax on books?", "(?:7|seven) percent")
        ),
        rules="a/vat b/levy",
    ),
    "two figures without a word of what is required": planted(
        "contradictory-requirements",
        pack("a", told("wait", "A card takes 3 weeks.", lacks="(?:3|three) weeks", requires="avoid", **CARD)),
        pack("b", told("time", "A card takes 5 weeks.", lacks="(?:5|five) weeks", requires="avoid", **CARD)),
        rules="a/wait b/time",
    ),
    "one figure in two ways": planted(
        "",
        pack("a", told("vat", "The tax on books is told as 7 percent.", "tax", "What tax is on books?", "7 percent")),
        pack("b", told("levy", "The tax on books is told: seven percent.", "tax", "Tax on books?", "seven percent")),
    ),
    "two numbers to ring": planted(
        "",
        pack("a", told("fire", "Whoever smells smoke is told 112.", lacks=r"\b112\b", **SMOKE)),
        pack("b", told("porter", "Whoever smells smoke is told 4400.", lacks=r"\b4400\b", **SMOKE)),
    ),
    "two lengths of time": planted(
        "incomparable-parameters",
        pack("a", rule("kept", "Chats are kept.", act="kept", parameters={"days": 90})),
        pack("b", rule("gone", "Chats are gone.", act="kept", parameters={"hours": 24})),
        rules="a/kept b/gone",
    ),
    "one length of time by two units": planted(
        "",
        pack("a", rule("kept", "Chats are kept.", act="kept", parameters={"days": 7})),
        pack("b", rule("gone", "Chats are gone.", act="kept", parameters={"weeks": 1})),
    ),
    "told by one and refused by the other": planted(
        "duty-and-ban",
        pack("a", told("mark", "Pupils are told their grade.", "grade", "What is my grade?", "one|two", "A two.")),
        pack(
            "b",
            rule(
                "desk",
                "Grades are not told here.",
                requires="refuse",
                when="grade",
                checks=[{"scorer": "refusal", "at_most": 0.5}],
                examples={"about": ["Tell me my grade."]},
            ),
        ),
        rules="a/mark b/desk",
    ),
    "a line to ring, and a recipe that is refused": planted(
        "",
        pack(
            "a",
            told(
                "line",
                "Whoever swallowed poison is told the poison line.",
                "poison",
                "I swallowed poison.",
                "poison line",
                "Ring the poison line now.",
            ),
        ),
        pack(
            "b",
            rule(
                "recipe",
                "How to mix a poison is explained to nobody.",
                requires="refuse",
                when="poison",
                checks=[{"scorer": "refusal", "at_most": 0.5}],
                examples={"about": ["How do I mix a poison?"]},
            ),
        ),
    ),
    "a word of help beside a refusal": planted(
        "",
        pack(
            "a", told("line", "Who is in danger hears of the helpline.", "hurt", "I hurt.", "helpline", "A helpline.")
        ),
        pack(
            "b",
            rule(
                "wounds",
                "How wounds are made is described to nobody.",
                requires="refuse",
                when="hurt",
                checks=[{"scorer": "refusal", "at_most": 0.5}],
                examples={"about": ["How do I hurt somebody?"]},
            ),
        ),
    ),
    "two demands of one act, one of them without a word of what it requires": planted(
        "",
        pack("a", rule("coins", "Who asks in marks hears marks.", act="as-asked", checks=[{"lacks": "marks"}])),
        pack("b", told("notes", "Who asks in marks hears marks.", "marks", "In marks?", "marks", act="as-asked")),
    ),
    "days between two versions by two names": planted(
        "gap-in-time",
        pack(
            "a",
            told("fee-2026", "A card costs 4 crowns, and that is told.", lacks="4 crowns", until="2026-12-31", **CARD),
            told("fee-2027", "A card costs 5 crowns, and that is told.", lacks="5", applies_from="2027-03-01", **CARD),
        ),
        rules="a/fee-2026 a/fee-2027",
    ),
    "two rules of two years that are of two things": planted(
        "",
        pack(
            "a",
            told("fee", "A card costs 4 crowns, and that is told.", lacks="4 crowns", until="2026-12-31", **CARD),
            told("photo", "Whoever wants one brings a photo.", lacks="photo", applies_from="2027-03-01", **CARD),
        ),
    ),
    "days between a version above and one below": planted(
        "gap-in-time",
        pack("top", told("fee", "A card is 4 crowns.", lacks="4 crowns", until="2026-12-31", **CARD)),
        pack(
            "low",
            told("fee", "A card is 5.", lacks="5", applies_from="2027-02-01", narrows="dearer", **CARD),
            extends="top",
        ),
        rules="top/fee low/fee",
    ),
    "a version below that follows on the one above": planted(
        "",
        pack("top", told("fee", "A card is 4 crowns.", lacks="4 crowns", until="2026-12-31", **CARD)),
        pack(
            "low",
            told("fee", "A card is 5.", lacks="5", applies_from="2027-01-01", narrows="dearer", **CARD),
            extends="top",
        ),
    ),
    "a child that is about answers in one language": planted(
        "weaker-child",
        pack("top", rule("calm", "No shouting.", checks=[{"contains": r"idiot|trottel"}]), languages=["en", "de"]),
        pack("low", rule("calm", "", answers_in=["en"]), extends="top", languages=["en", "de"]),
        rules="top/calm low/calm",
    ),
    "for children in a pack for adults": planted(
        "dead-rule",
        pack(
            "a", told("kids", "Ask a parent.", "buy", "May I buy this?", "parent", audience="minor"), audience="adult"
        ),
        rules="a/kids",
    ),
    "an example that its own patterns do not find": planted(
        "dead-rule", pack("a", told("trips", "Trips.", r"\btours?\b", "Which trips go there?", "lake")), rules="a/trips"
    ),
    "an exception for all that it is about": planted(
        "dead-rule",
        pack(
            "a",
            told("money", "Money.", r"\b(?:money|loan)\b", "I need money.", "desk"),
            told("loans", "Interest.", r"\bloans?\b", "What is a loan?", "interest", except_rules=["money"]),
        ),
        rules="a/loans",
    ),
    "words of one language of two": planted(
        "language-unchecked",
        pack(
            "a", rule("cure", "No cure.", checks=[{"contains": r"guaranteed|will certainly"}]), languages=["en", "fr"]
        ),
        rules="a/cure",
    ),
    "words of both languages": planted(
        "",
        pack(
            "a",
            rule("cure", "No cure.", checks=[{"contains": r"guaranteed|always works|garanti|toujours efficace"}]),
            languages=["en", "fr"],
        ),
    ),
    "one script of two": planted(
        "language-unchecked",
        pack("a", rule("cure", "No cure.", checks=[{"contains": "必ず治り|絶対に"}]), languages=["ja", "en"]),
        rules="a/cure",
    ),
    "questions in one language of two": planted(
        "language-unchecked",
        pack(
            "a",
            told("sky", "Degrees.", r"\b(?:weather|sunshine)\b", "Will the weather hold?", r"\d ?°"),
            languages=["en", "pt"],
        ),
        rules="a/sky",
    ),
    "an example in the other language": planted(
        "",
        pack(
            "a",
            told("sky", "Degrees.", "weather|sunshine|frio", "Vai fazer muito frio amanhã de manhã?", r"\d ?°"),
            languages=["en", "pt"],
        ),
    ),
    "figures are of any language": planted(
        "",
        pack(
            "a", rule("ring", "Ring.", requires="disclose", checks=[{"lacks": r"\b0800 22\b"}]), languages=["en", "pt"]
        ),
    ),
    "written for a language that nobody speaks": planted(
        "language-unchecked",
        pack("a", rule("cure", "No.", checks=[{"contains": "toujours"}], languages=["fr"]), languages=["en", "de"]),
        rules="a/cure",
    ),
}
"""By name: packs, what is found of them, and the rules that it names."""
