"""decide(case): which method, by a table of rules that can be read line by line.

Each rule is a function from a case to one reason or none. Those of EXCLUDING rule methods out; of DECIDING the first
whose method is left settles the advice; those of SUPPORTING are told beside it and settle nothing. No weights are
summed.
"""

from collections.abc import Callable

from ..records import Advice, Case, Confidence, Method, Reason
from .prompt import prompt_first
from .rules import deciding, excluding, supporting
from .sensitivity import changes
from .thresholds import LEAST, LEAST_THUMBS, NOISY, OFF_POLICY, contradictory, far, labelled, noise

Rule = Callable[[Case], Reason | None]

EXCLUDING: tuple[Rule, ...] = (
    excluding.no_pairs,
    excluding.no_thumbs,
    excluding.no_demonstrations,
    excluding.no_reward,
    excluding.contradicted,
    excluding.no_memory,
    excluding.no_time,
)
DECIDING: tuple[Rule, ...] = (
    deciding.verifiable,
    deciding.refined,
    deciding.from_afar,
    deciding.both_sides,
    deciding.many_off_policy,
    deciding.mostly_thumbs,
    deciding.pairs,
    deciding.reward_model,
    deciding.chosen,
    deciding.computed_pairs,
    deciding.computed_reward,
    deciding.thumbs,
    deciding.demonstrations,
    deciding.edited,
    deciding.only_liked,
    deciding.too_little,
)
SUPPORTING: tuple[Rule, ...] = (
    supporting.demonstrations_first,
    supporting.others_answers,
    supporting.few_for_a_reward,
    supporting.online_is_better,
    supporting.noisy,
    supporting.narrow,
    supporting.few_prompts,
    supporting.rankings,
    supporting.edits,
    supporting.critiques,
    supporting.unbalanced,
    supporting.few_dislikes,
    supporting.both_sides_thin,
    supporting.models_in_memory,
    supporting.no_critic,
    supporting.ai_feedback,
    supporting.ai_could_label,
    supporting.unclear_rules,
)


def decide(case: Case) -> Advice:
    """The method with its reasons, and what would change it. The same case gives the same advice."""
    found = _reasons(case)
    reason = _settled(found, frozenset())
    method = _method(reason)
    changed = changes(case, method, method_of)
    told = [
        item for item in found if item is not reason and not (item.force == "decides" and item.favours == "collect")
    ]
    return Advice(
        method=method,
        variant=_variant(case, method),
        steps=_steps(case, method),
        reasons=(reason, *sorted(told, key=lambda item: _rank(item, method))),
        would_change=changed,
        runner_up=None if method == "collect" else _method(_settled(found, frozenset({method}))),
        confidence=_confidence(sum(item.unknown for item in changed), found, method),
        prompt_first=prompt_first(case),
    )


def method_of(case: Case) -> Method:
    """The method alone."""
    return _method(_settled(_reasons(case), frozenset()))


def _reasons(case: Case) -> list[Reason]:
    return [reason for rule in (*EXCLUDING, *DECIDING, *SUPPORTING) if (reason := rule(case)) is not None]


def _settled(reasons: list[Reason], also_out: frozenset[Method]) -> Reason:
    """The first deciding reason whose method is not ruled out; the table's last, `too_little`, never is."""
    out = also_out.union(*(item.against for item in reasons if item.force == "excludes"))
    return next(item for item in reasons if item.force == "decides" and item.favours not in out)


def _method(reason: Reason) -> Method:
    assert reason.favours is not None  # a deciding reason names its method
    return reason.favours


def _rank(reason: Reason, method: Method) -> int:
    """Reasons for the method first, then what is ruled out, then what speaks for others."""
    if reason.force == "excludes":
        return 2
    return 1 if reason.favours == method else 3


def _variant(case: Case, method: Method) -> str:
    match method:
        case "sft":
            return "on the chosen answers" if far(case) and case.demonstrations < LEAST else "on the demonstrations"
        case "dpo":
            if not labelled(case):
                return "on comparisons of the model's own answers"
            return (
                "with a loss that allows for wrong labels (cDPO, robust)" if (noise(case) or 0.0) >= NOISY else "plain"
            )
        case "kto":
            return "the two kinds weighted by their numbers"
        case "rlhf":
            if case.reward == "verifiable":
                return "GRPO"
            return "RLOO, a reward and a cost model apart" if case.constrained else "RLOO"
        case "collect":
            return _missing(case)


def _missing(case: Case) -> str:
    """What to gather: what the least would have to be added to."""
    if contradictory(case):
        return "clearer instructions, and labels anew"
    if case.reward != "none":
        return "more prompts"
    if case.thumbs >= LEAST_THUMBS:
        return "thumbs of the other kind"
    return "answers revised by the critiques" if case.critiques >= LEAST else "comparisons or demonstrations"


def _steps(case: Case, method: Method) -> tuple[Method, ...]:
    """What to do in order: imitation first where there is something to imitate and the model is not there yet."""
    if method == "collect":
        return ("collect",)
    if method == "sft":
        return ("sft", "dpo") if labelled(case) else ("sft",)
    off_policy = case.on_policy is not None and case.on_policy < OFF_POLICY and labelled(case)
    return ("sft", method) if case.demonstrations >= LEAST or off_policy or far(case) else (method,)


def _confidence(unknown: int, reasons: list[Reason], method: Method) -> Confidence:
    others = [item for item in reasons if item.force == "supports" and item.favours not in (method, "sft")]
    doubts = unknown + len(others)
    return "high" if doubts == 0 else "medium" if doubts <= 2 else "low"
