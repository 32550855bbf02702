"""Workbooks: sheets read within bounds, and sheets written with the same bytes every time."""

from model.formats.xlsx.reading import Sheet, is_workbook, sheets
from model.formats.xlsx.writing import written

__all__ = ["Sheet", "is_workbook", "sheets", "written"]
