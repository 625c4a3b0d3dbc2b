"""Many reminders that are due, and processes that tell of them."""
