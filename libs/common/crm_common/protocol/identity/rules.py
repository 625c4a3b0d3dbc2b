"""What identity refuses, as sentences in both languages."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules


class OrganisationRules(Rules):
    """Departments and positions (IDN-01 … 04)."""

    a_department_cannot_move_below_itself = Rule(
        Code.VALIDATION,
        en="{name} cannot be placed below itself.",
        zh="不能将部门“{name}”移到它自己或其下级部门之下。",
    )
    sibling_departments_have_different_names = Rule(
        Code.DUPLICATE, en="There is already a department {name} here.", zh="同级部门中已有“{name}”。"
    )
    the_parent_department_does_not_exist = Rule(
        Code.VALIDATION, en="The department above does not exist.", zh="上级部门不存在。"
    )
    only_an_empty_department_can_be_deleted = Rule(
        Code.BAD_STATE,
        en="{name} still has {departments} departments, {positions} positions and {employees} employees.",
        zh="部门“{name}”下还有 {departments} 个部门、{positions} 个岗位、{employees} 名员工，不能删除。",
    )
    an_order_names_every_sibling_once = Rule(
        Code.VALIDATION,
        en="A new order names all records at this place, each exactly once.",
        zh="排序必须包含同级的全部记录，且每个只出现一次。",
    )
    a_head_is_an_active_employee = Rule(
        Code.VALIDATION, en="The head must be an active employee.", zh="部门负责人必须是在职员工。"
    )
    a_position_needs_a_department = Rule(
        Code.VALIDATION,
        en="Create a department first: a position belongs to one.",
        zh="岗位必须属于一个部门，请先选择部门。",
    )
    the_department_does_not_exist = Rule(Code.VALIDATION, en="There is no such department.", zh="部门不存在。")
    positions_of_a_department_have_different_names = Rule(
        Code.DUPLICATE, en="The department already has a position {name}.", zh="该部门已有岗位“{name}”。"
    )
    a_position_in_use_cannot_be_deleted = Rule(
        Code.BAD_STATE,
        en="{name} is held by {employees} employees.",
        zh="岗位“{name}”上还有 {employees} 名员工，不能删除。",
    )
    a_name_is_not_blank = Rule(Code.VALIDATION, en="Give a name.", zh="请填写名称。")


class EmployeeRules(Rules):
    """Employees and their accounts (IDN-05 … 10)."""

    an_employee_needs_a_position = Rule(
        Code.VALIDATION,
        en="Choose a position: department, position, employee, in this order.",
        zh="请先选择岗位（顺序：部门 → 岗位 → 员工）。",
    )
    the_position_does_not_exist = Rule(Code.VALIDATION, en="There is no such position.", zh="岗位不存在。")
    a_position_must_belong_to_the_department = Rule(
        Code.VALIDATION, en="The position does not belong to this department.", zh="该岗位不属于所选部门。"
    )
    a_login_name_is_unique = Rule(
        Code.DUPLICATE, en="The login name {login_name} is taken.", zh="登录名“{login_name}”已被使用。"
    )
    a_login_name_has_no_spaces = Rule(
        Code.VALIDATION,
        en="A login name has 2 to 64 characters without spaces.",
        zh="登录名须为 2–64 个字符，且不含空格。",
    )
    an_employee_number_is_unique = Rule(
        Code.DUPLICATE, en="The number {number} is taken.", zh="工号“{number}”已被使用。"
    )
    a_phone_number_is_written_in_digits = Rule(
        Code.VALIDATION, en="This is not a phone number.", zh="电话号码格式不正确。"
    )
    an_email_address_has_the_usual_form = Rule(
        Code.VALIDATION, en="This is not an e-mail address.", zh="邮箱地址格式不正确。"
    )
    a_picture_is_a_web_address = Rule(
        Code.VALIDATION, en="The picture must be an http(s) address.", zh="图片必须是 http(s) 地址。"
    )
    the_account_is_disabled_already = Rule(
        Code.BAD_STATE, en="The account of {name} is disabled already.", zh="“{name}”的账号已停用。"
    )
    the_account_is_active_already = Rule(
        Code.BAD_STATE, en="The account of {name} is active already.", zh="“{name}”的账号已是启用状态。"
    )
    nobody_disables_himself = Rule(Code.BAD_STATE, en="You cannot disable your own account.", zh="不能停用自己的账号。")
    one_administrator_remains = Rule(
        Code.BAD_STATE,
        en="Somebody must remain who can edit and assign roles.",
        zh="系统中至少要保留一名能够编辑和分配角色的启用账号。",
    )


class RoleRules(Rules):
    """Roles and who has them (IDN-14 … 19)."""

    a_role_name_is_unique = Rule(Code.DUPLICATE, en="There is already a role {name}.", zh="已有角色“{name}”。")
    a_permission_is_in_the_catalogue = Rule(
        Code.VALIDATION, en="There is no permission {key}.", zh="没有名为“{key}”的权限。"
    )
    a_module_is_in_the_catalogue = Rule(
        Code.VALIDATION,
        en="There is no module, section or permission {name}.",
        zh="没有名为“{name}”的模块、分组或权限。",
    )
    a_scope_is_given_once = Rule(
        Code.VALIDATION, en="The scope of {name} is given twice.", zh="“{name}”的数据范围重复设置。"
    )
    a_role_in_use_needs_a_replacement = Rule(
        Code.BAD_STATE,
        en="{name} is held by {employees} employees and {positions} positions; name a replacement.",
        zh="角色“{name}”仍被 {employees} 名员工和 {positions} 个岗位使用，请指定替代角色。",
    )
    a_role_is_not_replaced_by_itself = Rule(
        Code.VALIDATION, en="A role cannot replace itself.", zh="不能用角色自身来替代。"
    )
    the_role_does_not_exist = Rule(Code.VALIDATION, en="There is no such role.", zh="角色不存在。")
    the_employee_does_not_exist = Rule(Code.VALIDATION, en="There is no such employee.", zh="员工不存在。")
    a_role_is_given_or_taken = Rule(
        Code.VALIDATION, en="The same role cannot be given and taken at once.", zh="不能同时授予和收回同一角色。"
    )


class CompanyRules(Rules):
    """The company's profile and parameters (IDN-24, SYS-01)."""

    a_zone_is_in_the_tz_database = Rule(
        Code.VALIDATION, en="There is no time zone {timezone}.", zh="没有时区“{timezone}”。"
    )
    a_week_has_a_working_day = Rule(
        Code.VALIDATION, en="Name at least one working day, each once.", zh="请至少选择一个工作日，且不重复。"
    )
    there_is_no_such_setting = Rule(Code.NOT_FOUND, en="There is no setting {key}.", zh="没有名为“{key}”的参数。")
    a_setting_keeps_its_type_and_range = Rule(
        Code.VALIDATION, en="{key} does not take this value: {problem}.", zh="参数“{key}”不接受该值：{problem}。"
    )


