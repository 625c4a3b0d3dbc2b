"""A small service for tests of the common library: entries with an amount and a unique name, and what events did."""
