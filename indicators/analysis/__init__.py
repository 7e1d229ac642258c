"""Analysis of regional integration: pure functions of tidy frames and arrays."""
