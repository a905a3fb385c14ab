CREATE TABLE group_members (
    group_name TEXT NOT NULL,
    person_id TEXT NOT NULL,
    account_id TEXT REFERENCES accounts (account_id),
    added_at BIGINT NOT NULL,
    PRIMARY KEY (group_name, person_id)
);

CREATE INDEX group_members_by_account ON group_members (account_id);

CREATE INDEX group_members_by_person ON group_members (person_id);

ALTER TABLE accounts ADD COLUMN group_names TEXT;
