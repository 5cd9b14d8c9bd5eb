"""医疗救助的对象和待遇表：一人取最高的一种身份，各渠道的起付标准、比例、限额由此而来。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from doudi.law.entities import PERSON
from doudi.law.language import by_choice, choose, greatest, least, none_of, one_of, share, when
from doudi.law.schemes import medical_inputs as given
from doudi.law.schemes.means_inputs import LOCALITIES
from doudi.law.schemes.medical_inputs import MEDICAL
from doudi.law.units import CODE, FEN, FEN_YEAR, FLAG, RATE, Code, Fen, Flag, Rate, Unit

DECREE_649 = "649号令"
OPINIONS_42 = "国办发〔2021〕42号"
ANHUI_6 = "皖政办〔2022〕6号"
SINCE = "2014-05-01"
AMONG = tuple(given.CATEGORIES)

rule = MEDICAL.rule


# ---- category: the highest identity only ---------------------------------------------------------------


def _likened_to(category: Code) -> None:
    """One rule a category that other identities may be likened to; the pack says which are."""

    def likened(
        is_orphan: Flag,
        is_child_in_need: Flag,
        is_retrenched: Flag,
        is_preferential: Flag,
        is_severely_disabled: Flag,
        is_disabled: Flag,
        is_brave: Flag,
        is_only_child: Flag,
        is_hardship: Flag,
        *,
        counts_as: Any,
    ) -> Flag:
        young = (is_orphan & one_of(counts_as.orphan, category)) | (
            is_child_in_need & one_of(counts_as.child_in_need, category)
        )
        served = (is_retrenched & one_of(counts_as.retrenched, category)) | (
            is_preferential & one_of(counts_as.preferential, category)
        )
        disabled = (is_severely_disabled & one_of(counts_as.severely_disabled, category)) | (
            is_disabled & one_of(counts_as.disabled, category)
        )
        others = (is_brave & one_of(counts_as.brave, category)) | (
            is_only_child & one_of(counts_as.only_child, category)
        )
        hard = is_hardship & one_of(counts_as.hardship, category)
        return young | served | disabled | others | hard

    likened.__doc__ = f"比照{given.CATEGORIES[category]}"
    rule(PERSON, name=f"likened_{category}", cite=f"{DECREE_649} 第二十八条第三项", unit=FLAG, since=SINCE)(
        likened
    )


for _category in ("tekun", "dibao", "bianyuan"):
    _likened_to(_category)


@rule(PERSON, cite=OPINIONS_42, unit=CODE, since=SINCE, names=given.CATEGORIES)
def category(
    is_tekun: Flag,
    likened_tekun: Flag,
    is_dibao: Flag,
    likened_dibao: Flag,
    is_returned: Flag,
    is_monitored: Flag,
    is_bianyuan: Flag,
    likened_bianyuan: Flag,
    is_illness: Flag,
) -> Code:
    """救助对象类别（多重身份就高，不重复）"""
    lower = when(is_bianyuan | likened_bianyuan, "bianyuan", when(is_illness, "illness", "others"))
    rural = when(is_returned, "returned", when(is_monitored, "monitored", lower))
    return when(is_tekun | likened_tekun, "tekun", when(is_dibao | likened_dibao, "dibao", rural))


# ---- the table of treatment ----------------------------------------------------------------------------


@rule(PERSON, cite=OPINIONS_42, unit=FEN_YEAR, since=SINCE)
def income_threshold(locality: Code, category: Code, *, threshold: Any, local: Any) -> Fen:
    """按收入比例的起付标准（上年人均可支配收入的一定比例）"""
    return by_choice(
        threshold.basis,
        fixed=lambda: 0,
        income=lambda: share(
            choose(locality, local.income_year, among=tuple(LOCALITIES)),
            choose(category, threshold.share, among=AMONG),
        ),
    )


def _listed(category: Code, table: Any) -> int:
    worth: int = choose(category, table, among=AMONG)
    return worth


def _told(name: str, channel: Code, title: str, unit: Unit, body: Callable[..., int]) -> None:
    body.__doc__ = f"{given.CHANNELS[channel]}{title}"
    rule(PERSON, name=f"{channel}_{name}", cite=OPINIONS_42, unit=unit, since=SINCE)(body)


def _terms_of(channel: Code) -> None:
    """Threshold, rate and cap of one channel; a special disease may have its own threshold and rate."""

    def threshold_of(category: Code, income_threshold: Fen, *, threshold: Any, aid: Any) -> Fen:
        return by_choice(
            threshold.basis,
            fixed=lambda: _listed(category, getattr(aid, channel).threshold),
            income=lambda: income_threshold,
        )

    def special_threshold_of(
        category: Code, income_threshold: Fen, *, kinds: Any, threshold: Any, aid: Any
    ) -> Fen:
        return by_choice(
            kinds.method,
            same=lambda: threshold_of(category, income_threshold, threshold=threshold, aid=aid),
            split=lambda: _listed(category, getattr(aid, channel).special_threshold),
        )

    def rate_of(category: Code, *, aid: Any) -> Rate:
        return _listed(category, getattr(aid, channel).rate)

    def special_rate_of(category: Code, *, kinds: Any, aid: Any) -> Rate:
        return by_choice(
            kinds.method,
            same=lambda: rate_of(category, aid=aid),
            split=lambda: _listed(category, getattr(aid, channel).special_rate),
        )

    def cap_of(category: Code, *, cap: Any, aid: Any) -> Fen:
        def own() -> Fen:
            return _listed(category, getattr(aid, channel).cap)

        return by_choice(
            cap.basis,
            category=lambda: by_choice(cap.scope, separate=own, nested=own, shared=lambda: 0, none=lambda: 0),
            kind=lambda: 0,
        )

    _told("threshold", channel, "起付标准", FEN, threshold_of)
    _told("special_threshold", channel, "特殊疾病起付标准", FEN, special_threshold_of)
    _told("rate", channel, "救助比例", RATE, rate_of)
    _told("special_rate", channel, "特殊疾病救助比例", RATE, special_rate_of)
    _told("cap", channel, "年度限额（不分渠道或不设限额的为 0）", FEN_YEAR, cap_of)


for _channel in given.CHANNELS:
    _terms_of(_channel)


@rule(PERSON, cite=OPINIONS_42, unit=FEN_YEAR, since=SINCE)
def total_cap(category: Code, *, cap: Any) -> Fen:
    """各渠道合计年度限额（不设的为 0）"""
    return by_choice(
        cap.basis,
        category=lambda: by_choice(
            cap.scope,
            shared=lambda: _listed(category, cap.total),
            nested=lambda: _listed(category, cap.total),
            separate=lambda: 0,
            none=lambda: 0,
        ),
        kind=lambda: 0,
    )


# ---- premium -------------------------------------------------------------------------------------------


@rule(PERSON, cite=f"{DECREE_649} 第二十九条第一项", unit=FLAG, since=SINCE)
def class_subsidised(is_dibao: Flag, category: Code, dibao_class: Code, *, premium: Any) -> Flag:
    """低保类别在资助范围内（有的地方只资助一、二类）"""
    return none_of(is_dibao & one_of(category, "dibao")) | one_of(dibao_class, premium.dibao_classes)


def _most(category: Code, class_subsidised: Flag, flags: Mapping[str, Flag], table: Any) -> int:
    own = when(class_subsidised, _listed(category, table))
    return greatest(own, *(when(flag, getattr(table, code)) for code, flag in flags.items()))


@rule(PERSON, cite=f"{DECREE_649} 第二十九条第一项", unit=RATE, since=SINCE)
def premium_rate(
    category: Code,
    class_subsidised: Flag,
    is_severely_disabled: Flag,
    is_disabled: Flag,
    is_preferential: Flag,
    is_only_child: Flag,
    *,
    premium: Any,
) -> Rate:
    """资助参保比例（就高）"""
    flags = {
        "severely_disabled": is_severely_disabled, "disabled": is_disabled, "preferential": is_preferential,
        "only_child": is_only_child,
    }  # fmt: skip

    def listed() -> Rate:
        return _most(category, class_subsidised, flags, premium.rate)

    return by_choice(premium.basis, rate=listed, mixed=listed, fixed=lambda: 0)


@rule(PERSON, cite=f"{DECREE_649} 第二十九条第一项", unit=FEN_YEAR, since=SINCE)
def premium_fixed(
    category: Code,
    class_subsidised: Flag,
    is_severely_disabled: Flag,
    is_disabled: Flag,
    is_preferential: Flag,
    is_only_child: Flag,
    *,
    premium: Any,
) -> Fen:
    """资助参保定额（就高）"""
    flags = {
        "severely_disabled": is_severely_disabled, "disabled": is_disabled, "preferential": is_preferential,
        "only_child": is_only_child,
    }  # fmt: skip

    def listed() -> Fen:
        return _most(category, class_subsidised, flags, premium.fixed)

    return by_choice(premium.basis, fixed=listed, mixed=listed, rate=lambda: 0)


@rule(PERSON, cite=ANHUI_6, unit=FLAG, since=SINCE)
def premium_open(premium_enrolment: Flag, recognised_late: Flag, *, premium: Any) -> Flag:
    """可资助参保"""
    back_paid: Flag = premium.back_paid
    return premium_enrolment & (none_of(recognised_late) | back_paid)


@rule(PERSON, cite=f"{DECREE_649} 第二十九条第一项", unit=FEN_YEAR, since=SINCE)
def premium_subsidy(premium_open: Flag, premium_rate: Rate, premium_fixed: Fen, *, premium: Any) -> Fen:
    """资助参保金额（比例与定额取大，不超过个人缴费）"""
    due = greatest(share(premium.amount, premium_rate), premium_fixed)
    return when(premium_open, least(premium.amount, due))


@rule(PERSON, cite=f"{DECREE_649} 第二十九条第一项", unit=FEN_YEAR, since=SINCE)
def premium_own(premium_enrolment: Flag, premium_subsidy: Fen, *, premium: Any) -> Fen:
    """参保个人自缴"""
    return when(premium_enrolment, premium.amount - premium_subsidy)


__all__ = ["ANHUI_6", "DECREE_649", "OPINIONS_42", "SINCE"]
