"""Three hundred names of people and firms as a Chinese company has them among its customers; always the same."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from crm_common.search.port import Document
from crm_common.search.tokens import analyse

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑"
_GIVEN = ("伟", "芳", "娜", "秀英", "敏", "静", "强", "磊", "洋", "勇", "艳", "杰")
_CITIES = ("上海", "北京", "深圳", "杭州", "南京", "成都", "武汉", "苏州", "重庆", "天津")
_BRANDS = ("华信", "鼎盛", "中科", "恒通", "金桥", "万和", "博远", "瑞丰", "嘉德", "宏图")
_TRADES = ("贸易有限公司", "科技有限公司", "电子股份有限公司", "物流有限公司", "食品集团", "医疗器械有限公司")
_STREETS = ("人民路", "中山北路", "文三路", "解放大道", "长江路")


@dataclass(frozen=True, slots=True)
class Record:
    """A person or a firm as it stands in the corpus."""

    kind: str
    name: str
    also: str | None = None
    text: str | None = None

    @property
    def id(self) -> UUID:
        """Its id, made of its name."""
        return uuid5(UUID(int=0), f"{self.kind}/{self.name}")

    def document(self, version: int = 1, *owners: UUID) -> Document:
        """The record as a document."""
        return Document(self.kind, self.id, version, analyse([self.name, self.also], [self.text]), owners)


def person(name: str, text: str | None = None) -> Record:
    """A person."""
    return Record("Member", name, text=text)


def firm(name: str, also: str | None = None, text: str | None = None) -> Record:
    """A firm."""
    return Record("Buyer", name, also, text)


_CHOSEN = (
    person("张三", "关注基金投资，常驻上海"),
    person("张三丰"),
    person("李四"),
    person("曾国平"),
    person("吕布"),
    person("欧阳修", "欧阳先生喜欢喝龙井茶"),
    person("David Wang", "prefers e-mail"),
    person("单田芳"),
    firm("投资基金", text="私募"),
    firm("中欧基金投资管理有限公司", "中欧基金", "公募基金，固定收益"),
    firm("华夏投资基金管理有限公司", "华夏基金"),
    firm("远见创业投资有限公司", text="管理三只基金；投资 A 轮企业"),
    firm("华信科技有限公司", "华信", "税号 91310115MA1K3XYZ0P，客户等级 A2"),
    firm("中华信息工程有限公司"),
    firm("Siemens 西门子（中国）有限公司", "西门子", "工业自动化 PLC S7-1500"),
    firm("重庆长安汽车股份有限公司", "长安汽车"),
    firm("长沙银行股份有限公司"),
    firm("ＡＢＣ咨询公司", text="全角字母的名称"),
    firm("南京市长江大桥管理处"),
    firm("海底捞餐饮", text="联系电话 13812345678，前台 021-58881234"),
)
_PEOPLE = tuple(person(surname + given) for surname in _SURNAMES for given in _GIVEN)[::2]
_FIRMS = tuple(
    firm(
        f"{city}{_BRANDS[(at + by) % 10]}{_TRADES[(at + by) % 6]}", text=f"{city}市{_STREETS[(at * by) % 5]}{at + by}号"
    )
    for at, city in enumerate(_CITIES)
    for by in range(16)
)

CORPUS: tuple[Record, ...] = (*_CHOSEN, *_PEOPLE, *dict.fromkeys(_FIRMS))
