"""The report as one story: which slides there are, and what each one says."""
