"""The picture of every rulebook: everything once, nothing on top of anything, every line downwards."""

from datetime import date

import pytest

from doudi.law.diagram import Diagram, diagram
from doudi.law.library import BOOKS

ON = date(2026, 9, 14)
books = pytest.mark.parametrize("book", BOOKS)


def check(drawn: Diagram, columns: int) -> None:
    boxes = {box.name: box for box in drawn.boxes}
    assert len(boxes) == len(drawn.boxes)
    assert len({(box.column, box.line) for box in drawn.boxes}) == len(drawn.boxes)
    assert all(boxes[need].line < boxes[user].line for need, user in drawn.needs)
    assert drawn.lines == max(box.line for box in drawn.boxes) + 1
    assert drawn.columns == sum(lane.columns for lane in drawn.lanes) <= max(columns, len(drawn.lanes))
    for lane in drawn.lanes:
        own = [box for box in drawn.boxes if box.entity in lane.entities]
        assert own
        assert all(lane.column <= box.column < lane.column + lane.columns for box in own)
    assert sum(len(lane.entities) for lane in drawn.lanes) == len({box.entity for box in drawn.boxes})


@books
@pytest.mark.parametrize("columns", [1, 4, 7, 12])
def test_every_value_has_its_own_place_below_what_it_needs(book: str, columns: int) -> None:
    edition = BOOKS[book].edition(ON)
    needs = {(need, item.name) for item in edition.order for need in item.needs}
    drawn = diagram(edition, columns=columns)
    check(drawn, columns)
    assert set(drawn.needs) == needs
    assert {box.name for box in drawn.boxes} == {name for pair in needs for name in pair} | set(
        edition.by_name
    )
    without = diagram(edition, inputs=False, columns=columns)
    check(without, columns)
    assert {box.name for box in without.boxes} == set(edition.by_name)


@books
def test_one_value_alone_with_its_needs_and_its_users(book: str) -> None:
    edition = BOOKS[book].edition(ON)
    for item in edition.order:
        drawn = diagram(edition, value=item.name)
        check(drawn, 7)
        behind = {one.name for one in edition.closure((item.name,))}
        users = {one.name for one in edition.order if item.name in one.needs}
        assert {box.name for box in drawn.boxes if box.name in edition.by_name} == behind | users


def test_the_same_book_is_always_drawn_alike() -> None:
    edition = BOOKS["dibao"].edition(ON)
    assert diagram(edition) == diagram(edition)


def test_an_unknown_value() -> None:
    with pytest.raises(KeyError):
        diagram(BOOKS["dibao"].edition(ON), value="nothing")
