// A second opinion on the JSON Schemas, in ajv's strict mode: each form named
// after its schema must be valid. ajv.mjs <folder of schemas> <form>…
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const [folder, ...forms] = process.argv.slice(2);
const ajv = formats(new Ajv({ strict: true, allErrors: true }));
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const compiled = new Map();
let wrong = 0;
for (const form of forms) {
  const name = basename(form);
  if (!compiled.has(name)) compiled.set(name, ajv.compile(read(join(folder, name))));
  const valid = compiled.get(name);
  if (!valid(read(form))) {
    wrong++;
    console.log(`${form}: ${ajv.errorsText(valid.errors)}`);
  }
}
console.log(`${forms.length} forms, ${wrong} not valid`);
process.exit(wrong > 0 ? 1 : 0);
