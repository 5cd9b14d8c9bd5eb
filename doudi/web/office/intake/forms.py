"""Forms of the window and of the village: who asks, who helps, what was signed."""

from typing import Any

from django import forms

from doudi.law import identity
from doudi.records.areas import queries as areas
from doudi.records.checks.assessing import GRADED_BY
from doudi.records.intake.services import ApplicationDraft
from doudi.records.people.models import Household
from doudi.records.people.queries import account_of
from doudi.records.policies.queries import catalogue
from doudi.records.staff.models import Role, User
from doudi.store.today import today
from doudi.web.office.forms import KeyedForm, PlainForm, VersionedForm
from doudi.web.office.intake.entry import Filled

PHOTO = forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"})
NUMERIC = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class PersonForm(PlainForm):
    """先查人: 证件号、姓名、电话, 知道什么填什么。"""

    id_number = forms.CharField(
        label="身份证号", max_length=30, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(label="姓名", max_length=60, required=False)
    phone = forms.CharField(label="电话", max_length=20, required=False, widget=NUMERIC)

    def clean_id_number(self) -> str:
        """证件号当场核对。"""
        if not self.cleaned_data["id_number"]:
            return ""
        try:
            return identity.parse(self.cleaned_data["id_number"], on=today()).number
        except identity.BadIdentity as error:
            raise forms.ValidationError(error.text) from None

    def clean(self) -> dict[str, Any]:
        """至少填一样。"""
        found: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(found.values()):
            raise forms.ValidationError("证件号、姓名、电话至少填一样")
        return found


class ApplicationForm(KeyedForm):
    """申请本身: 哪一项、哪个村、怎么联系、钱到哪张卡、谁代办。"""

    scheme = forms.ChoiceField(
        label="申请项目", widget=forms.RadioSelect,
        help_text="一次申请, 调查后按特困、低保、低保边缘、刚性支出的次序认定最先符合的一类, 不用再交材料",
    )  # fmt: skip
    village = forms.ChoiceField(label="村 (社区)")
    address = forms.CharField(label="住址", max_length=120, help_text="写到组或门牌, 公示时不公开")
    phone = forms.CharField(label="联系电话", max_length=20, widget=NUMERIC)
    reason = forms.CharField(label="申请理由", max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
    bank = forms.CharField(label="开户行", max_length=60)
    account = forms.CharField(label="户主的卡号或存折账号", max_length=40, widget=NUMERIC)
    shared = forms.CharField(
        label="与另一户用同一张卡的理由", required=False, max_length=200, help_text="账号已经是另一户的卡才写"
    )
    agent_name = forms.CharField(
        label="代办人", required=False, max_length=60, help_text="本人来办的空着; 别人代办要有委托书"
    )
    agent_relation = forms.CharField(label="代办人是申请人的", required=False, max_length=40)
    agent_phone = forms.CharField(label="代办人电话", required=False, max_length=20, widget=NUMERIC)
    agent_mandate = forms.BooleanField(label="委托书已签, 随申请一并交来", required=False)
    mandate_photo = forms.FileField(label="委托书照片", required=False, widget=PHOTO)
    authorised = forms.BooleanField(
        label="核对授权书: 全体成年成员已当场签字, 未成年人由户主代签", required=False
    )
    promised = forms.BooleanField(label="诚信承诺书: 申请人已签字", required=False)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        user: User,
        household: Household | None = None,
        **initial: Any,
    ) -> None:
        super().__init__(data, files, initial={**_start(user, household), **initial})
        self._choose("scheme", [(known.id, known.name) for known in open_schemes()])
        self._choose("village", _villages(user, household))

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_account(self) -> str:
        """账号只收数字, 空格和横线不算。"""
        number = identity.normalise(self.cleaned_data["account"]).replace("-", "")
        if not number.isdecimal() or not 12 <= len(number) <= 25:
            raise forms.ValidationError(f"账号应为 12 到 25 位数字, 现为 {len(number)} 位, 请对照卡面核对")
        return number

    def clean(self) -> dict[str, Any]:
        """有代办人就要有委托手续、关系和电话。"""
        found: dict[str, Any] = super().clean() or {}
        if found.get("agent_name"):
            if not found.get("agent_mandate"):
                self.add_error("agent_mandate", "写了代办人, 就要有签好的委托书")
            if not found.get("agent_relation"):
                self.add_error("agent_relation", "请写代办人是申请人的什么人, 如 儿子、邻居、村级代办")
        return found

    def draft(self, filled: Filled) -> ApplicationDraft:
        """交给受理服务的申请。"""
        said = self.cleaned_data
        return ApplicationDraft(
            scheme_id=said["scheme"],
            village_id=said["village"],
            kind=catalogue().schemes[said["scheme"]].locality,
            members=filled.members,
            facts=filled.facts,
            **{
                name: said[name]
                for name in ("address", "phone", "bank", "account", "shared", "reason", "agent_name")
            },
            agent_relation=said["agent_relation"],
            agent_phone=said["agent_phone"],
            agent_mandate=bool(said["agent_name"]) and said["agent_mandate"],
            mandate_photo=said["mandate_photo"].read() if said["mandate_photo"] else b"",
            authorised=said["authorised"],
            promised=said["promised"],
        )


def open_schemes() -> list[Any]:
    """现在可以受理的项目: 低保和特困; 边缘、刚性支出由同一份申请认定, 不单独申请。"""
    return [
        known
        for known in catalogue().schemes.values()
        if not known.carried_over_only and known.rulebook in GRADED_BY and known.locality
    ]


def _villages(user: User, household: Household | None) -> list[tuple[str, str]]:
    if household is not None:
        return [(household.village_id, household.village.name)]
    return [(village.code, village.name) for mine in user.areas for village in areas.villages(mine)]


def _start(user: User, household: Household | None) -> dict[str, Any]:
    start: dict[str, Any] = {"scheme": "dibao_rural"}
    if user.role == Role.VILLAGE:
        start |= {"agent_name": user.name, "agent_relation": "村级代办"}
    if household is None:
        return start
    account = account_of(household.head)
    known = {"address": household.address, "phone": household.phone, "bank": account.bank if account else ""}
    return {**start, **known, "scheme": f"dibao_{household.kind}"}


class PapersForm(VersionedForm):
    """材料清单: 勾收到的、看过原件的、留了复印件的。"""

    have = forms.MultipleChoiceField(label="收到的材料", required=False, widget=forms.CheckboxSelectMultiple)
    seen = forms.MultipleChoiceField(label="原件已核对", required=False, widget=forms.CheckboxSelectMultiple)
    copied = forms.MultipleChoiceField(
        label="复印件已留存", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, choices: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(data, **options)
        for name in ("have", "seen", "copied"):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices


class PaperPhotoForm(VersionedForm):
    """给一份材料拍照留存。"""

    kind = forms.CharField(max_length=40, widget=forms.HiddenInput)
    photo = forms.FileField(label="材料照片", widget=PHOTO)


class GapForm(KeyedForm):
    """一次性告知: 再次告知要写理由。"""

    reason = forms.CharField(label="再次告知的理由", required=False, max_length=200)
