"""The methods of the service, by subject; each is a few lines: hand to the use case or the view."""
