"""Bringing a file (DOC-01): an address for fifteen minutes, then a confirmation that checks what really came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, Setting, given
from crm_common.protocol.documents.files import DocumentView
from crm_common.protocol.documents.service import UPLOAD, CategoryId, DocumentId, FileName, Tags, documents
from crm_common.protocol.importing import FileUpload

MAX_MB = documents.setting(
    Setting("doc.max_mb", int, 100, "How many megabytes a file may have.", minimum=1, maximum=1024)
)
MINUTES = 15
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class UploadRules(Rules):
    """Refusals of uploads."""

    a_file_is_not_so_large = Rule(
        Code.VALIDATION,
        en="A file has 1 byte at least and {limit} MB at most.",
        zh="文件大小应在 1 字节到 {limit} MB 之间。",
    )
    files_of_this_type_are_not_taken = Rule(
        Code.VALIDATION, en="Files of this type are not taken ({found}).", zh="不支持上传该类型的文件（{found}）。"
    )
    the_content_is_not_what_the_name_says = Rule(
        Code.VALIDATION,
        en="The content ({found}) is not what the file's name says.",
        zh="文件内容（{found}）与文件扩展名不符。",
    )
    the_file_is_damaged_or_hostile = Rule(
        Code.VALIDATION, en="The file is damaged or not safe: {why}.", zh="文件已损坏或不安全：{why}。"
    )
    a_file_name_has_no_such_signs = Rule(
        Code.VALIDATION,
        en="A file's name has no slashes, no control signs and no change of direction.",
        zh="文件名不能包含斜杠、控制字符或改变文字方向的字符。",
    )
    the_file_has_another_size = Rule(
        Code.VALIDATION, en="{size} bytes came, {told} were told.", zh="收到 {size} 字节，与声明的 {told} 字节不符。"
    )
    the_checksum_is_wrong = Rule(
        Code.VALIDATION,
        en="What came is not what was sent: the checksum is wrong.",
        zh="文件校验和不一致，请重新上传。",
    )
    the_file_has_not_come = Rule(
        Code.BAD_STATE, en="The file has not come yet; upload it first.", zh="文件尚未上传，请先上传。"
    )
    the_upload_has_expired = Rule(
        Code.BAD_STATE, en="The address has expired; ask for another one.", zh="上传地址已过期，请重新获取。"
    )
    the_scanner_found_something = Rule(
        Code.VALIDATION, en="The scanner found {found}.", zh="安全扫描发现风险：{found}。"
    )


@documents.command(UPLOAD, returns={"upload_id": UUID, "upload": FileUpload})
@dataclass(frozen=True, slots=True, kw_only=True)
class RequestUpload(Command):
    """Say what file will come: the answer says where to bring it within 15 minutes; confirm it then.

    A draft of one's own comes of it, or another version of a file that one may edit.
    """

    name: FileName = given("The file's name with its ending; the ending must fit the content.")
    size: Annotated[int, Meta(ge=0)] = given("Bytes.")
    content_type: Annotated[str, Meta(min_length=1, max_length=150)] = given("What the content is (MIME).")
    sha256: Sha256 = given("SHA-256 of the content, 64 hexadecimal digits in lower case.")
    document_id: DocumentId | None = given("The file of which this is another version.", default=None)
    category_id: CategoryId | None = given("The category of a new file.", default=None)
    tags: Tags = given("Tags of a new file.", default=())


@documents.command(UPLOAD, returns={"document": DocumentView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmUpload(Command):
    """The file was brought: it is checked by size, checksum, content and scanner, and is there from now on.

    What is refused is removed from the store; ask for another address. Confirming twice answers the same file.
    """

    upload_id: UUID = given("What requestUpload answered.")
