CREATE TABLE pushed_requests (
    reference_hash TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    parameters TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    answered_by TEXT
);

CREATE INDEX pushed_requests_by_expiry ON pushed_requests (expires_at);

CREATE INDEX pushed_requests_by_client ON pushed_requests (client_id);
