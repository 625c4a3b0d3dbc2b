"""Who works in the demo company and where: nothing but data."""

from __future__ import annotations

from dataclasses import dataclass

HEAD_OFFICE = ""
"""The company's first department, which exists already."""


@dataclass(frozen=True, slots=True)
class DemoDepartment:
    """A department below ``parent``, led by whoever logs in as ``head``."""

    name: str
    parent: str
    code: str
    description: str
    head: str


@dataclass(frozen=True, slots=True)
class DemoPosition:
    """A position with the codes of its default roles."""

    key: str
    name: str
    department: str
    roles: tuple[str, ...]


DEPARTMENTS = (
    DemoDepartment("销售中心", HEAD_OFFICE, "S", "客户开发与成交", "zhouwei"),
    DemoDepartment("华东销售部", "销售中心", "S-E", "上海、江苏、浙江", "chenjing"),
    DemoDepartment("华南销售部", "销售中心", "S-S", "广东、福建、海南", "lihaoran"),
    DemoDepartment("市场部", HEAD_OFFICE, "M", "品牌、活动与线索", "sunyue"),
    DemoDepartment("客户服务部", HEAD_OFFICE, "C", "热线、工单与回访", "huangxiaomei"),
    DemoDepartment("财务部", HEAD_OFFICE, "F", "应收应付、预算与资金", "xumin"),
    DemoDepartment("运营部", HEAD_OFFICE, "O", "订单、合同与公海", "gaofeng"),
    DemoDepartment("综合管理部", HEAD_OFFICE, "A", "行政、人事与审计", "linfang"),
)
COMPANY_HEAD = "wangjianguo"

POSITIONS = (
    DemoPosition("ceo", "总经理", HEAD_OFFICE, ("SALES_MANAGER", "ANALYST")),
    DemoPosition("assistant", "总经理助理", HEAD_OFFICE, ("ANALYST",)),
    DemoPosition("sales_director", "销售总监", "销售中心", ("SALES_MANAGER", "ANALYST")),
    DemoPosition("east_manager", "销售经理", "华东销售部", ("SALES_MANAGER",)),
    DemoPosition("east_sales", "客户经理", "华东销售部", ("SALES",)),
    DemoPosition("south_manager", "销售经理", "华南销售部", ("SALES_MANAGER",)),
    DemoPosition("south_sales", "客户经理", "华南销售部", ("SALES",)),
    DemoPosition("marketing_manager", "市场经理", "市场部", ("MARKETER", "ANALYST")),
    DemoPosition("marketer", "市场专员", "市场部", ("MARKETER",)),
    DemoPosition("service_manager", "客服经理", "客户服务部", ("SERVICE_MANAGER",)),
    DemoPosition("agent", "客服专员", "客户服务部", ("AGENT",)),
    DemoPosition("finance_manager", "财务经理", "财务部", ("FINANCE",)),
    DemoPosition("accountant", "会计", "财务部", ("FINANCE",)),
    DemoPosition("cashier", "出纳", "财务部", ("CASHIER",)),
    DemoPosition("operations_manager", "运营经理", "运营部", ("OPERATIONS", "POOL_ADMIN")),
    DemoPosition("operator", "订单专员", "运营部", ("OPERATIONS",)),
    DemoPosition("contract_clerk", "合同专员", "运营部", ("CONTRACT_ADMIN",)),
    DemoPosition("office_manager", "行政经理", "综合管理部", ("OFFICE_ADMIN",)),
    DemoPosition("office_clerk", "行政专员", "综合管理部", ("OFFICE_ADMIN",)),
    DemoPosition("auditor", "内审专员", "综合管理部", ("AUDITOR",)),
)

# Name, what he logs in with, position.
STAFF = (
    ("王建国", "wangjianguo", "ceo"),
    ("何雨桐", "heyutong", "assistant"),
    ("周伟", "zhouwei", "sales_director"),
    ("陈静", "chenjing", "east_manager"),
    ("张伟", "zhangwei", "east_sales"),
    ("刘洋", "liuyang", "east_sales"),
    ("杨帆", "yangfan", "east_sales"),
    ("曾雨欣", "zengyuxin", "east_sales"),
    ("吴磊", "wulei", "east_sales"),
    ("郑思远", "zhengsiyuan", "east_sales"),
    ("李浩然", "lihaoran", "south_manager"),
    ("黄志强", "huangzhiqiang", "south_sales"),
    ("梁嘉怡", "liangjiayi", "south_sales"),
    ("罗文博", "luowenbo", "south_sales"),
    ("谢婷婷", "xietingting", "south_sales"),
    ("邓子轩", "dengzixuan", "south_sales"),
    ("冯晓燕", "fengxiaoyan", "south_sales"),
    ("孙悦", "sunyue", "marketing_manager"),
    ("赵梓涵", "zhaozihan", "marketer"),
    ("胡佳琪", "hujiaqi", "marketer"),
    ("宋一鸣", "songyiming", "marketer"),
    ("黄小梅", "huangxiaomei", "service_manager"),
    ("马丽", "mali", "agent"),
    ("郭海燕", "guohaiyan", "agent"),
    ("程浩", "chenghao", "agent"),
    ("田甜", "tiantian", "agent"),
    ("任思琪", "rensiqi", "agent"),
    ("徐敏", "xumin", "finance_manager"),
    ("朱琳", "zhulin", "accountant"),
    ("秦岚", "qinlan", "accountant"),
    ("蒋丽华", "jianglihua", "cashier"),
    ("高峰", "gaofeng", "operations_manager"),
    ("唐宁", "tangning", "operator"),
    ("于洋", "yuyang", "operator"),
    ("董洁", "dongjie", "contract_clerk"),
    ("林芳", "linfang", "office_manager"),
    ("潘晓东", "panxiaodong", "office_clerk"),
    ("韩雪", "hanxue", "office_clerk"),
    ("单文静", "shanwenjing", "auditor"),
    ("尉迟明", "yuchiming", "east_sales"),
)
