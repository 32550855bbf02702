"""What every column of every file is called, what it means, its unit and its sign."""
