// A relying party written with openid-client. It does what each line of its standard input asks,
// {"do": …, …}, and answers with a line: {"is": …} or {"error": …, "said": …}. None of
// openid-client's own checks is loosened.

import { createInterface } from "node:readline";
import * as client from "openid-client";

const AUTHENTICATION = {
  client_secret_basic: client.ClientSecretBasic,
  client_secret_post: client.ClientSecretPost,
  client_secret_jwt: client.ClientSecretJwt,
  private_key_jwt: client.PrivateKeyJwt,
  none: client.None,
};

const RESPONSE_TYPE = {
  code: () => {},
  "code id_token": client.useCodeIdTokenResponseType,
  id_token: client.useIdTokenResponseType,
};

// How a private key is imported for the decryption of what was encrypted for it
const KEY = {
  "RSA-OAEP-256": [{ name: "RSA-OAEP", hash: "SHA-256" }, ["decrypt"]],
  "ECDH-ES": [{ name: "ECDH", namedCurve: "P-256" }, ["deriveBits"]],
};

const signingKey = ({ jwk, by }) => crypto.subtle.importKey("jwk", jwk, by, false, ["sign"]);

let config;

const DOINGS = {
  // `secret` is a text or, of private_key_jwt, a key as `sign` below
  async discover({ issuer, client_id, method, secret, response_type, members }) {
    const proof = secret?.jwk ? { key: await signingKey(secret), kid: secret.jwk.kid } : secret;
    const authentication = AUTHENTICATION[method](proof);
    config = await client.discovery(new URL(issuer), client_id, members, authentication, {
      execute: [RESPONSE_TYPE[response_type]],
    });
    return config.serverMetadata();
  },

  // It registers itself (RFC 7591), and is from now on what it was told that it is
  async register({ issuer, metadata, initial_access_token }) {
    const authentication = AUTHENTICATION[metadata.token_endpoint_auth_method]();
    config = await client.dynamicClientRegistration(new URL(issuer), metadata, authentication, {
      initialAccessToken: initial_access_token,
    });
    return config.clientMetadata();
  },

  // From now on what is encrypted is decrypted; what is not is refused.
  async decrypt({ alg, enc, jwk }) {
    const [algorithm, usages] = KEY[alg];
    const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, usages);
    client.enableDecryptingResponses(config, [enc], { key, alg, kid: jwk.kid });
  },

  // The request, and what its answer is checked against
  async authorization_url({ parameters, sign, pushed }) {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const expected = { state: client.randomState(), nonce: client.randomNonce() };
    let asked = {
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
      ...expected,
      ...parameters,
    };
    let url = client.buildAuthorizationUrl(config, asked);
    if (sign) {
      const key = await signingKey(sign);
      url = await client.buildAuthorizationUrlWithJAR(config, asked, { key, kid: sign.jwk.kid });
      asked = url.searchParams;
    }
    if (pushed) {
      url = await client.buildAuthorizationUrlWithPAR(config, asked);
    }
    return { url: url.href, checks: { ...expected, pkceCodeVerifier } };
  },

  async redeem({ url, checks, max_age }) {
    const tokens = await client.authorizationCodeGrant(config, new URL(url), {
      pkceCodeVerifier: checks.pkceCodeVerifier,
      expectedState: checks.state,
      expectedNonce: checks.nonce,
      maxAge: max_age,
    });
    return { ...tokens, claims: tokens.claims() };
  },

  // The answer of response_type=id_token
  authenticate: ({ url, checks }) =>
    client.implicitAuthentication(config, new URL(url), checks.nonce, {
      expectedState: checks.state,
    }),

  async refresh({ refresh_token, parameters }) {
    const tokens = await client.refreshTokenGrant(config, refresh_token, parameters);
    return { ...tokens, claims: tokens.claims() };
  },

  userinfo: ({ access_token, subject }) => client.fetchUserInfo(config, access_token, subject),

  introspect: ({ token }) => client.tokenIntrospection(config, token),

  revoke: ({ token }) => client.tokenRevocation(config, token),

  end_session_url: ({ parameters }) => client.buildEndSessionUrl(config, parameters).href,
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: doing, ...asked } = JSON.parse(line);
  let answer;
  try {
    answer = { is: (await DOINGS[doing](asked)) ?? null };
  } catch (error) {
    const said = error.error_description ?? error.cause?.message ?? error.message;
    answer = { error: error.error ?? error.code ?? error.name, said };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
