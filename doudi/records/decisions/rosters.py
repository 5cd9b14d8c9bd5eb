"""Take in a roll as an office keeps it: read it, hold it against the records, then all of it or nothing."""

import base64
import datetime as dt
import uuid
from dataclasses import asdict, dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from doudi.exchange.sheets.findings import RowError
from doudi.exchange.sheets.guard import UploadRefused
from doudi.exchange.sheets.reading import read_grid
from doudi.exchange.sheets.roster import Roster, read_roster
from doudi.law.duties import ROLES
from doudi.records.areas.models import Area
from doudi.records.audit.services import record
from doudi.records.decisions.models import RosterImport
from doudi.records.decisions.roster_amounts import recomputed
from doudi.records.decisions.roster_checks import Family, families
from doudi.records.decisions.roster_rows import write
from doudi.records.jobs import services as jobs
from doudi.records.jobs.models import Job
from doudi.records.policies.queries import parameters, scheme
from doudi.records.staff.models import Role, User
from doudi.store.areas import contains
from doudi.store.crypto import seal, unseal
from doudi.store.refusal import Refusal
from doudi.store.today import now

State = RosterImport.State
IMPORT = "roster.import"
LARGE = 2_000  # households; above it the office imports in the background
SHOWN = 1_000  # errors, notes and differences kept for the preview; the counts are whole
SEALED_COLUMN = "decisions_rosterimport.file"
READERS = (Role.CLERK, Role.APPROVER)


class RosterUnreadable(Refusal):
    """整份文件不收。"""

    def __init__(self, refused: UploadRefused) -> None:
        super().__init__(refused.text)
        self.code = refused.code


class RosterFaulty(Refusal):
    """名册还有行错误, 一户也没有入库。"""

    def __init__(self, errors: list[RowError]) -> None:
        super().__init__(f"名册有 {len(errors)} 处错误, 一户也没有入库。请改好文件再上传")
        self.errors = errors


class ContradictionsOpen(Refusal):
    """名册写着的合计与算出来的不一致, 还没有人说明。"""

    def __init__(self, count: int) -> None:
        super().__init__(f"名册写着的数与算出来的有 {count} 处不一致。请核对后写明说明再入库")


class NotYourRoster(Refusal):
    """岗位或辖区不对。"""


class SomebodyWasFaster(Refusal):
    """核对之后, 名册上有人被另外登记了。"""

    def __init__(self) -> None:
        super().__init__("核对之后名册上有人被另外登记或开始享受待遇, 一户也没有入库。请重新上传核对")


@dataclass(frozen=True)
class Checked:
    """核对过的名册: 可入库的户、全部行错误、复算的金额。"""

    roster: Roster
    families: list[Family]
    errors: list[RowError]
    again: dict[int, int]


def receive(*, data: bytes, filename: str, scheme_id: str, area: Area, by: User, on: dt.date) -> RosterImport:
    """收下一份名册并核对, 不入库: 过关口、读表、对照已有记录, 结果供预览。

    同一份文件已入库时原样返回那一次, 不起作用; 没有入库的重新核对。Raises NotYourRoster, RosterUnreadable,
    UnknownScheme.
    """
    _require_reader(by, area)
    checked = preview(data=data, filename=filename, scheme_id=scheme_id, area=area, on=on)
    values = outcome(checked)
    with transaction.atomic():
        known = _same_file(scheme_id, area, checked.roster.sha256)
        if known is not None and known.state in (State.DONE, State.RUNNING):
            return known
        row = known or RosterImport(
            scheme=scheme_id, area=area, sha256=checked.roster.sha256, stored_as=_keep(data)
        )
        for name, value in values.items():
            setattr(row, name, value)
        row.filename, row.uploaded_by, row.uploaded_at = checked.roster.filename, by.username, now()
        row.save()
        record(
            by=by, action="roster.receive", subject=row, scheme=scheme_id, area=area.code, sha256=row.sha256,
            households=row.households, errors=len(checked.errors),
        )  # fmt: skip
    return row


def commit(*, row: RosterImport, by: User, on: dt.date, note: str = "") -> RosterImport:
    """入库: 建户、建人、带入决定和待遇, 金额照名册, 依据是文件指纹; 要么全部要么一户也不。

    已入库的不起作用。有合计不符时须写 note。Raises NotYourRoster, RosterFaulty, ContradictionsOpen, SomebodyWasFaster.
    """
    _require_committer(by, row.area)
    if row.state == State.DONE:
        return row
    checked = preview(data=_kept(row), filename=row.filename, scheme_id=row.scheme, area=row.area, on=on)
    if checked.errors:
        _mark_faulty(row, checked)
        raise RosterFaulty(checked.errors)
    if checked.roster.contradictions and not note.strip():
        raise ContradictionsOpen(len(checked.roster.contradictions))
    try:
        return _write(row, checked, by, on, note.strip())
    except IntegrityError as clash:
        raise SomebodyWasFaster from clash


def begin_commit(*, row: RosterImport, by: User, on: dt.date, note: str = "") -> Job | None:
    """入库; 户数多的放到后台做, 返回任务。"""
    _require_committer(by, row.area)
    if row.households <= LARGE or row.state == State.DONE:
        commit(row=row, by=by, on=on, note=note)
        return None
    if row.findings["contradictions"] and not note.strip():
        raise ContradictionsOpen(len(row.findings["contradictions"]))
    arguments = {"roster": row.pk, "by": by.username, "on": on.isoformat(), "note": note.strip()}
    key = f"roster:{row.pk}:{row.uploaded_at:%Y%m%d%H%M%S%f}"
    return jobs.start(kind=IMPORT, key=key, by=by, arguments=arguments)


