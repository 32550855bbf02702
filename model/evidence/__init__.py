"""What an incident log says of rates, durations and losses, and of luck or change (MODEL §6).

Arrays in, small frozen results out: nothing here reads a log, and nothing knows of a scenario.
"""
