BEGIN TRANSACTION;
CREATE TABLE accounts (
    account_id TEXT PRIMARY KEY,
    subject TEXT NOT NULL UNIQUE,
    handle TEXT NOT NULL UNIQUE,
    nickname TEXT,
    picture TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
, standard_claims TEXT, email TEXT, state TEXT NOT NULL DEFAULT 'active', state_at BIGINT, merged_into TEXT REFERENCES accounts (account_id), signed_in_at BIGINT);
INSERT INTO "accounts" VALUES('o745sitnjbf2epuljogrixgxn2','oEiDTPd-hssm4Z_4ips8UR-Z-SEc','wxvqaotkeplqim','李娜',NULL,1790000000,1790000000,NULL,NULL,'disabled',1790000000,NULL,1790000000);
INSERT INTO "accounts" VALUES('q3tb7w6rye5vqofllus43kl3gw','erased:bbc9a81232badeb6a50c932a9c9510ca8453d292ef31f5ecd65223c62bc81300','erased:q3tb7w6rye5vqofllus43kl3gw',NULL,NULL,1790000000,1790000000,NULL,NULL,'erased',1790000000,NULL,NULL);
INSERT INTO "accounts" VALUES('d4shos5mdulvstjbaz4onknfyf','ozWv-jgMUS8EOHamXtjyNHeRzuFi','wxuh2672rcrah6','张伟','https://thirdwx.qlogo.cn/mmopen/vi_32/20c6fc83bf2bb0a4ab8121b79041b0b2553c3f31e48fefc8161c008a117519fb/132',1790000000,1790000000,NULL,NULL,'active',NULL,NULL,1790000000);
CREATE TABLE audit (
    audit_id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    account_id TEXT,
    client_id TEXT,
    detail TEXT
, other_account_id TEXT);
INSERT INTO "audit" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',1790000000,'account.disabled','o745sitnjbf2epuljogrixgxn2',NULL,NULL,NULL);
INSERT INTO "audit" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',1790000000,'account.erased','q3tb7w6rye5vqofllus43kl3gw',NULL,NULL,NULL);
CREATE TABLE clients (
    client_id TEXT PRIMARY KEY,
    registration TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
INSERT INTO "clients" VALUES('demo','{"client_name": "Demo", "redirect_uris": ["http://localhost:26915/callback"], "client_secret_hash": "ecdff281f697206cce8b50f553993c8d455f95eff601cde3e08abe51c766b338", "client_secret_sealed": null, "token_endpoint_auth_method": null, "token_endpoint_auth_signing_alg": null, "jwks": null, "jwks_uri": null, "application_type": "web", "response_types": ["code"], "grant_types": ["authorization_code"], "scope": ["openid", "profile", "email"], "default_max_age": null, "request_object_signing_alg": null, "request_uris": [], "require_pushed_authorization_requests": false, "resources": [], "subject_type": "public", "sector_identifier_uri": null, "id_token_signed_response_alg": "RS256", "id_token_encrypted_response_alg": null, "id_token_encrypted_response_enc": null, "userinfo_signed_response_alg": null, "userinfo_encrypted_response_alg": null, "userinfo_encrypted_response_enc": null, "access_token_format": "opaque", "claims_in_id_token": "scope", "email_verified": "auto", "nickname": "username", "extra_claims": null, "client_uri": null, "logo_uri": null, "policy_uri": null, "tos_uri": null, "contacts": [], "initiate_login_uri": null, "consent": "never", "access": null, "wechat_applications": null, "post_logout_redirect_uris": [], "frontchannel_logout_uri": null, "frontchannel_logout_session_required": false, "backchannel_logout_uri": null, "backchannel_logout_session_required": false, "is_self_registered": false, "registration_token_hash": null}',1790000000);
INSERT INTO "clients" VALUES('rp','{"client_name": "Relying Party", "redirect_uris": ["http://127.0.0.1:9/callback?kept=1"], "client_secret_hash": "ecdff281f697206cce8b50f553993c8d455f95eff601cde3e08abe51c766b338", "client_secret_sealed": null, "token_endpoint_auth_method": null, "token_endpoint_auth_signing_alg": null, "jwks": null, "jwks_uri": null, "application_type": "web", "response_types": ["code"], "grant_types": ["authorization_code"], "scope": ["openid", "profile", "email", "offline_access"], "default_max_age": null, "request_object_signing_alg": null, "request_uris": [], "require_pushed_authorization_requests": false, "resources": [], "subject_type": "public", "sector_identifier_uri": null, "id_token_signed_response_alg": "RS256", "id_token_encrypted_response_alg": null, "id_token_encrypted_response_enc": null, "userinfo_signed_response_alg": null, "userinfo_encrypted_response_alg": null, "userinfo_encrypted_response_enc": null, "access_token_format": "opaque", "claims_in_id_token": "scope", "email_verified": "auto", "nickname": "username", "extra_claims": null, "client_uri": null, "logo_uri": null, "policy_uri": null, "tos_uri": null, "contacts": [], "initiate_login_uri": null, "consent": "remember", "access": null, "wechat_applications": null, "post_logout_redirect_uris": [], "frontchannel_logout_uri": null, "frontchannel_logout_session_required": false, "backchannel_logout_uri": null, "backchannel_logout_session_required": false, "is_self_registered": false, "registration_token_hash": null}',1790000000);
INSERT INTO "clients" VALUES('signs','{"client_name": "Signs", "redirect_uris": ["http://127.0.0.1:9/callback?kept=1"], "client_secret_hash": null, "client_secret_sealed": "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIn0..vCcl2BLceUZLnyXe.ZCwCA0ahACChL_oc_Co1Zk_S1mMqO3anO0Se10xBhXyQQdRXycDa7u5sCZWllDzgVEIXYM8.Qwkb4f5SC0fIElXQKI9Zdg", "token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": null, "jwks": null, "jwks_uri": null, "application_type": "web", "response_types": ["code"], "grant_types": ["authorization_code"], "scope": ["openid", "profile", "email"], "default_max_age": null, "request_object_signing_alg": null, "request_uris": [], "require_pushed_authorization_requests": false, "resources": [], "subject_type": "public", "sector_identifier_uri": null, "id_token_signed_response_alg": "RS256", "id_token_encrypted_response_alg": null, "id_token_encrypted_response_enc": null, "userinfo_signed_response_alg": null, "userinfo_encrypted_response_alg": null, "userinfo_encrypted_response_enc": null, "access_token_format": "opaque", "claims_in_id_token": "scope", "email_verified": "auto", "nickname": "username", "extra_claims": null, "client_uri": null, "logo_uri": null, "policy_uri": null, "tos_uri": null, "contacts": [], "initiate_login_uri": null, "consent": "never", "access": null, "wechat_applications": null, "post_logout_redirect_uris": [], "frontchannel_logout_uri": null, "frontchannel_logout_session_required": false, "backchannel_logout_uri": null, "backchannel_logout_session_required": false, "is_self_registered": false, "registration_token_hash": null}',1790000000);
CREATE TABLE codes (
    code_hash TEXT PRIMARY KEY,
    grant_id TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    sid TEXT NOT NULL REFERENCES sessions (sid),
    request TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    redeemed_at BIGINT
);
INSERT INTO "codes" VALUES('260f88b4e2c852b5baab5406868fabd7808728ef7bcec83816dfa687c010d426','vbpjvvg6pldrbpg2rmryfo56n3','rp','jzr7u2mj4rzgf42pgt6poqhcgm','{"redirect_uri": "http://127.0.0.1:9/callback?kept=1", "nonce": "the nonce", "code_challenge": null}',1790000060,1790000000);
INSERT INTO "codes" VALUES('03538e1465d70ef70e40afd4dd3b0a841f40c519a1f36686ced5d9eb2681b8e0','5r2wbnvbovx5ckvyca7pe74wsd','rp','qexwkchc6wusjjb7k7b7rjimcc','{"redirect_uri": "http://127.0.0.1:9/callback?kept=1", "nonce": "the nonce", "code_challenge": null}',1790000060,1790000000);
INSERT INTO "codes" VALUES('ccdce2f36dde766d8a207b64d8802d743277cecb788314103813f21692742be8','wniwmxvbi6j6q2xhmgyzlyt5et','rp','qexwkchc6wusjjb7k7b7rjimcc','{"redirect_uri": "http://127.0.0.1:9/callback?kept=1", "nonce": "the nonce", "code_challenge": null}',1790000060,NULL);
CREATE TABLE consents (
    account_id TEXT NOT NULL REFERENCES accounts (account_id),
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    claims TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account_id, client_id)
);
INSERT INTO "consents" VALUES('o745sitnjbf2epuljogrixgxn2','rp','openid profile email offline_access','[]',1790000000);
INSERT INTO "consents" VALUES('d4shos5mdulvstjbaz4onknfyf','rp','openid profile email offline_access','[]',1790000000);
CREATE TABLE grants (
    grant_id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    sid TEXT NOT NULL REFERENCES sessions (sid),
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
, claims TEXT, resources TEXT);
INSERT INTO "grants" VALUES('vbpjvvg6pldrbpg2rmryfo56n3','rp','jzr7u2mj4rzgf42pgt6poqhcgm','openid profile email offline_access',1790000000,1790000000,'{"id_token": [], "userinfo": []}','');
INSERT INTO "grants" VALUES('5r2wbnvbovx5ckvyca7pe74wsd','rp','qexwkchc6wusjjb7k7b7rjimcc','openid profile email offline_access',1790000000,NULL,'{"id_token": [], "userinfo": []}','');
INSERT INTO "grants" VALUES('wniwmxvbi6j6q2xhmgyzlyt5et','rp','qexwkchc6wusjjb7k7b7rjimcc','openid profile email offline_access',1790000000,NULL,'{"id_token": [], "userinfo": []}','');
CREATE TABLE identities (
    kind TEXT NOT NULL,
    realm TEXT NOT NULL,
    value TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (account_id),
    created_at BIGINT NOT NULL, merged_from TEXT REFERENCES accounts (account_id),
    PRIMARY KEY (kind, realm, value)
);
INSERT INTO "identities" VALUES('openid','wx0123456789abcdef','oTXoMa1fNVmvTr9AKTyroZBm2oMk','o745sitnjbf2epuljogrixgxn2',1790000000,NULL);
INSERT INTO "identities" VALUES('unionid','main','oEiDTPd-hssm4Z_4ips8UR-Z-SEc','o745sitnjbf2epuljogrixgxn2',1790000000,NULL);
INSERT INTO "identities" VALUES('openid','wx0123456789abcdef','oDLzKbn2Lem65e_p_MHOStBbUvkz','d4shos5mdulvstjbaz4onknfyf',1790000000,NULL);
INSERT INTO "identities" VALUES('unionid','main','ozWv-jgMUS8EOHamXtjyNHeRzuFi','d4shos5mdulvstjbaz4onknfyf',1790000000,NULL);
CREATE TABLE installation (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO "installation" VALUES('schema_version','11');
INSERT INTO "installation" VALUES('subject_key','eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIn0..hmB8jpDpN8nEj6MB.uJjDbQ90y1z9lOd9CSgHkdZR2X3IF7zEBOHB_1_XUYxhqCOgHrXRK_iu4qACVCv9EZOVnVKpzNl9twD7SeqVkriF7KLp29nAcAQNlOyJbqWxj7CIzvQ.27QXYMuAk55TaDcH-vifkQ');
INSERT INTO "installation" VALUES('wechat','simulated');
CREATE TABLE logged_in_clients (
    sid TEXT NOT NULL REFERENCES sessions (sid) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    PRIMARY KEY (sid, client_id)
);
INSERT INTO "logged_in_clients" VALUES('jzr7u2mj4rzgf42pgt6poqhcgm','rp');
INSERT INTO "logged_in_clients" VALUES('qexwkchc6wusjjb7k7b7rjimcc','rp');
CREATE TABLE post_logout_redirect_uris (
    uri TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    PRIMARY KEY (uri, client_id)
);
CREATE TABLE pushed_requests (
    reference_hash TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    parameters TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    answered_by TEXT
);
CREATE TABLE received_pushes (
    push_hash TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
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
, cookie_hash TEXT, acr TEXT, seen_at BIGINT, ended_at BIGINT, browser_id TEXT);
INSERT INTO "sessions" VALUES('jzr7u2mj4rzgf42pgt6poqhcgm','1lb2es0mtk31i26262dntg8v6vvvj82hf','0553a6722da5c410550ed6bccadac37991a5fedd0a7cec5c1019b5cb7104df09','o745sitnjbf2epuljogrixgxn2',1790000000,'wechat qr','wx0123456789abcdef','oTXoMa1fNVmvTr9AKTyroZBm2oMk','oEiDTPd-hssm4Z_4ips8UR-Z-SEc',1790086400,'e56fbb1e3828406074be7aa469042355aabebd1ad68404988ba0116a928cde94','urn:wechat-oidc:acr:wechat',1790000000,1790000000,'adv6yj3kqugbabnwta24d3utqf');
INSERT INTO "sessions" VALUES('qexwkchc6wusjjb7k7b7rjimcc','1lb2es0jm1plhov433um8346cpv3fsgsv','20788da2bf1d4eb647766ea5767a0978a3f7e2a0c6dfbebc9041be24ecce1645','d4shos5mdulvstjbaz4onknfyf',1790000000,'wechat qr','wx0123456789abcdef','oDLzKbn2Lem65e_p_MHOStBbUvkz','ozWv-jgMUS8EOHamXtjyNHeRzuFi',1790086400,'1d2a9889006dcf3c0f217b00f408811440b0e91a434a0058b20f58bc1b0b8da7','urn:wechat-oidc:acr:wechat',1790000000,NULL,'qolaocirwup7cm3cxo42gk7wey');
CREATE TABLE tokens (
    token_hash TEXT PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (grant_id),
    kind TEXT NOT NULL,
    expires_at BIGINT NOT NULL
, issued_at BIGINT, ends_at BIGINT, rotated_at BIGINT, successor TEXT, scope TEXT, resources TEXT);
INSERT INTO "tokens" VALUES('4c0d21012bbc171d7c2f7859338a8da630d046a3380303835afb534c30207481','vbpjvvg6pldrbpg2rmryfo56n3','access',1790003600,1790000000,NULL,NULL,NULL,'openid profile email offline_access','');
INSERT INTO "tokens" VALUES('1a57b41fd3fd2d7ec8db1757d255c7a4bb412efa31a3a5623455d8b1dfe2430f','vbpjvvg6pldrbpg2rmryfo56n3','refresh',1792592000,1790000000,1797776000,NULL,NULL,NULL,NULL);
INSERT INTO "tokens" VALUES('21427420b4099ab3d6255f0a7aad9bc2f63d5dbb033c146d1f64f361cd745e81','5r2wbnvbovx5ckvyca7pe74wsd','access',1790003600,1790000000,NULL,NULL,NULL,'openid profile email offline_access','');
INSERT INTO "tokens" VALUES('9e46f513c731cabe785567e7c6459c87a783b937ddd8db6a4adc0b32485155e7','5r2wbnvbovx5ckvyca7pe74wsd','refresh',1792592000,1790000000,1797776000,NULL,NULL,NULL,NULL);
CREATE TABLE used_jtis (
    client_id TEXT NOT NULL,
    jti_hash TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, jti_hash)
);
CREATE UNIQUE INDEX identities_one_openid_of_an_appid
    ON identities (account_id, realm) WHERE kind = 'openid';
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX codes_by_expiry ON codes (expires_at);
CREATE INDEX codes_by_session ON codes (sid);
CREATE INDEX codes_by_client ON codes (client_id);
CREATE INDEX grants_by_session ON grants (sid);
CREATE INDEX grants_by_client ON grants (client_id);
CREATE INDEX grants_by_time ON grants (created_at);
CREATE INDEX tokens_by_expiry ON tokens (expires_at);
CREATE INDEX tokens_by_grant ON tokens (grant_id);
CREATE INDEX audit_by_time ON audit (at);
CREATE UNIQUE INDEX sessions_by_cookie ON sessions (cookie_hash);
CREATE INDEX consents_by_client ON consents (client_id);
CREATE INDEX used_jtis_by_expiry ON used_jtis (expires_at);
CREATE INDEX pushed_requests_by_expiry ON pushed_requests (expires_at);
CREATE INDEX pushed_requests_by_client ON pushed_requests (client_id);
CREATE INDEX sessions_by_browser ON sessions (browser_id);
CREATE INDEX logged_in_clients_by_client ON logged_in_clients (client_id);
CREATE UNIQUE INDEX accounts_by_email ON accounts (email);
CREATE INDEX post_logout_redirect_uris_by_client ON post_logout_redirect_uris (client_id);
CREATE INDEX accounts_by_survivor ON accounts (merged_into);
CREATE INDEX accounts_by_time ON accounts (created_at, account_id);
CREATE INDEX identities_by_account ON identities (account_id);
CREATE INDEX identities_by_former_account ON identities (merged_from);
CREATE INDEX identities_by_value ON identities (value);
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX audit_by_account ON audit (account_id);
CREATE INDEX audit_by_other_account ON audit (other_account_id);
CREATE INDEX received_pushes_by_expiry ON received_pushes (expires_at);
CREATE INDEX sessions_by_openid ON sessions (openid, appid);
COMMIT;
