"""Live events to subscriptions: one feed for the whole gateway, every event judged by the subscriber's rights as of now."""
