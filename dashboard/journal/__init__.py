"""The only database code: the schema, the stores and the verifier, which shares nothing with the decision."""
