"""Rules that can settle the method. Their order is that of the table in `decide.py`: the first that may, does."""

from ...records import Case, Method, Reason
from .. import sources
from ..thresholds import (
    FAR,
    LEAST,
    MANY,
    OFF_POLICY,
    OUTNUMBER,
    REWARD_FROM,
    both_thumbs,
    contradictory,
    demonstrated,
    far,
    labelled,
    liked,
    own_pairs,
)


def _decide(fact: str, figure: float, favours: Method, source: str) -> Reason:
    return Reason(fact=fact, figure=figure, favours=favours, source=source, force="decides")


def verifiable(case: Case) -> Reason | None:
    """A reward that is right by itself is hard to game, and new answers cost no labels."""
    if case.reward != "verifiable" or not case.prompts:
        return None
    fact = f"the reward is verifiable: every new answer to {case.prompts:,} prompts can be judged rightly, for nothing"
    return _decide(fact, case.prompts, "rlhf", sources.LAMBERT)


def refined(case: Case) -> Reason | None:
    """A reward that is corrected between rounds is kept apart from the policy, which follows it by its own samples."""
    if not case.refined or (case.reward == "none" and not labelled(case) and not both_thumbs(case)):
        return None
    fact = f"the reward will be refined again and again: a reward model, begun with {case.pairs:,} comparisons, can be"
    if case.reward != "none":
        fact = f"the reward will be refined again and again, and is computed for answers to {case.prompts:,} prompts"
    return _decide(fact, case.prompts if case.reward != "none" else case.pairs, "rlhf", sources.BAI)


def from_afar(case: Case) -> Reason | None:
    """What the model would hardly ever say has to be shown to it before preferences can raise it."""
    if not far(case) or case.distance is None:
        return None
    fact = (
        f"the chosen answers are {case.distance:.2g} nats a token less likely than own ones (far: {FAR:.2g} on): "
        "imitate them first"
    )
    return _decide(fact, case.distance, "sft", sources.RAFAILOV_FAR)


def both_sides(case: Case) -> Reason | None:
    """Two sides that pull apart are held by a reward and a cost, whose balance is found while training."""
    if not case.constrained or not (labelled(case) and case.pairs >= REWARD_FROM):
        return None
    fact = f"two sides must be kept at once, and {case.pairs:,} comparisons can teach a reward and a cost model"
    return _decide(fact, case.pairs, "rlhf", sources.DAI)


def many_off_policy(case: Case) -> Reason | None:
    """Many comparisons of others' answers make a good reward model, and RL asks it about the model's own answers."""
    if case.on_policy is None or case.on_policy >= OFF_POLICY or not case.accelerator:
        return None
    if not labelled(case) or case.pairs < MANY:
        return None
    fact = f"{case.pairs:,} comparisons, {case.on_policy:.0%} of them of own answers: a reward model can carry over"
    return _decide(fact, case.pairs, "rlhf", sources.XU_LEAST)


def mostly_thumbs(case: Case) -> Reason | None:
    """Where thumbs are by far the most, KTO takes them all, and a comparison counts as two of them."""
    if not both_thumbs(case) or not case.pairs or case.thumbs < OUTNUMBER * case.pairs:
        return None
    fact = f"{case.thumbs:,} thumbs against {case.pairs:,} comparisons: KTO learns from both"
    return _decide(fact, case.thumbs, "kto", sources.ETHAYARAJH)


def pairs(case: Case) -> Reason | None:
    """Comparisons at hand are what DPO is for: no reward model, no sampling."""
    if not labelled(case):
        return None
    fact = f"{case.pairs:,} comparisons at hand: DPO trains on them as they are, without a reward model or sampling"
    return _decide(fact, case.pairs, "dpo", sources.RAFAILOV)


def reward_model(case: Case) -> Reason | None:
    """Where DPO is out, comparisons can teach a reward model instead."""
    if not labelled(case) or case.pairs < REWARD_FROM:
        return None
    return _decide(f"{case.pairs:,} comparisons can teach a reward model", case.pairs, "rlhf", sources.GAO)


def chosen(case: Case) -> Reason | None:
    """Where DPO is out, the chosen answers can be imitated, which leaves out what the rejected ones tell."""
    if not labelled(case):
        return None
    fact = f"{case.pairs:,} chosen answers can be imitated, though that leaves out what the rejected ones tell"
    return _decide(fact, case.pairs, "sft", sources.TAJWAR)


def computed_reward(case: Case) -> Reason | None:
    """A computed reward could be optimised on-policy, which goes further, in both directions."""
    if own_pairs(case) < LEAST:
        return None
    fact = f"a computed reward judges any answer to {case.prompts:,} prompts: RL could use it, and would find its holes"
    return _decide(fact, case.prompts, "rlhf", sources.GAO_PROXY)


def computed_pairs(case: Case) -> Reason | None:
    """A rubric makes comparisons of the model's own answers; as a proxy it should not be optimised for long."""
    if own_pairs(case) < LEAST:
        return None
    fact = (
        f"a computed reward makes comparisons of the model's own answers to {case.prompts:,} prompts, "
        "and a proxy should not be optimised hard"
    )
    if case.reward == "verifiable":
        fact = f"a verifiable reward makes comparisons of the model's own answers to {case.prompts:,} prompts"
    return _decide(fact, case.prompts, "dpo", sources.GUO if case.reward == "verifiable" else sources.GAO_PROXY)


def thumbs(case: Case) -> Reason | None:
    """Thumbs alone are what KTO is for."""
    if not both_thumbs(case):
        return None
    fact = f"{case.thumbs_up:,} thumbs up and {case.thumbs_down:,} down, and too few comparisons: KTO needs no pairs"
    return _decide(fact, case.thumbs, "kto", sources.ETHAYARAJH)


def demonstrations(case: Case) -> Reason | None:
    """Demonstrations alone are imitated."""
    if case.demonstrations < LEAST:
        return None
    fact = f"{case.demonstrations:,} demonstrations and too little else: imitate them"
    return _decide(fact, case.demonstrations, "sft", sources.ZHOU)


def edited(case: Case) -> Reason | None:
    """What people made of an answer is a demonstration too, where there are too few to compare or labels contradict."""
    if demonstrated(case) < LEAST or not case.edits:
        return None
    fact = f"{demonstrated(case):,} answers written or edited by people: imitate them"
    return _decide(fact, demonstrated(case), "sft", sources.SCHEURER)


def only_liked(case: Case) -> Reason | None:
    """Praise alone shows what to imitate, and nothing to avoid."""
    if liked(case) < LEAST:
        return None
    fact = f"{case.thumbs_up:,} liked answers and {case.thumbs_down:,} disliked: imitate what was liked"
    return _decide(fact, case.thumbs_up, "sft", sources.DONG)


def too_little(case: Case) -> Reason | None:
    """Where nothing else can be done."""
    given = case.pairs + case.thumbs + case.demonstrations
    if contradictory(case):
        return _decide(
            f"{given:,} labels that contradict each other: clear the instructions, and judge again",
            given,
            "collect",
            sources.OUYANG_AGREEMENT,
        )
    fact = f"{given:,} pieces of feedback that could be trained on: fewer than were seen to change a small model"
    return _decide(fact, given, "collect", sources.OURS)
