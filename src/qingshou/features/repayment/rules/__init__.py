"""Judging of repayment: pure, no clock, no Django."""
