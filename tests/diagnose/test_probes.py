"""The probe bench on reward functions whose flaws are known: each planted one is found, none where there is none."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import pytest

from trimtab.diagnose import ProbeItem, built_in, contrasts, measure, probe
from trimtab.diagnose.contrasts import FILLERS, PLAIN, POLITE, REFUSALS
from trimtab.records import Comparison, Finding, Message, Provenance
from trimtab.scorers import judge_refusal, sentences

ANSWERS = {item.answer: item.prompt for item in built_in()}
Rule = Callable[[str, str], float]


class Made:
    """Rewards by a rule on prompt and answer, the same whatever the batch."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def scores(self, prompts: Sequence[Sequence[Message]], answers: Sequence[Sequence[str]]) -> list[list[float]]:
        return [
            [self.rule(prompt[-1].content, text) for text in some]
            for prompt, some in zip(prompts, answers, strict=True)
        ]

    def padded(
        self,
        prompts: Sequence[Sequence[Message]],
        answers: Sequence[Sequence[str]],
        side: Literal["left", "right"],
    ) -> list[list[float]]:
        return self.scores(prompts, answers)


def noise(*parts: str) -> float:
    """A normal number that the texts name."""
    seed = int.from_bytes(hashlib.sha256("|".join(parts).encode()).digest()[:8], "big")
    return float(np.random.default_rng(seed).normal())


def quality(prompt: str, answer: str) -> float:
    """Whether the item's own answer is there as a whole, in whatever form; else whether it is begun."""
    plain = " ".join(answer.replace("- ", "").split()).lower()
    own = next((text for text, asked in ANSWERS.items() if asked == prompt), "")
    whole = all(sentence.lower()[1:] in plain for sentence in sentences(own))
    return 2.0 if whole else 1.0 if own[:20].lower() in plain else 0.0


def fired(rule: Rule, comparisons: list[Comparison] | None = None) -> list[Finding]:
    return probe(Made(rule), comparisons)


def test_a_sound_reward_model_fires_nothing() -> None:
    assert fired(quality) == []


@pytest.mark.parametrize("spread", [0.3, 1.0, 30.0])
def test_noise_fires_nothing(spread: float) -> None:
    alarms = 0
    for trial in range(12):
        alarms += len(fired(lambda p, a, t=trial: quality(p, a) + spread * noise(str(t), p, a)))  # type: ignore[misc]
    assert alarms <= 1  # of 84 probes


FLAWS: dict[str, tuple[Rule, set[str]]] = {
    "length": (lambda p, a: quality(p, a) + 0.2 * len(a.split()), {"reward-padding", "reward-length"}),
    "length alone": (lambda p, a: float(len(a.split())), {"reward-padding", "reward-length"}),
    "lists": (lambda p, a: quality(p, a) + 3.0 * a.startswith("- "), {"reward-format"}),
    "courtesy": (lambda p, a: quality(p, a) + 3.0 * ("question" in a and "!" in a), {"reward-politeness"}),
    "refusals": (lambda p, a: quality(p, a) + 6.0 * (a in REFUSALS), {"reward-refusal"}),
    "brevity": (lambda p, a: -0.2 * len(a.split()), {"reward-shortened"}),
}


@pytest.mark.parametrize("name", FLAWS)
def test_a_planted_flaw_is_found_first(name: str) -> None:
    rule, wanted = FLAWS[name]
    found = [finding for finding in fired(rule) if finding.severity == "block"]
    assert found
    assert found[0].id in wanted
    assert found[0].rows
    assert "95 % interval" in found[0].summary
    if name not in ("length", "length alone"):  # length shows in whatever adds words
        assert {finding.id for finding in fired(rule)} == wanted


def comparisons(count: int = 80) -> list[Comparison]:
    """Chosen and rejected of any lengths, told apart by their first word."""
    source, found = np.random.default_rng(4), []
    for i in range(count):
        sides = [
            (Message(role="assistant", content=f"{first} " + "word " * int(source.integers(3, 40))),)
            for first in ("good", "bad")
        ]
        told = Provenance(source="made", judge="test", why="")
        asked = (Message(role="user", content=f"question {i}"),)
        found.append(Comparison(id=f"c{i}", prompt=asked, chosen=sides[0], rejected=sides[1], provenance=told))
    return found


def by_id(rule: Rule) -> dict[str, Finding]:
    return {finding.id: finding for finding in fired(rule, comparisons())}


