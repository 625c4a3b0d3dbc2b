"""What the customer service refuses about customers: the sentences, by name (features §3.1, §5)."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules


class CustomerRules(Rules):
    """Refusals about a customer's record."""

    a_customer_with_this_phone_and_name_exists = Rule(
        Code.DUPLICATE,
        en="A customer with this phone and name exists already ({state}, owner: {owner}).",
        zh="已存在相同手机号和名称的客户（{state}，负责人：{owner}）。",
    )
    the_phone_of_a_customer_cannot_be_changed = Rule(
        Code.IMMUTABLE_FIELD,
        en="The phone of a customer cannot be changed. Add further numbers as contacts.",
        zh="客户的手机号不可修改，其他号码请添加为联系人。",
    )
    a_customer_has_a_name = Rule(Code.VALIDATION, en="Give a name.", zh="请填写名称。")
    a_customer_in_the_pool_is_read_only = Rule(
        Code.READ_ONLY, en="A customer in the pool is read-only; claim it first.", zh="公海客户为只读，请先领取。"
    )
    a_customer_in_the_trash_is_read_only = Rule(
        Code.READ_ONLY,
        en="A customer in the trash is read-only; restore it first.",
        zh="垃圾箱中的客户为只读，请先还原。",
    )
    a_customer_waits_for_its_head = Rule(
        Code.READ_ONLY,
        en="The customer waits in a department's queue; its head passes it on first.",
        zh="客户正在部门队列中等待负责人分配。",
    )
    a_customer_is_gone = Rule(Code.BAD_STATE, en="The customer was merged or erased.", zh="该客户已被合并或清除。")
    only_the_owner_may_do_this = Rule(
        Code.FORBIDDEN, en="Only the customer's owner may do this.", zh="只有客户负责人可以执行此操作。"
    )
    a_value_is_not_in_its_dictionary = Rule(
        Code.VALIDATION,
        en="{value} is not an entry of the dictionary {dictionary}.",
        zh="“{value}”不在字典“{dictionary}”中。",
    )
    an_employee_cannot_own_customers = Rule(
        Code.VALIDATION,
        en="This employee cannot receive customers: the account is disabled or unknown.",
        zh="该员工不存在或已停用，不能接收客户。",
    )
    only_a_person_has_this = Rule(
        Code.VALIDATION,
        en="Sex, day of birth and profession are known of persons only.",
        zh="性别、出生日期和职业仅适用于个人客户。",
    )
    a_day_of_birth_has_passed = Rule(
        Code.VALIDATION, en="A day of birth lies in the past.", zh="出生日期不能晚于今天。"
    )
    an_email_has_a_name_and_a_host = Rule(
        Code.VALIDATION, en="This is not an e-mail address.", zh="电子邮箱格式不正确。"
    )


class PhoneRules(Rules):
    """What may be wrong with a phone number."""

    a_phone_number_consists_of_digits = Rule(
        Code.VALIDATION,
        en="A phone number consists of digits; an extension follows “x”.",
        zh="电话号码只能由数字组成，分机号请写在“转”之后。",
    )
    a_phone_number_is_too_short = Rule(Code.VALIDATION, en="This phone number is too short.", zh="电话号码位数不足。")
    a_phone_number_is_too_long = Rule(Code.VALIDATION, en="This phone number is too long.", zh="电话号码位数过多。")
    a_phone_number_names_no_country = Rule(
        Code.VALIDATION, en="No country has the code of this phone number.", zh="电话号码的国家代码不存在。"
    )
    a_phone_number_lacks_its_area_code = Rule(
        Code.VALIDATION,
        en="This landline number lacks its area code (010-…, 021-…).",
        zh="固定电话缺少区号（如 010-、021-）。",
    )
    a_phone_number_does_not_exist = Rule(
        Code.VALIDATION,
        en="There is no such phone number: check the first digits.",
        zh="电话号码号段不存在，请核对。",
    )
