"""查进度: the number and the code of the receipt open the own case, for a quarter of an hour and nothing else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.law.masking import mask_name
from doudi.records.audit.services import look
from doudi.records.cases.models import Case
from doudi.records.checks.assessing import explain
from doudi.records.checks.models import Assessment
from doudi.records.desk.citizen import Grant, case_by_code, money_of, progress_of
from doudi.records.desk.paid import short_name
from doudi.store.limits import TooManyTries, require_room, spend
from doudi.store.today import now, today
from doudi.web.public.addresses import address_of
from doudi.web.public.forms import ProgressForm
from doudi.web.public.plain import Told, told, told_parts
from doudi.web.public.private import unlisted

OPEN = "citizen_case"
OPEN_SECONDS = 15 * 60
WRONG_AN_HOUR = 20
CITIZEN = "群众"
NO_MATCH = "受理号或查询码不对, 请对着回执再填一次。查询码里没有字母 I、L、O, 也没有数字 0、1。"


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@unlisted
def ask(request: HttpRequest) -> HttpResponse:
    """填受理号和查询码; 号不对和码不对答得一样, 填错太多次要等一小时。"""
    if request.method != "POST":
        form = ProgressForm(initial={"no": request.GET.get("no", "")[:20]})
        return render(request, "public/progress_ask.html", {"form": form})
    form = ProgressForm(request.POST)
    if form.is_valid():
        try:
            case = _found(request, form.cleaned_data["no"], form.cleaned_data["code"])
        except TooManyTries as refusal:
            return render(request, "public/too_many.html", {"text": refusal.text}, status=429)
        if case:
            _open(request, case)
            return redirect("public_mine")
        form.add_error(None, NO_MATCH)
    return render(request, "public/progress_ask.html", {"form": form}, status=422)


def _found(request: HttpRequest, no: str, code: str) -> Case | None:
    """Only wrong tries count, so a family may look as often as it likes. Raises TooManyTries."""
    who, at = address_of(request), now()
    require_room("progress", who, most=WRONG_AN_HOUR, at=at)
    case = case_by_code(no, code)
    if case is None:
        spend("progress", who, at=at)
    return case


def _open(request: HttpRequest, case: Case) -> None:
    request.session.cycle_key()
    request.session[OPEN] = case.pk
    request.session.set_expiry(OPEN_SECONDS)


@require_safe
@unlisted
def mine(request: HttpRequest) -> HttpResponse:
    """自己的申请: 办到哪一步、下一步、发了多少钱、为什么是这个数。"""
    case = _opened(request)
    if case is None:
        return redirect("public_progress")
    progress = progress_of(case, today())
    why = _why(case, progress.assessment, progress.grant)
    return render(request, "public/progress.html", {"progress": progress, "why": why})


@require_safe
@unlisted
def money(request: HttpRequest) -> HttpResponse:
    """自己的发钱记录: 哪个月、多少、哪天到的、到哪张卡、为什么是这个数; 还没到账的说清在等什么。"""
    case = _opened(request)
    if case is None:
        return redirect("public_progress")
    on = today()
    months = money_of(case, on)
    context = {"case": case, "name": short_name(case.scheme), "months": months, "on": on}
    return render(request, "public/money.html", context)


def _opened(request: HttpRequest) -> Case | None:
    """The case this browser opened with its number and code; looking leaves a trace."""
    related = ("household", "village__parent")
    case = Case.objects.select_related(*related).filter(pk=request.session.get(OPEN)).first()
    if case is not None:
        look(by=CITIZEN, action="view", subject=case)
    return case


def _why(case: Case, assessment: Assessment | None, grant: Grant | None) -> Told | None:
    """The sum as it was taken then, where it comes to the amount that was granted; else the parts of the grant."""
    if grant is None:
        return None
    rows = case.household.memberships.select_related("person").order_by("pk")
    who = {row.person_id: mask_name(row.person.name) for row in rows}
    said = told(explain(assessment), who) if assessment and assessment.rulebook == "dibao" else None
    return said if said and said.monthly_fen == grant.amount_fen else told_parts(grant, who)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """看完了: 收起来, 下一个用这部手机的人看不到。"""
    request.session.flush()
    return redirect("public_home")
