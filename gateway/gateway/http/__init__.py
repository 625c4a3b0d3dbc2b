"""GraphQL over HTTP: requests read strictly, answers in the media type and with the status the specification asks for."""
