"""What acceptance walks share: somebody who sets up a company in GraphQL, and refusals read in both languages."""
