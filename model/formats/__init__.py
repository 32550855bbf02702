"""Reading what spreadsheets and tools save: dialects, numbers, dates, workbooks, JSON records."""
