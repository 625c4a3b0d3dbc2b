"""Approved orders and salespeople, for tests of what follows from orders."""
