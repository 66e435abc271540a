"""Rules that speak for a method without settling it: they shade the advice, its variant and how sure it is."""

from ...records import Case, Method, Reason
from .. import sources
from ..cost import ROOM, dpo_gib, lora_gib, ppo_gib, rl_models
from ..thresholds import (
    FEW_PROMPTS,
    LEAST,
    NARROW,
    NOISY,
    OFF_POLICY,
    PERSON,
    QUESTION,
    RARE,
    REWARD_FROM,
    TO_TRUST,
    both_thumbs,
    contradictory,
    labelled,
    noise,
)

LEAST_THUMBS_OF_ONE_KIND = 2 * RARE
"""Thumbs from which it is worth telling that one kind is missing."""


def _support(fact: str, figure: float, favours: Method | None, source: str) -> Reason:
    return Reason(fact=fact, figure=figure, favours=favours, source=source)


def few_for_a_reward(case: Case) -> Reason | None:
    """A reward model of few comparisons is hardly better than chance."""
    if case.reward != "none" or not labelled(case) or case.pairs >= REWARD_FROM:
        return None
    fact = f"{case.pairs:,} comparisons, and below {REWARD_FROM:,} reward models stayed near chance"
    return _support(fact, case.pairs, "dpo", sources.GAO)


def online_is_better(case: Case) -> Reason | None:
    """With enough comparisons and an accelerator RL has a small lead."""
    if not case.accelerator or case.reward != "none" or not labelled(case) or case.pairs < REWARD_FROM:
        return None
    fact = (
        f"{case.pairs:,} comparisons and an accelerator: PPO led DPO by up to 1.2 points in general, 2.5 in mathematics"
    )
    return _support(fact, case.pairs, "rlhf", sources.IVISON)


def demonstrations_first(case: Case) -> Reason | None:
    """Demonstrations are imitated before preferences are learned."""
    if case.demonstrations < LEAST or not (case.pairs or case.thumbs or case.reward != "none"):
        return None
    fact = f"{case.demonstrations:,} demonstrations beside other feedback: imitate them first (1,000 went far)"
    return _support(fact, case.demonstrations, "sft", sources.ZHOU)


def others_answers(case: Case) -> Reason | None:
    """Whose answers were compared."""
    if case.on_policy is None or not labelled(case):
        return None
    if case.on_policy >= OFF_POLICY:
        fact = f"{case.on_policy:.0%} of the comparisons are of the model's own answers: DPO moves what it does say"
        return _support(fact, case.on_policy, "dpo", sources.TAJWAR)
    fact = (
        f"{case.on_policy:.0%} of the comparisons are of the model's own answers: bring it near the chosen ones first"
    )
    return _support(fact, case.on_policy, "sft", sources.RAFAILOV_OUTLINE)


def noisy(case: Case) -> Reason | None:
    """Wrong labels that a loss can allow for."""
    rate = noise(case)
    if rate is None or rate < NOISY or contradictory(case) or not labelled(case):
        return None
    fact = f"{rate:.0%} of labels are wrong: use a loss that allows for it (robust DPO, cDPO, IPO), or judge again"
    return _support(fact, rate, "dpo", sources.CHOWDHURY)


def narrow(case: Case) -> Reason | None:
    """Pairs whose sides are nearly equal are learned badly."""
    if case.margin is None or case.margin >= NARROW or not case.pairs:
        return None
    fact = f"the two sides differ by {case.margin:.2g} on a scale of 1: such pairs are the hardest to learn"
    return _support(fact, case.margin, "collect", sources.TOUVRON_MARGIN)


def few_prompts(case: Case) -> Reason | None:
    """Many comparisons of few prompts."""
    if not case.prompts or case.pairs < LEAST or case.prompts >= FEW_PROMPTS * case.pairs:
        return None
    fact = f"{case.prompts:,} distinct prompts for {case.pairs:,} comparisons: gather more situations"
    return _support(fact, case.prompts, "collect", sources.TOUVRON_PROMPTS)


def rankings(case: Case) -> Reason | None:
    """A ranking of K answers is K(K-1)/2 comparisons."""
    if not case.ranked_pairs:
        return None
    fact = f"{case.rankings:,} rankings give {case.ranked_pairs:,} comparisons"
    return _support(fact, case.ranked_pairs, "dpo", sources.OUYANG_RANKING)


def edits(case: Case) -> Reason | None:
    """An edit is a comparison whose sides differ in what matters alone."""
    if not case.edits:
        return None
    fact = f"{case.edits:,} edits: each is a comparison of two answers that differ where it matters"
    return _support(fact, case.edits, "dpo", sources.DOOSTERLINCK)


def critiques(case: Case) -> Reason | None:
    """Critiques have to become revised answers before anything trains on them."""
    if not case.critiques:
        return None
    fact = f"{case.critiques:,} critiques: revise the answers by them, and the revisions can be trained on"
    return _support(fact, case.critiques, "collect", sources.SCHEURER)


