"""What is refused of files and tables that people send, in words they can act on."""

from __future__ import annotations

from crm_common.errors import Code, Rule, Rules


class ExchangeRules(Rules):
    """Refusals of a whole file first, then those of a single cell."""

    the_file_is_empty = Rule(Code.VALIDATION, en="The file holds no rows.", zh="文件中没有数据。")
    the_file_is_too_large = Rule(
        Code.LIMIT_EXCEEDED,
        en="The file is larger than {limit} MB; split it.",
        zh="文件超过 {limit} MB，请拆分后再导入。",
    )
    the_file_has_too_many_rows = Rule(
        Code.LIMIT_EXCEEDED,
        en="The file has more than {limit} rows; split it.",
        zh="文件超过 {limit} 行，请拆分后再导入。",
    )
    the_file_has_too_many_columns = Rule(
        Code.VALIDATION,
        en="Row {row} has more than {limit} columns.",
        zh="第 {row} 行超过 {limit} 列。",
    )
    the_file_has_too_many_empty_rows = Rule(
        Code.VALIDATION,
        en="More than {limit} empty rows follow row {row}; delete them in the spreadsheet and save it again.",
        zh="第 {row} 行之后有超过 {limit} 个空行，请在表格中删除后重新保存。",
    )
    the_file_type_is_not_supported = Rule(
        Code.VALIDATION,
        en="Send a .xlsx or .csv file, not {found}.",
        zh="请上传 .xlsx 或 .csv 文件，不支持 {found}。",
    )
    the_file_is_not_what_its_name_says = Rule(
        Code.VALIDATION,
        en="The file is named {name} but holds {found}; save it again in the right format.",
        zh="文件名为 {name}，实际内容为 {found}，请另存为正确的格式。",
    )
    the_file_is_protected_by_a_password = Rule(
        Code.VALIDATION,
        en="The workbook is protected by a password; save it without one.",
        zh="工作簿已加密，请取消密码后重新保存。",
    )
    the_file_is_damaged = Rule(
        Code.VALIDATION, en="The file is damaged and cannot be read.", zh="文件已损坏，无法读取。"
    )
    the_file_unpacks_to_too_much = Rule(
        Code.VALIDATION,
        en="The workbook unpacks to more than {limit} MB; it is not read.",
        zh="工作簿解压后超过 {limit} MB，已拒绝读取。",
    )
    the_workbook_links_to_other_files = Rule(
        Code.VALIDATION,
        en="The workbook takes values from other files; paste them as values and save it again.",
        zh="工作簿引用了外部文件，请粘贴为数值后重新保存。",
    )
    the_encoding_is_not_known = Rule(
        Code.VALIDATION,
        en="The text is neither UTF-8, UTF-16 nor GB18030 (line {line}); save it as UTF-8.",
        zh="文件编码不是 UTF-8、UTF-16 或 GB18030（第 {line} 行），请另存为 UTF-8。",
    )
    a_quote_is_never_closed = Rule(
        Code.VALIDATION,
        en='A quotation mark opened near row {row} is never closed; double every " inside a cell.',
        zh='第 {row} 行附近的引号没有闭合，单元格内的 " 应写成 ""。',
    )

    a_cell_holds_a_formula = Rule(
        Code.VALIDATION, en="The cell holds a formula; paste it as a value.", zh="单元格是公式，请粘贴为数值。"
    )
    a_cell_holds_an_error = Rule(Code.VALIDATION, en="The cell shows the error {value}.", zh="单元格显示错误 {value}。")
    a_cell_is_too_long = Rule(
        Code.VALIDATION, en="The cell has more than {limit} characters.", zh="单元格超过 {limit} 个字符。"
    )
    the_row_has_more_cells_than_the_heading = Rule(
        Code.VALIDATION,
        en="The row has more cells than the heading; quote cells that contain the separator.",
        zh="该行的单元格多于表头，含分隔符的单元格请加引号。",
    )
    the_value_is_needed = Rule(Code.VALIDATION, en="{name} ({column}) is needed.", zh="“{column}”（{name}）不能为空。")
    digits_were_lost = Rule(
        Code.VALIDATION,
        en="{value}: the spreadsheet has dropped digits; format the column as text and type the number again.",
        zh="{value}：数字已被表格软件截断，请将该列设为文本格式后重新输入。",
    )
    this_is_no_number = Rule(Code.VALIDATION, en="{value} is not a number.", zh="“{value}”不是数字。")
    this_is_no_whole_number = Rule(Code.VALIDATION, en="{value} is not a whole number.", zh="“{value}”不是整数。")
    this_is_no_date = Rule(
        Code.VALIDATION,
        en="{value} is not a date; write it as 2024-03-05.",
        zh="“{value}”不是日期，请按 2024-03-05 填写。",
    )
    the_date_is_ambiguous = Rule(
        Code.VALIDATION,
        en="{value} can be read as two dates; write the year first, as 2024-03-05.",
        zh="“{value}”可理解为两个日期，请按 2024-03-05 填写。",
    )
    this_is_neither_yes_nor_no = Rule(
        Code.VALIDATION, en="{value} is neither yes nor no.", zh="“{value}”既不是“是”也不是“否”。"
    )
    this_is_no_choice = Rule(
        Code.VALIDATION, en="{value} is not one of: {known}.", zh="“{value}”不在可选值中：{known}。"
    )
