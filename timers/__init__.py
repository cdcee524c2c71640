"""Deadlines and deliveries in the background: APScheduler as alarm clock, a sweep, the outbox."""
