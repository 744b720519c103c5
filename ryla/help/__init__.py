"""Help for people who are here for the first time: short articles, found by their words."""
