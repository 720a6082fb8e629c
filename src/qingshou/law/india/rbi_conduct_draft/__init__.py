"""The RBI's draft of 2026 on conduct in recovery: off by default."""
