"""Live events to subscriptions: one feed for the gateway, each event judged by the subscriber's rights as of now."""
