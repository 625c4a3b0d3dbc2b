"""Two small services for tests of the runtime: ``probe`` answers and tells events, ``hearer`` hears them."""
