// Logto's connector for WeChat, as Logto runs it: {"do": …} a line, {"is": …} or {"error": …} back.

import { createInterface } from "node:readline";
import createConnector from "@logto/connector-wechat-web";

let connector;

const DOINGS = {
  async configure(config) {
    connector = await createConnector({ getConfig: async () => config });
    return connector.metadata.target;
  },
  authorization_url: ({ state, redirect_uri }) =>
    connector.getAuthorizationUri({ state, redirectUri: redirect_uri }, async () => {}),
  user: ({ code }) => connector.getUserInfo({ code }, async () => ({})),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: doing, ...asked } = JSON.parse(line);
  let answer;
  try {
    answer = { is: await DOINGS[doing](asked) };
  } catch (error) {
    answer = { error: error.code ?? error.name, said: error.message };
  }
  console.log(JSON.stringify(answer));
}
