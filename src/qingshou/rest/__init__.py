"""What every REST endpoint shares: problems, cursors, idempotency keys, and who calls. It knows no feature."""
