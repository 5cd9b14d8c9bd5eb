"""Keep what is half typed, give it back to whoever typed it, and to nobody else."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from doudi.store.drafts import DraftTooLong, draft_of, drop_draft, save_draft
from doudi.store.models import Draft
from doudi.web.office.cases.page import the_user
from doudi.web.office.forms import SECRET

NEVER = SECRET | {"key"}


def draft(request: HttpRequest) -> HttpResponse:
    """存下自己在这一页填的, 或取回。"""
    user_id = the_user(request).pk
    if request.method == "GET":
        kept = draft_of(user_id=user_id, place=request.GET.get("place", ""))
        return _private(JsonResponse(_told(kept)) if kept else HttpResponse(status=204))
    place, typed = request.POST.get("place", ""), _typed(request.POST.get("content", ""))
    if not place.startswith("/") or typed is None:
        return HttpResponse("草稿没有存下", status=400, content_type="text/plain; charset=utf-8")
    try:
        kept = save_draft(user_id=user_id, place=place, content=json.dumps(typed, ensure_ascii=False))
    except DraftTooLong as refusal:
        return HttpResponse(refusal.text, status=413, content_type="text/plain; charset=utf-8")
    return _private(JsonResponse({"at": _at(kept)}))


def _typed(text: str) -> dict[str, list[str]] | None:
    """Names of fields with what was typed in each; passwords and keys are left out even where a page sends them."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if not isinstance(found, dict) or not all(isinstance(value, list) for value in found.values()):
        return None
    return {name: [str(one) for one in value] for name, value in found.items() if name not in NEVER}


def _told(kept: Draft) -> dict[str, object]:
    return {"at": _at(kept), "content": json.loads(str(kept.content))}


def _at(kept: Draft) -> str:
    return f"{timezone.localtime(kept.saved_at):%m-%d %H:%M}"


def drop(request: HttpRequest) -> HttpResponse:
    """丢弃自己在这一页的草稿。"""
    drop_draft(user_id=the_user(request).pk, place=request.POST.get("place", ""))
    return HttpResponse(status=204)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
