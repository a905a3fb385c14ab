ALTER TABLE sessions ADD COLUMN browser_id TEXT;

CREATE INDEX sessions_by_browser ON sessions (browser_id);

CREATE TABLE logged_in_clients (
    sid TEXT NOT NULL REFERENCES sessions (sid) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    PRIMARY KEY (sid, client_id)
);

CREATE INDEX logged_in_clients_by_client ON logged_in_clients (client_id);
