"""The database: tables, loading and locking a case, applying one change, and the read side."""

from engine.store.database import Conflict, retried
from engine.store.store import Store, Transaction

__all__ = ["Conflict", "Store", "Transaction", "retried"]
