"""Tests: unit, integration, scenarios, browser, chaos, architecture."""
