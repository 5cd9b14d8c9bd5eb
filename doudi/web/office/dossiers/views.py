"""The whole file of a case as one PDF: the purpose first, and the export stays on record."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from doudi.records.audit.services import look
from doudi.store.today import today
from doudi.web.office.cases.page import frame, opened, the_user
from doudi.web.office.dossiers.contents import dossier
from doudi.web.office.forms import PlainForm
from doudi.web.ui.print import printing


class PurposeForm(PlainForm):
    """导出案卷先写用途。"""

    purpose = forms.CharField(
        label="用途", max_length=100, help_text="如 归档、审计调阅、复议答复; 会印在封面上"
    )


def case_dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """案卷: 写明用途, 得到一份 PDF, 导出留痕上链。"""
    case, user, on = opened(request, pk), the_user(request), today()
    form = PurposeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "office/dossiers/dossier.html", {**frame(request, case, "case"), "form": form})
    purpose = form.cleaned_data["purpose"]
    look(by=user, action="export", subject=case, purpose=purpose)
    sheet = dossier(case, by=user, purpose=purpose, on=on)
    response = HttpResponse(printing.render(sheet, demo=settings.DEMO), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="anjuan-{case.no}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
