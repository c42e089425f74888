from __future__ import annotations

import pytest

from copilot.events.revisions.addresses import covers, holds, leaves, look, put, steps

DOCUMENT = {
    "title": "A",
    "agenda": [{"key": "open", "minutes": 5}, {"key": "break", "minutes": 10}, {"key": "break", "minutes": 15}],
    "promotion": [{"text": "x"}, {"text": "y"}],
}


def test_keyed_items_are_addressed_by_key_and_others_by_place_from_one() -> None:
    assert look(DOCUMENT, "agenda.open.minutes") == 5
    assert look(DOCUMENT, "promotion.2.text") == "y"


def test_the_second_item_of_a_key_has_a_number() -> None:
    assert look(DOCUMENT, "agenda.break.minutes") == 10
    assert look(DOCUMENT, "agenda.break~2.minutes") == 15


def test_what_is_not_there_is_said() -> None:
    assert not holds(DOCUMENT, "agenda.closing")
    assert not holds(DOCUMENT, "title.x")
    with pytest.raises(KeyError):
        put(DOCUMENT, "promotion.3", {})


def test_putting_changes_one_place_alone() -> None:
    document = {"a": [{"key": "k", "n": 1}, {"key": "l", "n": 1}]}
    put(document, "a.l.n", 2)
    assert document == {"a": [{"key": "k", "n": 1}, {"key": "l", "n": 2}]}


def test_an_address_covers_what_lies_below_it_and_nothing_that_is_spelt_alike() -> None:
    assert covers("agenda.open", "agenda.open.minutes")
    assert covers("title", "title")
    assert not covers("agenda.open", "agenda.opening")


def test_every_leaf_can_be_looked_up() -> None:
    found = dict(leaves(DOCUMENT))
    assert len(found) == 9
    assert all(look(DOCUMENT, address) == value for address, value in found.items())
    assert steps("text") == {}
