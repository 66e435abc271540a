"""From a run, a folder of scores or a file to what is to be judged. What is not shown is counted, with the reason."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

from ..data import Responses, read_feedback, read_prompts, read_responses, table_rows, title_of
from ..errors import UserError, option
from ..records import (
    Answer,
    Comparison,
    Completion,
    Message,
    PairJudgement,
    Prompt,
    Ranking,
    ThoughtMarks,
    also_thought,
    answered,
    split_thought,
    text_of,
)
from ..store import FileName, Run, Stage, StageName, evaluation_name, round_name
from .drawn import ALONE, NOTHING_SAID, SAMPLED, Spoken, can_be_judged, in_pairs, spoken_of
from .folders import is_folder, read_folders
from .identity import telling
from .records import NO_SEVERITY, NO_TWO, RANKED, UNREAD, Gathered, NewItem, Side, severity_of

What = Literal["before-after", "samples"]
"""Which of a run's answers are reviewed."""

GOLD = "gold"
"""The column that says whether a comparison's chosen answer is known to be right: reviewers are measured by it."""
SEVERITY = "severity"
"""The column that says how hard on a reviewer a row is: 0 not at all, 1 as a rule, more is more."""
_TOO_FEW = f"prompts with fewer than {RANKED[0]} different answers, which are ranked as a pair or not at all"
_TOO_MANY = f"prompts with more than {RANKED[1]} different answers: give fewer of them"
_AGAIN = "answers of the same text as another to their prompt"


def read_items(sources: Sequence[str], sides: int, what: What | None = None, *, blur_likely: bool = False) -> Gathered:
    """What one source holds, or several whose answers to the same prompts are compared; items of at most `sides`
    answers: one, two, or as many as are put in order.

    A run is given by its folder, or as RUN:before, RUN:baseline or RUN:after. Raises UserError where it cannot be read.
    """
    if what is not None and (none := [one for one in sources if is_folder(one) or _run(one) is None]):
        raise UserError(
            f"{option('what', what)} is given.",
            f"It is about a run's answers, and {none[0]} is no run.",
            "Leave it out.",
        )
    left: Counter[str] = Counter()
    if folders := [Path(one) for one in sources if is_folder(one)]:
        if len(folders) < len(sources):
            raise UserError(
                f"{' and '.join(sources)} were given to be reviewed.",
                "One is a folder of files, and the other is none.",
                "Give two folders, or one of them.",
            )
        media = read_folders(folders, sides, left, blur_likely=blur_likely)
        return Gathered(" and ".join(map(_title, sources)), tuple(media), dict(left), _names(sources))
    if blur_likely:
        raise UserError(
            f"{option('blur_likely')} is given.", "It is about images, and this is no folder of them.", "Leave it out."
        )
    if sides > 2:
        items = list(_ranked(sources, what, left))
    elif len(sources) == 2 and sides == 2:
        one, other = (list(_spoken(each, what, left)) for each in sources)
        items = list(_couples(one, other, sources, left))
    elif len(sources) == 1 and sides == 2:
        items = list(_pairs(sources[0], what, left))
    else:
        items = [
            NewItem(prompt, (Side(text, source),), severity)
            for one in sources
            for prompt, text, source, severity in _spoken(one, what, left)
        ]
    kept = [item for item in items if can_be_judged(item, left)]
    return Gathered(" and ".join(_title(one) for one in sources), tuple(kept), dict(left), _names(sources))


def sampled_pairs(run: Path, prompts: Sequence[Prompt], answers: Sequence[Answer]) -> Gathered:
    """Pairs of answers that the run in a folder sampled, the thought taken off already."""
    left: Counter[str] = Counter()
    items = [each for each in in_pairs(spoken_of(prompts, answers, SAMPLED, left), left) if can_be_judged(each, left)]
    return Gathered(_title(str(run)), tuple(items), dict(left), _names([str(run)]))


