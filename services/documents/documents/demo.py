"""What people of the demo company find among their files: templates, lists, articles, brought as people bring them."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import Change, Usecase
from crm_common.ids import Ids
from crm_common.objects import Objects
from crm_common.protocol.documents.articles import CreateArticle, PublishArticle
from crm_common.protocol.documents.categories import CreateDocumentCategory
from crm_common.protocol.documents.files import PublishDocument
from crm_common.protocol.documents.uploads import ConfirmUpload
from documents.adapters.texts import Said
from documents.domain.demo_paper import printed
from documents.domain.document import Content
from documents.domain.file_name import type_of
from documents.domain.upload import Upload
from documents.store import uploads
from documents.usecases import articles, categories, files
from documents.usecases import uploads as usecases

_CATEGORIES = ("合同模板", "产品资料", "规章制度")
_FILES: tuple[tuple[int, str, str], ...] = (
    (0, "投资顾问合同范本.txt", "投资顾问合同\n甲方委托乙方就投资基金的选择提供建议，乙方按本合同收取服务费。\n"),
    (0, "保密协议范本.txt", "保密协议\n双方对合作中知悉的客户信息、报价和合同内容负有保密义务。\n"),
    (1, "稳健增长基金说明.txt", "稳健增长投资基金\n主要投资于债券和大盘股票，起投金额五万元，每季度分红。\n"),
    (1, "产品报价表.csv", "产品,单位,单价（元）\n稳健增长基金,份,50000\n数据终端,台,12800\n顾问服务,年,36000\n"),
    (2, "客户资料管理办法.txt", "客户资料管理办法\n客户资料一律保存在系统中，不得带离；离职时由上级统一移交。\n"),
)
_ARTICLES: tuple[tuple[int, str, str], ...] = (
    (1, "如何向客户介绍基金产品", "先了解客户的风险承受能力，再介绍期限、费用和历史业绩，不承诺收益。"),
    (1, "第一次拜访客户前的准备", "查阅客户档案、跟进记录和竞争对手信息，准备合适的产品资料和名片。"),
    (2, "订单提交须知", "提交订单前请确认产品、已签合同和付款凭证齐全；凭证为 JPG、PNG 或 PDF。"),
)
_PAPERS = (("已签合同", "双方已盖章签字"), ("银行转账回单", "交易成功"))


@dataclass(frozen=True, slots=True)
class Brought:
    """A demo file whose bytes lie in the store already."""

    upload: Upload
    content: Content
    said: Said


def bring(objects: Objects, new_id: Ids, now: datetime, owners: tuple[UUID, ...]) -> list[Brought]:
    """Lay the files in the store, whose they will be in turn."""
    return [
        _laid(objects, _told(new_id, now, owners[place % len(owners)], name, text.encode()), text, text.encode())
        for place, (_, name, text) in enumerate(_FILES)
    ]


def bring_papers(objects: Objects, new_id: Ids, now: datetime, owners: tuple[UUID, ...]) -> list[Brought]:
    """Lay a signed contract and a receipt of a bank in the store for each of them."""
    found = []
    for place, owner in enumerate(owners, start=1):
        for kind, text in _PAPERS:
            name, said = f"{kind}-{place:03}.pdf", f"{kind} No. {place:03} {text}"
            raw = printed(said)
            found.append(_laid(objects, _told(new_id, now, owner, name, raw), said, raw))
    return found


def load_papers(brought: list[Brought]) -> Usecase:
    """Enter them as their owners' files, and say which they are."""

    def run(change: Change, _command: Any) -> dict[str, Any]:
        for each in brought:
            uploads.insert(change.connection, each.upload)
            usecases.confirm_upload(each.content, each.said)(change, ConfirmUpload(upload_id=each.upload.id))
        ids = [each.upload.document_id for each in brought]
        pairs = zip(ids[::2], ids[1::2], strict=True)
        return {"papers": [{"contract_id": str(one), "voucher_id": str(other)} for one, other in pairs]}

    return run


def _told(new_id: Ids, now: datetime, owner: UUID, name: str, raw: bytes) -> Upload:
    return Upload(
        id=new_id(), document_id=new_id(), is_new=True, name=name, category_id=None, tags=("示例",), by_id=owner,
        expires_at=now + timedelta(minutes=15), content_type=type_of(name), size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
    )  # fmt: skip


def _laid(objects: Objects, upload: Upload, text: str, raw: bytes) -> Brought:
    objects.put(upload.place, io.BytesIO(raw))
    content = Content(object_key=upload.place, content_type=upload.content_type, size=upload.size, sha256=upload.sha256)
    return Brought(upload, content, Said(text, "FOUND"))


def load(brought: list[Brought], owners: tuple[UUID, ...]) -> Usecase:
    """Enter them through the same use cases as everybody's, if there is no category yet."""

    def run(change: Change, _command: Any) -> dict[str, Any]:
        there = change.connection.exec_driver_sql("SELECT EXISTS (SELECT FROM document_category)").scalar_one()
        if there:
            return {"loaded": 0}
        kept = [
            categories.create_category(change, CreateDocumentCategory(name=name, rank=rank))["category"]
            for rank, name in enumerate(_CATEGORIES)
        ]
        for each, (category, _, _) in zip(brought, _FILES, strict=True):
            uploads.insert(change.connection, replace(each.upload, category_id=kept[category]))
            made = usecases.confirm_upload(each.content, each.said)(change, ConfirmUpload(upload_id=each.upload.id))
            files.publish_document(change, PublishDocument(id=made["document"], version=1))
        for category, title, body in _ARTICLES:
            _write(change, owners[0], kept[category], title, body)
        return {"loaded": len(_FILES) + len(_ARTICLES)}

    return run


def _write(change: Change, author: UUID, category: UUID, title: str, body: str) -> None:
    made = articles.begin(change, CreateArticle(title=title, body=body, category_id=category), author)
    articles.publish_article(change, PublishArticle(id=made, version=1))
