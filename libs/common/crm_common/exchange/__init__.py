"""Tables as people send and take them: CSV and XLSX, read and written as streams in constant memory."""

from crm_common.exchange.columns import Choice, Column, Kind, guess
from crm_common.exchange.reading import Limits, Row, Table, open_table
from crm_common.exchange.writing import Bars, CsvTable, Format, XlsxTable, write_template

__all__ = [
    "Bars",
    "Choice",
    "Column",
    "CsvTable",
    "Format",
    "Kind",
    "Limits",
    "Row",
    "Table",
    "XlsxTable",
    "guess",
    "open_table",
    "write_template",
]
