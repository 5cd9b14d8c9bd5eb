"""A case opened from a list knows that list: where it stands in it, what comes next, and the way back to its row.

The list travels in the address as `queue`, the conditions themselves; they are read again by the list's own form and
within the reader's own area, so a changed one shows nothing that the list would not.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import resolve, reverse

from doudi.records.cases.models import Case
from doudi.records.desk.place import Place, place_of, still_waits
from doudi.records.desk.queues import Narrowing
from doudi.store.today import today
from doudi.web.office.cases.forms import NarrowingForm
from doudi.web.ui.walking import QueueLine

PAGE_SIZE = 50
# After an act that sent the case on, the next one opens where the same act is done; elsewhere on its overview.
SAME_PAGE = frozenset({"case_sign", "case_confirm"})


def token(narrowing: Narrowing) -> str:
    """名单的条件写成一段: view=mine&station=survey。"""
    return urlencode({name: value for name, value in vars(narrowing).items() if value})


def carry(url: str, case: Case) -> str:
    """案卷里的链接带着它从哪张名单来。"""
    come_from = getattr(case, "come_from", "")
    return f"{url}?{urlencode({'queue': come_from})}" if come_from else url


def remember(request: HttpRequest, case: Case) -> None:
    """打开案卷时记下它在名单里的位置, 办之前就定下一件。Nothing where it was not opened from a list."""
    come_from = _come_from(request)
    if not come_from:
        return
    user: Any = request.user
    narrowing = NarrowingForm(QueryDict(come_from), user=user).narrowing()
    case.come_from = token(narrowing)  # type: ignore[attr-defined]
    request.came = (case, narrowing, place_of(user, narrowing, case, today()))  # type: ignore[attr-defined]


def _come_from(request: HttpRequest) -> str:
    """A form of the page may post to an address of its own: then the page it stood on says which list it was."""
    said = request.GET.get("queue", "")
    if said or request.method != "POST":
        return said
    page = urlsplit(request.headers.get("Referer", ""))
    return QueryDict(page.query).get("queue", "") if page.netloc == request.get_host() else ""


def line(request: HttpRequest, case: Case) -> QueueLine | None:
    """身份条上的“第 3 件, 共 47 件, 下一件”。"""
    came = getattr(request, "came", None)
    if came is None:
        return None
    place: Place = came[2]
    back = {**QueryDict(case.come_from).dict(), "at": str(case.pk)}  # type: ignore[attr-defined]
    if place.number > PAGE_SIZE:
        back["page"] = str((place.number - 1) // PAGE_SIZE + 1)
    following = carry(reverse("case", args=[place.following]), case) if place.following else ""
    return QueueLine(
        place.number, place.total, f"{reverse('cases')}?{urlencode(back)}", following, place.capped
    )


class QueueKept:
    """办完一件仍在原来的名单里: 办走了就到下一件, 没办走就留在这件, 名单都跟着。"""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        came = getattr(request, "came", None)
        if came and request.method == "POST" and response.status_code == 302:
            response["Location"] = _onward(request, response["Location"], *came)
        return response


def _onward(request: HttpRequest, answer: str, case: Case, narrowing: Narrowing, place: Place) -> str:
    user: Any = request.user
    if still_waits(user, narrowing, case, today()):
        own = urlsplit(answer).path.startswith(reverse("case", args=[case.pk])) and "?" not in answer
        return carry(answer, case) if own else answer
    if place.following is None:
        return f"{reverse('cases')}?{token(narrowing)}"
    name = resolve(request.path).url_name
    return carry(reverse(name if name in SAME_PAGE else "case", args=[place.following]), case)
