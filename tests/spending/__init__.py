"""What tests of expenses, payables, funds and refunds share."""
