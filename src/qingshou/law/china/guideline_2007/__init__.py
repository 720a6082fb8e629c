"""贷款风险分类指引: five classes before 2023-07-01."""
