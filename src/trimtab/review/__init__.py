"""The review room: people compare, grade, edit and flag what models say, blind, and nothing they say is lost."""

from .asking import HELPS, SaidOfItems, digests_of, known_as, put_in, said_of
from .database import Database, open_database
from .demo import demo_items
from .drawn import ALIKE
from .elsewhere import kind_asked
from .importing import TakenIn, take_in
from .labels import labels_of
from .open import Opened, TaskFile, make_task, open_task, read_task_file
from .reading import reading_room, room_name
from .records import Gathered, Hint, NewItem, Plan, ReviewRubric, Role, Side, Task, TaskKind, sides_of
from .room import Room, open_room
from .rubrics import HHH, rubric_called
from .rule_hints import hinted_by_rules
from .serve import LOOPBACK, PORT, Place, check_place, listen, serve
from .sources import What, read_items, sampled_pairs
from .store import add_task, judgements, read_task, task_numbers
from .summary import Hiding, Window, pseudonyms, review_figures
from .taught import Heard, Reviewed, Taught, check_axis, heard, only_task, taught
from .values import value_of

__all__ = [
    "ALIKE",
    "HELPS",
    "HHH",
    "LOOPBACK",
    "PORT",
    "Database",
    "Gathered",
    "Heard",
    "Hiding",
    "Hint",
    "NewItem",
    "Opened",
    "Place",
    "Plan",
    "ReviewRubric",
    "Reviewed",
    "Role",
    "Room",
    "SaidOfItems",
    "Side",
    "TakenIn",
    "Task",
    "TaskFile",
    "TaskKind",
    "Taught",
    "What",
    "Window",
    "add_task",
    "check_axis",
    "check_place",
    "demo_items",
    "digests_of",
    "heard",
    "hinted_by_rules",
    "judgements",
    "kind_asked",
    "known_as",
    "labels_of",
    "listen",
    "make_task",
    "only_task",
    "open_database",
    "open_room",
    "open_task",
    "pseudonyms",
    "put_in",
    "read_items",
    "read_task",
    "read_task_file",
    "reading_room",
    "review_figures",
    "room_name",
    "rubric_called",
    "said_of",
    "sampled_pairs",
    "serve",
    "sides_of",
    "take_in",
    "task_numbers",
    "taught",
    "value_of",
]
