"""`source-shortcut`: form, or the model that wrote an answer, tells chosen from rejected."""

import numpy as np

from ...records import Finding
from ..features import FORM, origins
from ..learn import out_of_fold
from ..limits import CLASSIFIER_ROWS, SHORTCUT
from ..result import CheckResult, ids, percent, sampled, share
from ..view import View


def source_shortcut(view: View) -> CheckResult | None:
    """A logistic regression, cross-validated by prompt, on FORM; another on the origins, where the rows tell them. Rows
    of which one side alone calls a tool or goes on over further turns have findings of their own."""
    drawn = view.sample("classifier")
    rows = drawn[view.alike[drawn]]
    if len(rows) < CLASSIFIER_ROWS:
        return None
    formed = view.form[view.alike[drawn]]
    ways = {"form": formed}
    if "chosen_origin" in view.table.columns:
        known = [view.text(name, rows) for name in ("chosen_origin", "rejected_origin")]
        if any(known[0]) and any(known[1]) and known[0] != known[1]:
            ways["origin"] = origins(*known)
    told = {}
    for name, difference in ways.items():
        margins = out_of_fold(difference, view.sides[0][rows], view.seed)
        # a pair without any difference is told by nothing: half of them would be guessed
        right = int((margins > 0).sum() + (margins == 0).sum() // 2)
        told[name] = (share(right, len(rows)), margins)
    name, (rate, margins) = max(told.items(), key=lambda item: item[1][0].low)
    if rate.low <= SHORTCUT:
        return None
    if name == "form":
        means = formed.mean(axis=0)
        strongest = [FORM[place] for place in np.argsort(-np.abs(means))[:3]]
        why = "most of all by " + ", ".join(
            f"{one} ({'chosen' if means[FORM.index(one)] > 0 else 'rejected'})" for one in strongest
        )
    else:
        why = "from which model wrote which"
    out = len(drawn) - len(rows)
    left = f" {out:,} rows are left out in which one side alone calls tools or goes on over turns." if out else ""
    order = np.argsort(-margins, kind="stable")
    behind = rows[order[: int((margins > 0).sum())]]
    return CheckResult(
        Finding(
            id="source-shortcut",
            severity="warn",
            title=f"The {name} of an answer tells which was chosen",
            figure=rate.estimate,
            summary=f"Without reading a word, a classifier of {name} alone, cross-validated, is right about "
            f"{percent(rate)} of "
            f"pairs, {why}. A reward can be had by that alone." + sampled(view, drawn) + left,
            rows=ids(view, behind),
            count=len(behind),
            remedy="Bring both sides to one form, or draw both from the same models. If this form is the goal, "
            "nothing is "
            "wrong.",
        ),
        behind=behind,
    )
