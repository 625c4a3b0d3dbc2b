"""What sales asks of other services, before its own transactions."""
