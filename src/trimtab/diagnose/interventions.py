"""What would mend each cause: edits of the spec and of the data, the one to try first first."""

from collections.abc import Callable

from ..methods import Knob
from ..records import Intervention
from .evidence import Facts

Make = Callable[[Facts], Intervention | None]

STRONGER = 3.0
"""By how much beta is raised or the learning rate lowered at a time: about half of a power of ten, the usual grid."""
SFT_TERM = 0.2
"""Weight of the chosen answers' likelihood: enough to hold them up, and the preference still leads."""


def interventions(cause: str, facts: Facts) -> tuple[Intervention, ...]:
    """Of a cause, in the order in which to try them; those that its method has no setting for are left out."""
    made = [make(facts) for make in _OF.get(cause, ())]
    flaw = next((each for each in facts.reward or () if each.id == cause), None)
    if flaw is not None:
        made += [Intervention(id=f"mend-{cause}", summary=flaw.remedy, data=f"collect:{cause}"), _raise_beta(facts)]
    return tuple(each for each in made if each is not None)


def _data(kind: str, name: str, says: str) -> Make:
    made = Intervention(id=f"{kind}-{name}", summary=says, data=f"{kind}:{name}")
    return lambda facts: made


def _by_hand(name: str, says: str) -> Make:
    made = Intervention(id=name, summary=says, data=f"collect:{name}")
    return lambda facts: made


def _scaled(name: str, knob: Knob, by: float, says: str) -> Make:
    """A number of the spec, multiplied."""

    def make(facts: Facts) -> Intervention | None:
        at, now = facts.knob(knob)
        if at is None or not isinstance(now, int | float) or not now:
            return None
        new = type(now)(float(f"{now * by:.3g}"))
        return Intervention(id=name, summary=f"{says}: {at} from {now:g} to {new:g}.", changes={at: new})

    return make


def _sft_term(facts: Facts) -> Intervention | None:
    reads = "sft_weight" in facts.method_row.settings
    if not reads or (facts.setting("training.sft_weight") or 0) >= SFT_TERM:
        return None
    says = f"Hold the chosen answers up by their own likelihood: training.sft_weight {SFT_TERM:g}."
    return Intervention(id="sft-term", summary=says, changes={"training.sft_weight": SFT_TERM})


def _sft_first(facts: Facts) -> Intervention | None:
    if not facts.method_row.after_sft or facts.setting("training.sft_first"):
        return None
    says = "Bring the model near the data first: one epoch of supervised fine-tuning before."
    return Intervention(id="sft-first", summary=says, changes={"training.sft_first.epochs": 1.0})


def _early_stop(facts: Facts) -> Intervention | None:
    watched = facts.training.overoptimization
    if watched is not None and facts.method_row.on_policy and watched.kept_step:
        every = facts.setting("training.rl.watch_every") or 1
        steps = max(every, watched.kept_step)
        says = f"Stop at the checkpoint that was best by gold: training.rl.steps {steps}."
        return Intervention(id="early-stop", summary=says, changes={"training.rl.steps": steps})
    return _fewer_steps(facts)


_raise_beta = _scaled("raise-beta", "beta", STRONGER, "Make leaving the start dearer")
_lower_rate = _scaled("lower-learning-rate", "learning_rate", 1 / STRONGER, "Take smaller steps")
_more_steps = _scaled("more-steps", "length", 3, "Train longer")
_fewer_steps = _scaled("fewer-steps", "length", 0.5, "Stop earlier")
_lower_beta = _scaled("lower-beta", "beta", 1 / STRONGER, "Let it go further from the start")
_more_items = _by_hand("more-items", "Add held-out prompts (`prompts.heldout`), as many as the undecided gates name.")

_OF: dict[str, tuple[Make, ...]] = {
    "refusal-bias": (
        _data(
            "turn",
            "refusal-bias",
            "Turn the pairs in which a harmless prompt's refusal is chosen: the answer becomes the chosen side.",
        ),
        _data("drop", "refusal-bias", "Leave those pairs out."),
        _data(
            "contrast",
            "refusal-bias",
            "Leave those pairs out, and add pairs of the start model's own answer to a harmless prompt over a refusal.",
        ),
    ),
    "length-bias": (
        _data(
            "balance",
            "length-bias",
            "Leave out pairs whose chosen side is the longer (shorter) one until both are as many.",
        ),
        _by_hand("length-gate", "Put a gate on style.words, so that length is watched."),
    ),
    "label-noise": (
        _data("drop", "label-noise", "Leave out the pairs that are likelier flipped than not."),
        _data("turn", "label-noise", "Turn the pairs that are likelier flipped than not."),
        _raise_beta,
    ),
    "contradiction": (
        _data("fix", "contradiction", "Leave out the pairs that contradict others."),
        _by_hand("judge-again", "Have the pairs judged again."),
    ),
    "low-agreement": (_by_hand("judge-again", "Have pairs judged again, by a rubric with examples."), _raise_beta),
    "annotator-bias": (
        _data("drop", "annotator-bias", "Leave out this annotator's labels where they stand apart."),
        _by_hand("judge-again", "Have this annotator's rows judged again."),
    ),
    "duplicate": (_data("fix", "duplicate", "Keep one of each copy."),),
    "near-duplicate": (_data("fix", "near-duplicate", "Keep one of each near-copy."),),
    "truncation": (
        _data("fix", "truncation", "Leave out the rows whose answers break off."),
        _by_hand("collect-longer", "Collect the answers again with a higher cap."),
    ),
    "template": (_data("fix", "template", "Cut answers at the template's markers."),),
    "source-shortcut": (
        _by_hand("balance-sources", "Take both sides of each pair from one source, the model itself best."),
    ),
    "off-policy": (
        _sft_first,
        _by_hand("on-policy", "Sample the answers from this model and have those judged (`feedback.sample`)."),
    ),
    "contamination": (_data("fix", "contamination", "Leave out the rows that hold a benchmark's items."),),
    "pii": (_data("fix", "pii", "Mask what identifies people."),),
    "toxic-chosen": (_data("drop", "toxic-chosen", "Leave out the pairs whose chosen answer reads as toxic."),),
    "imbalance": (_by_hand("balance-kinds", "Collect prompts of the kinds that are rare."),),
    "swapped-labels": (
        _data("turn", "all", "Turn every pair: chosen and rejected change places."),
        _by_hand("judge-again", "Read twenty pairs against the goal, and have the set judged again."),
    ),
    "wrong-reference": (
        _by_hand(
            "right-reference",
            "Start from the model that the reference is to be (`model.adapter`); `trimtab preflight` checks it.",
        ),
    ),
    "too-small-beta": (_raise_beta, _sft_term, _lower_rate),
    "too-high-learning-rate": (_lower_rate, _fewer_steps),
    "too-few-steps": (_more_steps, _lower_beta),
    "eos-masked": (
        _by_hand(
            "end-of-turn",
            "Correct the chat template or the padding token until `trimtab preflight` finds the end in the loss.",
        ),
    ),
    "over-optimisation": (_early_stop, _raise_beta, _sft_term),
    "scorer-errors": (
        _by_hand(
            "read-answers",
            "Read the answers that changed, or have a judge look at them, before anything is trained again.",
        ),
    ),
    "too-few-items": (_more_items,),
}
