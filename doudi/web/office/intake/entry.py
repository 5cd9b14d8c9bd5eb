"""The entry grids of one family: members, what differs from the usual, incomes, property."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from django import forms
from django.forms import BaseFormSet, formset_factory

from doudi.law import identity
from doudi.records.checks.tables import EXEMPT, OF_SINGLE
from doudi.records.people.models import Fact, Membership
from doudi.records.people.services import FactDraft, Member
from doudi.store.today import today
from doudi.web.office.forms import PlainForm, YuanField
from doudi.web.office.intake import fields
from doudi.web.ui.tables import Column, Grid


class Problem(NamedTuple):
    """一处要修改的: 跳到哪里, 怎么说。"""

    anchor: str
    text: str


class Rows(BaseFormSet):
    """一张录入表: 空行不算, 预填的行清空即删去。"""

    def initial_form_count(self) -> int:
        return 0

    def total_form_count(self) -> int:
        if self.is_bound:
            return int(super().total_form_count())
        return len(self.initial or ()) + self.extra

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """A cell has no label of its own; its column's heading is read out instead."""
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def filled(self) -> list[forms.Form]:
        """填了内容的行。"""
        return [form for form in self.forms if form.has_changed()]


class MemberForm(PlainForm):
    """一名家庭成员。"""

    name = forms.CharField(label="姓名", max_length=60)
    id_number = forms.CharField(
        label="身份证号", max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    relation = forms.ChoiceField(label="与户主关系", choices=[fields.NOTHING, *Membership.Relation.choices])

    def clean_id_number(self) -> str:
        """证件号当场核对, 错在哪里当场说。"""
        try:
            return identity.parse(self.cleaned_data["id_number"], on=today()).number
        except identity.BadIdentity as error:
            raise forms.ValidationError(error.text) from None


class IncomeForm(PlainForm):
    """一项收入: 谁的、哪一种、全年多少。"""

    who = forms.CharField(
        label="成员", widget=forms.TextInput(attrs={"list": "member-names", "autocomplete": "off"})
    )
    income_kind = forms.ChoiceField(
        label=fields.INCOME_INPUTS["income_kind"].label, choices=fields.income_choices
    )
    gross = YuanField(label=fields.heading(fields.INCOME_INPUTS["gross"]))
    cost = YuanField(label=fields.heading(fields.INCOME_INPUTS["cost"]), required=False)
    evidence = forms.CharField(label="依据材料", required=False, max_length=200)


class AssetForm(PlainForm):
    """一项财产。"""

    asset_kind = forms.ChoiceField(
        label=fields.ASSET_INPUTS["asset_kind"].label, choices=fields.asset_choices
    )
    amount = YuanField(label=fields.heading(fields.ASSET_INPUTS["amount"]), required=False)
    exempt = fields.field_of(fields.ASSET_INPUTS["exempt"])
    of_single = fields.field_of(fields.ASSET_INPUTS["of_single"])
    evidence = forms.CharField(label="依据材料", required=False, max_length=200)


class SpecialForm(PlainForm):
    """一条与常情不同的情形。"""

    who = forms.CharField(
        label="成员", widget=forms.TextInput(attrs={"list": "member-names", "autocomplete": "off"})
    )
    what = forms.ChoiceField(label="情形", choices=fields.special_choices)
    number = forms.IntegerField(
        label="数", required=False, min_value=0, max_value=1800,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "r"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """要填数的情形必须有数。"""
        found: dict[str, Any] = super().clean() or {}
        if str(found.get("what", "")).endswith("=#") and found.get("number") is None:
            self.add_error("number", "这种情形要填数")
        return found


class HouseholdForm(forms.Form):
    """全户的情况。"""


HouseholdForm.base_fields.update({n: fields.field_of(i) for n, i in fields.HOUSEHOLD_INPUTS.items()})
CONDITIONS = {name: fields.PERSON_INPUTS[name] for name in fields.ASKED_OF_ALL}
for _name, _item in CONDITIONS.items():
    MemberForm.base_fields[_name] = fields.field_of(_item)


class KnownMemberForm(PlainForm):
    """已登记的成员: 姓名和证件不在这里改, 只录情况。"""

    who = forms.CharField(label="姓名", widget=forms.TextInput(attrs={"readonly": True, "tabindex": "-1"}))


KnownMemberForm.base_fields.update({n: fields.field_of(i) for n, i in CONDITIONS.items()})


def _rows_of(form: type[forms.Form], extra: int) -> type[Rows]:
    made: Any = formset_factory(form, formset=Rows, extra=extra)
    return cast(type[Rows], made)


NewMembers = _rows_of(MemberForm, 3)
KnownMembers = _rows_of(KnownMemberForm, 0)
Incomes = _rows_of(IncomeForm, 3)
Assets = _rows_of(AssetForm, 2)
Specials = _rows_of(SpecialForm, 1)


@dataclass(frozen=True)
class Filled:
    """填好的录入: 成员, 以及每条事实说的是第几个成员 (None 是全户)。"""

    members: tuple[Member, ...]
    facts: tuple[tuple[int | None, FactDraft], ...]


class Entry:
    """一户的录入表。`known` 给出时成员已登记, 只录他们的情况; `facts` 是现有的申报, 用来预填。

    `spare` is how many empty rows each grid starts with (a phone shows few); a row can always be added.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        known: Sequence[Membership] = (),
        facts: Sequence[Fact] = (),
        first: Mapping[str, Any] | None = None,
        spare: int | None = None,
    ) -> None:
        self.known = tuple(known)
        # What was posted stands for itself: compared with the old rows, an unchanged row would count as empty.
        start = _Start(self.known, () if data is not None else facts, None if data is not None else first)
        member_rows = KnownMembers if self.known else NewMembers
        self.household = HouseholdForm(data, prefix="hu", initial=start.household())
        self.members = member_rows(data, prefix="ren", initial=None if data is not None else start.members())
        self.incomes = Incomes(data, prefix="shouru", initial=start.incomes())
        self.assets = Assets(data, prefix="caichan", initial=start.assets())
        self.specials = Specials(data, prefix="qingxing", initial=start.specials())
        if spare is not None and data is None:
            for rows in self._tables:
                rows.extra = 0 if isinstance(rows, KnownMembers) else spare
        self.problems: list[Problem] = []
        self.filled = Filled((), ())

    @property
    def _tables(self) -> tuple[Rows, ...]:
        return (self.members, self.specials, self.incomes, self.assets)

    @property
    def names(self) -> list[str]:
        """成员姓名, 依次。"""
        if self.known:
            return [membership.person.name for membership in self.known]
        if not self.members.is_bound:
            return [str(row["name"]) for row in self.members.initial or ()]
        return [identity.canonical_name(str(form["name"].value() or "")) for form in self._people()]

    def _people(self) -> list[forms.Form]:
        return list(self.members.forms) if self.known else self.members.filled()

    def is_valid(self) -> bool:
        """逐张表核对; 不合格的在 `problems` 里逐处列出。"""
        tables = self._tables
        wrong = sum(not table.is_valid() for table in tables)  # every table is looked at, none is skipped
        sound = not wrong and self.household.is_valid()
        self.problems = [problem for table in tables for problem in _problems_of(table)]
        if sound:
            self.filled = Filled(tuple(self._members()), tuple(self._facts()))
        if not self._people():
            self.problems.append(Problem("ren", "家庭成员: 至少填写户主一人"))
        return not self.problems

    def _members(self) -> Iterator[Member]:
        for form in () if self.known else self._people():
            said = form.cleaned_data
            yield Member(name=said["name"], id_number=said["id_number"], relation=said["relation"])

    def _facts(self) -> Iterator[tuple[int | None, FactDraft]]:
        for name, item in fields.HOUSEHOLD_INPUTS.items():
            draft = fields.draft_of(item, self.household.cleaned_data[name])
            if draft:
                yield None, draft
        for place, form in enumerate(self._people()):
            for name, item in CONDITIONS.items():
                draft = fields.draft_of(item, form.cleaned_data.get(name))
                if draft:
                    yield place, draft
        yield from self._of_members()
        for form in self.assets.filled():
            yield None, _asset(form.cleaned_data)

    def _of_members(self) -> Iterator[tuple[int, FactDraft]]:
        for form in self.specials.filled():
            place = self._place(form)
            if place is not None:
                yield (
                    place,
                    fields.special_draft(form.cleaned_data["what"], form.cleaned_data["number"], None),
                )
        for form in self.incomes.filled():
            place = self._place(form)
            if place is not None:
                yield place, _income(form.cleaned_data)

    def _place(self, form: forms.Form) -> int | None:
        """Which member a row speaks of: by name, or by number where two share a name."""
        said = identity.canonical_name(form.cleaned_data["who"])
        if said.isdecimal() and 1 <= int(said) <= len(self.names):
            return int(said) - 1
        places = [place for place, name in enumerate(self.names) if name == said]
        if len(places) == 1:
            return places[0]
        text = f"成员中没有“{said}”" if not places else f"有 {len(places)} 名成员都叫“{said}”, 请改填序号"
        form.add_error("who", text)
        self.problems.append(Problem(form["who"].id_for_label, text))
        return None

    @property
    def grids(self) -> list[Grid]:
        """四张表, 供模板。"""
        who = "家庭成员 (户主一人, 一人一行)" if not self.known else "家庭成员的情况"
        return [
            _grid("grid-members", who, self.members),
            _grid("grid-specials", "与常情不同的情形 (没有就空着)", self.specials),
            _grid("grid-incomes", "家庭收入 (全年)", self.incomes),
            _grid("grid-assets", "家庭财产", self.assets),
        ]


def _grid(key: str, caption: str, rows: Rows) -> Grid:
    columns = [
        Column(str(field.label), "number" if _is_amount(field) else "text") for field in rows.empty_form
    ]
    return Grid(key, caption, rows, columns, fixed=isinstance(rows, KnownMembers))


def _is_amount(field: forms.BoundField) -> bool:
    return "inputmode" in field.field.widget.attrs


def _problems_of(table: Rows) -> Iterator[Problem]:
    for number, form in enumerate(table.forms, start=1):
        for name, texts in form.errors.items():
            yield Problem(form[name].id_for_label, f"第 {number} 行 {form[name].label}: {texts[0]}")


def _income(said: Mapping[str, Any]) -> FactDraft:
    return FactDraft(
        kind="income", code=said["income_kind"], amount_fen=said["gross"], cost_fen=said["cost"] or 0,
        evidence=said["evidence"],
    )  # fmt: skip


def _asset(said: Mapping[str, Any]) -> FactDraft:
    return FactDraft(
        kind="asset", code=said["asset_kind"], amount_fen=said["amount"] or 0,
        number=EXEMPT * int(said["exempt"]) + OF_SINGLE * int(said["of_single"]),
        evidence=said["evidence"],
    )  # fmt: skip


@dataclass(frozen=True)
class _Start:
    """What the grids show before anybody types: the family's current declaration."""

    known: Sequence[Membership]
    facts: Sequence[Fact]
    first: Mapping[str, Any] | None

    def household(self) -> dict[str, Any]:
        return {f.kind: fields.value_of(f) for f in self.facts if f.kind in fields.HOUSEHOLD_INPUTS}

    def members(self) -> list[dict[str, Any]]:
        if not self.known:
            return [dict(self.first)] if self.first else []
        return [{"who": m.person.name, **self._conditions(m.person_id)} for m in self.known]

    def _conditions(self, person_id: int) -> dict[str, Any]:
        return {
            f.kind: fields.value_of(f)
            for f in self.facts
            if f.person_id == person_id and f.kind in CONDITIONS
        }

    def specials(self) -> list[dict[str, Any]]:
        return [
            {"who": self._name(f), **fields.special_row(f)} for f in self.facts if f.kind in fields.SPECIAL
        ]

    def incomes(self) -> list[dict[str, Any]]:
        return [
            {"who": self._name(f), "income_kind": f.code, "gross": f.amount_fen, "cost": f.cost_fen or None,
             "evidence": f.evidence}
            for f in self.facts if f.kind == "income"
        ]  # fmt: skip

    def assets(self) -> list[dict[str, Any]]:
        return [
            {"asset_kind": f.code, "amount": f.amount_fen, "exempt": bool((f.number or 0) & EXEMPT),
             "of_single": bool((f.number or 0) & OF_SINGLE), "evidence": f.evidence}
            for f in self.facts if f.kind == "asset"
        ]  # fmt: skip

    def _name(self, fact: Fact) -> str:
        return next((m.person.name for m in self.known if m.person_id == fact.person_id), "")
