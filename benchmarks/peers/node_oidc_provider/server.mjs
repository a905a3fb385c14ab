// node-oidc-provider as an app of one's own is set up with it; see README.md.
// Arguments: the port, the client's secret, its redirect_uri. It says "ready" once it listens.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Provider } from 'oidc-provider';

const [port, clientSecret, redirectUri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const ACR = 'urn:example:wechat';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function client(clientId) {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    client_name: `Relying Party ${clientId}`,
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'RS256',
  };
}

// What an app of the operator's own is granted without a page (its documentation's recipe)
async function loadExistingGrant(ctx) {
  const { client: { clientId }, provider, result, session } = ctx.oidc;
  const grantId = result?.consent?.grantId || session.grantIdFor(clientId);
  if (grantId) return provider.Grant.find(grantId);
  const grant = new provider.Grant({ clientId, accountId: session.accountId });
  grant.addOIDCScope('openid profile offline_access');
  await grant.save();
  return grant;
}

const provider = new Provider(issuer, {
  clients: [client('rp')],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: randomUUID() }] },
  cookies: { keys: [randomUUID()] },
  acrValues: [ACR],
  claims: { openid: ['sub', 'auth_time', 'acr', 'amr'], profile: ['name', 'nickname', 'picture', 'updated_at'] },
  scopes: ['openid', 'offline_access'],
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false }, introspection: { enabled: true } },
  issueRefreshToken: async (ctx, asking) => asking.grantTypeAllowed('refresh_token'),
  loadExistingGrant,
  findAccount: async (ctx, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, name: `张伟 ${id}`, nickname: `张伟 ${id}`, picture: `https://thirdwx.qlogo.cn/mmopen/vi_32/${id}/132`, updated_at: 1_800_000_000 }),
  }),
});

const PAGE = (uid) => `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Sign in</title>
<form method="post" action="/interaction/${uid}/login"><input name="login" required><button>Sign in</button></form></html>`;

// An interaction page and a login of our own, as in its example
provider.use(async (ctx, next) => {
  const [, uid, login] = /^\/interaction\/([\w-]+)(\/login)?$/.exec(ctx.path) ?? [];
  if (!uid) return next();
  const { prompt } = await provider.interactionDetails(ctx.req, ctx.res);
  if (prompt.name !== 'login') throw new Error(`nobody is asked for ${prompt.name} here`);
  if (ctx.method === 'GET') {
    ctx.type = 'html';
    ctx.body = PAGE(uid);
    return undefined;
  }
  const accountId = new URLSearchParams(await text(ctx.req)).get('login');
  ctx.respond = false;
  return provider.interactionFinished(ctx.req, ctx.res, {
    login: { accountId, acr: ACR, amr: ['wechat'] },
  }, { mergeWithLastSubmission: false });
});

provider.on('server_error', (ctx, failure) => console.error(failure));
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
