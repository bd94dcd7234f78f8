"""What stands in the files that are made from a snapshot: papers, a workbook, a data package."""
