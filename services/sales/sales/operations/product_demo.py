"""A catalogue, quotes and deals to try the product with."""

from __future__ import annotations

from crm_common.protocol.sales.deals_demo import LoadDemoSales
from crm_common.protocol.sales.products_demo import LoadDemoProducts, LoadDemoQuotes
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from sales.operations.offering import Offering
from sales.usecases import deal_demo, product_demo


class ProductDemo(Offering):
    """Loading them."""

    @rpc
    def load_demo_products(self, command: LoadDemoProducts) -> Raw:
        return self.commands.run(product_demo.load_demo_products, command)

    @rpc
    def load_demo_quotes(self, command: LoadDemoQuotes) -> Raw:
        return self.commands.run(product_demo.load_demo_quotes, command)

    @rpc
    def load_demo_sales(self, command: LoadDemoSales) -> dict[str, int]:
        return {"loaded": deal_demo.load_demo_sales(self.host, self.context, command)}