def _pairs(source: str, what: What | None, left: Counter[str]) -> Iterator[NewItem]:
    run = _run(source)
    if run is None:
        yield from _pairs_of_file(source, left)
        return
    if what == "before-after" or (what is None and _said(run, StageName.AFTER)):
        before, after = (list(_evaluated(run, which, left)) for which in ("before", "after"))
        yield from _couples(before, after, ("before", "after"), left)
        return
    yield from in_pairs(_sampled(run, left), left)


def _couples(
    one: Iterable[Spoken], other: Iterable[Spoken], names: Sequence[str], left: Counter[str]
) -> Iterator[NewItem]:
    """Answers to the same prompt, the first of one side with the first of the other."""
    waiting: dict[tuple[Message, ...], list[Spoken]] = {}
    for each in other:
        waiting.setdefault(each[0], []).append(each)
    for prompt, text, _, severity in one:
        if not waiting.get(prompt):
            left[ALONE] += 1
            continue
        _, second, _, more = waiting[prompt].pop(0)
        yield NewItem(prompt, (Side(text, names[0]), Side(second, names[1])), max(severity, more))
    left[ALONE] += sum(map(len, waiting.values()))
    left += Counter()


def _ranked(sources: Sequence[str], what: What | None, left: Counter[str]) -> Iterator[NewItem]:
    """All answers to a prompt, from all sources, as one item; of a file of rankings and comparisons, each row."""
    rows = [each for each in sources if _run(each) is None and _holds_rankings(each)]
    if rows and len(sources) > 1:
        raise UserError(
            f"{' and '.join(sources)} were given to be ranked.",
            f"{_title(rows[0])} holds rankings or comparisons, each with all of its answers.",
            "Give it alone, or files of answers.",
        )
    if rows:
        yield from _rankings_of_file(sources[0], left)
        return
    groups: dict[tuple[Message, ...], list[Spoken]] = {}
    for source in sources:
        for each in _spoken(source, what, left):
            groups.setdefault(each[0], []).append(each)
    for prompt, said in groups.items():
        sides = [Side(text, source) for _, text, source, _ in said]
        yield from _to_rank(prompt, sides, max(severity for *_, severity in said), left)


def _holds_rankings(source: str) -> bool:
    parts = (read_feedback(rows).kept for _, rows in _by_severity(source, Counter()))
    return any(isinstance(row, Comparison | Ranking) for some in parts for row in some)


def _to_rank(
    prompt: tuple[Message, ...], sides: Sequence[Side], severity: int, left: Counter[str]
) -> Iterator[NewItem]:
    """An item of different answers, as many as can be ranked; what an answer says twice is shown once."""
    kept = {side.text: side for side in reversed(sides) if side.text.strip()}
    left[NOTHING_SAID] += sum(not side.text.strip() for side in sides)
    left[_AGAIN] += sum(bool(side.text.strip()) for side in sides) - len(kept)
    if len(kept) < RANKED[0]:
        left[_TOO_FEW] += 1
    elif len(kept) > RANKED[1]:
        left[_TOO_MANY] += 1
    else:
        yield NewItem(prompt, tuple(kept.values())[::-1], severity)


def _rankings_of_file(source: str, left: Counter[str]) -> Iterator[NewItem]:
    for (severity, gold), rows in _by_severity(source, left):
        if gold:
            raise _gold_of_one(source)
        found = read_feedback(rows)
        left.update(f"{UNREAD}{reject.reason}" for reject in found.rejected)
        for row in found.kept:
            if isinstance(row, Ranking):
                yield from _to_rank(row.prompt, _sides_of(row), severity, left)
            else:
                left[_TOO_FEW if isinstance(row, Comparison) else NO_TWO] += 1


def _sides_of(row: Comparison | Ranking) -> list[Side]:
    """A row's answers, each with what it was there."""
    if isinstance(row, Comparison):
        answers = {"chosen": row.chosen, "rejected": row.rejected}
    else:
        ranked = zip(row.ranks, row.completions, strict=True)
        answers = {f"rank {rank}, {n}": said for n, (rank, said) in enumerate(ranked, 1)}
    return [Side(spoken(said), name) for name, said in answers.items()]


