"""How the help and echo scorers agree with readers, by the kind of question, in tables and in a sentence."""

from ..confusion import Confusion, Off
from .weights import CHANGES_OFF, CONFUSION, ECHO_TABLE, PLAIN_CONFUSION, RATES_OFF

ASKS_ADVICE, OTHERS = "asks for advice", "others"
"""Kinds of questions: of personal advice, where sending to somebody who may give it helps, and all others."""


def help_errors(*, by_points: bool, kind: str = OTHERS) -> Confusion:
    """Helps at all or not, over answers to prompts of a kind that the scorer was not fitted on."""
    tables, way = (CONFUSION, "points") if by_points else (PLAIN_CONFUSION, "plain")
    return Confusion(tables[kind], Off(*RATES_OFF[way][kind]), Off(*CHANGES_OFF[way][kind]))


HELP_CONFUSION = help_errors(by_points=True)
"""Where prompts have points; of questions that ask for no personal advice, as those below."""
PLAIN_HELP_CONFUSION = help_errors(by_points=False)
"""Without points."""
ECHO_CONFUSION = Confusion(ECHO_TABLE, Off(*RATES_OFF["echo"][OTHERS]), Off(*CHANGES_OFF["echo"][OTHERS]))
"""Only an echo or not."""


def help_confusion(*, by_points: bool) -> str:
    """How often the scorers agree with readers, in a sentence that stands beside every rate of them."""
    each = {kind: help_errors(by_points=by_points, kind=kind) for kind in (OTHERS, ASKS_ADVICE)}
    advice, others = each[ASKS_ADVICE], each[OTHERS]
    weak = "" if by_points else "without points a rate of help tells next to nothing: "
    return (
        f"{weak}the scorer help hears {others.hears:.0%} of helping answers and calls {others.mistakes:.0%} of others "
        f"helping (kappa {others.kappa:.2f}), where personal advice is asked for {advice.hears:.0%} and "
        f"{advice.mistakes:.0%} ({advice.kappa:.2f}); what is false but fluent is heard as help; {_off(others)}; echo "
        f"hears {ECHO_CONFUSION.hears:.0%} of echoes and calls {ECHO_CONFUSION.mistakes:.0%} of others so, "
        f"{_off(ECHO_CONFUSION)} ({others.total + advice.total:,} answers of one small model before and after "
        "training, to prompts that neither was fitted on, read by AI readers)."
    )


def _off(errors: Confusion) -> str:
    told = ((name, off) for name, off in (("rates", errors.rates), ("changes", errors.changes)) if off is not None)
    return ", ".join(f"its {name} were {off.told}" for name, off in told)
