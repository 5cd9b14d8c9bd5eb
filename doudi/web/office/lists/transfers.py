"""The premium of an insurance list: registered, reviewed, approved and paid by three of finance."""

from django.http import Http404, HttpRequest, HttpResponse

from doudi.law.money import yuan
from doudi.records.decisions import list_queries as queries
from doudi.records.decisions.models import ListBatch, ListTransfer
from doudi.records.payments.services import transferring as services
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import KeyedForm
from doudi.web.office.lists.forms import ReasonForm, TransferForm
from doudi.web.office.lists.views import acted, the_list, transfer_facts
from doudi.web.office.payments.forms import PasswordForm
from doudi.web.ui import components as ui

State = ListTransfer.State


def register(request: HttpRequest, pk: int) -> HttpResponse:
    """登记一笔保费转账; 金额照名单。"""
    one, form = the_list(pk), TransferForm(request.POST or None)
    if one.scheme != "insurance_batch" or one.state != ListBatch.State.DONE or queries.transfer_of(one):
        raise Http404
    facts = [
        ui.SummaryLine("收款单位", one.item),
        ui.SummaryLine("被保险人", f"{one.persons:,} 人"),
        ui.SummaryLine("保费", f"{yuan(one.total_fen)} 元", strong=True),
    ]
    words = (
        "登记保费转账",
        "登记",
        "一份名单一笔; 由发放复核复核、发放审批审批之后付款。",
        "已登记, 等复核。",
    )
    given = ("bank", "account", "document_no", "level")

    def effect() -> ListTransfer:
        told = {name: form.cleaned_data[name] for name in given}
        return services.register_transfer(batch=one, **told, by=the_user(request))

    return acted(request, one, form, words, facts, effect)


def review(request: HttpRequest, pk: int) -> HttpResponse:
    """复核: 对照名单合计和单据。"""
    one, found, form = *_waiting(pk, State.WAITING), KeyedForm(request.POST or None)
    words = ("复核保费转账", "复核无误", "请对照签发的名单和保单、发票。", "已复核, 等审批。")
    facts = transfer_facts(found)
    return acted(request, one, form, words, facts, lambda: services.review_transfer(found, the_user(request)))


def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """审批付款: 再输一次口令。"""
    one, found = _waiting(pk, State.REVIEWED)
    form = PasswordForm(request.POST or None, user=the_user(request))
    words = ("审批付款", "审批付款", "审批以后记账, 从专户付出。", "已付款记账。")
    facts = transfer_facts(found)
    return acted(
        request, one, form, words, facts, lambda: services.approve_transfer(found, the_user(request))
    )


def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """退回没有付的转账。"""
    one, found, form = *_waiting(pk, State.WAITING, State.REVIEWED), ReasonForm(request.POST or None)
    words = ("退回保费转账", "退回", "发放经办可以另登记一笔。", "已退回。")

    def effect() -> ListTransfer:
        return services.decline_transfer(found, form.cleaned_data["reason"], the_user(request))

    return acted(request, one, form, words, transfer_facts(found), effect)


def _waiting(pk: int, *states: str) -> tuple[ListBatch, ListTransfer]:
    one = the_list(pk)
    found = queries.transfer_of(one)
    if found is None or found.state not in states:
        raise Http404
    return one, found
