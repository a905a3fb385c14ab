CREATE TABLE consents (
    account_id TEXT NOT NULL REFERENCES accounts (account_id),
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    claims TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account_id, client_id)
);

CREATE INDEX consents_by_client ON consents (client_id);
