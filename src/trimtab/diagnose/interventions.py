"""What would mend each cause: edits of the spec and of the data, the one to try first first."""

from collections.abc import Callable
from typing import Any

from pydantic import JsonValue

from ..methods import Knob
from ..records import Intervention, ScorerRef
from . import leakage
from .evidence import Facts

Make = Callable[[Facts], Intervention | None]

STRONGER = 3.0
"""By how much beta is raised or the learning rate lowered at a time: about half of a power of ten, the usual grid."""
HELP_MARKS: dict[str, dict[str, float]] = {
    "help": {"zero_below": 0.1, "full_from": 0.6},
    "echo": {"full_to": 0.2, "zero_above": 0.6},
}
"""What a rubric pays for help by the offline scorers: their values are probabilities, and half is where they decide."""
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


def _without_sample(make: Make) -> Make:
    """What is done to rows only where they do not come from a rubric, which would make them again."""
    return lambda facts: None if _sample(facts) is not None or facts.finding("rubric-gaming") is None else make(facts)


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


def _sample(facts: Facts) -> dict[str, Any] | None:
    """The first source that is sampled, which the key `feedback.sample` stands for."""
    sources = facts.setting("feedback.sources") or ()
    return next((source["sample"] for source in sources if source.get("sample")), None)


def _scorer(criterion: dict[str, Any]) -> str:
    return ScorerRef.model_validate(criterion["scorer"]).name


_BOTH_RUNS = "any run of an answer's sentences may be chosen, against one of like length, so that no length is taught"


def _pay_for_help(facts: Facts) -> Intervention | None:
    """Half of the marks are for help from now on, and both sides are runs of sentences of like length."""
    sample = _sample(facts)
    if sample is None:
        return None
    rubric = [each for each in sample["rubric"] if _scorer(each) not in HELP_MARKS]
    names = ["points", *HELP_MARKS] if facts.setting("prompts.points") else [*HELP_MARKS]
    marks = {**HELP_MARKS, "points": {"zero_below": 0.0, "full_from": 1.0}}
    weight = float(f"{sum(each['weight'] for each in rubric) / len(names):.3g}")
    rubric = [each for each in rubric if _scorer(each) != "points"]
    rubric += [{"scorer": name, "weight": weight, **marks[name]} for name in dict.fromkeys(names)]
    changes: dict[str, JsonValue] = {"feedback.sample.rubric": rubric, **_anywhere(sample)}
    says = f"Pay for help: {', '.join(dict.fromkeys(names))} get half of the rubric's weight"
    if _anywhere(sample):
        says += f"; {_BOTH_RUNS}"
    return Intervention(id="pay-for-help", summary=f"{says}.", changes=changes)


def _drop_criterion(facts: Facts) -> Intervention | None:
    """The criterion that pays most for answers without help is dropped; the only one cannot be."""
    sample, finding = _sample(facts), facts.finding("rubric-gaming")
    if sample is None or finding is None:
        return None
    worst = next((name for name in finding.about if any(_scorer(each) == name for each in sample["rubric"])), None)
    rest = [each for each in sample["rubric"] if _scorer(each) != worst]
    if worst is None or not rest:
        return None
    says = f"Drop {worst}, which pays most for answers that help less."
    return Intervention(id="drop-criterion", summary=says, changes={"feedback.sample.rubric": rest})


def _any_run(facts: Facts) -> Intervention | None:
    sample = _sample(facts)
    changes = _anywhere(sample) if sample is not None else {}
    says = f"Change the candidates: {_BOTH_RUNS}."
    return Intervention(id="any-run", summary=says, changes=changes) if changes else None


def _anywhere(sample: dict[str, Any]) -> dict[str, JsonValue]:
    """What makes both sides runs of sentences; nothing where they are, or where answers are not cut to sentences."""
    if not sample.get("trim_to_sentences"):
        return {}
    wished = {"trim_from": "anywhere", "rejected": "alike"}
    return {f"feedback.sample.{name}": value for name, value in wished.items() if sample.get(name) != value}


def _under_baseline(facts: Facts) -> Intervention | None:
    """The answers are sampled under the baseline's system message, and trained on without it."""
    sample = _sample(facts)
    if sample is None or not facts.setting("baseline.system") or sample.get("system"):
        return None
    says = "Sample the answers under the baseline's system message, and train without it."
    return Intervention(id="sample-baseline", summary=says, changes={"feedback.sample.system": "baseline"})


_raise_beta = _scaled("raise-beta", "beta", STRONGER, "Make leaving the start dearer")
_lower_rate = _scaled("lower-learning-rate", "learning_rate", 1 / STRONGER, "Take smaller steps")
_more_steps = _scaled("more-steps", "length", 3, "Train longer")
_fewer_steps = _scaled("fewer-steps", "length", 0.5, "Stop earlier")
_lower_beta = _scaled("lower-beta", "beta", 1 / STRONGER, "Let it go further from the start")
_more_items = _by_hand("more-items", "Add held-out prompts (`prompts.heldout`), as many as the undecided gates name.")

_OF: dict[str, tuple[Make, ...]] = {
    "leakage": (
        leakage.drop_strays,
        leakage.pairs_across,
        leakage.apart,
        _raise_beta,
        _fewer_steps,
        _by_hand("route", "Route by the key of a request to the region's adapter, and refuse what has no region."),
    ),
    "gamed-rubric": (
        _pay_for_help,
        _drop_criterion,
        _any_run,
        _under_baseline,
        _without_sample(_data("drop", "rubric-gaming", "Leave out the pairs whose chosen side helps less.")),
        _by_hand("read-pairs", "Read twenty pairs against the goal, and have the set judged for help."),
    ),
    "empty-chosen": (
        _data("drop", "empty-chosen", "Leave out the pairs whose chosen side says less of what was asked."),
        _data("turn", "empty-chosen", "Turn those pairs: the side that says more becomes the chosen one."),
    ),
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
    "rule-conflict": (
        _by_hand(
            "settle-rules",
            "Say which of the two rules comes first (`priority`), or which prompts each is about (`unless`, "
            "`except_rules`), and have these rows judged again.",
        ),
        _raise_beta,
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
    "thought": (
        _data("strip", "thought", "Take the thoughts off both sides, so that the answers alone are compared."),
        _data("drop", "thought", "Leave out the rows in which one side alone thinks, or is nothing but a thought."),
        _by_hand("balance-thoughts", "Give both sides their thoughts, from one source."),
    ),
    "tool-calls": (
        _data("drop", "tool-calls", "Leave out the rows in which one side alone calls a tool."),
        _by_hand("balance-calls", "Collect pairs in which both sides call a tool, or neither."),
    ),
    "more-turns": (
        _data("drop", "more-turns", "Leave out the rows in which one side alone goes on over further turns."),
        _by_hand("one-turn", "Compare one turn at a time: split the longer side at the user's turns."),
    ),
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
