CREATE TABLE accounts (
    account_id TEXT PRIMARY KEY,
    subject TEXT NOT NULL UNIQUE,
    handle TEXT NOT NULL UNIQUE,
    nickname TEXT,
    picture TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE identities (
    kind TEXT NOT NULL,
    realm TEXT NOT NULL,
    value TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (account_id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (kind, realm, value)
);

CREATE UNIQUE INDEX identities_one_openid_of_an_appid
    ON identities (account_id, realm) WHERE kind = 'openid';

CREATE TABLE sessions (
    sid TEXT PRIMARY KEY,
    wechat_state TEXT NOT NULL UNIQUE,
    delivery_hash TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES accounts (account_id),
    auth_time BIGINT NOT NULL,
    amr TEXT NOT NULL,
    appid TEXT NOT NULL,
    openid TEXT NOT NULL,
    unionid TEXT,
    expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE clients (
    client_id TEXT PRIMARY KEY,
    registration TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE codes (
    code_hash TEXT PRIMARY KEY,
    grant_id TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    sid TEXT NOT NULL REFERENCES sessions (sid),
    request TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    redeemed_at BIGINT
);

CREATE INDEX codes_by_expiry ON codes (expires_at);

CREATE INDEX codes_by_session ON codes (sid);

CREATE INDEX codes_by_client ON codes (client_id);

CREATE TABLE grants (
    grant_id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    sid TEXT NOT NULL REFERENCES sessions (sid),
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE INDEX grants_by_session ON grants (sid);

CREATE INDEX grants_by_client ON grants (client_id);

CREATE INDEX grants_by_time ON grants (created_at);

CREATE TABLE tokens (
    token_hash TEXT PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (grant_id),
    kind TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX tokens_by_expiry ON tokens (expires_at);

CREATE INDEX tokens_by_grant ON tokens (grant_id);

CREATE TABLE audit (
    audit_id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    account_id TEXT,
    client_id TEXT,
    detail TEXT
);

CREATE INDEX audit_by_time ON audit (at);
