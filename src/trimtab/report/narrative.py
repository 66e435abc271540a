"""What the feedback teaches and how training was set, told in words and short tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..methods import ALGORITHMS, METHODS, REWARD_MODEL, Paper, Published, published
from ..records import FeedbackSummary, TrainingSummary
from ..spec import proposed_system
from .data import ReportData
from .format import DASH, NOT_JUDGED, counted, decimals, number, share
from .tables import metric_of, title_of


@dataclass(frozen=True)
class TaughtRow:
    """One scorer's mean on the chosen and the rejected side, and which way that teaches."""

    title: str
    chosen: str
    rejected: str
    teaches: str


def model_name(data: ReportData) -> str:
    """The model that training started from, its adapter included."""
    return " + ".join(base_models(data))


def base_models(data: ReportData) -> list[str]:
    """The base model and, where there is one, the adapter that was merged into it before training."""
    model: Mapping[str, Any] = data.info.spec["model"]
    return [model["name"], *([model["adapter"]] if model.get("adapter") else [])]


def baseline_told(data: ReportData) -> str:
    """The prompt that training has to beat, in words: the spec's own, or the one that a user would try first."""
    if data.baseline is not None:
        return f"the start under “{data.baseline.system}”"
    return f"no baseline was measured: the prompt a user would try first is “{proposed_system(data.info.goal)}”"


def taught_sentences(feedback: FeedbackSummary) -> list[str]:
    """What the feedback teaches, in words."""
    told = [
        f"Of {counted(feedback.read, 'row')} read, "
        f"{counted(feedback.rejected, 'was rejected', 'were rejected')}; the others made {_made(feedback)}."
    ]
    first, second = (number(side, 1) for side in feedback.words)
    if feedback.longer_chosen is not None:
        told.append(
            f"A chosen answer has {first} words on average and a rejected one {second}; "
            f"the chosen one is the longer in {share(feedback.longer_chosen)} of comparisons."
        )
    elif feedback.words[1] is not None:
        told.append(f"A liked answer has {first} words on average and a disliked one {second}.")
    else:
        told.append(f"A demonstrated answer has {first} words on average.")
    if None not in feedback.ended:
        told.append(
            f"{share(feedback.ended[0])} of chosen answers close their turn by themselves, "
            f"against {share(feedback.ended[1])} of rejected ones."
        )
    if feedback.duplicates:
        told.append(f"{counted(feedback.duplicates, 'of them repeats', 'of them repeat')} others word for word.")
    return told


_KINDS = ("comparisons", "demonstrations", "thumbs")


def kind_of_feedback(feedback: FeedbackSummary) -> str:
    """What most of the figures are of: "comparisons", "thumbs" or "demonstrations"."""
    return max(_KINDS, key=lambda name: getattr(feedback, name))


def trained_on(training: TrainingSummary) -> tuple[str, str]:
    """What was trained on: its noun and how many."""
    noun = next((name for name in ("thumbs", "demonstrations", "rollouts") if getattr(training, name)), "comparisons")
    soft = f" ({training.soft:,} by their soft label)" if training.soft else ""
    return noun, f"{getattr(training, noun):,}{soft}"


def _made(feedback: FeedbackSummary) -> str:
    made = [(getattr(feedback, noun), noun) for noun in _KINDS]
    told = [counted(count, noun.removesuffix("s"), noun) for count, noun in made if count]
    return " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told) or "nothing"


def taught_rows(feedback: FeedbackSummary) -> list[TaughtRow]:
    """Each scorer on both sides."""
    return [_taught(name, *sides) for name, sides in feedback.scores.items()]


def training_facts(data: ReportData) -> list[tuple[str, str]]:
    """What training was and the settings it ran with, as pairs of a name and a value."""
    done = data.training
    facts = [
        ("method", method_sentence(data)),
        ("model", model_name(data)),
        trained_on(done),
        ("steps", f"{done.steps:,}"),
        ("epochs", f"{done.epochs:g}"),
        ("trainable parameters", f"{done.trainable_parameters:,}"),
        ("precision", done.precision),
        ("device", done.device),
        ("seed", str(data.info.spec.get("seed", DASH))),
    ]
    named = {name for name, _ in facts}
    settings = _settings_read(data)
    if (first := data.sft) is not None:
        losses = f", loss {first.curve[0].loss:.3f} to {first.curve[-1].loss:.3f}" if first.curve else ""
        noun, count = trained_on(first)
        facts.insert(2, ("SFT first", f"{first.steps:,} steps on {count} {noun}{losses}"))
    return facts + [(name, text) for name, text in _flat(settings) if name not in named]


def trained_by(data: ReportData) -> tuple[Published, ...]:
    """What the model was trained by, in order: fine-tuning, a reward model, and the method or RL's algorithm."""
    learned = _is_rl(data) and any(term.get("model") for term in _training(data)["rl"]["rewards"])
    return (
        *([published(data.sft.method)] if data.sft is not None else []),
        *([REWARD_MODEL] if learned else []),
        published(data.training.method),
    )


def method_sentence(data: ReportData, cite: Callable[[Paper], str] | None = None) -> str:
    """What the model was trained by, in words: "SFT, then RLOO with a reward model"; `cite` renders each paper."""

    def told(step: Published) -> str:
        return f"{step.title} ({cite(step.paper)})" if cite is not None and step.paper is not None else step.title

    steps = trained_by(data)
    reward = [f" with {told(step)}" for step in steps if step is REWARD_MODEL]
    others = [told(step) for step in steps if step is not REWARD_MODEL]
    rounds = int(data.info.spec.get("rounds", 1))
    return ", then ".join(others) + "".join(reward) + (f", in {rounds} rounds" if rounds > 1 else "")


def _training(data: ReportData) -> Mapping[str, Any]:
    training: Mapping[str, Any] = data.info.spec.get("training", {})
    return training


def _is_rl(data: ReportData) -> bool:
    return data.training.method in ALGORITHMS


def _settings_read(data: ReportData) -> Mapping[str, Any]:
    """The spec's settings of training that were read; all where the method is not known here."""
    methods = [method for name, method in METHODS.items() if name == data.training.method]
    if _is_rl(data):
        methods = [method for method in METHODS.values() if method.on_policy] + [REWARD_MODEL]
    read = {name for method in methods for name in method.settings}
    return {
        name: value
        for name, value in _training(data).items()
        if (data.sft is not None if name == "sft_first" else not methods or name in read)
        and (name != "monitor" or value is not None)
    }


def _taught(name: str, chosen: float | None, rejected: float | None) -> TaughtRow:
    full = f"style.{name}"
    metric = metric_of(full)
    places = decimals(metric.unit) if metric else decimals("")
    sides = [number(side, places, missing=NOT_JUDGED) for side in (chosen, rejected)]
    if chosen is None or rejected is None:
        teaches = DASH
    elif sides[0] == sides[1]:
        teaches = "neither way"
    else:
        teaches = "↑ more" if chosen > rejected else "↓ less"
    return TaughtRow(title_of(full) if metric else name, sides[0], sides[1], teaches)


def _flat(settings: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in settings.items():
        label = f"{prefix}{name}".replace("_", " ")
        match value:
            case Mapping():
                found += _flat(value, f"{label} ")
            case list() | tuple():
                found.append((label, ", ".join(map(str, value))))
            case float():
                found.append((label, f"{value:g}"))
            case _:
                found.append((label, DASH if value is None else str(value)))
    return found
