"""What the customer service refuses about leads, forms and assignment rules, by name (features §3.2)."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules


class LeadRules(Rules):
    """Refusals about leads."""

    a_lead_can_be_reached = Rule(
        Code.VALIDATION, en="Give a phone number or an e-mail address.", zh="手机号和邮箱至少填写一项。"
    )
    an_open_lead_has_this_phone_or_email = Rule(
        Code.DUPLICATE,
        en="There is an open lead with this phone or e-mail address already.",
        zh="已存在相同手机号或邮箱的未结线索。",
    )
    a_lead_is_not_in_this_state = Rule(
        Code.BAD_STATE, en="A lead that is {status} does not allow this.", zh="线索当前状态（{status}）不允许此操作。"
    )
    an_invalid_lead_has_a_reason = Rule(
        Code.VALIDATION, en="Say why the lead is invalid.", zh="请填写判定为无效的原因。"
    )
    an_employee_cannot_receive_leads = Rule(
        Code.VALIDATION,
        en="This employee cannot receive leads: the account is disabled or unknown.",
        zh="该员工不存在或已停用，不能接收线索。",
    )
    only_its_owner_works_on_a_lead = Rule(
        Code.FORBIDDEN, en="Only the lead's owner may do this.", zh="只有线索负责人可以执行此操作。"
    )
    a_customer_needs_a_phone = Rule(
        Code.VALIDATION,
        en="A customer has a phone; the lead has none, so give one.",
        zh="客户必须有手机号，该线索没有，请填写。",
    )
    the_lead_has_a_phone = Rule(
        Code.VALIDATION, en="The lead has a phone of its own.", zh="该线索已有手机号，无需填写。"
    )
    this_form_is_closed = Rule(Code.NOT_FOUND, en="There is no such form.", zh="表单不存在或已关闭。")
    a_form_takes_so_many_a_minute = Rule(
        Code.LIMIT_EXCEEDED, en="Too many at once; try again in a minute.", zh="提交过于频繁，请稍后再试。"
    )
    a_rule_names_employees = Rule(Code.VALIDATION, en="Name who receives what the rule fits.", zh="请指定分配对象。")
    a_rule_for_a_person_names_one = Rule(
        Code.VALIDATION, en="A rule for a person names exactly one.", zh="指定到人的规则只能选择一名员工。"
    )
