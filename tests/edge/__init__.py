"""What tests of the gateway's outer skin stand on: a desk that issues sessions, and a gateway served on a free port."""
