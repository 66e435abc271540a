"""Packs in words, and as a table of regions by rules on one page."""

from collections.abc import Sequence
from datetime import date

from ..packs import Bound, Lineage, bound_on
from ..records import Standing
from .pages import page_style, page_template

_STANDING: dict[Standing, str] = {
    "own": "own standard, no law",
    "read": "read",
    "secondary": "read in a secondary source",
    "unverified": "unverified",
}
_WORK = {"model": "the model", "server": "the server", "people": "people"}


def standing_told(bound: Bound) -> str:
    """Where a rule comes from, and whether somebody read it there."""
    rule, standing = bound.rule, _STANDING[bound.rule.standing]
    if rule.standing == "own":
        return standing
    day = f" on {rule.read_on}" if rule.read_on is not None else ""
    parts = [rule.article, rule.source, f"{standing}{day}"]
    return "; ".join(each for each in parts if each)


def bound_told(bound: Bound) -> str:
    """What a rule says, and what bounds it: work, people, medium, clock, parameters, days."""
    rule = bound.rule
    parts = ["permission" if rule.permits else f"{rule.requires}, {rule.severity}", f"work of {_WORK[rule.by]}"]
    parts += [f"for {rule.audience}s"] if rule.audience is not None else []
    parts += [", ".join(rule.modality)] if rule.modality != ("text",) else []
    parts += [f"every {rule.every} minutes"] if rule.every is not None else []
    parts += [
        f"{name}: {', '.join(value) if isinstance(value, tuple) else value}" for name, value in rule.parameters.items()
    ]
    parts += [f"from {rule.applies_from}"] if rule.applies_from is not None else []
    parts += [f"until {rule.until}"] if rule.until is not None else []
    parts += [f"narrowed: {rule.narrows}"] if rule.narrows else []
    return f"{rule.text} ({'; '.join(parts)})"


def render_pack_table(lineages: Sequence[Lineage], day: date) -> str:
    """A row an act, a column a pack, as of a day: one HTML file that stands alone. Equal packs give equal bytes."""
    columns = [bound_on(lineage, day) for lineage in lineages]
    acts = dict.fromkeys(bound.rule.done for column in columns for bound in column)
    rows = [(act, [[bound for bound in column if bound.rule.done == act] for column in columns]) for act in acts]
    notices = {each.name: each.pack.notice for lineage in lineages for each in lineage.line if each.pack.notice}
    return page_template("packs").render(
        css=page_style(),
        lineages=lineages,
        day=day,
        rows=rows,
        notices=notices,
        told=bound_told,
        standing=standing_told,
    )
