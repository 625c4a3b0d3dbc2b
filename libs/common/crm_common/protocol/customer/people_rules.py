"""What the customer service refuses about contacts, follow-ups, needs, relations and dates, by name."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules


class PeopleRules(Rules):
    """Refusals about what belongs to a customer."""

    a_contact_has_each_number_once = Rule(
        Code.VALIDATION, en="This number stands here already.", zh="该号码已重复填写。"
    )
    a_contact_is_of_this_customer = Rule(
        Code.VALIDATION, en="This is no contact of the customer.", zh="该联系人不属于此客户。"
    )
    a_follow_up_says_something = Rule(Code.VALIDATION, en="Write down what was said.", zh="请填写跟进内容。")
    a_next_contact_lies_ahead = Rule(
        Code.VALIDATION, en="The next contact must lie in the future.", zh="下次联系时间必须晚于当前时间。"
    )
    a_follow_up_is_edited_within_a_day = Rule(
        Code.READ_ONLY,
        en="A follow-up can be edited for 24 hours only.",
        zh="跟进记录仅可在 24 小时内修改。",
    )
    only_its_author_edits_a_follow_up = Rule(
        Code.FORBIDDEN, en="Only its author may edit a follow-up.", zh="只有填写人可以修改跟进记录。"
    )
    a_need_says_something = Rule(Code.VALIDATION, en="Say what is needed.", zh="请填写需求内容。")
    a_company_is_not_its_own_relative = Rule(
        Code.VALIDATION, en="A customer has no relation to itself.", zh="客户不能与自己建立关系。"
    )
    a_company_is_not_its_own_ancestor = Rule(
        Code.BAD_STATE,
        en="This would make the customer a parent of its own parent.",
        zh="该设置会使客户成为其上级公司的上级。",
    )
    a_company_has_one_parent = Rule(
        Code.DUPLICATE, en="The customer has a parent company already.", zh="该客户已有上级公司。"
    )
    two_customers_are_related_once = Rule(Code.DUPLICATE, en="This relation exists already.", zh="该关系已存在。")
    a_date_has_a_title = Rule(Code.VALIDATION, en="Say what day this is.", zh="请填写日期名称。")
