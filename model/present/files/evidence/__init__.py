"""The files of the commands that learn from logs and hold the model against what is known."""
