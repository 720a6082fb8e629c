"""商业银行贷款损失准备管理办法: loan provision and coverage ratios."""
