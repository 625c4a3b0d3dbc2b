"""Orders that were approved, and what they leave in finance."""
