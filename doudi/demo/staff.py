"""The office's people: a login a role, and hands in every township."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from doudi.records.areas import queries as areas
from doudi.records.areas.models import Area
from doudi.records.staff.models import Role, User
from doudi.store.areas import LEVEL_DIGITS

PASSWORD = "ruzhou-demo-2026"  # noqa: S105  (printed by the command; opens made-up records only)
VILLAGE, TOWNSHIP, COUNTY = "village", "township", "county"


@dataclass(frozen=True)
class Login:
    """一个演示登录: 登录名、岗位、姓名、辖区级别。"""

    username: str
    role: str
    name: str
    level: str


LOGINS = (
    Login("cun", Role.VILLAGE, "杜春来", VILLAGE),
    Login("jingban", Role.CLERK, "尚文静", TOWNSHIP),
    Login("jingban2", Role.CLERK, "葛永强", TOWNSHIP),
    Login("fuze", Role.LEADER, "陶建民", TOWNSHIP),
    Login("shegong", Role.SOCIAL_WORKER, "蔺小雨", TOWNSHIP),
    Login("hedui", Role.VERIFIER, "柴明亮", COUNTY),
    Login("shenpi", Role.APPROVER, "耿丽华", COUNTY),
    Login("shenpi2", Role.APPROVER, "席志远", COUNTY),
    Login("caiwu", Role.PAYER, "仝会敏", COUNTY),
    Login("fuhe", Role.PAY_REVIEWER, "冀小平", COUNTY),
    Login("pizhun", Role.PAY_APPROVER, "宁海波", COUNTY),
    Login("juzhang", Role.DIRECTOR, "党卫国", COUNTY),
    Login("shenji", Role.AUDITOR, "暴清廉", COUNTY),
    Login("xitong", Role.SYSTEM, "关一平", COUNTY),
    Login("anquan", Role.SECURITY, "牛守安", COUNTY),
    Login("shenjiyuan", Role.AUDIT_ADMIN, "卫存真", COUNTY),
)
# What every township needs so that its cases move: two clerks who visit together, one who signs, one who helps visit.
TOWNSHIP_LOGINS = tuple(login for login in LOGINS if login.level == TOWNSHIP)


@dataclass(frozen=True)
class Hands:
    """一个乡镇办案的人, 和县里确认的人。"""

    clerk: User
    second: User
    leader: User
    approver: User


def make_staff(county: Area) -> dict[str, User]:
    """建立全部登录, 登录名 → 人员。The password is hashed once and shared: argon2 is slow on purpose."""
    password = make_password(PASSWORD)
    home = home_township(county.code)
    users = [_user(login, _area_of(login, county.code, home.code), password) for login in LOGINS]
    for township in areas.townships(county.code):
        if township.code != home.code:
            users += [_township_user(login, township, password) for login in TOWNSHIP_LOGINS]
    User.objects.bulk_create(users)
    return {user.username: user for user in User.objects.order_by("pk")}


def home_township(county_code: str) -> Area:
    """演示登录所在的乡镇: 第一个镇 (代码第七位为 1), 没有镇的县取第一个乡镇。"""
    townships = list(areas.townships(county_code))
    return next((township for township in townships if township.code[6] == "1"), townships[0])


def hands_of(village_code: str, staff: dict[str, User]) -> Hands:
    """某村的案子由谁办。"""
    township = short_code(village_code)
    suffix = "" if short_code(str(staff["jingban"].area_id)) == township else f"-{township}"
    return Hands(
        clerk=staff[f"jingban{suffix}"],
        second=staff[f"jingban2{suffix}"],
        leader=staff[f"fuze{suffix}"],
        approver=staff["shenpi" if int(township) % 2 else "shenpi2"],
    )


def short_code(code: str) -> str:
    """乡镇代码的九位写法。"""
    return code[: LEVEL_DIGITS["township"]]


def _area_of(login: Login, county: str, home: str) -> str:
    if login.level == COUNTY:
        return county
    if login.level == TOWNSHIP:
        return home
    return next(
        (v.code for v in areas.villages(home) if v.code[9] == "2"), home
    )  # a village, not a community


def _user(login: Login, area_code: str, password: str) -> User:
    return User(
        username=login.username, role=login.role, name=login.name, area_id=area_code, password=password
    )


def _township_user(login: Login, township: Area, password: str) -> User:
    short = township.name.removesuffix("街道").removesuffix("镇").removesuffix("乡")
    return User(
        username=f"{login.username}-{short_code(township.code)}",
        role=login.role,
        name=f"{short}{Role(login.role).label[-2:]}{'二' if login.username.endswith('2') else ''}",
        area_id=township.code,
        password=password,
    )