def spoken(said: Completion) -> str:
    """What an answer says to whoever asked, without its thought."""
    return split_thought(text_of(said)).answer or ""


def _spoken(source: str, what: What | None, left: Counter[str]) -> Iterator[Spoken]:
    run = _run(source)
    if run is None:
        for (severity, gold), rows in _by_severity(source, left):
            if gold:
                raise _gold_of_one(source)
            found = _responses(rows, source)
            left.update(f"{UNREAD}{reject.reason}" for reject in found.rejected)
            for each in found.kept:
                if each.withheld:
                    left[NOTHING_SAID] += 1
                else:
                    yield (Message(role="user", content=each.prompt),), each.text, _title(source), severity
        return
    which = source.rpartition(":")[2] if not Path(source).is_dir() else None
    if which is not None:
        yield from _evaluated(run, which, left)
    elif StageName.EVALUATION in run.info.stages:
        for name in run.info.stages:
            if name.startswith("answer."):
                yield from _answers(run, name, _title(source), left)
    elif what == "before-after" or (what is None and _said(run, StageName.AFTER)):
        for side in ("before", "after"):
            yield from _evaluated(run, side, left)
    else:
        yield from _sampled(run, left)


def _responses(rows: Any, source: str) -> Responses:
    try:
        return read_responses(rows)
    except UserError as error:  # who scores texts is told otherwise what to do
        if rows is source and error.given.endswith("cannot be read."):
            raise
        raise UserError(
            f"{source} was given to be reviewed.",
            error.why,
            "Give rows with `prompt` and `response`, or comparisons; docs/feedback.md has all forms.",
        ) from None


def _evaluated(run: Run, which: str, left: Counter[str]) -> Iterator[Spoken]:
    try:
        name = evaluation_name(which)
    except ValueError:
        raise UserError(
            f"{run.folder}:{which} was given to be reviewed.",
            f"A run has no evaluation called {which!r}.",
            "Write RUN:before, RUN:baseline or RUN:after.",
        ) from None
    if not _said(run, name):
        raise UserError(
            f"{run.folder} was given to be reviewed.",
            f"Its stage `{name}` has no answers, or is not finished.",
            f"Let the run go on, or review its sampled answers with {option('what', 'samples')}.",
        )
    yield from _answers(run, name, which, left)


def _said(run: Run, name: str) -> bool:
    stage = run.current(name)
    return stage is not None and (stage.folder / FileName.ANSWERS).is_file()


def _answers(run: Run, name: str, source: str, left: Counter[str]) -> Iterator[Spoken]:
    stage = run.current(name)
    if stage is not None and (stage.folder / FileName.ANSWERS).is_file():
        prompts = {prompt.id: prompt for prompt in stage.read_lines(FileName.PROMPTS, Prompt)}
        yield from _with_prompts(run, prompts, stage.read_lines(FileName.ANSWERS, Answer), source, left)


def _sampled(run: Run, left: Counter[str]) -> Iterator[Spoken]:
    """The answers that a run has sampled until now, of the last round that has any."""
    path = Path(run.info.spec_folder or ".") / run.info.spec["prompts"]["train"]
    prompts = {prompt.id: prompt for prompt in read_prompts(path)}
    rounds = range(int(run.info.spec.get("rounds", 1)), 0, -1)
    for name in (round_name(stage, number) for number in rounds for stage in (StageName.SAMPLE, StageName.DRAWN)):
        if answers := _so_far(run, name):
            yield from _with_prompts(run, prompts, answers, SAMPLED, left)
            return
    raise UserError(
        f"{run.folder} was given to be reviewed.",
        "It has sampled no answer yet, and measured no model.",
        "Let it go on for a while.",
    )


