"""家庭人口（临时救助、住房）：低保不计入已享受特困、孤儿保障的人，这两项救助却正是给他们的。"""

from __future__ import annotations

from doudi.law.entities import HOUSEHOLD, PERSON
from doudi.law.language import one_of, when
from doudi.law.rulebook import Rulebook
from doudi.law.units import FLAG, PERSONS, Code, Count, Flag


def add_family_size(book: Rulebook, cite: str, since: str) -> None:
    """登记家庭人口的三条：谁在一起生活、有几人、按几人计。"""

    @book.rule(PERSON, cite=cite, unit=FLAG, since=since)
    def lives_here(
        counted: Flag, close_family: Flag, lives_along: Flag, other_support: Code, detained: Code
    ) -> Flag:
        """共同生活（含已享受特困、孤儿保障的）"""
        supported = one_of(other_support, "tekun", "orphan") & one_of(detained, "none")
        return counted | ((close_family | lives_along) & supported)

    book.count(
        "living_here", HOUSEHOLD, of=PERSON, where="lives_here", label="共同生活人数", unit=PERSONS, cite=cite
    )

    @book.rule(HOUSEHOLD, cite=cite, unit=PERSONS, since=since)
    def family_size(members: Count, living_here: Count) -> Count:
        """家庭人口（全家都已享受特困、孤儿保障的，按共同生活人数）"""
        return when(members > 0, members, living_here)


__all__ = ["add_family_size"]
