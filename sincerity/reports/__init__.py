"""From a finished round to workbook, page and pictures. Nothing here computes."""
