// Starts GraphiQL on /graphql of this host. After a login the token is used for everything that follows, until reload.
(function () {
  "use strict";
  let headers = {};
  let token = null;

  const socket = location.protocol.replace("http", "ws") + "//" + location.host + "/graphql";
  const client = graphqlWs.createClient({ url: socket, connectionParams: () => headers });
  const send = GraphiQL.createFetcher({ url: "/graphql", wsClient: client, enableIncrementalDelivery: false });

  function authorizedHeaders(options) {
    const given = Object.fromEntries(
      Object.entries((options && options.headers) || {}).map(([name, value]) => [name.toLowerCase(), value]),
    );
    if (token && !given.authorization) given.authorization = "Bearer " + token;
    return given;
  }

  function remember(result) {
    for (const payload of Object.values((result && result.data) || {})) {
      const given = payload && payload.tokens && payload.tokens.accessToken;
      if (typeof given === "string") token = given;
    }
    return result;
  }

  async function fetcher(parameters, options) {
    headers = authorizedHeaders(options);
    const result = await send(parameters, { ...options, headers });
    return result && result[Symbol.asyncIterator] ? result : remember(result);
  }

  const welcome = [
    "# Log in first: its access token then goes",
    "# with every request until you reload.",
    "# 请先登录，之后的请求会自动携带令牌。",
    "",
    "mutation Login {",
    '  login(input: { loginName: "admin", password: "" }) {',
    "    tokens { accessToken mustChangePassword }",
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
    "subscription Follow {",
    "  departmentChanged { event record { id name } }",
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
