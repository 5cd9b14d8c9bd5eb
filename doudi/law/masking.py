"""遮蔽：给谁看、看多少。公示行只有法定的几个字段。"""

from __future__ import annotations

from dataclasses import dataclass

from doudi.law.identity import canonical_name, normalise

NAME_STYLES = ("full", "surname", "middle")


@dataclass(frozen=True, slots=True)
class PublicRow:
    """公示榜上的一行：申请人姓名、家庭人口、拟保障金额（分/月；受理公示时还没有），此外一概没有。

    依据：民发〔2021〕57号 第二十四条；个人信息保护法 第二十五条、第二十八条。
    """

    name: str
    members: int
    amount_fen: int | None


def public_row(name: str, members: int, amount_fen: int | None, *, name_style: str) -> PublicRow:
    """做一行公示；`name_style` 由政策包定：full 全名，surname 只留姓，middle 遮中间字。"""
    return PublicRow(public_name(name, style=name_style), members, amount_fen)


def unposted_because(*, posted_by_name: bool, age: int, adult_age: int) -> str:
    """依法不公示的原因；应当公示的为空。`age` 是榜上写名的人受理时的周岁，未成年人和不公示姓名的项目一概不上榜。

    家里有成年人的，榜上写成年人的名字；一个也没有的才是未成年人。

    依据：未成年人保护法 第四条；个人信息保护法 第二十八条。
    """
    if not posted_by_name:
        return "本项目不公示姓名"
    return "申请人未成年" if age < adult_age else ""


def public_name(name: str, *, style: str) -> str:
    """按政策包的方式写公示姓名；不认识的方式抛 ValueError，不擅自公开全名。"""
    if style == "full":
        return canonical_name(name)
    if style == "surname":
        return mask_name(name)
    if style == "middle":
        return _middle(canonical_name(name))
    raise ValueError(f"政策包的公示姓名方式“{style}”不认识，应为 {'、'.join(NAME_STYLES)} 之一")


def mask_name(name: str) -> str:
    """姓名只留第一个字：李小明 → 李**。"""
    shown = canonical_name(name)
    return shown[:1] + "*" * (len(shown) - 1) if len(shown) > 1 else "*" * len(shown)


def mask_identity(number: str) -> str:
    """身份号码留前 4 位、后 2 位；不足 8 位全遮。"""
    return _ends(normalise(number), 4, 2)


def mask_account(account: str) -> str:
    """账号只留后 4 位；不足 8 位全遮。"""
    return _ends(normalise(account), 0, 4)


def mask_phone(phone: str) -> str:
    """电话留前 3 位、后 2 位；不足 8 位全遮。"""
    return _ends(normalise(phone), 3, 2)


def _middle(name: str) -> str:
    if len(name) <= 2:
        return mask_name(name)
    return name[0] + "*" * (len(name) - 2) + name[-1]


def _ends(text: str, head: int, tail: int) -> str:
    if len(text) < 8:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]
