"""实体：规则说的是谁。实体成树，上级的值下级看得见。"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, eq=False)
class Entity:
    """一类对象。`name` 是表名，主键列是 `<name>_id`，并带所有上级的主键列。"""

    name: str
    label: str
    parent: Entity | None = None

    @cached_property
    def key(self) -> str:
        return f"{self.name}_id"

    @cached_property
    def ancestors(self) -> tuple[Entity, ...]:
        """由近及远的上级。"""
        return () if self.parent is None else (self.parent, *self.parent.ancestors)

    @cached_property
    def lineage(self) -> tuple[Entity, ...]:
        """自己在前，上级由近及远。"""
        return (self, *self.ancestors)


HOUSEHOLD = Entity("household", "家庭")
PERSON = Entity("person", "成员", HOUSEHOLD)
INCOME = Entity("income", "收入", PERSON)
BILL = Entity("bill", "医疗费用", PERSON)
HELD = Entity("held", "已享受待遇", PERSON)
ASSET = Entity("asset", "财产", HOUSEHOLD)
OBLIGOR = Entity("obligor", "赡养人家庭", HOUSEHOLD)
OBLIGOR_MEMBER = Entity("obligor_member", "赡养人家庭成员", OBLIGOR)
AWARD = Entity("award", "救助待遇")
