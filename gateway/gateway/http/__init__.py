"""GraphQL over HTTP: read strictly, answered in the media type and with the status the specification asks for."""
