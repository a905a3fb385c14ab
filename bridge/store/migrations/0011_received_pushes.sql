CREATE TABLE received_pushes (
    push_hash TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

CREATE INDEX received_pushes_by_expiry ON received_pushes (expires_at);

CREATE INDEX sessions_by_openid ON sessions (openid, appid);
