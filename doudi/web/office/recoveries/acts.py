"""What people do with a recovery: propose, confirm, plan, take in, give up, cancel. One page an act."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from doudi.records.audit.services import look
from doudi.records.payments import services
from doudi.records.payments.models import Recovery
from doudi.records.payments.recovery import recoveries as queries
from doudi.records.payments.recovery.recoveries import Overpaid
from doudi.records.people.models import Household
from doudi.records.policies.queries import scheme_name
from doudi.store.today import today
from doudi.web.office.acting import Words, confirm_of, confirmed, done_once
from doudi.web.office.cases.page import the_user
from doudi.web.office.checks.papers import pdf
from doudi.web.office.forms import KeyedForm
from doudi.web.office.payments.forms import PasswordForm
from doudi.web.office.recoveries import sheets, tables
from doudi.web.office.recoveries.forms import OrderForm, PlanForm, ReasonForm, ReceiptForm
from doudi.web.office.recoveries.views import first_day, head, the_recovery
from doudi.web.ui import components as ui

Cause = Recovery.Cause
BASES = {Cause.FRAUD: "《社会救助暂行办法》第六十八条"}
BASIS = "《社会救助暂行办法》第十三条、民发〔2021〕57号第三十二条"


def propose(request: HttpRequest, pk: int, scheme: str) -> HttpResponse:
    """提出追缴: 这一户这个项目多发的各月一次列全。"""
    user = the_user(request)
    home = get_object_or_404(Household.objects.select_related("head", "village"), pk=pk)
    person = request.GET.get("person", "")
    wanted = int(person) if person.isascii() and person.isdigit() and len(person) < 19 else 0
    mine = [one for one in queries.overpaid(home) if one.scheme == scheme and wanted in (0, one.person_id)]
    if not mine:
        raise Http404
    one = mine[0]
    form = OrderForm(request.POST or None, initial=_suggested(one))

    def ordered() -> Recovery:
        given = {name: form.cleaned_data[name] for name in ("cause", "reason", "basis")}
        return services.order_recovery(
            household=home, scheme=scheme, person=wanted, by=user, plan=form.plan(one.fen), **given
        )

    if made := done_once(request, form, ordered):
        messages.success(request, "已提出追缴, 请发放审批批准。")
        return redirect("recovery", made)
    if request.method == "GET":
        look(by=user, action="view", subject=home)
    title = f"提出追缴: {home.head.name}户的{scheme_name(scheme)}"
    warning = "多发的各月一次列全, 由另一人批准之后入账、发通知书; 不从以后的救助里扣。"
    confirm = confirm_of(form, (title, "提出追缴", warning, ""), _told(one), reverse("recovery_candidates"))
    return render(request, "office/recoveries/act.html", {"form": form, "confirm": confirm, "recovery": None})


def _suggested(one: Overpaid) -> dict[str, Any]:
    label = Cause(one.cause).label
    return {"cause": one.cause, "basis": BASES.get(Cause(one.cause), BASIS), "first_on": first_day(),
            "reason": f"{label}, 照现在的决定不应发给"}  # fmt: skip


def _told(one: Overpaid) -> list[ui.SummaryLine]:
    lines = [
        ui.SummaryLine(tables.month_words(part.month), f"{tables.yuan(part.fen)} 元") for part in one.payable
    ]
    if one.in_transit_fen:
        lines.append(ui.SummaryLine("在途, 这次不追", f"{tables.yuan(one.in_transit_fen)} 元"))
    return [*lines, ui.SummaryLine("合计", f"{tables.yuan(one.fen)} 元", strong=True)]


def _acted(
    request: HttpRequest,
    found: Recovery,
    form: KeyedForm,
    words: Words,
    effect: Callable[[], Any],
    *,
    refuse: bool = False,
) -> HttpResponse:
    """A confirm page of a recovery and its answer."""

    def done() -> Recovery:
        effect()
        return found

    return confirmed(
        request, form, words, done, template="office/recoveries/act.html", facts=_facts(found), refuse=refuse,
        back=reverse("recovery", args=[found.pk]), context=head(the_user(request), found),
    )  # fmt: skip


def _facts(found: Recovery) -> list[ui.SummaryLine]:
    outstanding = queries.outstanding_of(found)
    return [
        ui.SummaryLine("追缴编号", found.no),
        ui.SummaryLine("户编号", found.household.no),
        ui.SummaryLine("原因", str(found.get_cause_display())),
        ui.SummaryLine("应追缴", f"{tables.yuan(found.amount_fen)} 元"),
        ui.SummaryLine("还差", f"{tables.yuan(outstanding)} 元", strong=True),
        ui.SummaryLine("提出人", f"{found.ordered_by.name} {found.ordered_on}"),
    ]


def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """批准追缴。"""
    found, user = the_recovery(pk), the_user(request)
    form = PasswordForm(request.POST or None, user=user)
    words = ("批准追缴", "批准", "批准以后记为应追缴款, 可以印发通知书。", "已批准, 请印发追缴通知书。")
    return _acted(request, found, form, words, lambda: services.confirm_recovery(found, user))


def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销追缴, 或退回还没有批准的。"""
    found, user = the_recovery(pk), the_user(request)
    form = ReasonForm(request.POST or None)
    warning = "没有到账的原样冲回; 已经到账的算作少发, 由补发退还本人。"
    words = ("撤销追缴", "撤销", warning, "追缴已撤销。")

    def effect() -> Any:
        return services.cancel_recovery(found, form.cleaned_data["reason"], user)

    return _acted(request, found, form, words, effect, refuse=True)


