ALTER TABLE accounts ADD COLUMN standard_claims TEXT;

ALTER TABLE accounts ADD COLUMN email TEXT;

CREATE UNIQUE INDEX accounts_by_email ON accounts (email);
