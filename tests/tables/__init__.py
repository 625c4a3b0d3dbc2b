"""Files as people send them, for tests."""
