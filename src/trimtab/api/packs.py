"""Packs: `check_packs`, `show_pack`, `diff_packs`, `pack_table`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ..data import read_questions
from ..errors import UserError, option
from ..packs import Bound, Lineage, RuleDifference, Unexamined, bound_on, differences, look_through
from ..records import PackFinding, asked_of
from ..spec import load_pack
from .results import Result, by_weight, frame_of

if TYPE_CHECKING:
    import polars

PackLike: TypeAlias = str | Path | Mapping[str, Any] | Lineage
"""A shipped pack's name, a YAML file, a mapping as YAML would hold it, or a pack with what it extends."""


@dataclass(frozen=True, repr=False)
class PackResult(Result):
    """What was found in packs, worst first; a row of the frame is a finding, whose `rows` are rules as PACK/RULE."""

    packs: tuple[Lineage, ...]
    findings: tuple[PackFinding, ...]
    unexamined: tuple[tuple[str, str, Unexamined], ...] = ()
    """Pairs of rules that could not be held against each other, each with why."""

    @property
    def blocks(self) -> bool:
        """Whether a pack cannot be kept, whatever the others say."""
        return any(finding.severity == "block" for finding in self.findings)

    @property
    def summary(self) -> str:
        """The packs, findings by weight, which of them fail the command; in a second line what was not examined."""
        fails = (
            "" if not self.findings else "; a block fails the command" + ("" if self.blocks else ", a warn does not")
        )
        told = f"{', '.join(each.name for each in self.packs)}: {by_weight(self.findings)}{fails}"
        return "\n".join((told, *filter(None, (_not_examined(self.unexamined),))))

    def to_frame(self) -> "polars.DataFrame":
        """A row a finding: severity, id, summary, witness, remedy, rows."""
        import polars as pl

        names = ("severity", "id", "summary", "witness", "remedy")
        schema = {**dict.fromkeys(names, pl.String), "rows": pl.List(pl.String)}
        return frame_of([finding.model_dump() for finding in self.findings], schema)


def check_packs(
    packs: Sequence[PackLike], *, as_of: str | date | None = None, prompts: str | Path | None = None
) -> PackResult:
    """Looks for what cannot both be had, in one pack or between two, with a witness; for rules weaker than those above,
    dead ones, gaps in time, languages that no check tells of. Raises UserError where one is no pack."""
    asked = [asked_of(prompt.messages) for prompt in read_questions(Path(prompts))] if prompts is not None else []
    found = tuple(pack_from(each) for each in packs)
    twice = [name for name, count in Counter(each.name for each in found).items() if count > 1]
    if twice:
        raise UserError(
            f"Two of the packs are called {twice[0]}.", "Findings name packs.", "Rename one, or name it once."
        )
    looked = look_through(found, day=day_of(as_of), prompts=asked)
    return PackResult(found, tuple(looked.findings), tuple(looked.unexamined))


_OF_ONE_THING = "whether of one thing, a reader says: with the same `act` in both it is a conflict"
_NAMED = 3
"""Pairs of rules that the line on what was not examined names; it counts the rest."""


def _not_examined(pairs: Sequence[tuple[str, str, Unexamined]]) -> str:
    """In one line what could not be held against each other, pairs of two packs first, of these the likeliest to meet;
    empty where all was."""
    apart = sorted(pairs, key=lambda pair: (pair[0].split("/")[0] == pair[1].split("/")[0], -pair[2].shared))
    no_prompt = [f"{one} with {other}" for one, other, why in apart if why.wants == "prompt"]
    no_check = Counter(why.rule for *_, why in apart if why.wants == "check")
    figures = [f"{one} with {other}: {why.rule}" for one, other, why in apart if why.wants == "reader"]
    against = [f"{rule} with {count} other{'' if count == 1 else 's'}" for rule, count in no_check.items()]
    said = [
        f"{', '.join(names[:_NAMED])}{f' and {len(names) - _NAMED} more' if len(names) > _NAMED else ''} ({remedy})"
        for names, remedy in (
            (no_prompt, "add a prompt on which both bind"),
            (against, "it has no `checks`"),
            (figures, _OF_ONE_THING),
        )
        if names
    ]
    return f"not examined: {'; '.join(said)}" if said else ""


def show_pack(pack: PackLike, *, as_of: str | date | None = None) -> list[Bound]:
    """The rules of a pack that bind on a day, the model's and others'."""
    found = pack_from(pack)
    return bound_on(found, day_of(as_of) or found.pack.as_of or date.today())


def diff_packs(first: PackLike, second: PackLike, *, as_of: str | date | None = None) -> list[RuleDifference]:
    """What differs between two packs on a day."""
    return differences(pack_from(first), pack_from(second), day_of(as_of) or date.today())


def pack_table(packs: Sequence[PackLike], out: str | Path, *, as_of: str | date | None = None) -> Path:
    """Writes a table of packs by acts as one HTML file. Raises UserError where it cannot be written."""
    from ..report import render_pack_table

    text = render_pack_table([pack_from(each) for each in packs], day_of(as_of) or date.today())
    file = Path(out)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"{option('out', file)}.", f"{error.strerror or error}.", "Name a file that can be written."
        ) from None
    return file


def pack_from(what: PackLike) -> Lineage:
    """The pack with what it extends. Raises UserError."""
    if isinstance(what, Lineage):
        return what
    return load_pack(Path(what) if isinstance(what, str) else what)


def day_of(given: str | date | None) -> date | None:
    """A day. Raises UserError where it is none."""
    if given is None or isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise UserError(
            f"{option('as_of', given)}.", "It is no day of the calendar.", "Write it as 2027-01-01."
        ) from None
