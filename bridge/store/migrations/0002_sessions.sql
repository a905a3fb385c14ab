ALTER TABLE sessions ADD COLUMN cookie_hash TEXT;

ALTER TABLE sessions ADD COLUMN acr TEXT;

ALTER TABLE sessions ADD COLUMN seen_at BIGINT;

ALTER TABLE sessions ADD COLUMN ended_at BIGINT;

CREATE UNIQUE INDEX sessions_by_cookie ON sessions (cookie_hash);

ALTER TABLE grants ADD COLUMN claims TEXT;
