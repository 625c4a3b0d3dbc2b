"""What the read path refuses, in words."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules


class ReadingRules(Rules):
    """Refusals of queries, whatever service answers them."""

    the_operator_does_not_fit = Rule(
        Code.VALIDATION,
        en="{operator} is not a condition for this field; there are: {known}.",
        zh="此字段不支持条件“{operator}”，可用条件：{known}。",
    )
    a_masked_field_is_found_by_its_whole_value = Rule(
        Code.VALIDATION,
        en="A masked field is found by its whole value only (eq, in); {operator} would tell parts of it.",
        zh="已屏蔽的字段只能按完整值查找（eq、in），不支持“{operator}”。",
    )
    a_filter_is_too_large = Rule(
        Code.LIMIT_EXCEEDED,
        en="A filter has at most {leaves} conditions, {depth} levels and {values} values in one list.",
        zh="筛选最多 {leaves} 个条件、{depth} 层嵌套，每个列表最多 {values} 个值。",
    )
    a_selection_is_too_large = Rule(
        Code.LIMIT_EXCEEDED,
        en="A selection has at most {fields} fields and {depth} levels.",
        zh="一次最多选择 {fields} 个字段、{depth} 层。",
    )
    an_order_is_too_long = Rule(
        Code.LIMIT_EXCEEDED, en="An order has at most {steps} steps.", zh="排序最多 {steps} 级。"
    )
    a_page_is_read_in_one_direction = Rule(
        Code.VALIDATION,
        en="Ask for the first or for the last records, not for both.",
        zh="first 与 last 不能同时使用。",
    )
    a_cursor_is_broken = Rule(Code.VALIDATION, en="This is not a cursor of ours.", zh="游标无效。")
