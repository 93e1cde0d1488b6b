// Reads a page from standard input; writes as JSON what html-validate finds in it, and what of it
// the caniemail data say that mail programs do not support. Run in the folder of the packages.
import { readFileSync } from "node:fs";
import { caniemail } from "caniemail";
import { HtmlValidate } from "html-validate";

const html = readFileSync(0, "utf8");

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // Mail programs read no others, and know these attributes of tables better than their styles.
    "no-inline-style": "off",
    "no-deprecated-attr": "off",
    // A mail is written once and read by programs.
    "no-trailing-whitespace": "off",
    // Addresses are written out as they are.
    "long-title": "off",
  },
});
const report = await validator.validateString(html);
const invalid = report.results.flatMap((result) =>
  result.messages.map((one) => `${one.line}: ${one.ruleId}: ${one.message}`),
);

// Those of which the data know every feature that is used.
const clients = [
  "apple-mail.*",
  "fastmail.*",
  "gmail.*",
  "outlook.*",
  "protonmail.*",
  "samsung-email.*",
  "yahoo.*",
];
const { issues } = caniemail({ clients, html });
const unsupported = [...issues.errors.values()].flat().map((issue) => issue.title);

console.log(JSON.stringify({ invalid, unsupported: [...new Set(unsupported)].sort() }));
