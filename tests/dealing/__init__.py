"""Customers and identity in one process, each on its own database: for the tests of the pool."""
