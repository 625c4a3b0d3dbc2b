"""Projections: a service's own copy of its neighbours' facts, fed by snapshot and events, rebuilt without downtime."""
