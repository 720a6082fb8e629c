"""銀行資產評估損失準備提列及逾期放款催收款呆帳處理辦法: five classes by months and security."""
