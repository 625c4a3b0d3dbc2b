// Starts GraphiQL on /graphql of this host. After a login the token is used for everything that follows, until reload.
(function () {
  "use strict";
  let headers = {};
  let token = null;

  const socket = location.protocol.replace("http", "ws") + "//" + location.host + "/graphql";
  const client = graphqlWs.createClient({ url: socket, connectionParams: () => headers });
  const send = GraphiQL.createFetcher({ url: "/graphql", wsClient: client });

  function authorizedHeaders(options) {
    const given = Object.fromEntries(
      Object.entries((options && options.headers) || {}).map(([name, value]) => [name.toLowerCase(), value]),
    );
    if (token && !given.authorization) given.authorization = "Bearer " + token;
    return given;
  }

  function remember(result) {
    for (const payload of Object.values((result && result.data) || {})) {
      if (payload && typeof payload.accessToken === "string") token = payload.accessToken;
    }
    return result;
  }

  async function fetcher(parameters, options) {
    headers = authorizedHeaders(options);
    const result = await send(parameters, { ...options, headers });
    return result && result[Symbol.asyncIterator] ? result : remember(result);
  }

  const welcome = [
    "# Log in first; the access token is then sent with every request until you reload this page.",
    "# 请先登录；之后的请求会自动携带令牌，直到刷新页面。",
    "",
    "mutation Login($loginName: String!, $password: String!) {",
    "  login(input: { loginName: $loginName, password: $password }) {",
    "    accessToken",
    "    userErrors { code message field }",
    "  }",
    "}",
    "",
    "query Departments {",
    "  departments(first: 20) {",
    "    nodes { id name }",
    "  }",
    "}",
    "",
  ].join("\n");

  ReactDOM.render(
    React.createElement(GraphiQL, {
      fetcher,
      defaultQuery: welcome,
      isHeadersEditorEnabled: true,
      shouldPersistHeaders: false,
    }),
    document.getElementById("graphiql"),
  );
})();
