"""One service in this process, for its own tests."""
