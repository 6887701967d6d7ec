// A scanner or a department's system that speaks MPPS.
//
//   node mpps.cjs ris PORT          keeps procedures; prints each as a line of JSON
//   node mpps.cjs scanner PORT AE   sends the requests that come as a JSON array on
//                                   standard input; prints each status as a line
const { Client, Dataset, Scp, Server, constants, log, requests, responses } = require('dcmjs-dimse');
const { Status, PresentationContextResult, TransferSyntax } = constants;

log.setLevel('error');
const mpps = '1.2.840.10008.3.1.2.3.3';
const steps = new Map();

class Department extends Scp {
  associationRequested(association) {
    for (const { id } of association.getPresentationContexts()) {
      const context = association.getPresentationContext(id);
      if (context.getAbstractSyntaxUid() !== mpps && context.getAbstractSyntaxUid() !== '1.2.840.10008.1.1') {
        context.setResult(PresentationContextResult.RejectAbstractSyntaxNotSupported);
        continue;
      }
      context.setResult(PresentationContextResult.Accept, TransferSyntax.ExplicitVRLittleEndian);
    }
    this.sendAssociationAccept();
  }
  nCreateRequest(request, callback) {
    const uid = request.getAffectedSopInstanceUid();
    const known = steps.has(uid);
    if (!known) steps.set(uid, request.getDataset().getElements());
    this.answer(responses.NCreateResponse, 'create', uid, request, known ? 0x0111 : Status.Success, callback);
  }
  nSetRequest(request, callback) {
    const uid = request.getRequestedSopInstanceUid();
    let status = Status.Success;
    if (!steps.has(uid)) status = 0x0112;
    else if (steps.get(uid).PerformedProcedureStepStatus !== 'IN PROGRESS') status = 0x0110;
    else steps.set(uid, { ...steps.get(uid), ...request.getDataset().getElements() });
    this.answer(responses.NSetResponse, 'set', uid, request, status, callback);
  }
  answer(kind, operation, uid, request, status, callback) {
    console.log(JSON.stringify({ operation, uid, status, set: request.getDataset().getElements() }));
    const response = kind.fromRequest(request);
    response.setStatus(status);
    callback(response);
  }
  associationReleaseRequested() {
    this.sendAssociationReleaseResponse();
  }
}

function scan(port, title, list) {
  const client = new Client();
  for (const { operation, uid, set } of list) {
    const kind = operation === 'create' ? requests.NCreateRequest : requests.NSetRequest;
    const request = new kind(mpps, uid);
    request.setDataset(new Dataset(set));
    request.on('response', (response) => console.log(response.getStatus()));
    client.addRequest(request);
  }
  client.on('networkError', (e) => {
    console.error(e);
    process.exit(1);
  });
  client.send('127.0.0.1', port, 'SCANNER', title);
}

const [role, port, title] = process.argv.slice(2);
if (role === 'ris') {
  new Server(Department).listen(Number(port));
} else {
  scan(Number(port), title, JSON.parse(require('fs').readFileSync(0, 'utf8')));
}
