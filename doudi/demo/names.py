"""Names nobody was asked for: made of common surnames and given names, with the odd rare one."""

from random import Random

# Commonest first; drawn with falling weight, as surnames fall in life.
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安"
    "焦聂芦柴冀耿党仝娄宁平暴牛蔺席卫原单仇解查"
)
DOUBLE_SURNAMES = ("欧阳", "司马", "上官", "诸葛")
MALE = (
    "伟强军平建国志明德金水保全福贵长顺新生玉堂春林海有才继红文学永安占魁铁柱根旺石头喜来运兴天佑广义树森振华跃进援朝"
    "胜利爱民双喜留成满仓进才银锁松柏山河清泉"
)
FEMALE = (
    "秀英桂兰玉珍素梅凤霞爱莲香菊花云芳淑贞改焕翠荣巧玲红丽娟彩琴月娥春花秋菊金枝银环大妮小妞雪梅喜凤俊青麦换书改样"
    "转运美荣会敏灵芝"
)
YOUNG_MALE = "浩宇轩子涵博文俊杰一鸣梓豪奕辰泽宇家乐鑫鹏智晨阳明哲嘉懿旭航天乐"
YOUNG_FEMALE = "欣怡梓涵雨萱诗琪佳怡思彤若曦语嫣紫萱梦瑶可馨婉婷艺涵雅静心悦依诺"
RARE = "𬭎堃垚犇㛃喆玥翀祎旻燚𣲗"  # two of them outside the basic plane, as on real identity cards
HUI = "马白沙海丁哈虎金买铁"
ETHNIC_NAMES = (
    ("维吾尔族", ("阿依古丽·买买提", "艾山·吐尔逊", "古丽娜尔·阿不都热合曼", "买买提·伊明")),
    ("哈萨克族", ("叶尔兰·别克", "阿依努尔·哈力")),
    ("蒙古族", ("巴特尔", "乌日娜", "其其格")),
)
HAN, HUI_NAME, MONGOL = "汉族", "回族", "蒙古族"
YOUNG_SINCE = 1995
MASCULINE = {"艾山·吐尔逊", "买买提·伊明", "叶尔兰·别克", "巴特尔"}
_WEIGHTS = tuple(1 / (place + 4) for place in range(len(SURNAMES)))


class Namer:
    """起名: 给定性别和出生年, 返回 (姓名, 民族)。"""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        # Drawing weighted surnames one by one is slow; a long list drawn once is enough.
        self._surnames = rng.choices(SURNAMES, weights=_WEIGHTS, k=4096)

    def surname(self) -> str:
        """一个姓; 偶有复姓。"""
        if self.rng.random() < 0.002:
            return self.rng.choice(DOUBLE_SURNAMES)
        return self._surnames[int(self.rng.random() * 4096)]

    def person(self, *, male: bool, year: int, surname: str = "") -> tuple[str, str]:
        """一个人的姓名和民族; 给了姓就随姓。"""
        draw = self.rng.random()
        if not surname and draw < 0.001:
            return self._ethnic(male=male)
        if not surname and draw < 0.018:
            return self.rng.choice(HUI) + self._given(male=male, year=year), HUI_NAME
        return (surname or self.surname()) + self._given(male=male, year=year), HAN

    def _given(self, *, male: bool, year: int) -> str:
        rng = self.rng
        if year >= YOUNG_SINCE:
            pool = YOUNG_MALE if male else YOUNG_FEMALE
        else:
            pool = MALE if male else FEMALE
        first = pool[int(rng.random() * len(pool))]
        if rng.random() < 0.18:
            return first
        if rng.random() < 0.004:
            return first + rng.choice(RARE)
        return first + pool[int(rng.random() * len(pool))]

    def _ethnic(self, *, male: bool) -> tuple[str, str]:
        fitting = [(n, e) for e, names in ETHNIC_NAMES for n in names if (n in MASCULINE) == male]
        return self.rng.choice(fitting)
