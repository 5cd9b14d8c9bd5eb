"""What the bank answers: matched to its lines, asked about, and what it could not deliver."""
