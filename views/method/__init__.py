"""The page that says how each number arises and how far it has been checked."""
