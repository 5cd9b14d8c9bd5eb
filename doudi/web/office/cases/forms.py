"""Narrowing the list of cases."""

from typing import Any

from django import forms

from doudi.law.procedure import STATIONS
from doudi.records.desk import queues
from doudi.records.staff.models import User

ANY = ("", "不限")


class NarrowingForm(forms.Form):
    """筛选: 看哪些、哪里、哪一步、时限、姓名或受理号。"""

    view = forms.ChoiceField(label="看", choices=list(queues.VIEWS.items()), required=False)
    area = forms.ChoiceField(label="乡镇 / 村", required=False)
    station = forms.ChoiceField(label="阶段", required=False)
    left = forms.ChoiceField(label="时限", choices=[ANY, *queues.LEFT.items()], required=False)
    text = forms.CharField(label="户主姓名或受理号", required=False, max_length=40)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        areas = [(area.code, area.name) for area in queues.areas_to_choose(user)]
        self.areas = dict(areas)
        self._choose("area", [ANY, *areas])
        self._choose("station", [ANY, *((s.code, s.label) for s in STATIONS.values() if s.code != "roll")])
        self.start = "mine" if user.role in queues.WAITS else "open"
        desk = queues.OF_A_DESK if user.role not in queues.WAITS else ()
        self._choose("view", [(code, name) for code, name in queues.VIEWS.items() if code not in desk])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def narrowing(self) -> queues.Narrowing:
        """筛选条件; 不认识的值当作不限。"""
        self.is_valid()
        said = {name: self.cleaned_data.get(name, "") for name in self.fields}
        return queues.Narrowing(**{**said, "view": said["view"] or self.start})

    def shown(self) -> list[Any]:
        """筛选条上的项目; 看哪些由页签选。"""
        return [field for field in self if field.name != "view"]

    def chips(self) -> list[tuple[str, str]]:
        """已选的条件: (字段, 中文)。"""
        found = []
        for name in ("area", "station", "left", "text"):
            value = self.cleaned_data.get(name)
            if value:
                choices = dict(getattr(self.fields[name], "choices", ()))
                found.append((name, choices.get(value, value)))
        return found
