"""A made-up paper: waves and their codes, one critic of both (tests/whole/test_second_paper.py)."""
