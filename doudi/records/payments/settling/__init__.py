"""What is due in a month, how often a scheme pays, and what has been settled already."""