def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """约定分期。"""
    found, user = the_recovery(pk), the_user(request)
    form = PlanForm(request.POST or None, initial={"first_on": first_day()})
    words = ("约定分期", "记下约定", "以最后一次约定为准, 只分还差的数。", "分期已记下。")

    def effect() -> Any:
        return services.agree_instalments(found, form.plan(queries.outstanding_of(found)), user)

    return _acted(request, found, form, words, effect)


def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """登记到账。"""
    found, user = the_recovery(pk), the_user(request)
    form = ReceiptForm(request.POST or None, initial={"on": today()})
    words = ("登记追缴到账", "登记到账", "钱进了专户才登记, 对照进账单填。", "到账已登记。")
    return _acted(
        request, found, form, words, lambda: services.receive_recovery(found, **form.receipt(), by=user)
    )


def ask_write_off(request: HttpRequest, pk: int) -> HttpResponse:
    """提出核销。"""
    found, user = the_recovery(pk), the_user(request)
    form = ReasonForm(request.POST or None)
    words = (
        "提出核销",
        "提出核销",
        "还差的全部核销, 另一人批准以后不再追。",
        "已提出核销。",
    )
    return _acted(
        request, found, form, words,
        lambda: services.propose_write_off(found, form.cleaned_data["reason"], user), refuse=True,
    )  # fmt: skip


def approve_write_off(request: HttpRequest, pk: int) -> HttpResponse:
    """批准核销。"""
    found, user = the_recovery(pk), the_user(request)
    form = PasswordForm(request.POST or None, user=user)
    words = ("批准核销", "批准核销", _asked(found), "已核销。")
    return _acted(request, found, form, words, lambda: services.approve_write_off(found, user), refuse=True)


def decline_write_off(request: HttpRequest, pk: int) -> HttpResponse:
    """退回核销, 接着追。"""
    found, user = the_recovery(pk), the_user(request)
    form = ReasonForm(request.POST or None)
    words = ("退回核销", "退回, 接着追", _asked(found), "核销已退回, 接着追。")
    return _acted(
        request, found, form, words,
        lambda: services.decline_write_off(found, form.cleaned_data["reason"], user),
    )  # fmt: skip


def _asked(found: Recovery) -> str:
    asked = queries.open_write_off(found)
    if asked is None:
        return "没有等批准的核销。"
    return f"{asked.proposed_by.name} 提出核销 {tables.yuan(asked.fen)} 元: {asked.reason}"


def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """追缴通知书 (PDF); 批准之后才有。"""
    found = the_recovery(pk)
    if found.confirmed_on is None:
        raise Http404
    look(by=the_user(request), action="print", subject=found)
    return pdf(sheets.notice(found), f"zhuijiao-{found.no}.pdf")
