"""Internal articles (DOC-11)."""

from __future__ import annotations

from crm_common.protocol.documents.articles import (
    Articles,
    ArticlesByIds,
    CreateArticle,
    PublishArticle,
    ReadArticle,
    UpdateArticle,
    WithdrawArticle,
)
from crm_common.protocol.documents.demo import LoadDemoDocuments, LoadDemoPapers
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from documents import demo
from documents.operations.offering import Offering
from documents.usecases import articles


class ArticleOperations(Offering):
    """Articles."""

    @rpc
    def articles(self, query: Articles) -> Raw:
        return self.views.page(query)

    @rpc
    def articles_by_ids(self, query: ArticlesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_article(self, command: CreateArticle) -> Raw:
        return self.commands.run(articles.create_article, command)

    @rpc
    def update_article(self, command: UpdateArticle) -> Raw:
        return self.commands.run(articles.update_article, command)

    @rpc
    def publish_article(self, command: PublishArticle) -> Raw:
        return self.commands.run(articles.publish_article, command)

    @rpc
    def withdraw_article(self, command: WithdrawArticle) -> Raw:
        return self.commands.run(articles.withdraw_article, command)

    @rpc
    def load_demo_documents(self, command: LoadDemoDocuments) -> Raw:
        brought = demo.bring(self.objects, self.host.ids, self.host.clock.now(), command.employee_ids)
        return self.commands.run(demo.load(brought, command.employee_ids), command)

    @rpc
    def load_demo_papers(self, command: LoadDemoPapers) -> Raw:
        brought = demo.bring_papers(self.objects, self.host.ids, self.host.clock.now(), command.owner_ids)
        return self.commands.run(demo.load_papers(brought), command)

    @rpc
    def read_article(self, command: ReadArticle) -> Raw:
        return self.commands.run(articles.read_article, command)
