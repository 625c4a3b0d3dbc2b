"""Rules of identity: pure functions from state and command to state and events."""
