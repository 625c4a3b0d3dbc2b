"""Products: what is asked and told of them."""

from __future__ import annotations

from crm_common.protocol.sales.products import (
    CreateProduct,
    Products,
    ProductsByIds,
    PutProductOnSale,
    TakeProductOffSale,
    UpdateProduct,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from sales.operations.offering import Offering
from sales.usecases import products


class ProductOperations(Offering):
    """Products."""

    @rpc
    def products(self, query: Products) -> Raw:
        return self.views.page(query)

    @rpc
    def products_by_ids(self, query: ProductsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_product(self, command: CreateProduct) -> Raw:
        return self.commands.run(products.create_product, command)

    @rpc
    def update_product(self, command: UpdateProduct) -> Raw:
        return self.commands.run(products.update_product, command)

    @rpc
    def put_product_on_sale(self, command: PutProductOnSale) -> Raw:
        return self.commands.run(products.put_product_on_sale, command)

    @rpc
    def take_product_off_sale(self, command: TakeProductOffSale) -> Raw:
        return self.commands.run(products.take_product_off_sale, command)
