"""Patterns are searched in time that no text holds up: what is found, what both engines find, and what runs over."""

import re
import warnings
from importlib import import_module
from pathlib import Path

import pytest

from trimtab.errors import UserError, UserNote
from trimtab.policy import judge_policy, patterns, wanted
from trimtab.recipes import recipe_folder
from trimtab.records import Check, Policy, Rule
from trimtab.spec import load_policy

TEXTS = (
    "", "tea", "A pot of tea\n", "4 euros, or 12 Dollars?", "tea!", "TEA\n\ntea", "a-b [c] {d} a|b", "naïve café",
    "\ttab", "x&&y~~z--w", "hot tea is hot", "Straße 12", "end$",
)  # fmt: skip
BOTH = (
    r"\bpot\b", r"tea$", r"tea\Z", r"\Atea", r"^a", r"\d+ (?:euros?|dollars?)", r"[\w-]+ of", r"[^\s]+!", r"[[]",
    r"[]|]", r"[&~-]{2}", r"a{1,2}", r"(?P<cup>tea|pot)", r"(?s:t.*a)", r"(?i:TEA)", r"\W{2}", r"\$", r"\-", r"[a\-z]b",
    r"(?:a|)b", r"caf\u00e9", r"t(?:e|$)", r"\S\s", r"[^\W\d_]{4}", r"e{,2}u", r"\Btea|\bEnd",
)  # fmt: skip
ONE = (r"(?=tea)t", r"(?<!a)tea", r"(t)ea\1", r"t++ea", r"(?>te)a", r"(?x) t e a", r"(?m)^tea$", r"tea$\n", r"\101")


@pytest.mark.parametrize("pattern", BOTH + ONE)
def test_what_is_found_is_what_pythons_own_engine_finds(pattern: str) -> None:
    for text in TEXTS:
        match = re.search(pattern, text, re.IGNORECASE)
        assert patterns.search(pattern, text) == (match and match[0])


@pytest.mark.parametrize("pattern", BOTH)
def test_linear_time_finds_the_same(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_slow", {pattern})
    patterns._searched.cache_clear()
    for text in TEXTS:
        match = re.search(pattern, text, re.IGNORECASE)
        assert (patterns.search(pattern, text) is None) == (match is None)
    patterns._searched.cache_clear()


@pytest.mark.parametrize("pattern", ONE)
def test_what_linear_time_reads_otherwise_is_left_to_the_limit(pattern: str) -> None:
    assert patterns.linear(pattern) is None


def test_a_search_stops_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 0.01)
    monkeypatch.setattr(patterns, "A_SECOND", 10**9)
    monkeypatch.setattr(patterns, "_slow", set())
    patterns._searched.cache_clear()
    text = "a" * 20_000  # half a second of work, not a minute's
    assert patterns.search(r"\w+[!?]", text) is None
    assert patterns._slow == {r"\w+[!?]"}
    with pytest.raises(patterns.RanOver, match="ran over its limit"):
        patterns.search(r"(?<!z)\w+[!?]", text)
    assert patterns.search(r"(?<!z)\w+[!?]", "tea!") == "tea!"  # of another text it can be told


def rule(name: str, **given: object) -> Rule:
    return Rule.model_validate({"id": name, "text": "No.", **given})


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    def search(pattern: str, text: str) -> str | None:
        if "slow" in pattern and "long" in text:
            raise patterns.RanOver(pattern)
        match = re.search(pattern, text)
        return match and match[0]

    for room in ("rules", "applies"):
        monkeypatch.setattr(import_module(f"trimtab.policy.{room}"), "search", search)


@pytest.mark.usefixtures("slow")
def test_what_runs_over_is_not_judged_and_told() -> None:
    policy = Policy(
        name="p",
        rules=(
            rule("has", checks=[{"contains": "slow"}]),
            rule("lacks", checks=[{"lacks": "slow"}]),
            rule("other", checks=[{"contains": "slow"}, {"contains": "text"}]),
            rule("about", when="slow", requires="redirect", checks=[{"contains": "text"}]),
        ),
    )
    has, lacks, other, about = judge_policy(policy, "a long prompt", "a long text")
    for score in (has, lacks, about):
        assert score.value is None
        assert "ran over its limit of seconds: “slow”" in score.reason
    assert other.value == 1.0  # another check shows it
    assert [one.value for one in judge_policy(policy, "hi", "a slow one")[:2]] == [1.0, 0.0]
    assert wanted(policy, "a long prompt") == "decline"  # on the safe side


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        (r"(?!b)(?:\w+ ?)+!", True),
        (r"(?:(?:a|b)*c)*(?=d)", True),
        (r"(?:a{2,})+(?<=b)", True),
        (r"(?:\w+ ?)+!", False),  # it takes linear time
        (r"(?!b)\w+!", False),
        (r"(?!b)(?:\w{1,9} ){0,3}!", False),
        (r"(?!b)(?:\w++ )+!", False),
    ],
)
def test_a_pattern_that_may_run_over_is_named_when_it_is_read(tmp_path: Path, pattern: str, named: bool) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(f"name: p\nrules: [{{id: plain, text: No., checks: [{{contains: '{pattern}'}}]}}]\n")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        load_policy(path)
    told = [str(one.message) for one in caught if one.category is UserNote]
    assert len(told) == named
    assert all("policy.yaml: the rule plain" in one and "not judged" in one for one in told)


def test_what_only_one_of_two_syntaxes_knows_is_told() -> None:
    with pytest.raises(UserError, match="cannot be searched for"):
        patterns.search("(", "tea")


def test_a_vowel_sign_belongs_to_its_word() -> None:
    for pattern in (r"\bमें\b", r"\bमे\b"):
        assert (patterns.search(pattern, "घर में") is not None) == (pattern == r"\bमें\b")
        assert patterns.linear(pattern) is not None


def test_the_shipped_policys_patterns_find_what_they_did() -> None:
    folder = recipe_folder("medical-policy")
    policy = load_policy(folder / "policy.yaml")
    asked = [line.split('"prompt": "')[1].split('"')[0] for line in (folder / "prompts_heldout.jsonl").open()][::12]
    spelled = {policy.spelled(pattern) for one in policy.rules for pattern in one.patterns}
    assert len(asked) > 20
    for pattern in spelled:
        own = re.compile(pattern, re.IGNORECASE)
        for text in asked:
            match = own.search(text)
            assert patterns.search(pattern, text) == (match and match[0])


def test_a_checks_pattern_is_still_pythons() -> None:
    with pytest.raises(ValueError, match="no regular expression"):
        Check(contains="(unclosed")
