"""Whose money pays, on which special account it stands, and what the year will still need."""
