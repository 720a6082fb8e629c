"""银行贷款损失准备计提指引: provision by class."""
