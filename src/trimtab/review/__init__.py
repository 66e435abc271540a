"""The review room: people compare, grade, edit and flag what models say, blind, and nothing they say is lost."""

from .database import Database, open_database
from .demo import demo_items
from .elsewhere import kind_asked
from .importing import TakenIn, take_in
from .open import Opened, TaskFile, make_task, open_task, read_task_file
from .reading import reading_room, room_name
from .records import Gathered, NewItem, Plan, ReviewRubric, Role, Side, Task, TaskKind, sides_of
from .room import Room, open_room
from .rubrics import HHH
from .serve import LOOPBACK, PORT, Place, check_place, listen, serve
from .sources import What, read_items
from .store import add_task, judgements, task_numbers
from .taught import Heard, Reviewed, Taught, heard, only_task, taught

__all__ = [
    "HHH",
    "LOOPBACK",
    "PORT",
    "Database",
    "Gathered",
    "Heard",
    "NewItem",
    "Opened",
    "Place",
    "Plan",
    "ReviewRubric",
    "Reviewed",
    "Role",
    "Room",
    "Side",
    "TakenIn",
    "Task",
    "TaskFile",
    "TaskKind",
    "Taught",
    "What",
    "add_task",
    "check_place",
    "demo_items",
    "heard",
    "judgements",
    "kind_asked",
    "listen",
    "make_task",
    "only_task",
    "open_database",
    "open_room",
    "open_task",
    "read_items",
    "read_task_file",
    "reading_room",
    "room_name",
    "serve",
    "sides_of",
    "take_in",
    "task_numbers",
    "taught",
]
