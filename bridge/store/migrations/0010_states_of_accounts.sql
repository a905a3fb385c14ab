ALTER TABLE accounts ADD COLUMN state TEXT NOT NULL DEFAULT 'active';

ALTER TABLE accounts ADD COLUMN state_at BIGINT;

ALTER TABLE accounts ADD COLUMN merged_into TEXT REFERENCES accounts (account_id);

ALTER TABLE accounts ADD COLUMN signed_in_at BIGINT;

CREATE INDEX accounts_by_survivor ON accounts (merged_into);

CREATE INDEX accounts_by_time ON accounts (created_at, account_id);

ALTER TABLE identities ADD COLUMN merged_from TEXT REFERENCES accounts (account_id);

CREATE INDEX identities_by_account ON identities (account_id);

CREATE INDEX identities_by_former_account ON identities (merged_from);

CREATE INDEX identities_by_value ON identities (value);

CREATE INDEX sessions_by_account ON sessions (account_id);

ALTER TABLE audit ADD COLUMN other_account_id TEXT;

CREATE INDEX audit_by_account ON audit (account_id);

CREATE INDEX audit_by_other_account ON audit (other_account_id);
