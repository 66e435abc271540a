"""From what the command line says to a room with a task in it."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from ..errors import UserError, option
from ..records import Policy, Record
from .identity import Names
from .records import MOST_MARKS, NO_TWO, ON_MEDIA, UNREAD, Gathered, Plan, ReviewRubric, ShownPolicy, Task, TaskKind
from .room import Room
from .rubrics import HHH
from .store import Added, add_items, add_task

_GUIDES: dict[TaskKind, tuple[str, str, str]] = {
    "pair": (
        "Pairs",
        "Which answer is better?",
        "Read the prompt, then both answers. Choose the one that you would rather have got.\n\n"
        "- **Alike**: you would take either.\n"
        "- **Both bad**: you would send neither to anybody.\n"
        "- **Cannot tell**: it needs knowledge that you do not have.\n\n"
        "Length is no merit of its own. Sides are drawn anew for each pair.",
    ),
    "rank": (
        "Rankings",
        "In which order are these answers, the best first?",
        "Read the prompt, then all answers. Put first the one that you would rather have got.\n\n"
        "- **Alike**: two that you would take either of have the same place.\n"
        "- **Cannot tell**: it needs knowledge that you do not have.\n\n"
        "Length is no merit of its own. The order on the screen is drawn anew for each item.",
    ),
    "rubric": (
        "Grades",
        "How good is this answer?",
        "Mark each axis by itself; what each mark means stands beside it.",
    ),
    "rating": ("Ratings", "How good is this answer?", "Use the whole scale. Judge the answer, not the prompt."),
    "thumb": ("Thumbs", "Will this answer do?", "It will do if you would send it to the person who asked, as it is."),
    "edit": (
        "Edits",
        "Make this answer as it should be.",
        "Change what is wrong and leave the rest. Saved without a change, it says that nothing is to be changed.",
    ),
    "flag": (
        "Flags",
        "What in this answer breaks a rule?",
        "Choose the least that shows it, a stretch or a box, then the rule. Several rules may be broken by one part.",
    ),
    "claims": (
        "Claims",
        "Which claims does this answer make, and are they true?",
        "Choose each claim that can be checked. *Unsupported* means that no source you could find says so, "
        "or that sources disagree. Name the source you went by.",
    ),
    "critique": ("Critiques", "What is wrong with this answer?", "Say what is wrong, why, and what would be right."),
}
"""For each kind the title, the question and the guidelines, where a task has none of its own."""


_PLAIN = {
    "extra_forbidden": "there is no such key",
    "missing": "it is missing",
    "model_type": "it is no mapping of keys to values",
    "tuple_type": "it is no list",
    "string_type": "it is no text",
    "string_too_short": "it is empty",
    "int_parsing": "it is no whole number",
    "string_pattern_mismatch": "an id is of small letters, digits and hyphens",
    "too_short": "there are too few of them: at least one axis, and two anchors on each",
    "too_long": f"there are too many of them: each anchor is a key from 1 to {MOST_MARKS}",
}
"""What is wrong with a key of a task's file, by pydantic's name of it."""

_ONE_AT_A_TIME = "Answers are judged one at a time with --kind rubric, rating, thumb, edit, flag, claims or critique."


class TaskFile(Record):
    """A task as a file says it; what is left out is the room's own."""

    kind: TaskKind | None = None
    title: str | None = None
    question: str | None = None
    guidelines: str | None = None
    rubric: ReviewRubric | None = None
    scale: tuple[int, int] = Field(default=(1, 5))


@dataclass(frozen=True)
class Opened:
    """A task in a room, and what came of filling it."""

    task: Task
    added: Added
    left_out: dict[str, int]


def read_task_file(path: Path) -> TaskFile:
    """A task's file, in YAML. Raises UserError where it is none."""
    try:
        return TaskFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise UserError(f"{path} was given as a task.", f"It cannot be read: {why}.", "Give a file in YAML.") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        why = _PLAIN.get(first["type"]) or first["msg"].removeprefix("Value error, ")
        raise UserError(
            f"{path} was given as a task.",
            f"{f'`{where}`: ' if where else ''}{why}.",
            "docs/review.md has the keys.",
        ) from None


def make_task(kind: TaskKind | None, origin: str, given: TaskFile | None = None, policy: Policy | None = None) -> Task:
    """The task that was asked for, a blind pair where nothing says otherwise. Raises UserError where it cannot be."""
    told = given or TaskFile()
    if kind is not None and told.kind not in (None, kind):
        raise UserError(
            f"{option('kind', kind)} is given, and the task's file says {told.kind}.",
            "A task is of one kind.",
            "Leave one of them out.",
        )
    wanted = kind or told.kind or "pair"
    if wanted == "flag" and policy is None:
        raise UserError(
            f"The task is of the kind {wanted}.",
            "What is flagged is a rule of a policy, and there is none.",
            f"Give {option('policy')} a policy's file.",
        )
    if wanted != "flag" and policy is not None:
        raise UserError(
            f"{option('policy')} is given, and the task is of the kind {wanted}.",
            "A policy's rules are what is flagged, and nothing else asks for them.",
            f"Give {option('kind', 'flag')}, or leave the policy out.",
        )
    title, question, guidelines = _GUIDES[wanted]
    try:
        return Task(
            kind=wanted,
            title=told.title or title,
            origin=origin,
            question=told.question if told.question is not None else question,
            guidelines=told.guidelines if told.guidelines is not None else guidelines,
            rubric=(told.rubric or HHH) if wanted == "rubric" else told.rubric,
            policy=ShownPolicy.of(policy) if policy is not None and wanted == "flag" else None,
            scale=told.scale,
        )
    except ValidationError as error:
        why = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise UserError(f"The task is of the kind {wanted}.", f"{why}.", "docs/review.md has the keys.") from None


def open_task(room: Room, task: Task, plan: Plan, found: Gathered, actor: str) -> Opened:
    """Puts what was gathered into a task of the room. Raises UserError where nothing can be judged."""
    if not found.items:
        raise _no_items(found.title, Counter(found.left_out))
    if task.kind not in ON_MEDIA and any(item.modality != "text" for item in found.items):
        raise UserError(
            f"{found.title} holds images, video or audio, and the task is of the kind {task.kind}.",
            "That is asked of texts.",
            f"Give {option('kind')} one of {', '.join(ON_MEDIA)}.",
        )
    number = add_task(room.database, task, plan, actor)
    added = add_items(room.database, number, found.items, Names(found.names), actor)
    return Opened(task, added, found.left_out)


def _no_items(title: str, left_out: Counter[str]) -> UserError:
    """What is said where nothing is left to be judged."""
    why = "; ".join(f"{count} {reason}" for reason, count in left_out.items() if count) or "it holds none"
    other = f"Give another source, or another task with {option('kind')}."
    if any(reason.startswith(UNREAD) for reason in left_out):
        other = "Give rows with `prompt` and `response`, or comparisons; docs/feedback.md has all forms."
    return UserError(
        f"{title} {'were' if ' and ' in title else 'was'} given to be reviewed.",
        f"There is no item to judge: {why}.",
        f"{_ONE_AT_A_TIME} {other}" if NO_TWO in left_out else other,
    )
