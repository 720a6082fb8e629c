"""商业银行信用卡业务监督管理办法: the stricter ladder of cards."""