def import_file(
    *, data: bytes, filename: str, scheme_id: str, area: Area, by: User, on: dt.date, note: str = ""
) -> RosterImport:
    """收下并立即入库, 供命令行用。Raises as receive and commit."""
    row = receive(data=data, filename=filename, scheme_id=scheme_id, area=area, by=by, on=on)
    return commit(row=row, by=by, on=on, note=note)


@transaction.atomic
def _write(row: RosterImport, checked: Checked, by: User, on: dt.date, note: str) -> RosterImport:
    held = RosterImport.objects.select_for_update().get(pk=row.pk)
    if held.state == State.DONE:
        return held
    counts = write(
        checked.families, scheme(row.scheme), basis=row.sha256, filename=row.filename, by=by, on=on
    )
    held.state, held.imported_by, held.imported_at, held.imported_on = State.DONE, by.username, now(), on
    held.note = note[:300]
    held.save()
    record(
        by=by, action="roster.import", subject=held, scheme=row.scheme, area=row.area_id, sha256=row.sha256,
        households=row.households, persons=row.persons, fen=row.amount_fen, note=held.note, written=counts,
    )  # fmt: skip
    return held


def preview(*, data: bytes, filename: str, scheme_id: str, area: Area, on: dt.date) -> Checked:
    """只读、只核对, 什么也不写。Raises RosterUnreadable, UnknownScheme."""
    known = scheme(scheme_id)
    try:
        roster = read_roster(
            read_grid(data, filename), on=on, amount_cap_fen=amount_cap(scheme_id, area.code, on)
        )
    except UploadRefused as refused:
        raise RosterUnreadable(refused) from refused
    good, errors = families(roster, known, area)
    every = sorted([*roster.errors, *errors], key=lambda one: (one.sheet, one.row, one.column))
    return Checked(roster, good, every, recomputed(good, scheme_id, on))


def amount_cap(scheme_id: str, area_code: str, on: dt.date) -> int | None:
    """一户一月金额的上限(分): 超过一个人全年的低保标准必是多写了零。没有标准的项目不设。"""
    path = f"dibao.standard.{scheme(scheme_id).locality}"
    leaf = parameters(area_code, on).leaves.get(path)
    return int(leaf.value) if leaf else None


def outcome(checked: Checked) -> dict[str, Any]:
    """核对结果要存下来、要显示的各项; 金额为分。"""
    roster = checked.roster
    return {
        "state": State.FAULTY if checked.errors else State.READY,
        "households": roster.totals.households,
        "persons": roster.totals.persons,
        "amount_fen": roster.totals.amount_fen,
        "findings": {
            "errors": [asdict(one) for one in checked.errors[:SHOWN]],
            "errors_count": len(checked.errors),
            "notes": [asdict(one) for one in roster.notes[:SHOWN]],
            "contradictions": [asdict(one) for one in roster.contradictions[:SHOWN]],
            "stated": [asdict(one) for one in roster.stated[:SHOWN]],
            "columns": [asdict(one) for one in roster.maps],
            "again": _compared(checked),
        },
    }


def _compared(checked: Checked) -> dict[str, Any]:
    """Stated and recomputed amounts side by side, only where they differ."""
    rows = [
        {"row": one.row.source.row, "sheet": one.row.source.sheet, "stated": one.row.amount_fen, "again": fen}
        for place, one in enumerate(checked.families)
        if (fen := checked.again.get(place)) is not None and fen != one.row.amount_fen
    ]
    return {
        "counted": len(checked.again),
        "differing": len(rows),
        "not_counted": len(checked.families) - len(checked.again),
        "rows": rows[:SHOWN],
    }


def _mark_faulty(row: RosterImport, checked: Checked) -> None:
    RosterImport.objects.filter(pk=row.pk).exclude(state=State.DONE).update(**outcome(checked))


def _same_file(scheme_id: str, area: Area, sha256: str) -> RosterImport | None:
    rows = RosterImport.objects.select_for_update().filter(scheme=scheme_id, area=area, sha256=sha256)
    return rows.first()


def _keep(data: bytes) -> str:
    """The original stays as evidence, sealed, under a name of our own."""
    text = base64.b64encode(data).decode()
    return default_storage.save(f"rosters/{uuid.uuid4().hex}.sealed", ContentFile(seal(text, SEALED_COLUMN)))


def _kept(row: RosterImport) -> bytes:
    with default_storage.open(row.stored_as) as stored:
        return base64.b64decode(unseal(stored.read(), SEALED_COLUMN))


def _require_reader(by: User, area: Area) -> None:
    if by.role not in READERS:
        raise NotYourRoster(f"名册由乡镇经办或县级审批上传, 您的岗位是{by.get_role_display()}")
    if not by.area_id or not contains(by.area_id, area.code):
        raise NotYourRoster(f"{area.name}不在您的辖区, 请由所在地上传")


def _require_committer(by: User, area: Area) -> None:
    _require_reader(by, area)
    if "confirm" not in ROLES[by.role].duties:
        raise NotYourRoster("名册入库会带入待遇, 由县级审批办理。您可以先上传核对, 再请县级审批入库")
