"""Forms of the village's deliberation and of hearings."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from doudi.law.identity import BadIdentity, parse
from doudi.law.panels import Votes
from doudi.records.checks.meetings import Hearing, Meeting, PanelMember
from doudi.records.checks.services import MemberDraft
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.forms import KeyedForm

MOST_MEMBERS = 15
PICTURE = forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})


def _day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


def _words(label: str, rows: int = 3, most: int = 1000, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


class PanelForm(KeyedForm):
    """成立评议小组: 每行一名评议员, 空行不算。"""

    def __init__(self, data: Any = None, *, members: Sequence[PanelMember] = ()) -> None:
        super().__init__(data)
        for row in range(MOST_MEMBERS):
            known = members[row] if row < len(members) else None
            self.fields[f"name-{row}"] = forms.CharField(
                label=f"第 {row + 1} 名姓名",
                required=False,
                max_length=60,
                initial=known.name if known else "",
            )
            self.fields[f"standing-{row}"] = forms.ChoiceField(
                label=f"第 {row + 1} 名身份", choices=PanelMember.Standing.choices,
                initial=known.standing if known else PanelMember.Standing.DELEGATE,
            )  # fmt: skip
            self.fields[f"id_number-{row}"] = forms.CharField(
                label=f"第 {row + 1} 名证件号", required=False, max_length=18
            )

    def rows(self) -> list[tuple[int, Any, Any, Any]]:
        """各行的格。"""
        return [
            (row + 1, self[f"name-{row}"], self[f"standing-{row}"], self[f"id_number-{row}"])
            for row in range(MOST_MEMBERS)
        ]

    def clean(self) -> dict[str, Any]:
        """证件号要么不填, 要么是对的。"""
        found: dict[str, Any] = super().clean() or {}
        for row in range(MOST_MEMBERS):
            number = found.get(f"id_number-{row}")
            if number:
                try:
                    parse(number, on=today())
                except BadIdentity as bad:
                    self.add_error(f"id_number-{row}", str(bad))
        return found

    def members(self) -> list[MemberDraft]:
        """填了姓名的各行。"""
        said = self.cleaned_data
        return [
            MemberDraft(
                name=said[f"name-{row}"],
                standing=said[f"standing-{row}"],
                id_number=said[f"id_number-{row}"],
            )
            for row in range(MOST_MEMBERS)
            if said[f"name-{row}"]
        ]


class MeetingForm(KeyedForm):
    """记一次评议会: 到会的人、主持人。"""

    on = _day("开会日期")
    place = forms.CharField(label="地点", max_length=60)
    present = forms.MultipleChoiceField(label="到会的人", widget=forms.CheckboxSelectMultiple)
    chair = forms.ChoiceField(label="主持人")
    notes = _words("会议情况", required=False, help_text="不写谁投了什么票")

    def __init__(self, data: Any = None, *, members: Sequence[PanelMember]) -> None:
        super().__init__(data, initial={"on": today()})
        self._members = {str(member.pk): member for member in members}
        choices = [(pk, f"{m.name} ({m.get_standing_display()})") for pk, m in self._members.items()]
        self.fields["present"].choices = choices  # type: ignore[attr-defined]
        self.fields["chair"].choices = [("", "请选择"), *choices]  # type: ignore[attr-defined]

    def clean_on(self) -> Any:
        """没有开的会不能登记。"""
        if self.cleaned_data["on"] > today():
            raise ValidationError("会还没有开, 开完再登记")
        return self.cleaned_data["on"]

    def said(self) -> dict[str, Any]:
        """会议的内容。"""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in ("on", "place", "notes")},
            "chair": self._members[data["chair"]],
            "present": [self._members[pk] for pk in data["present"]],
        }


class MinutesForm(KeyedForm):
    """上传签好字的评议记录。"""

    picture = forms.FileField(label="签好字的评议记录照片", widget=PICTURE)


class VoteForm(KeyedForm):
    """一件申请的票数。"""

    meeting = forms.ChoiceField(label="哪次评议会")
    votes_for = forms.IntegerField(label="赞成", min_value=0, max_value=999)
    votes_against = forms.IntegerField(label="反对", min_value=0, max_value=999)
    abstained = forms.IntegerField(label="弃权", min_value=0, max_value=999, initial=0)
    summary = _words("评议意见", most=600)

    def __init__(self, data: Any = None, *, meetings: Sequence[Meeting],
                 members: Sequence[PanelMember], aside: Sequence[PanelMember]) -> None:  # fmt: skip
        super().__init__(data)
        self._meetings = {str(meeting.pk): meeting for meeting in meetings}
        self._others = [member for member in members if member not in aside]
        labels = [
            (pk, f"{m.on} 在{m.place}, {len(m.attendances.all())} 人到会") for pk, m in self._meetings.items()
        ]
        self.fields["meeting"].choices = labels  # type: ignore[attr-defined]
        for member in self._others:
            self.fields[f"aside-{member.pk}"] = forms.CharField(
                label=member.name, required=False, max_length=60
            )

    def asides(self) -> list[Any]:
        """其他要回避的人: 写了原因的就回避。"""
        return [self[f"aside-{member.pk}"] for member in self._others]

    def said(self) -> dict[str, Any]:
        """这次评议的内容。"""
        data = self.cleaned_data
        return {
            "meeting": self._meetings[data["meeting"]],
            "votes": Votes(data["votes_for"], data["votes_against"], data["abstained"]),
            "summary": data["summary"],
            "recused": {m: data[f"aside-{m.pk}"] for m in self._others if data[f"aside-{m.pk}"]},
        }


class HearingForm(KeyedForm):
    """登记听证申请。"""

    asker = forms.ChoiceField(label="谁提出的", choices=Hearing.Asker.choices, widget=forms.RadioSelect)
    reason = _words("听证事由", most=600)


class NoticeForm(KeyedForm):
    """通知听证。"""

    hold_on = _day("听证日期")
    place = forms.CharField(label="地点", max_length=60)


class RecordForm(KeyedForm):
    """听证笔录。"""

    host = forms.ChoiceField(label="主持人", help_text="没有办过这件案子的人")
    attendees = _words("到场人员", rows=2)
    statements = _words("各方陈述", rows=6, most=4000)
    conclusion = _words("听证结论")
    minutes = forms.FileField(label="签好字的笔录照片", required=False, widget=PICTURE)

    def __init__(self, data: Any = None, files: Any = None, *, hosts: Sequence[User]) -> None:
        super().__init__(data, files)
        self._hosts = {str(user.pk): user for user in hosts}
        choices = [
            ("", "请选择"),
            *((pk, f"{u.name} ({u.get_role_display()})") for pk, u in self._hosts.items()),
        ]
        self.fields["host"].choices = choices  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """笔录的内容。"""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in ("attendees", "statements", "conclusion")},
            "host": self._hosts[data["host"]],
            "minutes": data["minutes"].read() if data["minutes"] else b"",
        }
