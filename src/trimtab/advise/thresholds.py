"""What follows from a case's facts before any method is weighed; and the thresholds, each with its reason."""

from math import sqrt

from ..records import Case

LEAST = 50
"""Comparisons or demonstrations from which training is worth a try. 84 demonstrations of a narrow behaviour and 96
comparisons with wide margins were enough for smollm2-135m (recipe concise-friendly); half of that is taken as the
least."""
LEAST_THUMBS = 100
"""The same for thumbs: a thumb judges one answer, a comparison two."""
RARE = 20
"""Thumbs of one kind below which there is only the other kind to learn from."""
OUTNUMBER = 10
"""Thumbs for each comparison from which comparisons add little: KTO then takes them as thumbs too."""
REWARD_FROM = 2_000
"""Comparisons below which reward models of all sizes stayed near chance (Gao et al. 2022, section 3.3)."""
MANY = 30_000
"""Comparisons of about the number that InstructGPT's reward model had (33,000 prompts; Ouyang et al. 2022, section
3.2)."""
OFF_POLICY = 0.5
"""Share of the model's own answers below which comparisons are mostly about what others said."""
FAR = 2.0
"""Nats a token from which chosen answers are so unlikely that DPO cannot raise them: at 3 it was seen not to."""
NOISY = 0.15
"""Share of wrong labels from which the loss should know of it. Two judges of whom each errs so agree in 74.5 % of
cases, about as often as InstructGPT's labellers (72.6 %; Ouyang et al. 2022, section 3.4)."""
CONTRADICTORY = 0.4
"""Share of wrong labels from which more labels, not a better loss, are needed: five right labels in ten are chance."""
NARROW = 0.05
"""Mean margin, on a scale from 0 to 1, below which a pair's two sides are nearly equal."""
QUESTION = 650
"""Tokens of a question that shows a judge a rule and two answers, about: its wording has 240, and a conversation and
two answers of a hundred words each come to 400."""
PERSON = 30
"""Seconds that a person takes to compare two short answers, about; a review room shows its own (`trimtab review`)."""
TO_TRUST = 300
"""People's labels that tell a judge's agreement with them to 6 points either way (95 %: 1.96 * sqrt(0.25 / 300))."""
FEW_PROMPTS = 0.1
"""Distinct prompts for each comparison below which the set speaks of few situations."""


def noise_of(agreement: float) -> float:
    """The share of wrong labels of two judges who err independently and equally often.

    They agree where both are right or both wrong, a = (1 - e)^2 + e^2, so that e = (1 - sqrt(2a - 1)) / 2; at or below
    a = 1/2 labels say nothing, and e is 1/2.
    """
    return 0.5 if agreement <= 0.5 else (1 - sqrt(2 * agreement - 1)) / 2


def noise(case: Case) -> float | None:
    """The share of wrong labels, from the agreement where only that is known."""
    if case.label_noise is not None or case.agreement is None:
        return case.label_noise
    return noise_of(case.agreement)


def contradictory(case: Case) -> bool:
    """Whether the labels say next to nothing."""
    return (noise(case) or 0.0) >= CONTRADICTORY


def own_pairs(case: Case) -> int:
    """Comparisons that the model's own answers give, one a prompt, where something can judge any answer."""
    return case.prompts if case.reward != "none" else 0


def labelled(case: Case) -> bool:
    """Whether there are comparisons enough, with labels that mean something."""
    return case.pairs >= LEAST and not contradictory(case)


def both_thumbs(case: Case) -> bool:
    """Whether there are thumbs of both kinds, enough of them, with labels that mean something."""
    enough = case.thumbs >= LEAST_THUMBS and min(case.thumbs_up, case.thumbs_down) >= RARE
    return enough and not contradictory(case)


def liked(case: Case) -> int:
    """Answers that people liked, which are demonstrations of a kind."""
    return 0 if contradictory(case) else case.thumbs_up


def demonstrated(case: Case) -> int:
    """Answers that a person wrote: demonstrations, and what edits made of an answer."""
    return case.demonstrations + case.edits


def far(case: Case) -> bool:
    """Whether the chosen answers are far from what the model would say."""
    return case.distance is not None and case.distance >= FAR and labelled(case)
