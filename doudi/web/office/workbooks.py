"""Tables that leave the office as a file: xlsx, or CSV for other programs where the address asks with ?as=csv."""

import datetime as dt
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from doudi.exchange.sheets.writing import MEDIA_TYPES, SheetOut, write_book

XLSX, CSV = "xlsx", "csv"


def sent_as_file(request: HttpRequest, name: str, pages: Sequence[SheetOut], *, on: dt.date) -> HttpResponse:
    """把这些表作为文件送出: `name` 是不带扩展名的文件名。"""
    form = CSV if request.GET.get("as") == CSV else XLSX
    response = HttpResponse(write_book(pages, form, created_on=on), content_type=MEDIA_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["Cache-Control"] = "no-store"
    return response
