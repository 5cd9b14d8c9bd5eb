"""A raise of the standard over the whole roll."""