def unbalanced(case: Case) -> Reason | None:
    """KTO bears very unequal classes."""
    few, many = sorted((case.thumbs_up, case.thumbs_down))
    if not both_thumbs(case) or few * 3 > many:
        return None
    fact = f"{few:,} thumbs of one kind to {many:,} of the other: KTO weighs the rarer ones up"
    return _support(fact, few / many, "kto", sources.ETHAYARAJH_BALANCE)


def both_sides_thin(case: Case) -> Reason | None:
    """Two sides that are kept by the data and the gates alone, as a reward and a cost model would lack labels."""
    if not case.constrained or case.pairs >= REWARD_FROM:
        return None
    fact = f"two sides must be kept, and {case.pairs:,} comparisons teach no cost model: gather labels of each side"
    return _support(fact, case.pairs, "collect", sources.DAI)


def models_in_memory(case: Case) -> Reason | None:
    """PPO's four models against DPO's two, or its one with LoRA."""
    if case.memory is None or case.parameters is None:
        return None
    four, two, one = ppo_gib(case.parameters), dpo_gib(case.parameters), lora_gib(case.parameters)
    room = ROOM * case.memory
    if one > room:
        fact = f"the model's weights alone take {one:.3g} of {case.memory:.3g} GiB: no method fits this machine"
        return _support(fact, one, None, sources.RAJBHANDARI)
    held = f"PPO's four models with all weights take {four:.3g} GiB, DPO's two {two:.3g}, one with LoRA {one:.3g}"
    if four > room:
        return _support(f"{held}; there are {case.memory:.3g}", four, "dpo", sources.AHMADIAN)
    return None  # memory that suffices for all speaks for none


def ai_feedback(case: Case) -> Reason | None:
    """What a model's judgements by written rules cost, beside people's, and what it takes to trust them."""
    if not case.rules or not case.prompts or contradictory(case):
        return None
    fact = f"a model judges by {case.rules:,} rules: {_label_cost(case)}"
    return _support(fact, 2 * case.prompts, "dpo", sources.BAI_RULES)


def ai_could_label(case: Case) -> Reason | None:
    """Where there are prompts and too few labels, a model could give them."""
    if case.rules or case.reward != "none" or case.prompts < LEAST or case.pairs >= LEAST or contradictory(case):
        return None
    fact = f"a model could compare own answers by written rules (source `constitution`): {_label_cost(case)}"
    return _support(fact, 2 * case.prompts, "collect", sources.LEE)


def unclear_rules(case: Case) -> Reason | None:
    """Where people contradict each other, a judge can agree with them no better."""
    if not case.rules or not contradictory(case):
        return None
    rate = noise(case) or 0.0
    fact = (
        f"{rate:.0%} of people's labels are wrong, so that none can tell whether a model judges rightly: no AI labels"
    )
    return _support(fact, rate, "collect", sources.OUYANG_AGREEMENT)


def _label_cost(case: Case) -> str:
    """Questions, tokens and money of a comparison of each prompt, and what people's would take."""
    questions = 2 * case.prompts
    tokens = questions * QUESTION / 1e6
    priced = ""
    if case.prices is not None:
        priced = f" ({(tokens * case.prices[0] + questions * case.prices[1] / 1e6):,.3g} at its prices)"
    return (
        f"{case.prompts:,} prompts are {questions:,} questions, both orders, about {tokens:,.3g} million tokens{priced}"
        f", where people take {case.prompts * PERSON / 3600:,.3g} hours; {TO_TRUST} of their labels, "
        f"{TO_TRUST * PERSON / 3600:.3g} hours, tell whether it may be trusted"
    )


def no_critic(case: Case) -> Reason | None:
    """Several answers to a prompt are each other's baseline, so that no value model is needed."""
    judged = case.reward != "none" or labelled(case) or both_thumbs(case)
    if case.reward != "verifiable" and not (case.refined and judged):
        return None
    name, source = ("GRPO", sources.SHAO) if case.reward == "verifiable" else ("RLOO", sources.AHMADIAN)
    models = rl_models(case)
    held = "one model" if models == 1 else f"{models} models"
    return _support(f"{name} needs no value model: with LoRA {held} instead of PPO's four", models, "rlhf", source)


def few_dislikes(case: Case) -> Reason | None:
    """Thumbs of one kind only."""
    if case.thumbs < LEAST_THUMBS_OF_ONE_KIND or min(case.thumbs_up, case.thumbs_down) >= RARE:
        return None
    few = min(case.thumbs_up, case.thumbs_down)
    kind = "up" if case.thumbs_up < case.thumbs_down else "down"
    return _support(f"only {few:,} thumbs {kind}: gather more of that kind", few, "collect", sources.ETHAYARAJH_BALANCE)
