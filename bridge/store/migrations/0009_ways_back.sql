CREATE TABLE post_logout_redirect_uris (
    uri TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    PRIMARY KEY (uri, client_id)
);

CREATE INDEX post_logout_redirect_uris_by_client ON post_logout_redirect_uris (client_id);
