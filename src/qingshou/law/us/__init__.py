"""United States: retail classification and wage garnishment."""
