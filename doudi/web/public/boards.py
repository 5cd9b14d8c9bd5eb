"""The boards on the web, and who is published for long: three lawful fields, and a way to say something."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from doudi.law.masking import PublicRow, public_row
from doudi.records.areas import queries as areas
from doudi.records.areas.models import Area
from doudi.records.desk.published import published, published_award, raised
from doudi.records.postings import services
from doudi.records.postings.models import Objection, Posting
from doudi.records.postings.queries import count_by_village, on_board
from doudi.store.areas import contains
from doudi.store.idempotency import once
from doudi.store.limits import require_room, spend
from doudi.store.refusal import Refusal
from doudi.store.today import now, today
from doudi.web.public.addresses import address_of
from doudi.web.public.forms import ObjectionForm
from doudi.web.public.private import unlisted

WEB_NAME_STYLE = "surname"  # the village board may carry the whole name; the web carries less
OBJECTIONS_AN_HOUR = 10
CHANNEL = "网上"
NOBODY = 0
SALT = "objection-receipt"


@dataclass(frozen=True)
class Place:
    """名单里的一处: 乡镇或村, 正在公示几户。"""

    code: str
    name: str
    count: int


@dataclass(frozen=True)
class Shown:
    """榜上一行: 公开的三项和它的公示期。"""

    pk: int
    station: str
    row: PublicRow
    posted_on: str
    until_on: str


@require_safe
@unlisted
def county_boards(request: HttpRequest) -> HttpResponse:
    """各乡镇, 有公示的在前。"""
    counts = count_by_village(today())
    found = areas.townships(_county())
    return render(request, "public/boards.html", {"places": _places(found, counts)})


@require_safe
@unlisted
def area_boards(request: HttpRequest, code: str) -> HttpResponse:
    """一个乡镇的村, 或者一个村的榜。"""
    area = _area(code)
    if area.level == Area.Level.VILLAGE:
        rows = [_shown(posting) for posting in on_board(code, today()).order_by("station", "posted_on", "pk")]
        return render(request, "public/board.html", {"village": area, "rows": rows})
    context = {"township": area, "places": _places(areas.villages(code), count_by_village(today()))}
    return render(request, "public/township.html", context)


def _county() -> str:
    return settings.COUNTY.ljust(12, "0")


def _area(code: str) -> Area:
    found = get_object_or_404(Area.objects.select_related("parent"), code=code)
    inside = contains(_county(), code)
    if not inside or found.level not in (Area.Level.TOWNSHIP, Area.Level.VILLAGE):
        raise Http404
    return found


def _places(found: object, counts: dict[str, int]) -> list[Place]:
    places = [
        Place(area.code, area.name, sum(n for village, n in counts.items() if contains(area.code, village)))
        for area in found  # type: ignore[attr-defined]
    ]
    return sorted(places, key=lambda place: place.count == 0)


def _shown(posting: Posting) -> Shown:
    """A stored row is rebuilt as PublicRow, so nothing but its three fields can reach the page."""
    row = posting.row
    lawful = public_row(row["name"], row["members"], row["amount_fen"], name_style=WEB_NAME_STYLE)
    return Shown(
        posting.pk, posting.station, lawful, posting.posted_on.isoformat(), posting.until_on.isoformat()
    )


@require_safe
@unlisted
def published_list(request: HttpRequest, code: str) -> HttpResponse:
    """一个村长期公布的名单: 停发的随即撤下。依据: 民发〔2021〕57号 第二十四条"""
    village = _village(code)
    rows = published(code, today(), WEB_NAME_STYLE)
    changed = raised(code, today()) if rows else []
    return render(request, "public/published.html", {"village": village, "rows": rows, "raised": changed})


@require_http_methods(["GET", "HEAD", "POST"])
@unlisted
def object_to(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """提意见: 谁都可以提, 不用留名; 得到一个编号。依据: 民发〔2021〕57号 第十九条

    The page is gone with its term, but what somebody was still writing is taken: it becomes a tip.
    """
    village, on = _village(code), today()
    rows = Posting.objects.filter(village=code).select_related("case__household")
    posting = get_object_or_404(rows, pk=pk)
    hangs = on_board(code, on).filter(pk=pk).exists()
    if not hangs and request.method != "POST":
        raise Http404

    def effect(form: ObjectionForm) -> Objection:
        said = form.cleaned_data
        return services.object_to(
            posting=posting, channel=CHANNEL, text=said["text"], contact=said["contact"], on=on
        )

    shown = _shown(posting) if hangs else None
    return _asked(request, village, "public/objection.html", {"shown": shown}, effect)


@require_http_methods(["GET", "HEAD", "POST"])
@unlisted
def report(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """对长期公布的一家反映情况: 不用留名; 留了的, 查清后书面答复。依据: 民发〔2021〕57号 第三十七条"""
    village, on = _village(code), today()
    award = published_award(code, pk, on)
    if award is None:
        raise Http404

    def effect(form: ObjectionForm) -> Objection:
        said = form.cleaned_data
        return services.report(
            household=award.household, channel=CHANNEL, text=said["text"], contact=said["contact"], on=on
        )

    row = public_row(award.payee.name, award.persons, award.amount_fen, name_style=WEB_NAME_STYLE)
    return _asked(request, village, "public/report.html", {"row": row}, effect)


def _village(code: str) -> Area:
    found = _area(code)
    if found.level != Area.Level.VILLAGE:
        raise Http404
    return found


def _asked(
    request: HttpRequest,
    village: Area,
    template: str,
    shown: dict[str, object],
    effect: Callable[[ObjectionForm], Objection],
) -> HttpResponse:
    """The form, and the receipt after it."""
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            number = _take(request, form, effect)
        except Refusal as refusal:
            form.add_error(None, refusal.text)
        else:
            return redirect("public_receipt", token=signing.dumps(number, salt=SALT))
    return render(request, template, {"village": village, "form": form, **shown})


def _take(request: HttpRequest, form: ObjectionForm, effect: Callable[[ObjectionForm], Objection]) -> str:
    """Once by the form's key; a repeat of the same form costs nothing and gets the same number."""
    said, who = form.cleaned_data, address_of(request)
    body = {"at": request.path, "text": said["text"], "contact": said["contact"]}

    def counted() -> str:
        require_room("objection", who, most=OBJECTIONS_AN_HOUR, at=now())
        spend("objection", who, at=now())
        return effect(form).no

    return str(
        once(key=str(said["key"]), user_id=NOBODY, endpoint=request.path[:120], body=body, effect=counted)
    )


@require_safe
@unlisted
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """意见的回执: 编号、收到日期、办到哪一步; 只有拿着这个地址的人能看。"""
    try:
        number = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Http404 from None
    found = get_object_or_404(Objection.objects.select_related("village"), no=number)
    return render(request, "public/receipt.html", {"objection": found})
