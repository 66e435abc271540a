"""A policy in prose: what each part becomes, and that nothing is passed over without a word."""

from pathlib import Path

import pytest

from trimtab.errors import UserError
from trimtab.records import Policy, Shown
from trimtab.spec import load_policy

WHOLE = """\
---
languages: [en, de]
terms: {price: ['prices?']}
---
# Tea room

What we stand for.

<!-- not for readers -->
## No prices {#prices}
Never name a price, <!-- nor hint at one -->
whatever is asked.

**Why:** Prices change every week
and a wrong one costs trust.

People are sent to the counter.

Requires: redirect
Priority: 2
Severity: warn
When: `{price}`
Unless: `auction`

Good:
- "What does a pot cost?" -> Please ask at the counter.
- "Please ask."
Bad:
* “What does a pot cost?” → Three euros.

Lacks: `counter`
Contains:
- `\\d+ euros?`
- `cheap`
Scorer: `refusal` at least 0.5

## 2. What must be answered

Questions about tea are answered.

Because people come to learn. And they stay.

### About
- What is green tea?

### Not about
1. What does a pot cost?

Except: prices

***
"""


def read(tmp_path: Path, text: str) -> Policy:
    file = tmp_path / "tea.md"
    file.write_text(text, encoding="utf-8")
    return load_policy(file)


def test_every_part_becomes_a_field(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    assert (found.name, found.preamble, found.languages) == ("Tea room", "What we stand for.", ("en", "de"))
    prices, answer = found.rules
    assert prices.id == "prices"
    assert prices.text == "Never name a price, whatever is asked."
    assert prices.why == "Prices change every week and a wrong one costs trust.\n\nPeople are sent to the counter."
    assert (prices.requires, prices.priority, prices.severity) == ("redirect", 2, "warn")
    assert (prices.when, prices.unless) == (("{price}",), ("auction",))
    asked = "What does a pot cost?"
    assert prices.examples.good == (
        Shown(answer="Please ask at the counter.", prompt=asked),
        Shown(answer="Please ask."),
    )
    assert prices.examples.bad == (Shown(answer="Three euros.", prompt=asked),)
    told = [(each.contains, each.lacks, each.scorer and each.scorer.name, each.at_least) for each in prices.checks]
    assert told == [
        (r"\d+ euros?", None, None, None),
        ("cheap", None, None, None),
        (None, "counter", None, None),
        (None, None, "refusal", 0.5),
    ]
    assert (answer.id, answer.text) == ("what-must-be-answered", "Questions about tea are answered.")
    assert answer.why == "Because people come to learn. And they stay."
    assert (answer.examples.about, answer.examples.beside) == (("What is green tea?",), (asked,))
    assert answer.except_rules == ("prices",)


def test_the_page_on_constitutions_shows_one_that_is_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "constitution.md").read_text(encoding="utf-8")
    found = read(tmp_path, page.split("```markdown\n")[1].split("```")[0])
    assert (found.name, found.preamble, found.rules[0].text) == (
        "Tea room",
        "What we stand for.",
        "Never name a price.",
    )
    assert found.rules[0].examples.bad[0].prompt == "What does a pot cost?"


def test_a_title_is_not_needed_and_a_file_has_a_name(tmp_path: Path) -> None:
    found = read(tmp_path, "\ufeff# One\nDo this.\n\n# Two\nDo that.\n")
    assert (found.name, [rule.id for rule in found.rules]) == ("tea", ["one", "two"])


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("## A\nText.\n\nMore text.\n", 4, "belongs to no part"),
        ("## A\nText.\nRationale: so.\n", 3, "begins with “Rationale:”"),
        ("## A\nText.\n\nWhy: so.\n\nExampels:\n- x\n", 6, "begins with “Exampels:”"),
        ("## A\nText.\n\n- x\n", 4, "a list stands"),
        ("## A\nText.\n\nGood:\n- x\n  - y\n", 6, "a list within a list"),
        ("## A\nText.\n\nGood:\n- What? -> Yes.\n", 5, "holds an arrow"),
        ("## A\nText.\n\nGood:\n\n-\n", 6, "is empty"),
        ("## A\nText.\n\nGood:\n\nWhy: so.\n", 4, "is empty"),
        ("## A\nText.\n\nWhy: so.\n\nWhy: else.\n", 6, "twice"),
        ("## A\nText.\n\n```\nx\n```\n", 4, "a block of code"),
        ("## A\nText.\n\n> x\n", 4, "a quotation"),
        ("## A\nText.\n\n<div>x</div>\n", 4, "html"),
        ("## A\nText.\n\n<!-- a --> seen <!-- b -->\n", 4, "html"),
        ("- x\n\n## A\nText.\n", 1, "a list before the first rule"),
        ("# T\n## A\nText.\n\n### B\nText.\n", 5, "heading within a rule"),
        ("## A\nText.\n\n# B\nText.\n", 4, "above those of the rules"),
        ("## A\nText.\n\nRequires: perhaps\n", 4, "requires"),
        ("## A\nText.\n\nPriority: high\n", 4, "priority"),
        ("## A\nText.\n\nContains: `(`\n", 4, "regular expression"),
        ("## A\nText.\n\nScorer: refusal\n", 4, "no check by a scorer"),
        ("## A {#Ä b}\nText.\n", 1, "id"),
        ("## A\n\nWhy: so.\n", 1, "text"),
        ("---\nrules: []\n---\n## A\nText.\n", 2, "`rules` stands before"),
        ("---\nnmae: x\n---\n## A\nText.\n", 2, "nmae"),
        ("---\npreamble: x\n---\nHello.\n\n## A\nText.\n", 4, "given twice"),
        ("[A]: http://x\n\n## A\nText.\n\n[why]: so\n", 6, "belongs to no part"),
    ],
)  # fmt: skip
def test_what_is_no_part_is_refused_with_its_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, text)
    told = str(caught.value)
    assert f"tea.md line {line}" in told, told
    assert says.lower() in told.lower(), told


def test_a_text_without_a_heading_is_no_policy(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no rule"):
        read(tmp_path, "Be kind.\n")
