"""Turns service protocols into Strawberry types: everything public in the schema comes from a declaration."""
