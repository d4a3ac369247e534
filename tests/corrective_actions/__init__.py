"""Tests of corrective actions."""
