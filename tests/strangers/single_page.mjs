// A single-page app written with oidc-client-ts. Every address of it is this page: the answer of a
// sign-in or sign-out is taken here, in the window or in the frame of a silent renewal.

const settings = await (await fetch("/settings.json")).json();
const manager = new oidc.UserManager(settings);

const show = (id, text) => (document.getElementById(id).textContent = text);

try {
  if (location.pathname === "/callback") await manager.signinCallback();
  if (location.pathname === "/signed-out") await manager.signoutCallback();
  const user = await manager.getUser();
  show("user", JSON.stringify(user?.profile ?? null));
} catch (error) {
  show("error", error.error ?? error.message);
}

// Told last: whoever drives this page waits for it.
window.manager = manager;