def _so_far(run: Run, name: str) -> list[Answer]:
    """A stage's answers, those of an unfinished one among them."""
    stage = run.current(name)
    if stage is not None:
        return stage.read_lines(FileName.ANSWERS, Answer)
    key = run.info.stages.get(name)
    if key is None:
        return []
    unfinished = Stage(name, key, run.folder / "stages" / name / key, {}, {})
    parts = sorted(unfinished.work.glob("answers-*.jsonl"))
    return [Answer.from_json(line) for part in parts for line in part.read_bytes().splitlines()]


def _with_prompts(
    run: Run, prompts: dict[str, Prompt], answers: Sequence[Answer], source: str, left: Counter[str]
) -> Iterator[Spoken]:
    marks = [ThoughtMarks.model_validate(each) for each in (run.info.spec.get("model") or {}).get("thought") or ()]
    with also_thought(marks):
        said = answered(list(answers))
    yield from spoken_of(list(prompts.values()), said, source, left)


def _pairs_of_file(source: str, left: Counter[str]) -> Iterator[NewItem]:
    for (severity, gold), rows in _by_severity(source, left):
        found = read_feedback(rows)
        left.update(f"{UNREAD}{reject.reason}" for reject in found.rejected)
        for row in found.kept:
            if not isinstance(row, Comparison | Ranking):
                left[NO_TWO] += 1
                continue
            for one, other in combinations(_sides_of(row), 2):
                right = PairJudgement(choice="first") if gold and isinstance(row, Comparison) else None
                yield NewItem(row.prompt, (one, other), severity, gold=right)


def _gold_of_one(source: str) -> UserError:
    return UserError(
        f"{source} has rows whose column `{GOLD}` is true.",
        "From a file, what is right is known of comparisons alone: the chosen answer.",
        "Leave the column out; a lead makes items of this task gold under Team.",
    )


_IS_GOLD = {"true": True, "1": True, "false": False, "": False}


def _by_severity(source: str, left: Counter[str]) -> Iterator[tuple[tuple[int, bool], Any]]:
    """The source's rows by their severity and by whether they are gold, the source itself where no row says either."""
    groups: dict[tuple[int, bool], list[dict[str, Any]]] = {}
    says = False
    for _, row in table_rows(source):
        if isinstance(row, Exception) or not {SEVERITY, GOLD} & row.keys():
            groups.setdefault((1, False), []).append(row if isinstance(row, dict) else {})
            continue
        says = True
        gold = _IS_GOLD.get(str(row.pop(GOLD, "") or "").casefold())
        if gold is None:
            left[f"whose {GOLD} is neither true nor false"] += 1
            continue
        severity = severity_of(row.pop(SEVERITY, None))
        if severity is None:
            left[NO_SEVERITY] += 1
            continue
        groups.setdefault((severity, gold), []).append(row)
    yield from groups.items() if says else [((1, False), source)]


def _run(source: str) -> Run | None:
    """The run that a source names, None where it is no folder of one."""
    folder, _, which = source.rpartition(":")
    for path in (Path(source), Path(folder) if which and folder else None):
        if path is not None and (path / FileName.RUN).is_file():
            return Run.read(path)
    if Path(source).is_dir():
        raise UserError(
            f"{source} was given to be reviewed.",
            "It is a folder, no run or scores of trimtab's, and holds no image, video or audio.",
            "Give a run's folder, one that `trimtab eval` wrote, a folder of media, or a file of answers.",
        )
    return None


def _title(source: str) -> str:
    return Path(source).name if Path(source).is_dir() else title_of(source)


def _names(sources: Sequence[str]) -> tuple[str, ...]:
    names: list[str] = []
    for source in sources:
        folder = source.rpartition(":")[0]  # of RUN:before, whose own name tells as much
        title = Path(folder).name if not Path(source).exists() and Path(folder).is_dir() else _title(source)
        names += [title, Path(title).stem]
        if not is_folder(source) and (run := _run(source)) is not None:
            model = run.info.spec.get("model") or {}
            names += [
                run.info.name,
                *(Path(str(value)).name for value in (model.get("name"), model.get("adapter")) if value),
            ]
    return telling(names)
