"""What services and gateway share: the protocol, the runtime, the journal and the read path."""
