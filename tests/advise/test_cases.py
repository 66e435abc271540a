"""The table of cases is answered as an expert would; each reason has a source; what would change the answer does."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
from advice_cases import CASES

from trimtab.advise import DECIDING, EXCLUDING, SUPPORTING, decide, noise_of, sources
from trimtab.records import Advice, Case

DOC = Path(__file__).parents[2] / "docs" / "advice.md"


@pytest.mark.parametrize("name", CASES)
def test_the_experts_answer(name: str) -> None:
    case, method, steps = CASES[name]
    advice = decide(case)
    assert (advice.method, advice.steps) == (method, steps)
    assert advice.reasons[0].force == "decides"
    assert advice.reasons[0].favours == method
    assert Advice.from_json(advice.to_json()) == advice


def test_the_doc_tells_every_case_and_its_answer() -> None:
    told = dict(re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| ([a-z, ]+?) \|", DOC.read_text(), re.MULTILINE))
    assert told == {name: ", ".join(steps) for name, (_, _, steps) in CASES.items()}


@pytest.mark.parametrize("name", CASES)
def test_every_reason_names_a_source_that_is_listed(name: str) -> None:
    known = {value for key, value in vars(sources).items() if key.isupper()}
    for reason in decide(CASES[name][0]).reasons:
        assert reason.source in known
        assert reason.fact


def test_every_rule_speaks_in_some_case() -> None:
    """A rule that no case calls up is not tested by any."""
    more = [
        Case(comparisons=500, prompts=10, margin=0.01),
        Case(comparisons=5_000, prompts=5_000, accelerator=True, on_policy=1.0),
        Case(comparisons=500, prompts=500, memory=8, parameters=70 * 10**9),
        Case(comparisons=20, edits=40, demonstrations=20, label_noise=0.45),
    ]
    silent = [
        rule.__name__
        for rule in (*EXCLUDING, *DECIDING, *SUPPORTING)
        if not any(rule(case) for case in [*(case for case, _, _ in CASES.values()), *more])
    ]
    assert silent == []


@pytest.mark.parametrize("name", CASES)
def test_an_excluded_method_is_never_advised(name: str) -> None:
    advice = decide(CASES[name][0])
    out = {method for reason in advice.reasons if reason.force == "excludes" for method in reason.against}
    assert advice.method not in out
    assert advice.runner_up not in out
    assert advice.runner_up != advice.method


def test_what_is_said_to_change_the_answer_does() -> None:
    """The border that is told is one: on it the method is the other, one comparison nearer it is still the same."""
    case = Case(comparisons=1_500, prompts=1_500)
    told = {change.fact: change for change in decide(case).would_change}
    assert told["comparisons"].summary == "if comparisons fell to 49 (now 1,500): gather more feedback first"
    assert decide(case.model_copy(update={"comparisons": 49})).method == "collect"
    assert decide(case.model_copy(update={"comparisons": 50})).method == "dpo"
    assert told["refined"].method == decide(case.model_copy(update={"refined": True})).method == "rlhf"
    assert told["distance"].unknown
    assert not told["refined"].unknown


def test_what_would_change_depends_on_the_case() -> None:
    far = decide(CASES["answers-far-from-the-model"][0]).would_change
    assert any(change.fact == "distance" and change.method == "dpo" for change in far)
    few = decide(CASES["twenty-comparisons"][0]).would_change
    assert any(change.summary == "if comparisons rose to 50 (now 20): DPO" for change in few)
    here = decide(CASES["refined-reward-that-does-not-fit"][0]).would_change
    border = next(change for change in here if change.fact == "memory" and change.method == "rlhf")
    need = 2 * 2 * 8e9 / 2**30 / 0.8  # two models, two bytes a parameter, four fifths of the memory
    told = re.search(r"rose to ([\d.]+)", border.summary)
    assert told is not None
    assert float(told[1]) == pytest.approx(need, rel=0.03)


def test_confidence_falls_with_what_is_not_known() -> None:
    known = Case(comparisons=5_000, prompts=5_000, label_noise=0.05, distance=0.1, on_policy=1.0, margin=0.4)
    assert decide(known).confidence == "high"
    assert decide(known.model_copy(update={"distance": None})).confidence == "medium"
    assert decide(known.model_copy(update={"distance": None, "label_noise": None, "margin": 0.01})).confidence == "low"


def test_noise_follows_from_agreement() -> None:
    for error in (0.0, 0.1, 0.25, 0.4):
        assert noise_of((1 - error) ** 2 + error**2) == pytest.approx(error)
    assert noise_of(0.3) == 0.5
    assert decide(Case(comparisons=1_000, prompts=900, agreement=0.5)).method == "collect"


def test_heavy_noise_asks_for_a_robust_loss() -> None:
    assert "wrong labels" in decide(CASES["noisy-but-usable"][0]).variant
    assert decide(CASES["usual-comparisons"][0]).variant == "plain"


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("twenty-comparisons", "comparisons or demonstrations"),
        ("contradictory", "clearer instructions, and labels anew"),
        ("complaints-only", "thumbs of the other kind"),
        ("rubric-and-ten-prompts", "more prompts"),
        ("critiques-only", "answers revised by the critiques"),
    ],
)
def test_what_to_gather_is_told(name: str, missing: str) -> None:
    assert decide(CASES[name][0]).variant == missing


def _random_case(draw: random.Random) -> Case:
    def some(*values: Any) -> Any:
        return draw.choice(values)

    return Case(
        demonstrations=some(0, 0, 40, 900),
        comparisons=some(0, 0, 30, 700, 9_000, 70_000),
        ranked_pairs=some(0, 0, 400),
        thumbs_up=some(0, 0, 15, 5_000),
        thumbs_down=some(0, 0, 15, 5_000),
        edits=some(0, 0, 60),
        prompts=some(0, 10, 300, 60_000),
        on_policy=some(None, 0.1, 0.9),
        distance=some(None, 0.2, 3.0),
        label_noise=some(None, 0.05, 0.3, 0.45),
        reward=some("none", "none", "programmatic", "verifiable"),
        refined=some(False, True),
        constrained=some(False, True),
        memory=some(None, 16.0, 80.0),
        hours=some(None, 2.0, 100.0),
        accelerator=some(None, False, True),
        parameters=some(None, 135_000_000, 7 * 10**9, 70 * 10**9),
    )


def test_any_case_gets_advice_that_holds_together() -> None:
    draw = random.Random(5)
    seen = set()
    for _ in range(300):
        case = _random_case(draw)
        advice = decide(case)
        seen.add(advice.method)
        out = {method for reason in advice.reasons if reason.force == "excludes" for method in reason.against}
        assert advice.method not in out
        assert advice.method in advice.steps
        assert all(change.method != advice.method for change in advice.would_change)
        for change in advice.would_change:
            if change.fact in ("refined", "constrained"):
                turned = case.model_copy(update={change.fact: not getattr(case, change.fact)})
                assert decide(turned).method == change.method
    assert seen == {"sft", "dpo", "kto", "rlhf", "collect"}
