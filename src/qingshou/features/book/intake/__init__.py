"""From a lender's file to the lake: read, map, check, set apart, and account for every row. No Django here."""
