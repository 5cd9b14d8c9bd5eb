"""The survey form: who went, the four methods, declared beside seen, photographs, signatures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from doudi.law.money import yuan
from doudi.records.cases.models import Case
from doudi.records.checks.models import VisitMethod, VisitPhoto, VisitRecord
from doudi.records.checks.queries import methods_due
from doudi.records.checks.services import ItemDraft, VisitDraft
from doudi.records.people.models import Fact, Membership
from doudi.records.people.services import FactDraft
from doudi.records.staff.models import Role, User
from doudi.store.areas import code_range
from doudi.web.office.checks.facts import NAMED, Difference, Topic, grouped, label_of, text_of
from doudi.web.office.checks.uploads import PhotosField, SignatureField
from doudi.web.office.forms import KeyedForm, VersionedForm, YuanField

AGREES = [("1", "相符"), ("0", "不符")]
MEMBER = "member"


@dataclass(frozen=True)
class Line:
    """逐项对照的一行: 说的是什么, 申报的是什么, 填结论、所见、说明的格。"""

    label: str
    declared: str
    agrees: Any
    seen: Any
    note: Any


@dataclass(frozen=True)
class MethodLine:
    """一种方法: 勾选的格、写情况的格, 是不是必用。"""

    tick: Any
    note: Any
    due: bool


@dataclass(frozen=True)
class Pad:
    """一块签名板: 谁签, 存在哪个格里; `partner` 是他的主键, 选了他才显示。"""

    who: str
    field: Any
    partner: str = ""


class VisitForm(VersionedForm):
    """入户调查表。"""

    others = forms.MultipleChoiceField(label="一起去的调查人", widget=forms.CheckboxSelectMultiple)
    member_present = forms.ChoiceField(label="在场的家庭成员")
    way = forms.ChoiceField(
        label="调查方式", choices=VisitRecord.Way.choices, initial=VisitRecord.Way.HOME,
        widget=forms.RadioSelect,
    )  # fmt: skip
    way_reason = forms.CharField(
        label="不能入户的理由", required=False, max_length=200,
        help_text="只有发生突发事件时才可以用视频、电话调查 (民发〔2021〕57号 第十六条)",
    )  # fmt: skip
    observed = forms.CharField(
        label="综合所见", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="住房、家电、车辆、种养、劳动力、病残情况, 看到什么写什么",
    )  # fmt: skip
    photos = PhotosField(label="家中照片", help_text="可以选几张; 位置等附带信息会去掉, 查看要留痕")
    paper = PhotosField(label="签好的纸质调查表照片", help_text="在纸上签的, 拍下签字页, 就不用在屏幕上再签")
    refused_because = forms.CharField(label="家庭成员不肯签字的原因", required=False, max_length=200)
    witness = forms.CharField(label="见证人", required=False, max_length=60, help_text="姓名和身份")
    member_signature = SignatureField(label="在场家庭成员")

    def __init__(self, data: Any = None, files: Any = None, *, case: Case, user: User,
                 members: Sequence[Membership], declared: Sequence[Fact], who: Mapping[int, str]) -> None:  # fmt: skip
        super().__init__(data, files, version=case.version)
        self._user, self._partners = user, partners(user)
        self._choose("others", [(str(u.pk), f"{u.name} ({u.get_role_display()})") for u in self._partners])
        self._choose("member_present", [(name, name) for name in who.values()])
        self._due = methods_due(case)
        self._add_methods()
        self._declared = grouped(declared)
        self.topics = dict(self._topics(members))
        self._labels = {name: self._label(topic, members, who) for name, topic in self.topics.items()}
        self._add_items()
        for person in (user, *self._partners):
            self.fields[f"signature-{person.pk}"] = SignatureField(label=person.name)

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _add_methods(self) -> None:
        for code, label in VisitMethod.Method.choices:
            self.fields[f"method-{code}"] = forms.BooleanField(label=label, required=False)
            self.fields[f"told-{code}"] = forms.CharField(
                label=f"{label}的情况", required=False, max_length=600,
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip

    def _topics(self, members: Sequence[Membership]) -> Iterator[tuple[str, Topic]]:
        for member in members:
            yield f"{member.person_id}", Topic(member.person_id, MEMBER, "")
        for topic in self._declared:
            if topic.kind in NAMED:
                yield f"{topic.person_id or 0}-{topic.kind}-{topic.code}", topic

    def _label(self, topic: Topic, members: Sequence[Membership], who: Mapping[int, str]) -> tuple[str, str]:
        if topic.kind != MEMBER:
            return label_of(topic, who), text_of(self._declared[topic])
        member = next(one for one in members if one.person_id == topic.person_id)
        return f"{who[member.person_id]} 共同生活", member.get_relation_display()

    def _add_items(self) -> None:
        for name, topic in self.topics.items():
            label = self._labels[name][0]
            self.fields[f"agrees-{name}"] = forms.ChoiceField(
                label=label,
                choices=AGREES,
                widget=forms.RadioSelect,
                error_messages={"required": "请选相符或不符"},
            )
            if topic.kind != MEMBER:
                self.fields[f"seen-{name}"] = YuanField(label=f"{label}所见", required=False)
            self.fields[f"note-{name}"] = forms.CharField(
                label=f"{label}说明", required=False, max_length=200
            )

    def lines(self) -> list[Line]:
        """逐项对照的各行。"""
        return [
            Line(
                *self._labels[name], self[f"agrees-{name}"], self._cell(f"seen-{name}"), self[f"note-{name}"]
            )
            for name in self.topics
        ]

    def _cell(self, name: str) -> Any:
        return self[name] if name in self.fields else None

    def methods(self) -> list[MethodLine]:
        """四种方法的各行。"""
        return [
            MethodLine(self[f"method-{code}"], self[f"told-{code}"], code in self._due)
            for code in VisitMethod.Method.values
        ]

    def pads(self) -> list[Pad]:
        """签名板: 自己、一起去的人、在场的家庭成员。"""
        mine = Pad(f"{self._user.name} (您)", self[f"signature-{self._user.pk}"])
        others = [Pad(u.name, self[f"signature-{u.pk}"], str(u.pk)) for u in self._partners]
        return [mine, *others, Pad("在场家庭成员", self["member_signature"])]

    def clean(self) -> dict[str, Any]:
        """勾了的方法要写情况; 不符的要写看到什么, 相符的不填数。"""
        found: dict[str, Any] = super().clean() or {}
        for code, label in VisitMethod.Method.choices:
            if found.get(f"method-{code}") and not found.get(f"told-{code}"):
                self.add_error(f"told-{code}", f"勾了{label}, 请写明情况")
        for name in self.topics:
            self._clean_item(found, name)
        return found

    def _clean_item(self, found: Mapping[str, Any], name: str) -> None:
        agrees, seen = found.get(f"agrees-{name}"), found.get(f"seen-{name}")
        if agrees == "1" and seen is not None:
            self.add_error(f"agrees-{name}", "填了与申报不同的数, 请选“不符”")
        if agrees == "0" and seen is None and not found.get(f"note-{name}"):
            self.add_error(f"note-{name}", "不符的请写看到多少, 或说明差在哪里")

    def draft(self) -> VisitDraft:
        """这张表的内容。"""
        said = self.cleaned_data
        chosen = {self._user.pk, *(int(pk) for pk in said["others"])}
        return VisitDraft(
            member_present=said["member_present"],
            observed=said["observed"],
            methods={
                code: said[f"told-{code}"] for code in VisitMethod.Method.values if said[f"method-{code}"]
            },
            items=[self._item(name, topic) for name, topic in self.topics.items()],
            way=said["way"],
            way_reason=said["way_reason"],
            signatures={pk: said[f"signature-{pk}"] for pk in chosen if said[f"signature-{pk}"]},
            member_signature=said["member_signature"],
            refused_because=said["refused_because"],
            witness=said["witness"],
            paper=said["paper"],
            photos=[(VisitPhoto.Subject.HOME.value, data) for data in said["photos"]],
        )

    def _item(self, name: str, topic: Topic) -> ItemDraft:
        said = self.cleaned_data
        return ItemDraft(
            kind=topic.kind,
            code=topic.code,
            person_id=topic.person_id,
            agrees=said[f"agrees-{name}"] == "1",
            fact=self._seen(topic, said.get(f"seen-{name}")),
            note=said[f"note-{name}"],
        )

    def _seen(self, topic: Topic, amount: int | None) -> FactDraft | None:
        if amount is None:
            return None
        declared = self._declared[topic]
        is_income = topic.kind == "income"
        return FactDraft(
            kind=topic.kind, code=topic.code, person_id=topic.person_id, amount_fen=amount,
            cost_fen=sum(fact.cost_fen or 0 for fact in declared) if is_income else None,
            number=declared[0].number, evidence="入户所见",
        )  # fmt: skip

    def against(self, kept: VisitRecord | None) -> list[Difference]:
        """别人刚登记的调查和这张表, 只列不同的。"""
        rows = [
            Difference(
                "在场的家庭成员", kept.member_present if kept else "", self.cleaned_data["member_present"]
            ),
            Difference("综合所见", kept.observed if kept else "", self.cleaned_data["observed"]),
            *self._methods_against(kept),
            *self._items_against(kept),
        ]
        return [row for row in rows if row.theirs != row.mine]

    def _methods_against(self, kept: VisitRecord | None) -> Iterator[Difference]:
        told = dict(kept.methods.values_list("method", "note")) if kept else {}
        for code, label in VisitMethod.Method.choices:
            mine = self.cleaned_data[f"told-{code}"] if self.cleaned_data[f"method-{code}"] else ""
            yield Difference(str(label), str(told.get(code) or ""), mine)

    def _items_against(self, kept: VisitRecord | None) -> Iterator[Difference]:
        theirs = {Topic(i.person_id, i.kind, i.code): i for i in kept.items.all()} if kept else {}
        for name, topic in self.topics.items():
            mine, other = self._item(name, topic), theirs.get(topic)
            seen = mine.fact.amount_fen if mine.fact else None
            words = (
                found_words(agrees=other.agrees, seen_fen=other.seen_fen, note=other.note) if other else ""
            )
            yield Difference(
                self._labels[name][0], words, found_words(agrees=mine.agrees, seen_fen=seen, note=mine.note)
            )

    def companions(self) -> list[User]:
        """一起去的调查人。"""
        chosen = set(self.cleaned_data["others"])
        return [user for user in self._partners if str(user.pk) in chosen]


def found_words(*, agrees: bool, seen_fen: int | None, note: str | None) -> str:
    """逐项对照的一句: 相符, 或不符、看到多少、差在哪里。"""
    amount = f"{yuan(seen_fen)} 元" if seen_fen is not None else ""
    return "、".join(part for part in ("相符" if agrees else "不符", amount, note or "") if part)


def partners(user: User) -> list[User]:
    """同一乡镇里可以一起入户的人。"""
    low, high = code_range(str(user.area_id))
    mates = User.objects.filter(
        role__in=(Role.CLERK, Role.SOCIAL_WORKER), is_active=True, area_id__gte=low, area_id__lte=high
    )
    return list(mates.exclude(pk=user.pk).order_by("username"))


class TalkForm(KeyedForm):
    """邻里访问一次。"""

    neighbour = forms.CharField(label="访问了谁", max_length=60)
    relation = forms.CharField(
        label="与申请人的关系", max_length=40, help_text="如 隔壁邻居、同组村民、村民代表"
    )
    said = forms.CharField(label="反映的情况", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
