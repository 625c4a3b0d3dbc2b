"""A small service whose records are found: firms and people, for tests of search."""
