"""The documents service for tests: people bring files to it, and records that others own are at hand."""
