"""Tests: unit, integration, browser, chaos, architecture."""
