"""A service that sells: it tells of sales records as telephony, sales and finance will (CUS-15)."""
