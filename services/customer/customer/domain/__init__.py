"""The rules of customers, without any I/O: pure functions (state, command, now) → (state, events)."""
