// Reads an AsyncAPI document with the parser of those who write the standard;
// prints what it finds wrong and how many channels it sees.
import { Parser, fromFile } from '@asyncapi/parser';

const accepted = new Set(['asyncapi-latest-version']); // spectral.yaml says why
const { document, diagnostics } = await fromFile(new Parser(), process.argv[2]).parse();
const wrong = diagnostics.filter((d) => !accepted.has(d.code));
for (const d of wrong) console.log(`${d.code} ${d.path.join('.')}: ${d.message}`);
if (wrong.length > 0 || !document) process.exit(1);
const operations = document.operations().all();
console.log(JSON.stringify({
  channels: document.channels().all().length,
  sends: operations.filter((o) => o.action() === 'send').length,
  receives: operations.filter((o) => o.action() === 'receive').length,
  replies: operations.filter((o) => o.reply()).length,
}));
