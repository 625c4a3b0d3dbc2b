"""What is refused about schedules and calendars."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules


class ScheduleRules(Rules):
    """Refusals of schedules and calendars."""

    an_entry_has_a_title = Rule(Code.VALIDATION, en="Give the entry a title.", zh="请填写日程标题。")
    an_entry_lies_in_time = Rule(
        Code.VALIDATION,
        en="Say when it begins and ends, or for an all-day entry its first and last day; not both.",
        zh="请填写开始和结束时间；全天日程填写起止日期，两者不可同时填写。",
    )
    an_entry_ends_after_it_begins = Rule(
        Code.VALIDATION, en="An entry ends after it begins.", zh="日程的结束时间须晚于开始时间。"
    )
    an_entry_is_not_that_long = Rule(
        Code.LIMIT_EXCEEDED, en="An entry lasts at most {days} days.", zh="单个日程最长 {days} 天。"
    )
    a_repeat_is_a_rule_of_days = Rule(
        Code.VALIDATION,
        en="This is not a repeat by days, weeks, months or years as RFC 5545 writes it: {problem}.",
        zh="重复规则须为 RFC 5545 的日、周、月或年规则：{problem}。",
    )
    a_repeat_begins_with_its_entry = Rule(
        Code.VALIDATION,
        en="The entry itself must be the first of its repeats.",
        zh="日程的开始时间须是重复规则的第一次。",
    )
    there_is_no_such_occurrence = Rule(
        Code.NOT_FOUND, en="The entry does not take place at that time.", zh="该日程在此时间没有安排。"
    )
    one_does_not_invite_oneself = Rule(
        Code.VALIDATION, en="Whoever makes an entry takes part in it anyway.", zh="日程创建人无需邀请自己。"
    )
    an_invited_colleague_works_here = Rule(
        Code.VALIDATION, en="Only colleagues with an active account can be invited.", zh="只能邀请在职的同事。"
    )
    only_its_maker_changes_an_entry = Rule(
        Code.FORBIDDEN, en="Only whoever made the entry changes it.", zh="只有创建人可以修改该日程。"
    )
    a_period_is_asked_for_in_order = Rule(
        Code.VALIDATION, en="The last day is not before the first.", zh="截止日期不能早于开始日期。"
    )
    a_period_is_too_long = Rule(
        Code.LIMIT_EXCEEDED, en="A period has at most {days} days.", zh="查询期间最长 {days} 天。"
    )
    a_period_holds_too_much = Rule(
        Code.LIMIT_EXCEEDED,
        en="There is too much in this period (more than {limit}); ask for a shorter one.",
        zh="该期间的日程超过 {limit} 条，请缩短期间。",
    )
    a_link_leads_to_a_record = Rule(
        Code.VALIDATION, en="The link is no global id of a record.", zh="关联对象不是有效的记录 ID。"
    )
    there_are_too_many_calendars = Rule(
        Code.LIMIT_EXCEEDED,
        en="There are {limit} calendar addresses already; revoke one first.",
        zh="日历订阅地址已达 {limit} 个，请先撤销一个。",
    )
