"""Forms of the survey: what was seen at home, what departments found, what the township recommends."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms

from doudi.records.checks.models import Finding
from doudi.records.people.models import Fact
from doudi.records.people.services import FactDraft
from doudi.records.staff.models import Role, User
from doudi.store.areas import code_range
from doudi.web.office.checks.facts import Topic, grouped, label_of, text_of
from doudi.web.office.forms import KeyedForm, YuanField

YES_NO = [("1", "相符"), ("0", "有不同, 已在下面写明")]
SOURCES = ("民政核对平台", "公安户籍", "不动产登记", "车辆管理", "银行存款", "社会保险", "工商登记", "残联")


class VisitForm(KeyedForm):
    """入户调查表: 两名调查人、在场的人、所见、签字。"""

    second = forms.ChoiceField(label="另一名调查人")
    member_present = forms.ChoiceField(label="在场的家庭成员")
    is_consistent = forms.ChoiceField(label="与申报是否相符", choices=YES_NO, widget=forms.RadioSelect)
    observed = forms.CharField(
        label="所见", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="住房、家电、车辆、种养、劳动力、病残情况, 看到什么写什么",
    )  # fmt: skip
    investigators_signed = forms.BooleanField(label="两名调查人都已在纸质调查表上签字", required=False)
    member_signed = forms.BooleanField(label="在场家庭成员已签字", required=False)

    def __init__(self, data: Any = None, *, user: User, members: Sequence[str], declared: Sequence[Fact],
                 who: Mapping[int, str]) -> None:  # fmt: skip
        super().__init__(data)
        self._choose(
            "second",
            [("", "请选择"), *((str(u.pk), f"{u.name} ({u.get_role_display()})") for u in partners(user))],
        )
        self._choose("member_present", [(name, name) for name in members])
        self.topics = {
            f"seen-{n}": topic for n, topic in enumerate(grouped(declared)) if _is_money(topic, declared)
        }
        self._declared = grouped(declared)
        for name, topic in self.topics.items():
            self.fields[name] = YuanField(label=label_of(topic, who), required=False)

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def beside(self) -> list[tuple[str, str, Any]]:
        """申报旁边填所见: (项目, 申报, 填所见的格)。"""
        return [
            (str(self.fields[name].label), text_of(self._declared[topic]), self[name])
            for name, topic in self.topics.items()
        ]

    def plain(self) -> dict[str, Any]:
        """表上其余的格, 按名字。"""
        return {name: self[name] for name in self.fields if name not in self.topics and name != "key"}

    def seen(self) -> Iterator[FactDraft]:
        """与申报不同的所见; 空着的就是没有不同。"""
        for name, topic in self.topics.items():
            amount = self.cleaned_data[name]
            if amount is None:
                continue
            cost = sum(fact.cost_fen or 0 for fact in self._declared[topic])
            number = self._declared[topic][0].number
            yield FactDraft(
                kind=topic.kind, code=topic.code, person_id=topic.person_id, amount_fen=amount,
                cost_fen=cost if topic.kind == "income" else None, number=number, evidence="入户所见",
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """填了与申报不同的数, 就不是相符。"""
        found: dict[str, Any] = super().clean() or {}
        if found.get("is_consistent") == "1" and any(found.get(name) is not None for name in self.topics):
            self.add_error("is_consistent", "下面填了与申报不同的数, 请选“有不同”")
        return found


def _is_money(topic: Topic, declared: Sequence[Fact]) -> bool:
    return any(fact.amount_fen is not None for fact in grouped(declared)[topic])


def partners(user: User) -> list[User]:
    """同一乡镇里可以一起入户的人。"""
    low, high = code_range(str(user.area_id))
    mates = User.objects.filter(
        role__in=(Role.CLERK, Role.SOCIAL_WORKER), is_active=True, area_id__gte=low, area_id__lte=high
    )
    return list(mates.exclude(pk=user.pk).order_by("username"))


class FindingForm(KeyedForm):
    """一条核对结果。"""

    source = forms.ChoiceField(label="核对来源", choices=[(name, name) for name in SOURCES])
    outcome = forms.ChoiceField(label="结论", choices=Finding.Outcome.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label="说明", required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        """不符的要写明差在哪里、怎样处理。"""
        found: dict[str, Any] = super().clean() or {}
        if found.get("outcome") == Finding.Outcome.DIFFERENT and not found.get("note"):
            self.add_error("note", "不符的要写明差在哪里、怎样处理")
        return found


class OpinionForm(KeyedForm):
    """初审意见: 选一句, 可以再补充。"""

    phrase = forms.ChoiceField(label="意见", widget=forms.RadioSelect)
    more = forms.CharField(
        label="补充", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, phrases: Sequence[str]) -> None:
        super().__init__(data, initial={"phrase": "0"})
        field = self.fields["phrase"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(place), text) for place, text in enumerate(phrases)]
        self._phrases = phrases

    @property
    def text(self) -> str:
        """写进意见的全文。"""
        chosen = self._phrases[int(self.cleaned_data["phrase"])]
        return f"{chosen}{self.cleaned_data['more']}"[:600]