class ReviewRules(Rules):
    """Rights review and handover (IDN-22, 23)."""

    a_closed_review_is_not_changed = Rule(Code.BAD_STATE, en="This review is closed.", zh="该审查已关闭。")
    every_item_is_decided_before_closing = Rule(
        Code.BAD_STATE, en="{open} items are not decided yet.", zh="还有 {open} 项未作决定。"
    )
    a_decided_item_is_not_decided_again = Rule(Code.BAD_STATE, en="This item is decided already.", zh="该项已作决定。")
    an_item_belongs_to_its_review = Rule(
        Code.VALIDATION, en="This item is not of this review.", zh="该项不属于此次审查。"
    )
    a_role_by_position_is_removed_at_the_position = Rule(
        Code.BAD_STATE,
        en="He has this role by his position; change the position's roles instead.",
        zh="该角色来自岗位，请修改岗位的默认角色。",
    )
    a_receiver_is_an_active_employee = Rule(
        Code.VALIDATION, en="Every receiver must be an active employee.", zh="接收人必须是在职员工。"
    )
    nobody_receives_his_own_records = Rule(
        Code.VALIDATION, en="The receiver must be somebody else.", zh="接收人不能是移交人本人。"
    )
    a_handover_has_a_receiver = Rule(Code.VALIDATION, en="Name at least one receiver.", zh="请至少指定一名接收人。")
