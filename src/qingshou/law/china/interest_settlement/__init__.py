"""人民币利率管理规定: compound interest, settlement days, day count."""
