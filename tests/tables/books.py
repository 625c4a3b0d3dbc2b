"""Workbooks for tests, written part by part: also such as no spreadsheet would write."""

from __future__ import annotations

import zipfile
from pathlib import Path

_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = (
    f'<workbook {_NS} xmlns:r="{_REL}"><workbookPr{{pr}}/><sheets>'
    '<sheet name="hidden" sheetId="1" state="hidden" r:id="rId9"/><sheet name="S" sheetId="2" r:id="rId1"/>'
    "</sheets></workbook>"
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
STYLES = (
    f'<styleSheet {_NS}><numFmts count="1"><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>'
    '</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="170"/><xf numFmtId="31"/></cellXfs></styleSheet>'
)


def sheet(rows: str, prolog: str = "") -> str:
    """A sheet around ``<row>`` elements."""
    return f"{prolog}<worksheet {_NS}><sheetData>{rows}</sheetData></worksheet>"


def strings(*texts: str) -> str:
    """The part of shared texts; each is the inside of an ``<si>``."""
    return f"<sst {_NS}>" + "".join(f"<si>{text}</si>" for text in texts) + "</sst>"


def book(
    path: Path, rows: str, *texts: str, pr: str = "", more: dict[str, str] | None = None, prolog: str = ""
) -> Path:
    """A workbook at ``path`` with these rows, shared texts and further parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", WORKBOOK.format(pr=pr))
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS)
        archive.writestr("xl/styles.xml", STYLES)
        archive.writestr("xl/worksheets/sheet1.xml", sheet(rows, prolog))
        if texts:
            archive.writestr("xl/sharedStrings.xml", strings(*texts))
        for name, text in (more or {}).items():
            archive.writestr(name, text)
    return path
