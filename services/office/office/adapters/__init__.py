"""What is asked of other services."""
