"""Potato's exports: the adjudicated rows, which hold their items; of the others only the annotation is in the file."""

from typing import Any

from ..parts import RowError
from .columns import prompt_in, refuse_turned, rest_in
from .form import Form, Made, Row, Told, compared, listed, number_of, texts

_SIDES = {"A": 0, "B": 1}
_ABOUT = frozenset(
    {"adjudicator", "confidence", "instance_id", "item_data", "labels", "num_annotators", "provenance", "source"}
)


def _adjudicated(row: Row, told: Told) -> list[Made]:
    if row["source"] == "unresolved":
        raise RowError("its annotators disagree, and nobody has decided (source: unresolved)")
    data, labels = listed(row["item_data"]), listed(row["labels"])
    found = {name: _better(value) for name, value in labels.items() if _compares(value)}
    if not found:
        raise RowError(f"no comparison among its labels ({', '.join(labels) or 'none'})")
    if len(found) > 1:
        raise RowError(f"it is compared by {', '.join(found)}: which of them counts is not told")
    ((name, better),) = found.items()
    refuse_turned(name, told)
    others = {f"labels.{other}": value for other, value in labels.items() if other != name}
    column, (first, second) = _items(data, told)
    rest = {key: value for key, value in rest_in(data, told).items() if key not in (column, "left", "right")}
    more = {"annotator": row.get("adjudicator"), "why": f"{name}, {row['source']}", "id": row["instance_id"]}
    return [{**rest, **others, **compared(prompt_in(data, told), first, second, better, **more)}]


def _compares(value: Any) -> bool:
    return isinstance(value, dict) and bool(
        value.keys() & {"selection", "scale_value"} or any(one in (*_SIDES, "tie") for one in value.values())
    )


def _better(value: Row) -> int:
    """Which item is preferred, 0 or 1. Raises RowError for a tie, and where dimensions have a winner each."""
    if "scale_value" in value:
        number = number_of(value["scale_value"])
        if number is None:
            raise RowError(f"scale_value is {str(value['scale_value'])[:40]!r}, and must be a number")
        if number == 0:
            raise RowError("a tie: scale_value is 0")
        return int(number > 0)  # below zero the left one is preferred
    said = {name: one for name, one in value.items() if name != "justification"}
    if {*said.values()} == {"tie"}:
        raise RowError("a tie: selection is 'tie'")
    won = {_SIDES[one] for one in said.values() if one in _SIDES}
    if len(won) != 1 or any(one not in (*_SIDES, "tie") for one in said.values()):
        raise RowError(f"which answer is preferred is not told ({', '.join(f'{n}: {one}' for n, one in said.items())})")
    return won.pop()


def _items(data: Row, told: Told) -> tuple[str | None, list[Any]]:
    """Where both items stand, and they: columns that somebody names, a list of two texts, or `left` and `right`."""
    names = [told.columns.get(side, side) for side in ("left", "right")]
    if all(isinstance(data.get(name), str) for name in names):
        return None, [data[name] for name in names]
    lists = {name: value for name, value in data.items() if texts(value) and len(value) > 1}
    if len(lists) != 1 or len(next(iter(lists.values()))) != 2:
        raise RowError("which two items were compared is not told: say it by `columns: {left: …, right: …}`")
    return next(iter(lists.items()))


def _apart(row: Row, told: Told) -> list[Made]:
    raise RowError(
        "Potato's annotations without the items that they are about, which lie in the task's own data: export the "
        "adjudicated rows (potato.adjudication_export), which hold both"
    )


POTATO = (
    Form(
        "Potato",
        "comparisons that its annotators agree on or an adjudicator decided",
        frozenset({"instance_id", "item_data", "labels", "source"}),
        _adjudicated,
        looks=lambda row: isinstance(listed(row["labels"]), dict) and isinstance(listed(row["item_data"]), dict),
        aside=_ABOUT,
    ),
    *(
        Form(name, "annotations without their items", frozenset(needs), _apart, looks=looks, closed=True)
        for name, needs, looks in (
            ("Potato annotations", {"instance_id", "user_id"}, lambda row: not row.keys() & {"prompt", "messages"}),
            ("Potato instances", {"displayed_text", "label_annotations"}, lambda row: True),
            ("Potato user state", {"instance_id_to_label_to_value"}, lambda row: True),
        )
    ),
)
