// A client in one file: sessions with refresh, typed errors, idempotent changes, subscriptions over event streams.
import { print } from "@0no-co/graphql.web";
import type { TadaDocumentNode } from "gql.tada";
import { graphql } from "./graphql.js";

/** The closed list of codes, in `extensions.code` of errors and in `userErrors`. */
export type Code =
  | "UNAUTHENTICATED" | "SESSION_LOCKED" | "FORBIDDEN" | "NOT_FOUND" | "VALIDATION" | "DUPLICATE" | "IMMUTABLE_FIELD"
  | "READ_ONLY" | "LIMIT_EXCEEDED" | "BAD_STATE" | "CONFLICT" | "UNAVAILABLE";

/** What could not be foreseen: no session, a malformed request, a service that is down. */
export class CrmError extends Error {
  constructor(
    readonly code: Code,
    message: string,
    /** Tell this to whoever looks after the system. */
    readonly correlationId: string | undefined,
    /** Seconds after which to try again, when the server said so. */
    readonly retryAfter: number | undefined = undefined,
  ) {
    super(`${code}: ${message}`);
  }
}

/** A refusal by the rules: data of the payload, thrown by `accepted` for those who want an exception. */
export class Refused extends Error {
  constructor(readonly errors: readonly { code: string; message: string; field: string | null }[]) {
    super(errors.map((error) => error.message).join(" "));
  }
}

type Document<Result, Variables> = TadaDocumentNode<Result, Variables>;
type Given<Variables> = Variables extends Record<string, never> ? [variables?: Variables] : [variables: Variables];
type Tokens = { accessToken: string; refreshToken: string | null };
type GraphQLResponse<Result> = {
  data?: Result | null;
  errors?: { message: string; extensions?: { code?: Code; correlationId?: string } }[];
};

const LOGIN = graphql(`
  mutation Login($loginName: String!, $password: String!) {
    login(input: { loginName: $loginName, password: $password }) {
      tokens { accessToken refreshToken mustChangePassword }
      userErrors { code message field }
    }
  }
`);

const REFRESH = graphql(`
  mutation Refresh($refreshToken: String!) {
    refreshSession(input: { refreshToken: $refreshToken }) {
      tokens { accessToken refreshToken }
      userErrors { code message field }
    }
  }
`);

/** The payload, or `Refused` with its user errors. */
export function accepted<P extends { userErrors: Refused["errors"] }>(payload: P | null): P {
  if (payload === null) throw new Refused([{ code: "NOT_FOUND", message: "no answer", field: null }]);
  if (payload.userErrors.length > 0) throw new Refused(payload.userErrors);
  return payload;
}

export class Crm {
  #tokens: Tokens | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(readonly url: string, readonly language: "zh" | "en" = "zh") {}

  async login(loginName: string, password: string): Promise<{ mustChangePassword: boolean }> {
    const { login } = await this.#send(LOGIN, { loginName, password });
    const { tokens } = accepted(login);
    if (!tokens) throw new Error("the answer of login has no tokens");
    this.#tokens = tokens;
    return { mustChangePassword: tokens.mustChangePassword };
  }

  /** Runs a query or mutation. An access token that has ended is renewed once, whoever notices first. */
  async run<R, V>(document: Document<R, V>, ...[variables]: Given<V>): Promise<R> {
    const used = this.#tokens?.accessToken;
    try {
      return await this.#send(document, variables as V);
    } catch (error) {
      if (!(error instanceof CrmError) || error.code !== "UNAUTHENTICATED" || !this.#tokens?.refreshToken) throw error;
      if (this.#tokens.accessToken === used) await (this.#refreshing ??= this.#refresh());
      return await this.#send(document, variables as V);
    }
  }

  /** Follows a subscription until the loop is left. After an error: load again what you show, then subscribe again. */
  async *follow<R, V>(document: Document<R, V>, ...[variables]: Given<V>): AsyncGenerator<R> {
    const leave = new AbortController();
    try {
      const response = await this.#post(document, variables as V, "text/event-stream", leave.signal);
      if (!response.headers.get("content-type")?.startsWith("text/event-stream")) await this.#result(response);
      for await (const { event, data } of eventsOf(response)) {
        if (event === "complete") return;
        if (event === "next") yield this.#unwrap(JSON.parse(data) as GraphQLResponse<R>, undefined);
      }
    } finally {
      leave.abort();
    }
  }

  async #refresh(): Promise<void> {
    try {
      const refreshToken = this.#tokens?.refreshToken;
      this.#tokens = undefined;
      if (!refreshToken) return;
      const { refreshSession } = await this.#send(REFRESH, { refreshToken });
      this.#tokens = accepted(refreshSession).tokens ?? undefined;
    } finally {
      this.#refreshing = undefined;
    }
  }

  async #send<R, V>(document: Document<R, V>, variables: V): Promise<R> {
    return this.#result(await this.#post(document, variables, "application/graphql-response+json"));
  }

  #post<R, V>(document: Document<R, V>, variables: V, accept: string, signal?: AbortSignal): Promise<Response> {
    const headers = new Headers({ accept, "content-type": "application/json", "accept-language": this.language });
    if (this.#tokens) headers.set("authorization", `Bearer ${this.#tokens.accessToken}`);
    const body = JSON.stringify({ query: print(document), variables });
    return fetch(this.url, { method: "POST", headers, body, ...(signal ? { signal } : {}) });
  }

  async #result<R>(response: Response): Promise<R> {
    const after = response.headers.get("retry-after");
    return this.#unwrap((await response.json()) as GraphQLResponse<R>, after ? Number(after) : undefined);
  }

  #unwrap<R>(response: GraphQLResponse<R>, retryAfter: number | undefined): R {
    const [error] = response.errors ?? [];
    if (error) {
      const { code = "UNAVAILABLE", correlationId } = error.extensions ?? {};
      throw new CrmError(code, error.message, correlationId, retryAfter);
    }
    if (response.data === undefined || response.data === null) throw new Error("the answer has no data");
    return response.data;
  }
}

async function* eventsOf(response: Response): AsyncGenerator<{ event: string; data: string }> {
  if (!response.body) return;
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const lines = block.split("\n");
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1).trim();
      const event = field("event");
      if (event) yield { event, data: field("data") ?? "" };
    }
  }
}
