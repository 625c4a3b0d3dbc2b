"""What files say (DOC-04): found in every kind that has a text, in bounded memory and time, by a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from documents.adapters.texts import MOST_CHARACTERS, Said, text_of
from documents.domain.file_name import TYPES
from filing.cabinet import Cabinet, person
from filing.samples import docx, pdf, pptx, txt, xlsx

SAYING = {
    "pdf": pdf("投资基金 fund"),
    "docx": docx("投资基金 fund"),
    "pptx": pptx("投资基金 fund"),
    "xlsx": xlsx("投资基金 fund"),
    "txt": "投资基金 fund".encode("gb18030"),
    "csv": txt("投资基金 fund"),
}


@pytest.mark.parametrize("kind", SAYING)
def test_the_text_of_every_kind_is_found(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "content"
    path.write_bytes(SAYING[kind])
    assert text_of(path, TYPES[kind], seconds=60) == Said("投资基金 fund", "FOUND")


def test_lines_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "content"
    path.write_bytes(docx("第一段\n第二段"))
    assert text_of(path, TYPES["docx"], seconds=60).text == "第一段\n第二段"


def test_a_long_text_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "content"
    path.write_bytes("长".encode() * 1_000_000)
    assert text_of(path, TYPES["txt"], seconds=60) == Said("长" * MOST_CHARACTERS, "FOUND")


def test_what_cannot_be_read_costs_its_text_only(tmp_path: Path) -> None:
    path = tmp_path / "content"
    path.write_bytes(pdf().replace(b"/Pages 2 0 R", b"/Pages 1 0 R"))
    assert text_of(path, TYPES["pdf"], seconds=60) == Said("", "NONE")
    assert text_of(path, TYPES["png"], seconds=60) == Said("", "NONE")


def test_what_takes_too_long_is_ended_and_waits(tmp_path: Path) -> None:
    path = tmp_path / "content"
    path.write_bytes(SAYING["pdf"])
    # no process starts within a thousandth of a second
    assert text_of(path, TYPES["pdf"], seconds=0.001) == Said("", "WAITING")


def test_what_waits_is_read_by_the_job(service: Cabinet) -> None:
    li = person("li")
    made = service.uploaded(li, "a.txt", "第一版".encode())
    service.uploaded(li, "a.txt", "第二版".encode(), document_id=made["id"])
    service.call(li, "restore_document_version", id=made["id"], version=2, number=1)
    assert service.call(li, "view_document", id=made["id"])["text"] is None
    [(now,)] = service.rows("SELECT now()")

    report = service.run("documents.texts", now)

    assert report["read"] >= 1
    assert service.call(li, "view_document", id=made["id"])["text"] == "第一版"
    assert "document.text_found" in service.alone.events()
