"""FFIEC uniform retail credit classification."""
