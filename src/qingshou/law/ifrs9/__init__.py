"""IFRS 9: stages by rebuttable presumption."""
