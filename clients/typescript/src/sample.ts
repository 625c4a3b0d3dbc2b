// Logs in, lists all departments page by page, creates one twice with one key, and follows the change it makes.
// usage: CRM_URL=http://127.0.0.1:8000/graphql CRM_LOGIN=admin CRM_PASSWORD=… node dist/sample.js
import { randomUUID } from "node:crypto";
import { Crm, CrmError, Refused, accepted } from "./client.js";
import { graphql, type ResultOf } from "./graphql.js";

const DEPARTMENTS = graphql(`
  query Departments($after: String) {
    departments(first: 2, after: $after) {
      nodes { id name parent { name } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

const CREATE = graphql(`
  mutation Create($name: String!, $key: String!) {
    createDepartment(input: { name: $name, idempotencyKey: $key }) {
      department { id name version }
      userErrors { code message field }
    }
  }
`);

const RENAME = graphql(`
  mutation Rename($id: ID!, $version: Int!, $name: String!) {
    updateDepartment(input: { id: $id, version: $version, name: $name }) {
      department { id name version }
      userErrors { code message field }
    }
  }
`);

const FOLLOW = graphql(`
  subscription Follow($ids: [ID!]) {
    departmentChanged(ids: $ids) { event record { id name } }
  }
`);

const { CRM_URL = "http://127.0.0.1:8000/graphql", CRM_LOGIN = "admin", CRM_PASSWORD = "" } = process.env;
const say = (what: object) => console.log(JSON.stringify(what));
const crm = new Crm(CRM_URL);

type Page = ResultOf<typeof DEPARTMENTS>["departments"];

async function allDepartments(): Promise<string[]> {
  const names: string[] = [];
  let after: string | null = null;
  do {
    const page: Page = (await crm.run(DEPARTMENTS, { after })).departments;
    names.push(...(page?.nodes ?? []).map((department) => department.name));
    after = page?.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
  } while (after !== null);
  return names;
}

async function nextChange(id: string): Promise<object> {
  for await (const { departmentChanged } of crm.follow(FOLLOW, { ids: [id] })) {
    // what happened shortly before the stream began may be told too
    if (departmentChanged.event === "department.updated") return departmentChanged;
  }
  throw new Error("the stream has ended");
}

try {
  await crm.run(DEPARTMENTS, { after: null }).catch((error: unknown) => {
    if (error instanceof CrmError) say({ withoutSession: error.code });
  });
  say({ login: await crm.login(CRM_LOGIN, CRM_PASSWORD) });
  say({ departments: await allDepartments() });

  // the same key twice is one department: what to do when an answer was lost
  const key = randomUUID();
  const made = accepted((await crm.run(CREATE, { name: "样例部门", key })).createDepartment).department;
  const again = accepted((await crm.run(CREATE, { name: "样例部门", key })).createDepartment).department;
  if (!made || !again) throw new Error("no department was answered");
  say({ sameDepartment: made.id === again.id });

  const change = nextChange(made.id);
  // the change is made until it is heard: nothing tells a client when its stream has begun
  let { version } = made;
  const renaming = setInterval(() => {
    void crm
      .run(RENAME, { id: made.id, version, name: `样例部门 ${version}` })
      .then(({ updateDepartment }) => (version = updateDepartment?.department?.version ?? version));
  }, 200);
  say({ change: await change });
  clearInterval(renaming);

  const stale = (await crm.run(RENAME, { id: made.id, version: 0 + made.version, name: "迟到" })).updateDepartment;
  say({ stale: stale?.userErrors.map((error) => error.code) });
  try {
    accepted((await crm.run(CREATE, { name: "", key: randomUUID() })).createDepartment);
  } catch (error) {
    if (error instanceof Refused) say({ refused: error.errors.map(({ code, field }) => `${code} ${field}`) });
  }
} catch (error) {
  say({ failed: String(error) });
  process.exitCode = 1;
}
