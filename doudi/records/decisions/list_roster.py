"""Read a list somebody keeps as a file: each row becomes a person registered here, who need not receive anything."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from doudi.exchange.sheets.findings import RowError, Source
from doudi.exchange.sheets.guard import UploadRefused
from doudi.exchange.sheets.households import RosterHousehold, RosterMember
from doudi.exchange.sheets.reading import read_grid
from doudi.exchange.sheets.roster import Roster, read_roster
from doudi.law.identity import canonical_name
from doudi.law.masking import mask_identity, mask_name
from doudi.records.areas.queries import county
from doudi.records.decisions.list_sources import Listed, goes_to_head
from doudi.records.decisions.roster_checks import Family, Known, known_people
from doudi.records.decisions.roster_places import Places
from doudi.records.decisions.roster_rows import register
from doudi.records.decisions.rosters import RosterUnreadable
from doudi.records.people.models import Household, Membership
from doudi.records.policies.queries import scheme
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal

TOWN_ENDS = ("社区", "居委会", "居民委员会")  # a village of this name is urban where nothing else says so


class ListFaulty(Refusal):
    """名单文件有行错误, 一个人也没有列入。"""

    def __init__(self, errors: list[RowError]) -> None:
        super().__init__(f"文件有 {len(errors)} 处错误, 一个人也没有列入。请在原表改好再上传")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Named:
    """文件上的一个人: 名册的一户只剩他一个, 金额是他的 (分)。"""

    row: RosterHousehold
    member: RosterMember
    amount_fen: int
    village: str
    known: Known | None

    @property
    def number(self) -> str:
        """身份证号码。"""
        return self.member.identity.number


def read(data: bytes, filename: str, on: dt.date) -> Roster:
    """过上传关口, 读成名册。Raises RosterUnreadable."""
    try:
        return read_roster(read_grid(data, filename), on=on)
    except UploadRefused as refused:
        raise RosterUnreadable(refused) from refused


def named(roster: Roster, scheme_id: str) -> list[Named]:
    """文件上的各人, 都对得上登记或者能新登记。Raises ListFaulty with every error of the file."""
    wanted = [(row, member, fen) for row in roster.households for member, fen in _paid(row)]
    known = known_people(sorted({member.identity.number for _, member, _ in wanted}), scheme_id)
    places = Places.within(county())
    errors, good = list(roster.errors), []
    for row, member, fen in wanted:
        person = known.get(member.identity.number)
        village, lost = (
            ("", "") if person and person.household_id else places.village(row.township, row.village)
        )
        found = list(_errors(member, person, lost))
        errors += found
        if not found:
            good.append(Named(row, member, fen, village, person))
    if errors:
        raise ListFaulty(sorted(errors, key=lambda one: (one.sheet, one.row, one.column)))
    return good


def _paid(row: RosterHousehold) -> Iterator[tuple[RosterMember, int]]:
    """Whom the file gives money: everybody with an amount of their own, else the head for all."""
    if all(one.amount_fen is not None for one in row.members):
        for one in row.members:
            yield one, one.amount_fen or 0
        return
    head = next((one for one in row.members if one.identity.number == row.head_identity), row.members[0])
    yield head, row.amount_fen


def _errors(member: RosterMember, person: Known | None, lost: str) -> Iterator[RowError]:
    source, shown = member.source, mask_identity(member.identity.number)
    if person and canonical_name(person.name) != member.name:
        text = f"身份证号码：{shown} 已登记的姓名是 {mask_name(person.name)}，与文件不同，请核对证件。"
        yield _error(source, "person.name", text)
    if person and not person.household_id:
        yield _error(
            source, "person.home", f"身份证号码：{shown} 登记过，但现在不在任何一户里，请先核实住址。"
        )
    elif lost:
        yield _error(source, "village.unknown", f"村：{shown} 没有登记过，要写明村才能登记；{lost}。")


def _error(source: Source, rule: str, text: str) -> RowError:
    return RowError(source.sheet, source.row, "", rule, text)


def listed(people: list[Named], roster: Roster, scheme_id: str, *, by: User, on: dt.date) -> list[Listed]:
    """没有登记过的先登记 (一人一户, 领款账户照文件), 再列入。Runs in the caller's transaction."""
    fresh = [one for one in people if one.known is None]
    homes = {one.number: one.known.household_id for one in people if one.known}
    for kind in ("rural", "urban"):
        part = [one for one in fresh if _kind(one) == kind]
        if part:
            families = [_family(one) for one in part]
            known = replace(scheme(scheme_id), locality=kind)
            made = register(families, known, basis=roster.sha256, filename=roster.filename, by=by, on=on)
            homes |= {one.number: home.pk for one, home in zip(part, made, strict=True)}
    rows = Household.objects.in_bulk([pk for pk in homes.values() if pk])
    return [_row(one, rows[homes[one.number] or 0], scheme_id) for one in people]


def _row(one: Named, home: Household, scheme_id: str) -> Listed:
    person = one.known.pk if one.known else home.head_id
    payee = home.head_id if goes_to_head(scheme_id) else person
    return Listed(person, home.pk, home.village_id, payee, one.amount_fen)


def _kind(one: Named) -> str:
    return "urban" if one.row.village.endswith(TOWN_ENDS) else "rural"


def _family(one: Named) -> Family:
    alone = replace(
        one.row, head_name=one.member.name, head_identity=one.number, members=(one.member,), size=1,
        account=one.row.account if one.number == one.row.head_identity else "",
    )  # fmt: skip
    empty: Mapping[str, Known] = {}
    return Family(alone, one.village, None, (Membership.Relation.HEAD,), empty)
