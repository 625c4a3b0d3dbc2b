"""A founded company for tests: identity on a real database, called as the gateway calls it."""
