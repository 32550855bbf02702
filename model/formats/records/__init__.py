"""JSON records: lists of objects, in each other or one a line, as rows with dotted column names."""

from model.formats.records.flat import LIST, Records, is_json, records

__all__ = ["LIST", "Records", "is_json", "records"]
