"""This month against the last, against the roll, and line by line against what a person must look at."""
