"""商业银行金融资产风险分类办法: five classes since 2023-07-01."""
