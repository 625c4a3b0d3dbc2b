// `graphql(...)` with the types of our schema: a misspelt field does not compile, results and variables are typed.
import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./graphql-env.js";

export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: {
    Date: string; // 2026-11-23
    DateTime: string; // 2026-11-23T09:00:00Z
    JSON: unknown;
  };
}>();

export type { ResultOf, VariablesOf } from "gql.tada";
