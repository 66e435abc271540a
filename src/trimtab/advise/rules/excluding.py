"""Rules that rule methods out: what cannot work in a case, whatever else speaks for it."""

from ...records import Case, Method, Reason
from .. import sources
from ..cost import PATIENCE, ROOM, rl_gib, rl_hours, rl_models
from ..thresholds import (
    LEAST,
    LEAST_THUMBS,
    RARE,
    both_thumbs,
    contradictory,
    demonstrated,
    labelled,
    liked,
    noise,
    own_pairs,
)


def _exclude(fact: str, figure: float, favours: Method, source: str, *against: Method) -> Reason:
    return Reason(fact=fact, figure=figure, favours=favours, source=source, force="excludes", against=against)


def no_pairs(case: Case) -> Reason | None:
    """DPO learns from comparisons: those given, or those that a reward makes of the model's own answers."""
    if max(case.pairs, own_pairs(case)) >= LEAST:
        return None
    other: Method = "kto" if both_thumbs(case) else "sft" if demonstrated(case) >= LEAST else "collect"
    fact = f"{case.pairs:,} comparisons, and DPO needs {LEAST} or more"
    return _exclude(fact, case.pairs, other, sources.RAFAILOV_LEAST, "dpo")


def no_thumbs(case: Case) -> Reason | None:
    """KTO learns from answers of both kinds."""
    if both_thumbs(case) or contradictory(case):
        return None
    other: Method = "dpo" if labelled(case) else "sft" if max(demonstrated(case), liked(case)) >= LEAST else "collect"
    fact = (
        f"{case.thumbs_up:,} thumbs up and {case.thumbs_down:,} down, and KTO needs {LEAST_THUMBS}, {RARE} of each kind"
    )
    return _exclude(fact, case.thumbs, other, sources.ETHAYARAJH_LEAST, "kto")


def no_demonstrations(case: Case) -> Reason | None:
    """SFT learns from answers worth imitating: demonstrations, edited or liked answers, the chosen sides of pairs."""
    if max(demonstrated(case), liked(case)) >= LEAST or labelled(case):
        return None
    found = max(demonstrated(case), liked(case))
    fact = f"{found:,} answers worth imitating, and SFT needs {LEAST} or more"
    other: Method = "rlhf" if case.reward == "verifiable" else "dpo" if own_pairs(case) >= LEAST else "collect"
    return _exclude(fact, found, other, sources.ZHOU_LEAST, "sft")


def no_reward(case: Case) -> Reason | None:
    """RL needs something that judges any answer: a computed reward, or labels to learn one from."""
    if case.reward != "none" or labelled(case) or both_thumbs(case):
        return None
    fact = "nothing judges a new answer: no scorer, and no labels that a reward model could learn from"
    other: Method = "sft" if demonstrated(case) >= LEAST else "collect"
    return _exclude(fact, case.pairs + case.thumbs, other, sources.OUYANG_RANKING, "rlhf")


def contradicted(case: Case) -> Reason | None:
    """Labels near chance teach nothing; only what needs none of them is left."""
    rate = noise(case)
    if rate is None or not contradictory(case) or case.pairs + case.thumbs == 0:
        return None
    against: list[Method] = ["kto"]
    if case.reward == "none":
        against += ["dpo", "rlhf"]
    if demonstrated(case) < LEAST:
        against.append("sft")
    fact = f"{rate:.0%} of labels are wrong, and 50 % would be chance"
    return _exclude(fact, rate, "collect", sources.CHOWDHURY_LEAST, *against)


def no_memory(case: Case) -> Reason | None:
    """A learned reward is a second model beside the policy, a cost model a third."""
    if case.memory is None or case.parameters is None:
        return None
    need = rl_gib(case, case.parameters)
    if need <= ROOM * case.memory or rl_models(case) == 1:
        return None
    fact = (
        f"on-policy RL holds {rl_models(case)} models even with LoRA: {need:.3g} GiB of weights, "
        f"and {ROOM:.0%} of {case.memory:.3g} GiB can hold them"
    )
    other: Method = "dpo" if labelled(case) else "kto" if both_thumbs(case) else "collect"
    return _exclude(fact, need, other, sources.AHMADIAN, "rlhf")


def no_time(case: Case) -> Reason | None:
    """Sampling in the loop takes long, most of all without an accelerator."""
    if case.parameters is None or case.accelerator is None:
        return None
    need, given = rl_hours(case.parameters, case.accelerator), case.hours or PATIENCE
    if need <= given:
        return None
    where = "with an accelerator" if case.accelerator else "without an accelerator"
    fact = f"a short run of on-policy RL takes about {need:,.3g} h {where}, and there are {given:,.3g}"
    other: Method = "kto" if both_thumbs(case) and not labelled(case) else "dpo"
    return _exclude(fact, need, other, sources.KAPLAN, "rlhf")
