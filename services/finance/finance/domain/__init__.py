"""The rules: pure functions (state, command) → (state, events)."""
