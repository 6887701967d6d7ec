// Holds resources against FHIR R4's own structure definitions and value sets:
//
//   node fhir.cjs   reads a JSON array of resources on standard input; prints what
//                   is wrong with them, a line for each
const { Fhir } = require('fhir');
const fhir = new Fhir();

function check(at, resource) {
  for (const m of fhir.validate(resource, { errorOnUnexpected: true }).messages) {
    if (m.severity === 'error' || m.severity === 'fatal') console.log(`${at}${m.location}: ${m.message}`);
  }
  for (const [i, e] of (resource.entry ?? []).entries()) {
    if (e.resource) check(`${at}entry[${i}] `, e.resource);
  }
}

for (const [i, resource] of JSON.parse(require('fs').readFileSync(0, 'utf8')).entries()) check(`[${i}] `, resource);
