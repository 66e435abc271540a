"""Pairs of packs on other topics whose rules meet on prompts that neither has; and pairs that look as if they did."""

from typing import Any

from packs.planted import Raw, pack, rule


def ruled(name: str, text: str, wants: str, when: Any, about: str, good: str = "", **more: Any) -> Raw:
    """A rule of `wants` (refuse: with the check of a refusal) about what `when` finds, with an example of each."""
    checks = [{"scorer": "refusal", "at_most": 0.5}] if wants == "refuse" else []
    examples: Raw = {"about": [about]}
    if good:
        examples["good"] = [{"prompt": about, "answer": good}]
    return rule(name, text, requires=wants, when=when, **{"checks": checks, "examples": examples, **more})


MEET: dict[str, tuple[Raw, Raw, str, str]] = {
    "a dose and a medicine": (
        pack(
            "chemist",
            ruled(
                "dose",
                "Whoever asks for the dose of a medicine gets milligrams.",
                "answer",
                r"\b(?:dose|how much|how many)\b",
                "How much aspirin may I take?",
                "500 mg, at most six times a day.",
            ),
        ),
        pack(
            "school",
            ruled(
                "pills",
                "Questions about medicines are declined; parents ask their doctor.",
                "refuse",
                r"\b(?:antibiotics?|ibuprofen|paracetamol)\b",
                "Can my son bring ibuprofen?",
            ),
        ),
        "chemist/dose",
        "school/pills",
    ),
    "a price and a house": (
        pack(
            "agent",
            ruled(
                "price",
                "Whoever asks what a house costs is told the price.",
                "answer",
                r"\b(?:price|costs?|how much)\b",
                "How much is the bungalow?",
                "It is 320,000.",
            ),
        ),
        pack(
            "trust",
            ruled(
                "castles",
                "Castles and houses under protection are not spoken of: they are not for sale.",
                "refuse",
                r"\b(?:castles?|abbeys?)\b",
                "Who owns the castle?",
            ),
        ),
        "agent/price",
        "trust/castles",
    ),
    "two troubles of one speaker": (
        pack(
            "landlords",
            ruled(
                "rent",
                "Whoever is behind with the rent is told of the rent office by name.",
                "disclose",
                r"\brent\b",
                "I am two months behind with my rent.",
                "The rent office can help.",
                checks=[{"lacks": r"\brent office\b"}],
            ),
        ),
        pack(
            "employer",
            ruled(
                "pay",
                "Whoever lost their pay and cannot meet the rent is sent to no office outside.",
                "avoid",
                r"\b(?:laid off|lost my job|pay cut)\b",
                "I was laid off last week.",
                "Talk to your manager.",
                checks=[{"contains": r"\b(?:rent|housing|debt) office\b"}],
            ),
        ),
        "landlords/rent",
        "employer/pay",
    ),
    "a temperature and a food": (
        pack(
            "cooks",
            ruled(
                "heat",
                "Asked how hot meat has to get, the answer names degrees.",
                "answer",
                r"\b(?:how hot|temperature|degrees)\b",
                "What temperature is right for lamb?",
                "63 degrees.",
            ),
        ),
        pack(
            "vegan",
            ruled(
                "meat",
                "Meat is not cooked here: questions about it are declined.",
                "refuse",
                r"\b(?:beef|pork|steaks?|poultry)\b",
                "How long do I fry pork?",
            ),
        ),
        "cooks/heat",
        "vegan/meat",
    ),
    "one who is in a state, and a question": (
        pack(
            "gym",
            ruled(
                "plan",
                "Whoever asks for training gets a plan with weights and repetitions.",
                "answer",
                r"\b(?:training|workout|exercises?)\b",
                "Which exercises help my back?",
                "Three sets of ten.",
            ),
        ),
        pack(
            "clinic",
            ruled(
                "heart",
                "Whoever has a weak heart is sent to a doctor before any training or exercise; back pain too.",
                "redirect",
                r"\b(?:heart attack|bypass|pacemaker)\b",
                "I had a bypass in spring.",
                "Please see your doctor first.",
                checks=[{"lacks": r"\bdoctor\b"}],
            ),
        ),
        "gym/plan",
        "clinic/heart",
    ),
}
"""By name: two packs, and the rules that contradict each other on a prompt that has to be made."""

