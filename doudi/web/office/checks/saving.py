"""A form that acts on a case: it takes effect once, or the page says why not."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from doudi.records.cases.models import Case
from doudi.records.desk import case_page
from doudi.records.staff.models import User
from doudi.store.models import StaleVersion
from doudi.store.refusal import Refusal
from doudi.web.office.forms import KeyedForm, take_effect
from doudi.web.office.intake.views import tell


def saved(
    request: HttpRequest, case: Case, form: KeyedForm, effect: Callable[[], object], text: str, to: str
) -> HttpResponse | str:
    """办成了去下一页, 没办成给出原因。Raises StaleVersion: the page sets both versions side by side."""

    def once() -> None:
        effect()

    try:
        take_effect(request, form.cleaned_data["key"], once)
    except StaleVersion:
        raise
    except Refusal as refusal:
        return refusal.text
    tell(request, text)
    return redirect(to, case.pk)


def who_saved(case: Case, user: User) -> str:
    """最近办理这件案子的人和事; 没有为空。"""
    last = case_page.acts_of(case, user).first()
    return f"{last.user.name} ({last.title})" if last else ""
