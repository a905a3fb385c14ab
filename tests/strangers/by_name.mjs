// Loaded before a program that knows WeChat by its names alone: their connections lead to
// WECHAT_AT, host:port. TLS still asks for the name, and trusts NODE_EXTRA_CA_CERTS.

import { Socket } from "node:net";

const [host, port] = process.env.WECHAT_AT.split(":");
const connect = Socket.prototype.connect;

Socket.prototype.connect = function (...given) {
  const [options] = Array.isArray(given[0]) ? given[0] : given;
  if (options?.host?.endsWith(".weixin.qq.com")) {
    Object.assign(options, { host, port: Number(port), lookup: undefined });
  }
  return connect.apply(this, given);
};
