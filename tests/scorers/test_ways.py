"""The grammar of ways: what a sentence makes, and what it does not."""

import time

import pytest

from trimtab.scorers import found_in, heard


def makes(way: str, answer: str) -> bool:
    return found_in((way,), heard(answer)) is not None


@pytest.mark.parametrize(
    ("way", "answer"),
    [
        ("bike", "We went biking."),
        ("bike", "Two BIKES stood there."),
        ("talk|speak brother|him", "First, speak calmly with your brother."),
        ("brother talk", "Talk to your brother."),
        ("refrig*", "Keep it refrigerated."),
        ("olive_oil", "Add olive oil."),
        ("side_by_side", "Put them side by side."),
        ("side_by_side|apart", "Put them apart."),
        ("ask|call|see doctor|pharmacist", "Please see a doctor."),
        ("2 egg", "Beat two eggs."),
        ("two egg", "Beat 2 eggs."),
        ("42", "That makes forty-two."),
        ("1250", "It costs one thousand two hundred and fifty pounds."),
        ("1000", "About 1,000 people came."),
        ("100", "A hundred times."),
        ("colour", "Pick a bold color."),
        ("favourite", "My favorite."),
        ("child", "The children play."),
        ("neighbour's dog", "The neighbor’s dogs bark."),
        ("not salt", "Do not add salt."),
        ("don't worry", "Don’t worry."),
        ("avoid sugar", "You should avoid sugar."),
        ("add salt", "Don't forget to add salt."),
        ("add salt", "Do not boil it, add salt."),
        ("add salt", "Not only pepper matters: add salt."),
        ("take stairs", "Why not take the stairs?"),
        ("bread_and_butter", "Serve bread and butter."),
        ("plug-in", "It is a plug-in heater."),
        ("million* year*", "It took two million years."),
        ("billion*", "Some 4.5 billion of them."),
        ("thousand*", "Thousands came."),
        ("forty_niner*", "The forty-niners came."),
        ("49er*", "The 49ers came."),
        ("self-clean*", "It is self-cleaning."),
        ("2100", "Twenty-one hundred of them."),
        ("avoid* contact", "Avoid contact with others."),
        ("avoid* contact", "Avoiding contact helps."),
    ],
)
def test_made(way: str, answer: str) -> None:
    assert makes(way, answer)


@pytest.mark.parametrize(
    ("way", "answer"),
    [
        ("talk brother", "Talk to her. Your brother will see."),
        ("olive_oil", "Oil the olive press."),
        ("olive_oil", "Olive green oil paint."),
        ("refrig", "Keep it refrigerated."),
        ("add salt", "Do not add salt."),
        ("add salt", "You should never add any salt."),
        ("add salt", "Cook it without adding salt."),
        ("add salt", "Don't add salt and pepper."),
        ("2", "Twenty-two people."),
        ("20", "Twenty-one people."),
        ("cat", "A catalogue."),
        ("talk|speak brother", "Write to your brother."),
        ("bike", ""),
        ("went home", "He goes home."),
    ],
)
def test_not_made(way: str, answer: str) -> None:
    assert not makes(way, answer)


def test_a_line_is_a_sentence_and_a_negation_ends_with_its_clause() -> None:
    assert not makes("talk brother", "- Talk\n- Your brother")
    assert makes("add pepper", "Never add salt; add pepper.")
    assert not makes("eat cake", "I would not eat the cake because it is stale.")
    assert makes("is stale", "I would not eat the cake because it is stale.")


def test_the_first_way_that_is_found_is_told() -> None:
    assert found_in(("bus", "train", "tram"), heard("Take the tram or the train.")) == "train"


@pytest.mark.parametrize("answer", ["42.", "42", "It is 42.", "forty-two"])
def test_a_bare_number_is_an_answer(answer: str) -> None:
    assert found_in(("42",), heard(answer)) == "42"


def test_many_negations_in_one_sentence_take_no_time() -> None:
    """Quadratic, it was a minute and more."""
    began = time.process_time()
    assert not makes("salt", "do not only add not salt " * 20000)
    assert time.process_time() - began < 10


def test_a_loop_of_numbers_is_read() -> None:
    """It was one number, of more digits than Python writes."""
    assert makes("101", "one hundred " * 20000)
    assert not makes("salt", "twenty one hundred " * 20000)
