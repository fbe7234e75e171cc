"""Made people for the demo, the tests and the benchmark; see ``scripts/make_people.py``."""
