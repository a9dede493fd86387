-- Back to 0003: a client's key is forgotten, its batches stay.

DROP TABLE idempotency_keys;
