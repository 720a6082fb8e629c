"""CRR articles 47a, 47b and 178 with Regulation (EU) 2018/171."""
