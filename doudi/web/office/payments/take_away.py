"""The locked lines of a run as a table to take away."""

from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from doudi.records.areas.models import Area
from doudi.records.audit.services import look
from doudi.store.today import today
from doudi.web.office.cases.page import shown_name, the_user
from doudi.web.office.payments.register import register_sheet
from doudi.web.office.payments.runs import locked_run
from doudi.web.office.workbooks import sent_as_file


def register(request: HttpRequest, pk: int) -> HttpResponse:
    """发放清册的 xlsx 或 CSV, 全县或一个乡镇; 锁定之后才有, 每次下载留痕。"""
    run, user, on = locked_run(pk), the_user(request), today()
    area = Area.objects.filter(code=request.GET.get("area", "").ljust(12, "0")).first()
    look(by=user, action="download", subject=run)
    page = register_sheet(run, area, on=on, demo=settings.DEMO, named=partial(shown_name, user))
    return sent_as_file(request, f"{run.batch_no}{'-' + area.code[:9] if area else ''}", [page], on=on)
