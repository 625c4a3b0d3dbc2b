"""The service's methods, by aggregate; ``IdentityService`` is made of them."""
