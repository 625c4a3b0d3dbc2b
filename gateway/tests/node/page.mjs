// Opens GraphiQL in Chromium, runs three operations one after another and prints what the page shows as lines of JSON.
// usage: node page.mjs <url> <chromium>
import { chromium } from "playwright-core";

const [url, executablePath] = process.argv.slice(2);
const say = (what) => console.log(JSON.stringify(what));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage();
page.on("console", (message) => say({ console: message.text() }));
page.on("pageerror", (error) => say({ error: error.message }));
page.on("request", (request) => {
  if (new URL(request.url()).origin !== new URL(url).origin && !request.url().startsWith("data:")) {
    say({ foreign: request.url() });
  }
});

await page.goto(url);
await page.waitForFunction(() => document.querySelectorAll(".CodeMirror").length > 2);
for (const name of ["Departments", "Login", "Departments", "Follow"]) {
  await page.click(".graphiql-execute-button");
  const answered = name === "Follow" ? page.waitForFunction(follows) : page.waitForResponse((it) => it.request().method() === "POST");
  await page.getByRole("menuitem", { name, exact: true }).click();
  await answered;
  await page.waitForFunction(() => !document.querySelector(".graphiql-spinner"));
  const shown = await page.evaluate(() => document.querySelector(".result-window .CodeMirror").CodeMirror.getValue());
  say({ operation: name, shown: JSON.parse(shown) });
}
await browser.close();

function follows() {
  return document.querySelector(".result-window .CodeMirror").CodeMirror.getValue().includes("departmentChanged");
}
