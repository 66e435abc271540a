"""A fact asked openly: the right answer said in free words, and no other beside it."""

import pytest

from trimtab.records import Fact
from trimtab.scorers import said_right, says_wrong

CAPITAL = Fact(id="1", question="What is the capital of France?", right="Paris", wrong=("London", "Rome", "Berlin"))
OCEAN = Fact(
    id="2",
    question="Which ocean is the largest?",
    right="Pacific Ocean",
    wrong=("Atlantic Ocean", "Indian Ocean", "Arctic Ocean"),
)
LEGS = Fact(id="3", question="How many legs has a spider?", right="8", wrong=("6", "10", "4"))
WEB = Fact(
    id="4",
    question="What does a spider spin?",
    right="A web",
    also=("cobweb",),
    wrong=("A nest", "A shell", "A cocoon"),
)
PLURAL = Fact(id="5", question="What is the plural of mouse?", right="Mice", wrong=("Mouses", "Mices", "Mouse"))
WRITER = Fact(
    id="6", question="Who wrote it?", right="J. K. Rowling", wrong=("Roald Dahl", "Mark Twain", "Jane Austen")
)
GAS = Fact(
    id="7",
    question="What do we breathe out?",
    right="Carbon dioxide",
    wrong=("Carbon", "Carbon monoxide", "Oxygen"),
)
SUM = Fact(id="8", question="What is 20 divided by 5?", right="4", wrong=("5", "10", "15"))


@pytest.mark.parametrize(
    ("fact", "answer"),
    [
        (CAPITAL, "The capital of France is Paris."),
        (CAPITAL, "PARIS"),
        (CAPITAL, "It's Paris, not London."),
        (CAPITAL, "Paris. London is the capital of England."),
        (OCEAN, "The Pacific is the largest."),
        (LEGS, "A spider has eight legs."),
        (LEGS, "8"),
        (WEB, "It spins webs."),
        (WEB, "The cobweb!"),
        (PLURAL, "The plural of mouse is mice."),
        (WRITER, "J.K. Rowling wrote it."),
        (GAS, "Carbon dioxide."),
        (SUM, "20 divided by 5 is four."),
    ],
)
def test_right(fact: Fact, answer: str) -> None:
    assert said_right(fact, answer)
    assert not says_wrong(fact, answer)


@pytest.mark.parametrize(
    ("fact", "answer", "wrong"),
    [
        (CAPITAL, "London.", True),
        (CAPITAL, "It is Paris, London or Berlin.", False),
        (CAPITAL, "London. Paris.", False),
        (CAPITAL, "It is not Paris.", False),
        (CAPITAL, "France is lovely.", False),
        (CAPITAL, "", False),
        (CAPITAL, "Parisian charm.", False),
        (OCEAN, "The largest ocean.", False),
        (OCEAN, "The Atlantic.", True),
        (LEGS, "Eighty-eight legs.", False),
        (LEGS, "A spider has six legs.", True),
        (PLURAL, "Mouses.", True),
        (GAS, "Carbon monoxide.", True),
        (SUM, "20 divided by 5 is ten.", True),
    ],
)
def test_not_right(fact: Fact, answer: str, wrong: bool) -> None:
    assert not said_right(fact, answer)
    assert says_wrong(fact, answer) is wrong


def test_another_name_of_the_right_answer_is_no_wrong_option() -> None:
    with pytest.raises(ValueError, match="other names of the right answer"):
        Fact(id="9", question="?", right="Paris", also=("london",), wrong=("London", "Rome", "Berlin"))
