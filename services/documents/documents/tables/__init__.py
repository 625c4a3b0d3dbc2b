"""The tables; the migrations make them."""
