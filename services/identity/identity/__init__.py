"""The identity service: organisation, employees, roles and rights, sessions, company, settings, audit."""
