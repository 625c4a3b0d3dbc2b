"""Projections: a service's own small copy of its neighbours' facts, fed by a snapshot and events, rebuilt without downtime."""