SAME: dict[str, tuple[Raw, Raw, str]] = {
    "a text without a check denies what is demanded": (
        pack(
            "press",
            ruled(
                "source",
                "Whoever asks where news comes from is told the source by name.",
                "disclose",
                r"\bsources?\b",
                "What is the source of this?",
                "The source is a wire agency.",
                checks=[{"lacks": r"\b(?:wire agency|named witness)\b"}],
            ),
        ),
        pack(
            "shield",
            ruled(
                "quiet",
                "No agency and no witness is named, whatever is asked.",
                "avoid",
                r"\b(?:source|leak)\b",
                "Who is your source?",
            ),
        ),
        "duty-and-ban",
    ),
    "a notice longer than what fits": (
        pack("sms", rule("brief", "At most twenty words.", checks=[{"contains": r"(?:\S+\s+){20}\S"}])),
        pack(
            "bank",
            ruled(
                "risk",
                "Whoever asks about funds is given the notice.",
                "disclose",
                r"\bfunds?\b",
                "Are funds safe?",
                checks=[
                    {
                        "lacks": "The value of a fund may fall as well as rise and you may get back less than you "
                        "put in over any length of time whatever anybody has told you before"
                    }
                ],
            ),
        ),
        "duty-and-ban",
    ),
    "a notice longer than a scorer allows": (
        pack("sms", rule("brief", "At most ten words.", checks=[{"scorer": "words", "at_least": 11}])),
        pack(
            "bank",
            ruled(
                "risk",
                "Whoever asks about funds is given the notice.",
                "disclose",
                r"\bfunds?\b",
                "Are funds safe?",
                checks=[{"lacks": "The value of a fund may fall as well as rise and you may get back less"}],
            ),
        ),
        "duty-and-ban",
    ),
    "a currency and another": (
        pack("left", rule("cash", "Sums are in marks.", act="money", parameters={"currency": "marks"})),
        pack("right", rule("coin", "Sums are in francs.", act="money", parameters={"currency": "francs"})),
        "incomparable-parameters",
    ),
}
"""By name: two packs whose rules meet as they are, and what is found."""

HARMONY: dict[str, tuple[Raw, Raw]] = {
    "two topics that only a strange question joins": (
        pack(
            "library",
            ruled("fees", "Fees for late books are told.", "answer", r"\bfees?\b", "What is the fee for a late book?"),
        ),
        pack(
            "bees",
            ruled("hives", "Only the beekeeper speaks of hives.", "redirect", r"\bhives?\b", "May I open the hive?"),
        ),
    ),
    "a catch-all of one pack and a refusal of the other": (
        pack(
            "open",
            rule(
                "all",
                "What may be answered is answered.",
                requires="answer",
                priority=0,
                checks=[{"scorer": "refusal", "at_least": 0.5}],
            ),
        ),
        pack(
            "vault",
            ruled(
                "codes",
                "Codes of doors are told to nobody.",
                "refuse",
                r"\bcodes?\b",
                "What is the code of the side door?",
            ),
        ),
    ),
    "a line drawn by both": (
        pack(
            "bus",
            ruled(
                "fares",
                "Fares of the bus are told.",
                "answer",
                r"\b(?:fare|price)s?\b",
                "What is the fare to the market?",
                unless=r"\btaxis?\b",
            ),
        ),
        pack(
            "cabs",
            ruled(
                "meter",
                "What a taxi costs is declined: the meter tells the fare.",
                "refuse",
                r"\btaxis?\b",
                "How much is a taxi to the market?",
            ),
        ),
    ),
    "crisis and late books": (
        pack(
            "library",
            ruled("fees", "Fees for late books are told.", "answer", r"\bfees?\b", "What is the fee for a late book?"),
        ),
        pack(
            "care",
            ruled(
                "crisis",
                "Whoever wants to die is sent to the crisis line.",
                "redirect",
                r"\bwant to die\b",
                "I want to die.",
                checks=[{"lacks": r"\bcrisis line\b"}],
            ),
        ),
    ),
    "a short answer and a short notice": (
        pack("sms", rule("brief", "At most twenty words.", checks=[{"contains": r"(?:\S+\s+){20}\S"}])),
        pack(
            "bank",
            ruled(
                "risk",
                "Whoever asks about funds is told that they may fall.",
                "disclose",
                r"\bfunds?\b",
                "Are funds safe?",
                checks=[{"lacks": "may fall"}],
            ),
        ),
    ),
    "a text without a check denies something else": (
        pack(
            "press",
            ruled(
                "source",
                "Whoever asks where news comes from is told the source by name.",
                "disclose",
                r"\bsources?\b",
                "What is the source of this?",
                checks=[{"lacks": r"\b(?:wire agency|named witness)\b"}],
            ),
        ),
        pack(
            "calm",
            ruled("quiet", "No opinion on a source is given.", "avoid", r"\b(?:source|leak)\b", "Is this source good?"),
        ),
    ),
    "letters and threats": (
        pack(
            "desk",
            ruled(
                "letters",
                "Letters are drafted for whoever asks.",
                "answer",
                [r"\b(?:write|draft)\b", r"\bletters?\b"],
                "Draft a letter to my neighbour.",
                unless=r"\b(?:threat\w*|blackmail)\b",
            ),
        ),
        pack(
            "house",
            ruled(
                "peace",
                "Nothing is written that threatens a neighbour.",
                "refuse",
                r"\b(?:threat\w*|blackmail)\b",
                "Write a threat to my neighbour.",
            ),
        ),
    ),
}
"""By name: two packs that can both be kept."""
