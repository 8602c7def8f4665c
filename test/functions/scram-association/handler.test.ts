import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createAssociationHandler } from '../../../functions/scram-association/handler.ts';
import { type Msk, type Refusal, startMsk } from './msk.ts';

const CLUSTER = 'arn:aws:kafka:eu-central-1:123456789012:cluster/orders/01234567-89ab-cdef-0123-456789abcdef-1';
const SECRET = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:AmazonMSK_ours-aBcDeF';
const THEIRS = ['a', 'b', 'c'].map((name) => SECRET.replace('ours', name));
const PAUSE_MS = 10_000;

let msk: Msk;
beforeEach(async () => {
  msk = await startMsk(CLUSTER, THEIRS);
});
afterEach(() => msk.close());

/** Invokes the handler, with a clock that only its pauses move. */
const invoke = async (RequestType: string, properties: object = {}, minutes = 14) => {
  let remaining = minutes * 60_000;
  let pauses = 0;
  const handler = createAssociationHandler({
    kafka: msk.client,
    pause: async (milliseconds) => {
      expect(milliseconds).toBe(PAUSE_MS);
      remaining -= milliseconds;
      pauses += 1;
    },
  });
  const ResourceProperties = { ServiceToken: 'token', ClusterArn: CLUSTER, SecretArn: SECRET, ...properties };
  const result = await handler({ RequestType, ResourceProperties }, { getRemainingTimeInMillis: () => remaining });
  return { id: result.PhysicalResourceId, pauses };
};

const unprocessed: Refusal = { kind: 'unprocessed', code: 'InvalidSecretArn', message: 'The secret was not found' };
const updating: Refusal = {
  kind: 'error',
  status: 400,
  name: 'BadRequestException',
  message: 'The cluster is in state UPDATING',
};

describe('when the stack is created', () => {
  test('the secret is associated, and no other is touched', async () => {
    const { id, pauses } = await invoke('Create');
    expect([...msk.secrets]).toEqual([...THEIRS, SECRET]);
    expect(msk.changes).toEqual([['POST', [SECRET]]]);
    expect([id, pauses]).toEqual([`${CLUSTER} ${SECRET}`, 0]);
  });

  test.each<[string, Refusal]>([
    ['a fresh secret is not taken', unprocessed],
    ['the cluster is being updated', updating],
    ['another change is under way', { kind: 'error', status: 409, name: 'ConflictException', message: 'Conflict' }],
    ['there are too many requests', { kind: 'error', status: 429, name: 'TooManyRequestsException', message: 'Slow' }],
    ['IAM has yet to spread the rights', { kind: 'error', status: 403, name: 'ForbiddenException', message: 'No' }],
    ['MSK fails', { kind: 'error', status: 500, name: 'InternalServerErrorException', message: 'Oops' }],
  ])('%s: it tries again', async (_, refusal) => {
    msk.refusals.push(refusal, refusal);
    const { pauses } = await invoke('Create');
    expect([...msk.secrets]).toEqual([...THEIRS, SECRET]);
    expect(pauses).toBe(2);
  });

  test('a secret that is associated already is left as it is', async () => {
    msk.secrets.add(SECRET);
    await invoke('Create');
    expect(msk.changes).toEqual([]);
    expect([...msk.secrets]).toEqual([...THEIRS, SECRET]);
  });

  test("when the time is up it fails with MSK's last refusal, and what to do", async () => {
    msk.refusals.push(updating, ...Array.from({ length: 100 }, () => unprocessed));
    await expect(invoke('Create', {}, 2)).rejects.toMatchObject({
      name: 'AssociationError',
      message:
        `MSK did not associate the secret ${SECRET} and the cluster ${CLUSTER}, and said last: InvalidSecretArn: The ` +
        'secret was not found. Wait until the cluster is ACTIVE, check that it has SASL/SCRAM enabled and fewer than ' +
        '1000 users, and deploy again',
    });
    expect(msk.changes.length).toBe(12);
  });

  test('a cluster that does not exist fails at once', async () => {
    const ClusterArn = CLUSTER.replace('orders', 'other');
    await expect(invoke('Create', { ClusterArn })).rejects.toMatchObject({ name: 'NotFoundException' });
    expect(msk.changes).toEqual([]);
  });
});

test('another secret is another resource: the new one is associated, and the old one deleted afterwards', async () => {
  msk.secrets.add(SECRET);
  const next = SECRET.replace('ours', 'next');
  const { id } = await invoke('Update', { SecretArn: next });
  expect(id).toBe(`${CLUSTER} ${next}`);
  expect([...msk.secrets]).toEqual([...THEIRS, SECRET, next]);
});

describe('when the stack is deleted', () => {
  test('the secret is taken away, and no other', async () => {
    msk.secrets.add(SECRET);
    await invoke('Delete');
    expect(msk.changes).toEqual([['PATCH', [SECRET]]]);
    expect([...msk.secrets]).toEqual(THEIRS);
  });

  test('it is tried again while MSK refuses', async () => {
    msk.secrets.add(SECRET);
    msk.refusals.push(updating, unprocessed);
    expect((await invoke('Delete')).pauses).toBe(2);
    expect([...msk.secrets]).toEqual(THEIRS);
  });

  test('a secret that is gone already needs nothing', async () => {
    await invoke('Delete');
    expect(msk.changes).toEqual([]);
  });

  test('nor does one whose cluster is gone', async () => {
    await invoke('Delete', { ClusterArn: CLUSTER.replace('orders', 'other') });
    expect([...msk.secrets]).toEqual(THEIRS);
  });
});

test('what is no request is refused, with what it wants', async () => {
  await expect(invoke('Change')).rejects.toMatchObject({
    name: 'AssociationError',
    message: expect.stringContaining('it wants RequestType, ResourceProperties.ClusterArn and'),
  });
});
