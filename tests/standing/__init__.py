"""Whole systems for tests, in both modes, and people who talk to them in GraphQL."""
