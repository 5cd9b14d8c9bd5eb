"""What every office form has: a key that lets it take effect once, and amounts typed as people write them."""

import unicodedata
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest

from doudi.law.money import BadAmount, parse_yuan, yuan
from doudi.store.drafts import drop_draft
from doudi.store.idempotency import once
from doudi.store.refusal import Refusal


class PlainForm(forms.Form):
    """办公表单: 空着的必填项说“请填写”或“请选择”, 不说行话。"""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField | forms.BooleanField)
            file = isinstance(field, forms.FileField)
            field.error_messages["required"] = "请选择" if chosen else "请选文件" if file else "请填写"

    def refused(self, refusal: Refusal) -> None:
        """把一次拒绝写在它说的那一栏; 没有这一栏的写在表头, 一行一条。"""
        for line in refusal.text.splitlines():
            self.add_error(refusal.field if refusal.field in self.fields else None, line)


class KeyedForm(PlainForm):
    """带提交键的表单: 同一张表交两次只生效一次。"""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class VersionedForm(KeyedForm):
    """带案件版本的表单: 打开之后别人先保存了的不盖掉, 两个版本都摆出来。"""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, version: int, initial: Any = None, **options: Any) -> None:
        super().__init__(*args, initial={**(initial or {}), "version": version}, **options)
        self.fields["version"].error_messages["required"] = "页面已过期, 请刷新后再填"

    @property
    def expected(self) -> int:
        """打开页面时的案件版本。"""
        return int(self.cleaned_data["version"])

    def renew(self, version: int) -> None:
        """两个版本都看过了: 再交一次就按这个版本保存。"""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["version"] = str(version)  # type: ignore[index]


class DayField(forms.DateField):
    """日期: 浏览器的日期栏只认年-月-日。"""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class YuanField(forms.CharField):
    """金额: 填元 (1,200 或 1200.00), 得到整数分; 空着为 None。"""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("class", "r w-money")

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        text = unicodedata.normalize("NFKC", str(value or "")).replace(",", "").replace(" ", "")
        if not text:
            return None
        try:
            return parse_yuan(text, zero=True)
        except BadAmount as error:
            raise forms.ValidationError(error.text) from None

    def prepare_value(self, value: Any) -> Any:
        return yuan(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "")


DRAFT_PLACE = "draft_place"  # added by drafts.js: where the draft of this form is kept
SECRET = frozenset({"csrfmiddlewaretoken", "password", DRAFT_PLACE})


def take_effect(request: HttpRequest, key: Any, effect: Callable[[], Any]) -> Any:
    """让一次提交只生效一次: 内容是整张表单 (不含防伪令牌和口令), 同一键再来得到同样的回答。

    The body is kept as a quick hash beside its key, from which a password could be guessed.
    """
    body = {name: request.POST.getlist(name) for name in request.POST if name not in SECRET}
    user_id, place = int(request.user.pk or 0), request.POST.get(DRAFT_PLACE, "")
    done = once(key=str(key), user_id=user_id, endpoint=request.path[:120], body=body, effect=effect)
    if place:
        drop_draft(user_id=user_id, place=place)
    return done
