"""Money that was not due, asked back."""