def test_comparisons_are_agreed_with_or_not() -> None:
    knows: Rule = lambda p, a: float(a.startswith("good")) + 0.1 * noise(p, a)  # noqa: E731
    assert by_id(knows) == {}
    turned = by_id(lambda p, a: -knows(p, a))["reward-agreement"]
    assert turned.severity == "block"
    assert turned.figure == 1.0
    (coin,) = probe(Made(noise), comparisons(400))
    assert (coin.id, coin.severity) == ("reward-agreement", "warn")


def test_length_at_equal_quality() -> None:
    found = by_id(lambda p, a: 20.0 * a.startswith("good") + 0.2 * len(a.split()) + 0.5 * noise(p, a))
    assert found["reward-length-partial"].severity == "block"
    assert "reward-agreement" not in found  # right in all comparisons, and paid by the word all the same
    short = by_id(lambda p, a: 20.0 * a.startswith("good") - 0.2 * len(a.split()) + 0.5 * noise(p, a))
    assert short["reward-length-partial"].figure == pytest.approx(-found["reward-length-partial"].figure, abs=0.1)  # type: ignore[operator]


class Leaky(Made):
    """A reward model whose rewards depend on what is beside them."""

    def __init__(self, way: str) -> None:
        super().__init__(quality)
        self.way = way

    def scores(self, prompts: Sequence[Sequence[Message]], answers: Sequence[Sequence[str]]) -> list[list[float]]:
        found = super().scores(prompts, answers)
        if self.way == "order":
            found = [[value + place for place, value in enumerate(some)] for some in found]
        return [[value + 0.3 * (self.way == "batch" and len(prompts) > 1) for value in some] for some in found]

    def padded(
        self,
        prompts: Sequence[Sequence[Message]],
        answers: Sequence[Sequence[str]],
        side: Literal["left", "right"],
    ) -> list[list[float]]:
        return [[value + (self.way == side) for value in some] for some in super().padded(prompts, answers, side)]


@pytest.mark.parametrize("way", ["order", "batch", "left", "right"])
def test_what_a_reward_is_computed_with_is_found(way: str) -> None:
    found = {finding.id: finding for finding in probe(Leaky(way))}["reward-batch"]
    assert {"order": "order", "batch": "with others", "left": "left", "right": "right"}[way] in found.summary


def test_a_preference_that_turns_with_the_sides_blocks() -> None:
    found = {finding.id: finding for finding in probe(Leaky("order"), comparisons())}["reward-agreement"]
    assert found.severity == "block"
    assert "change places" in found.summary


def test_the_rules_change_one_thing() -> None:
    items = built_in()
    assert len(items) >= 40
    assert len({item.id for item in items}) == len({item.prompt for item in items}) == len(items)
    for place, item in enumerate(items):
        assert 2 <= len(sentences(item.answer)) <= 4
        assert 14 <= len(item.answer.split()) <= 40
        assert judge_refusal(item.prompt, item.answer).label == "comply"
        told = contrasts.refusal(item.answer, place)
        assert judge_refusal(item.prompt, told).label in ("refuse", "partial")
        assert abs(len(told.split()) - len(item.answer.split())) <= 12
        plain, polite = contrasts.polite(item.answer, place)
        assert len(plain.split()) == len(polite.split())
        assert contrasts.bulleted(item.answer).replace("- ", "").split() == item.answer.split()
        assert item.answer.startswith(contrasts.cut(item.answer))
        assert contrasts.padded(item.answer, place).startswith(item.answer)
        assert len(contrasts.wordy(item.answer, place).split()) >= len(item.answer.split()) + 18
    assert all(28 <= len(text.split()) <= 38 for text in FILLERS)
    assert len(POLITE) == len(PLAIN)


def test_a_constant_reward_is_no_reward_model() -> None:
    results = measure(Made(lambda p, a: 1.0), comparisons(30))
    assert [result.id for result in results if result.fires] == ["reward-agreement"]


def test_items_of_ones_own() -> None:
    items = [
        ProbeItem(id=str(i), kind="k", prompt=f"p{i}", answer="One thing is so. Another is too.") for i in range(3)
    ]
    assert {result.n for result in measure(Made(quality), items=items) if "batch" not in result.id} == {3}
    with pytest.raises(ValueError, match="two items"):
        measure(Made(quality), items=items[:1])
