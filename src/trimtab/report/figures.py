"""The report's figures: each plot with a title and one sentence that says what to see in it."""

from dataclasses import dataclass

from ..records import TrainingSummary
from .data import ReportData
from .plots import effect_sizes, training_line, words_histogram


@dataclass(frozen=True)
class Figure:
    """A plot as it stands on the page."""

    title: str
    caption: str
    svg: str


_Curves = tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...]
_RL_CURVES: _Curves = (
    (
        "reward",
        "Reward",
        "Mean over the step's own answers of what is trained on. Whether it is what is meant, the next section tells.",
        (("reward", "reward"),),
    ),
    (
        "answer-kl",
        "Distance from the reference",
        "KL divergence from the model started from, in nats an answer: what the reward was paid for with.",
        (("kl", "KL"),),
    ),
    (
        "answer-tokens",
        "Length",
        "Mean tokens of the step's answers.",
        (("tokens", "tokens"),),
    ),
    (
        "unended",
        "Cut at the cap",
        "Share of the step's answers that did not come to an end.",
        (("unended", "cut"),),
    ),
    (
        "entropy",
        "Entropy",
        "Of the policy's next token, in nats: near zero it says the same thing whatever is asked.",
        (("entropy", "entropy"),),
    ),
    (
        "value",
        "Value function",
        "Share of the returns' variance that PPO's value function foretold; below zero it is worse than their mean.",
        (("value_explained", "explained"),),
    ),
    (
        "rl-rehearsal",
        "Distance on plain text",
        "KL divergence from the start on text that is no conversation, in nats a token; it should stay low.",
        (("rehearsal_kl", "KL"),),
    ),
)
_CURVES: _Curves = (
    (
        "loss",
        "Loss",
        "Falls as the model learns what the feedback teaches; each step is another batch, so it wobbles.",
        (("loss", "loss"),),
    ),
    (
        "logp",
        "Log-probability of the answers",
        "Change since the start, in nats an answer: the lines should part, and chosen not fall far.",
        (("chosen_logp", "chosen"), ("rejected_logp", "rejected")),
    ),
    (
        "accuracy",
        "Preference accuracy",
        "Share of a step's comparisons whose chosen answer gets the higher reward: 0.5 is a coin, 1 is all.",
        (("accuracy", "accuracy"),),
    ),
    (
        "margin",
        "Reward margin",
        "How far the chosen answer's reward is above the rejected one's; it should rise from zero.",
        (("margin", "margin"),),
    ),
    (
        "token-accuracy",
        "Token accuracy",
        "Share of the demonstrated tokens that the model itself would have said next.",
        (("token_accuracy", "accuracy"),),
    ),
    (
        "kto-kl",
        "Distance from the reference",
        "KTO's own estimate of the KL divergence, in nats an answer; the answers' rewards are measured against it.",
        (("kl", "KL"),),
    ),
    (
        "rehearsal",
        "Distance on plain text",
        "KL divergence from the start on text that is no conversation, in nats a token; it should stay low.",
        (("rehearsal_kl", "KL"),),
    ),
    (
        "probe-words",
        "Probe: words",
        "Length of the answers to a few training prompts as training goes: a collapse would show here.",
        (("words", "words"),),
    ),
    (
        "probe-repetition",
        "Probe: repetition",
        "Share of three-word runs said before, in the same answers; it should not climb.",
        (("repetition", "repetition"),),
    ),
)


def outcome_figures(data: ReportData) -> list[Figure]:
    """How the model's answers changed."""
    drawn = (
        (
            "Words in each answer",
            "Each bar counts answers of that length, grey before and blue after; dashed lines are the means.",
            words_histogram(data.before, data.after),
        ),
        (
            "Effect sizes",
            "Mean paired difference in standard deviations, turned so that right is better: blue is clearly "
            "better, orange clearly worse, grey neither.",
            effect_sizes(data.differences, data.after.measures),
        ),
    )
    return [Figure(title, caption, svg) for title, caption, svg in drawn if svg]


def training_figures(training: TrainingSummary) -> list[Figure]:
    """How training went, step by step; a figure that no step has is left out."""
    curve, kinds = (training.rl, _RL_CURVES) if training.rl else (training.curve, _CURVES)
    drawn = ((title, caption, training_line(curve, fields, name=name)) for name, title, caption, fields in kinds)
    return [Figure(title, caption, svg) for title, caption, svg in drawn if svg]
