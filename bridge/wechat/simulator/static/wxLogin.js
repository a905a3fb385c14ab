// Stands in for WeChat's script that puts the page with the QR code into a website:
// https://developers.weixin.qq.com/doc/knowledge/2e076284689c6bcd.md
(() => {
  const script = new URL(document.currentScript.src);
  // WeChat keeps its scripts on a host of their own.
  const origin = script.hostname === "res.wx.qq.com" ? "https://open.weixin.qq.com" : script.origin;

  window.WxLogin = function WxLogin(options) {
    const selfRedirect = { true: "true", false: "false" }[options.self_redirect] ?? "default";
    // As at WeChat, nothing is escaped: that is left to the website, and so are the consequences.
    const query = [
      `appid=${options.appid}`,
      `scope=${options.scope}`,
      `redirect_uri=${options.redirect_uri}`,
      `state=${options.state}`,
      "login_type=jssdk",
      `self_redirect=${selfRedirect}`,
      `styletype=${options.styletype ?? ""}`,
      `sizetype=${options.sizetype ?? ""}`,
      `bgcolor=${options.bgcolor ?? ""}`,
      `rst=${options.rst ?? ""}`,
    ];
    if (options.style) query.push(`style=${options.style}`);
    if (options.href) query.push(`href=${options.href}`);
    if (options.lang === "en") query.push("lang=en");
    if (options.stylelite === 1) query.push("stylelite=1");
    if (options.fast_login === 0) query.push("fast_login=0");
    if (options.color_scheme) query.push(`color_scheme=${options.color_scheme}`);

    const frame = document.createElement("iframe");
    frame.setAttribute("frameborder", "0");
    frame.setAttribute("allowtransparency", "true");
    frame.setAttribute("scrolling", "no");
    frame.setAttribute("allow", "local-network-access");
    frame.width = "300px";
    frame.height = "400px";
    // When a frame has loaded, so have its pictures.
    frame.addEventListener("load", () => {
      options.onReady?.(true);
      options.onQRcodeReady?.();
    });
    frame.src = `${origin}/connect/qrconnect?${query.join("&")}`;
    document.getElementById(options.id).replaceChildren(frame);
  };
})();
