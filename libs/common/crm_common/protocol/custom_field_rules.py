"""What is refused about custom fields and their values, in words (CFD-01, 03)."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules


class CustomFieldRules(Rules):
    """Refusals of every service whose records have custom fields."""

    a_key_is_a_name = Rule(
        Code.VALIDATION,
        en="A key begins with a small letter and has letters and digits only, at most 40: {key} is none.",
        zh="字段标识须以小写字母开头，仅含字母和数字，最多 40 个字符：“{key}”不符合。",
    )
    a_key_is_used_once = Rule(
        Code.VALIDATION,
        en="There is a field {key} already, or there was one; keys are not used again.",
        zh="字段标识“{key}”已被使用（包括已归档的字段），不能重复。",
    )
    a_key_is_reserved = Rule(Code.VALIDATION, en="{key} is not free for a field.", zh="“{key}”为保留标识。")
    there_are_too_many_fields = Rule(
        Code.LIMIT_EXCEEDED, en="There are at most {limit} custom fields.", zh="自定义字段最多 {limit} 个。"
    )
    a_setting_does_not_fit_the_type = Rule(
        Code.VALIDATION,
        en="A field of type {type} has no setting {setting}.",
        zh="{type} 类型的字段没有“{setting}”设置。",
    )
    a_length_is_within_its_type = Rule(
        Code.VALIDATION, en="The greatest length is from 1 to {limit}.", zh="最大长度须为 1 到 {limit}。"
    )
    a_choice_needs_options = Rule(
        Code.VALIDATION, en="A field of choices needs 1 to {limit} options.", zh="选项字段须有 1 到 {limit} 个选项。"
    )
    option_keys_differ = Rule(Code.VALIDATION, en="Two options have the key {key}.", zh="选项标识“{key}”重复。")
    options_are_archived_not_deleted = Rule(
        Code.VALIDATION, en="The option {key} may be archived, but not left out.", zh="选项“{key}”只能归档，不能删除。"
    )
    a_type_with_values_stays = Rule(
        Code.VALIDATION,
        en="There are values in this field: its type stays {type}.",
        zh="字段已有数据，类型须保持为 {type}。",
    )
    values_are_there_twice = Rule(
        Code.VALIDATION,
        en="{count} values are there more than once: {values}.",
        zh="有 {count} 个值重复：{values}。",
    )
    an_order_names_every_field_once = Rule(
        Code.VALIDATION, en="An order names every field exactly once.", zh="排序须包含每个字段且仅一次。"
    )
    the_field_is_archived = Rule(Code.BAD_STATE, en="This field is archived.", zh="该字段已归档。")
    the_field_is_not_archived = Rule(Code.BAD_STATE, en="This field is not archived.", zh="该字段未归档。")
    the_field_is_in_use = Rule(
        Code.BAD_STATE,
        en="The field is used in {count} places: {uses}. Confirm to archive it nevertheless.",
        zh="该字段正在 {count} 处使用：{uses}。如仍要归档，请确认。",
    )
    the_field_is_being_prepared = Rule(
        Code.BAD_STATE,
        en="This field's index is being worked on; try again in a minute.",
        zh="该字段的索引正在处理中，请稍后再试。",
    )

    a_custom_value_is_missing = Rule(Code.VALIDATION, en="{name} is required.", zh="“{name}”为必填项。")
    a_custom_value_is_wrong = Rule(
        Code.VALIDATION, en="This is no value of {name}: {problem}.", zh="“{name}”的值无效：{problem}。"
    )
    a_custom_value_is_too_long = Rule(
        Code.VALIDATION, en="{name} has at most {limit} characters.", zh="“{name}”最多 {limit} 个字符。"
    )
    a_custom_value_is_not_unique = Rule(
        Code.VALIDATION, en="Another record has this {name} already.", zh="“{name}”的值已被其他记录使用。"
    )
