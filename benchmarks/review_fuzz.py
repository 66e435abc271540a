"""What schemathesis makes of the review room's API: requests that fit its description and requests that do not.

`pip install schemathesis`, then `python benchmarks/review_fuzz.py [--examples 200]`

The app is called in this process, once as a reviewer with a desk of cards, and once as a lead. An answer of 500 or
more, or one that its description does not know, is a fault. Assignments' names are the reviewer's own in half of the
judgements, so that they get past the first door.
"""

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from trimtab.records import Policy
from trimtab.review import Plan, Room, Side, TaskKind, demo_items, make_task, open_room, open_task, sides_of
from trimtab.review.app import create_app
from trimtab.review.assign import hand_out

KINDS: tuple[TaskKind, ...] = ("pair", "rank", "rubric", "rating", "thumb", "edit", "flag", "claims", "critique")
POLICY = Policy.model_validate(
    {"name": "fuzz", "rules": [{"id": "no-list", "text": "No lists.", "checks": [{"contains": "1."}]}]}
)


def room_of(folder: Path) -> Room:
    """A room with a task of each kind."""
    room = open_room(str(folder / "room.db"), local="ada")
    for kind in KINDS:
        found = demo_items()
        items = tuple(
            replace(item, sides=(*item.sides, Side("Neither of them.", "a third"))[: sides_of(kind)])
            for item in found.items
        )
        task = make_task(kind, "fuzz", policy=POLICY if kind == "flag" else None)
        open_task(room, task, Plan(), replace(found, items=items), "ada")
    return room


def fuzz(room: Room, name: str, role: str, examples: int, seen: Counter[str]) -> None:
    """Calls every operation so often, with a token of an account of that role."""
    person = room.accounts.local(name)
    if role == "reviewer":
        room.accounts.change(room.accounts.local("ada"), person.id, role="reviewer")
    headers = {"Authorization": f"Bearer {room.accounts.new_token(person, 'fuzz')}"}
    own = [
        card.id
        for task in range(1, 1 + len(KINDS))
        for card in hand_out(room.database, room.secret, person, task, 10).cards
    ]
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", create_app(room), headers=headers)
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            cases = operation.as_strategy(generation_mode=mode)

            @given(case=cases, place=st.integers(0, 2 * len(own)))
            @settings(
                max_examples=examples,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            def called(case: Any, place: int) -> None:
                label = case.operation.label
                if isinstance(case.body, dict) and "assignment" in case.body and place < len(own):
                    case.body["assignment"] = own[place]
                    case.body["key"] = token_urlsafe(12)
                answer = case.call(headers=headers)
                seen[f"{label} {answer.status_code}"] += 1
                if answer.status_code >= 500:
                    print(label, answer.status_code, case.as_curl_command(), file=sys.stderr)

            try:
                called()
            except Unsatisfiable:  # it takes nothing, so that nothing about it can be wrong
                seen[f"{operation.label} {mode.value}: nothing to make"] += 1


def main() -> None:
    """Prints how often each operation answered what; ends with 1 where any answered 500 or more."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=200)
    given_ = parser.parse_args()
    seen: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        room = room_of(Path(folder))
        fuzz(room, "bo", "reviewer", given_.examples, seen)
        fuzz(room, "lee", "lead", given_.examples, seen)
        room.database.close()
    for what, count in sorted(seen.items()):
        print(f"{count:6} {what}")
    sys.exit(any(what.rpartition(" ")[2] >= "500" and what[-3:].isdigit() for what in seen))


if __name__ == "__main__":
    main()
