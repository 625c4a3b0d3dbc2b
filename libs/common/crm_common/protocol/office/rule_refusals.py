"""Refusals of workflow rules (CFD-05)."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules


class WorkflowRules(Rules):
    """What a rule that is saved must be."""

    a_rule_has_a_name = Rule(Code.VALIDATION, en="Give the rule a name.", zh="请填写规则名称。")
    a_rule_begins_with_an_event_or_a_time = Rule(
        Code.VALIDATION,
        en="Say either the event or the schedule that the rule begins with.",
        zh="请指定触发事件或定时计划，二者选一。",
    )
    there_is_no_such_event = Rule(
        Code.VALIDATION, en="Rules know no event {name}.", zh="没有可用作触发条件的事件“{name}”。"
    )
    a_schedule_is_a_cron_line = Rule(
        Code.VALIDATION, en="This is no schedule: {problem}.", zh="定时计划无效：{problem}。"
    )
    a_schedule_knows_no_record = Rule(
        Code.VALIDATION,
        en="A rule by schedule has no event: leave the condition and the waiting time out.",
        zh="定时规则没有触发事件，不能设置条件和等待时间。",
    )
    a_rule_waits_for_a_time_of_its_event = Rule(
        Code.VALIDATION, en="The event tells no time {name}.", zh="该事件没有时间字段“{name}”。"
    )
    a_rule_acts = Rule(Code.VALIDATION, en="Say what the rule does.", zh="请至少设置一个动作。")
    rules_do_not_do_this = Rule(
        Code.VALIDATION, en="Rules cannot send the mutation {name}.", zh="规则不能执行操作“{name}”。"
    )
    an_input_is_missing = Rule(Code.VALIDATION, en="{mutation} needs {name}.", zh="操作“{mutation}”缺少参数“{name}”。")
    a_place_names_a_value = Rule(
        Code.VALIDATION, en="The event has no value {name}.", zh="事件中没有名为“{name}”的值。"
    )
    a_rule_belongs_to_an_employee = Rule(
        Code.FORBIDDEN,
        en="A rule acts with its owner's rights: only employees own rules.",
        zh="规则以所有者的权限执行，只有员工可以创建规则。",
    )
    a_rule_fires_on_its_own_event = Rule(
        Code.VALIDATION,
        en="This rule waits for {wanted}, not for {found}.",
        zh="该规则的触发事件是“{wanted}”，不是“{found}”。",
    )
    the_owner_is_not_active = Rule(
        Code.BAD_STATE, en="The rule's owner has no active account.", zh="规则所有者的账号已停用。"
    )
    the_owner_does_not_see_the_record = Rule(
        Code.BAD_STATE, en="The rule's owner does not see the record.", zh="规则所有者无权查看该记录。"
    )
    the_rule_was_switched_off = Rule(Code.BAD_STATE, en="The rule was switched off.", zh="规则已停用。")
    rules_set_one_another_off = Rule(
        Code.LIMIT_EXCEEDED,
        en="Rules set one another off: stopped after {limit} in a row.",
        zh="规则相互触发，已在连续 {limit} 次后停止。",
    )
    the_condition_could_not_be_asked = Rule(
        Code.VALIDATION, en="The condition does not fit the event: {problem}.", zh="条件与事件不符：{problem}。"
    )
