"""A service whose crates have custom fields, in one process or in processes of its own: for the tests of these."""
