"""The calls of WeChat's API that the simulator answers."""

ACCESS_TOKEN = "/sns/oauth2/access_token"
REFRESH_TOKEN = "/sns/oauth2/refresh_token"
AUTH = "/sns/auth"
USERINFO = "/sns/userinfo"
JSCODE2SESSION = "/sns/jscode2session"

PATHS = (ACCESS_TOKEN, USERINFO, REFRESH_TOKEN, AUTH, JSCODE2SESSION)
