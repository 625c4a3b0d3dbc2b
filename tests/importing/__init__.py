"""A service whose items can be imported, for tests."""
