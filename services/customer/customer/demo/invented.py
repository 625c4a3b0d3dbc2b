"""The customers of the demo company: invented, the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from crm_common.protocol.customer.service import Channel, CustomerKind, Sex

TOTAL = 360
_CITIES = (
    ("上海", "shanghai", "021"), ("苏州", "jiangsu", "0512"), ("南京", "jiangsu", "025"), ("杭州", "zhejiang", "0571"),
    ("宁波", "zhejiang", "0574"), ("深圳", "guangdong", "0755"), ("广州", "guangdong", "020"),
    ("东莞", "guangdong", "0769"), ("福州", "fujian", "0591"), ("海口", "hainan", "0898"), ("北京", "beijing", "010"),
    ("武汉", "hubei", "027"), ("成都", "sichuan", "028"), ("青岛", "shandong", "0532"), ("合肥", "anhui", "0551"),
)  # fmt: skip
_BRANDS = (
    "远望", "恒泰", "鼎盛", "瑞丰", "嘉禾", "博雅", "华腾", "中科", "金桥", "安信", "盛世", "天成", "海纳", "众合",
    "明德", "启航", "云图", "蓝海", "同创", "国瑞", "新宇", "长虹", "百川", "至诚", "卓越", "锦程", "东方", "万象",
    "凯旋", "新源",
)  # fmt: skip
_TRADES = (
    ("精密机械", "manufacturing"), ("信息技术", "it"), ("软件", "it"), ("建筑工程", "construction"), ("贸易", "retail"),
    ("物流", "logistics"), ("新能源", "energy"), ("教育科技", "education"), ("医疗器械", "healthcare"),
    ("餐饮管理", "catering"), ("文化传媒", "media"), ("环保科技", "environment"), ("生物科技", "research"),
    ("投资管理", "finance"), ("置业", "realestate"), ("农业发展", "agriculture"),
)  # fmt: skip
_FORMS = (
    ("有限公司", "private"),
    ("股份有限公司", "listed"),
    ("集团有限公司", "private"),
    ("（中国）有限公司", "foreign"),
)
_ROADS = ("人民路", "中山路", "科技园路", "解放路", "建设大道", "滨江大道", "高新三路", "创业路")
_FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
_MEN, _WOMEN = ("伟", "强", "磊", "军", "浩", "志明", "建华", "子轩", "俊杰", "国栋"), (
    "芳", "娜", "静", "丽", "敏", "雪梅", "婷婷", "嘉怡", "梓涵", "晓燕",
)  # fmt: skip
_PROFESSIONS = ("教师", "医生", "工程师", "律师", "会计", "企业主", "设计师", "公务员")
_MOBILES = ("130", "133", "135", "136", "137", "138", "150", "152", "158", "180", "186", "189")
_SOURCES = ("phone", "website", "search", "wechat", "douyin", "exhibition", "referral", "partner", "advertising")
_TAGS = ("老客户", "决策快", "价格敏感", "重视售后", "年底有预算", "需要发票", "可做案例")
_REMARKS = (
    "通过展会认识，对新产品感兴趣。",
    "需要先提供试用。",
    "老板亲自决策。",
    "等待明年预算批复。",
    None,
    None,
    None,
)


TWIN_OF = 1
"""The company that somebody entered a second time, with a slip and another number."""


@dataclass(frozen=True, slots=True)
class Invented:
    """A customer's data, as a command has it, and how many days ago it came."""

    data: dict[str, Any]
    days_ago: int


def customers() -> Iterator[Invented]:
    """All of them. The days cover the ninety after which a customer goes back to the pool, and its eve."""
    random = Random(20261123)
    for place in range(TOTAL):
        given = _person(random, place) if place % 6 == 5 else _company(random, place)
        given |= {
            "source": random.choice(_SOURCES),
            "level": random.choice(("a", "b", "b", "c", "vip")),
            "remark": random.choice(_REMARKS),
            "tags": tuple(random.sample(_TAGS, random.choice((0, 0, 1, 2)))),
            "preferred_channel": random.choice((None, Channel.PHONE, Channel.WECHAT, Channel.VISIT)),
        }
        yield Invented(given, days_ago=place * 89 // TOTAL)


def twin() -> Invented:
    """The company of `TWIN_OF`, as somebody entered it again."""
    for place, each in enumerate(customers()):
        if place == TWIN_OF:
            name = each.data["name"].removesuffix("有限公司") + "公司"
            again = {"name": name, "phone": _mobile(TOTAL), "source": "phone", "level": "b"}
            return Invented({name: each.data[name] for name in ("kind", "region")} | again, each.days_ago)
    raise AssertionError("there is such a company")


def _company(random: Random, place: int) -> dict[str, Any]:
    city, region, area = random.choice(_CITIES)
    trade, industry = random.choice(_TRADES)
    form, nature = random.choice(_FORMS)
    brand = _BRANDS[place % len(_BRANDS)]
    mobile = place % 4 != 0
    return {
        "kind": CustomerKind.COMPANY,
        "name": f"{city}{brand}{trade}{form}",
        "phone": _mobile(place) if mobile else f"{area}-{60_000_000 + place * 13_701}",
        "region": region,
        "industry": industry,
        "nature": nature,
        "address": f"{city}市{random.choice(_ROADS)}{random.randint(1, 888)}号",
        "email": f"contact{place}@customers.example",
        "website": f"https://www.customers.example/{place}" if place % 3 else None,
    }


def _person(random: Random, place: int) -> dict[str, Any]:
    _, region, _ = random.choice(_CITIES)
    woman = random.random() < 0.5
    return {
        "kind": CustomerKind.PERSON,
        "name": random.choice(_FAMILIES) + random.choice(_WOMEN if woman else _MEN),
        "phone": _mobile(place),
        "region": region,
        "nature": "individual",
        "sex": Sex.FEMALE if woman else Sex.MALE,
        "birth_date": date(1960 + random.randint(0, 42), random.randint(1, 12), random.randint(1, 28)),
        "profession": random.choice(_PROFESSIONS),
        "hobbies": random.choice((None, "登山、摄影", "品茶", "羽毛球")),
    }


def _mobile(place: int) -> str:
    return f"{_MOBILES[place % len(_MOBILES)]}{(place * 7_919 + 10_000_019) % 100_000_000:08}"
