"""Work one has started: how far it is, and what came of it. Nobody else's is there."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from doudi.records.audit.services import look
from doudi.records.jobs.models import Job
from doudi.store.kept import content
from doudi.store.models import KeptFile
from doudi.web.office import batches
from doudi.web.office.cases.page import the_user
from doudi.web.office.postings import printing
from doudi.web.ui import components as ui

STATES: dict[str, Any] = {"queued": "waiting", "running": "running", "done": "done", "failed": "failed"}


def job(request: HttpRequest, pk: int) -> HttpResponse:
    """一次批量办理或打印: 还在办的看进度, 办完的看结果。"""
    found = _mine(request, pk)
    context = {"title": _title(found), "job": _progress(found), "is_done": found.state == Job.State.DONE}
    if found.kind == batches.KIND and found.state == Job.State.DONE:
        told = batches.told(found, the_user(request))
        return render(request, "office/jobs/batch.html", {**context, "told": told, **_ways(told.errand)})
    return render(request, "office/jobs/job.html", {**context, "found": found})


def _mine(request: HttpRequest, pk: int) -> Job:
    kinds = (batches.KIND, printing.KIND)
    return get_object_or_404(Job, pk=pk, created_by=the_user(request).username, kind__in=kinds)


def _title(found: Job) -> str:
    if found.kind == batches.KIND:
        return f"批量{batches.ERRANDS[found.arguments['errand']].verb}"
    return printing.title_of(found)


def _ways(one: batches.Errand) -> dict[str, Any]:
    label, query = one.onward
    back = reverse(one.back)
    return {"back": back, "onward": (label, back + query) if label else None}


def _progress(found: Job) -> ui.JobProgress:
    here = reverse("job", args=[found.pk])
    total = found.total or len(found.arguments.get("rows", found.arguments.get("villages", ())))
    return ui.JobProgress(
        _title(found), found.done, total, STATES[found.state], message=found.message,
        poll_url=reverse("job_progress", args=[found.pk]), result_url=here if found.state == Job.State.DONE else "",
    )  # fmt: skip


def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """进度的片段; 办完就整页换成结果。"""
    found = _mine(request, pk)
    answer = render(request, "ui/parts/job.html", {"job": _progress(found)})
    if found.state in (Job.State.DONE, Job.State.FAILED):
        answer["HX-Redirect"] = reverse("job", args=[found.pk])
    return answer


def file(request: HttpRequest, pk: int) -> HttpResponse:
    """印好的一份 (PDF); 每次打开留痕。"""
    found = _mine(request, pk)
    if found.kind != printing.KIND or not found.result:
        raise Http404
    kept = get_object_or_404(KeptFile, pk=found.result["file"])
    look(by=the_user(request), action="print", subject=f"file:{kept.pk}")
    response = HttpResponse(content(kept), content_type=kept.media_type)
    response["Content-Disposition"] = f'inline; filename="gongshi-{found.pk}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
