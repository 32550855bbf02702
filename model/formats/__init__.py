"""Reading what spreadsheets and tools save: one door for scenarios, incident logs and traffic.

`reading.read` makes a table of a file's bytes: CSV in any dialect, .xlsx or JSON records. Known
column names tell the header, the delimiter and the sheet. Cells stay as written; the wing reads
them only when it is told what they are, with the knowledge of their whole column or file:

>>> from zoneinfo import ZoneInfo
>>> from model.formats.dates import read_moments
>>> from model.formats.durations import read_duration
>>> from model.formats.numbers import read_number
>>> from model.formats.reading import decimal_of, read
>>> text = "Log 2026;;;\\nStart;Length;Cost;What\\n15/01/2026 09:05;2 h 30;€1,5k;Größe\\n"
>>> table = read(text.encode("cp1252"), "log.csv", known=("Start", "Length"))
>>> table.remarks  # doctest: +NORMALIZE_WHITESPACE
('read as Windows-1252 (Western European), with semicolons and decimal commas',
 'left out 1 line above the header')
>>> starts = read_moments(table.column("Start"), zone=ZoneInfo("Europe/Berlin"))
>>> starts.remarks, starts.answers[0].utc.isoformat()
(('dates day first',), '2026-01-15T08:05:00+00:00')
>>> [read_duration(cell, "h", table.decimal) for cell in table.column("Length")]
[Duration(hours=2.5)]
>>> cost = read_number(table.column("Cost")[0], decimal_of(table, ["Cost"]))
>>> cost.value, cost.currency, table.where(0, "Cost")
(1500.0, 'EUR', 'row 3, column Cost')

An answer is a value, a `Question` (the cell can mean several things: its text says what to write),
a `Refusal` (it means nothing of the kind) or `Unknown` (a person says there is no value: empty,
unknown or still open). A file that is no table is a `FormatError` with one line for each problem.
`dialect.written` and `xlsx.written` write rows so that `read` gives them back to the bit.
"""
