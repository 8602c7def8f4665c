import { expect, test } from '@jest/globals';
import { readProperties } from '../../../cli/configurations/properties.ts';
import { planMm2 } from '../../../cli/mm2-config/plan.ts';
import { writeConnector, writeMskConnector, writeMskWorker } from '../../../cli/mm2-config/write-connector.ts';
import { aFlow } from '../../functions/a-flow.ts';
import { aPlanInput } from './a-plan.ts';

const BYTES = 'org.apache.kafka.connect.converters.ByteArrayConverter';
const SECRET = { 'src.kafka.sasl.jaas.config': 'a.B required password="x";' };

test("a connector has its own converters and its own offsets topic, and not what is the workers' or another's", () => {
  const { config } = JSON.parse(writeConnector(planMm2(aPlanInput('connect', {}, { replicationFactor: 1 }))));

  expect(config).toMatchObject({
    'connector.class': 'org.apache.kafka.connect.mirror.MirrorSourceConnector',
    'source.cluster.alias': 'primary',
    'source.cluster.bootstrap.servers': 'source-1:9092',
    'target.cluster.bootstrap.servers': 'target-1:9092',
    'source.consumer.auto.offset.reset': 'earliest',
    'offsets.storage.topic': 'connect-offsets',
    'key.converter': BYTES,
    'value.converter': BYTES,
    'header.converter': BYTES,
    'offset-syncs.topic.replication.factor': '1',
  });
  expect(
    Object.keys(config).filter((name) => /checkpoint|emit|group|^config\.|^(offset|status)\.storage/.test(name)),
  ).toEqual([]);
});

test('for MSK Connect it has the name that is in the keys, and no state', () => {
  expect(JSON.parse(writeMskConnector(planMm2(aPlanInput('msk-connect'))))).toEqual({
    connectorName: 'mm2',
    connectorConfiguration: expect.objectContaining({ 'offsets.storage.topic': 'connect-offsets' }),
  });
});

test.each([
  ['without secrets', {}, undefined],
  ['with secrets', SECRET, 'secretsmanager'],
])("MSK Connect's worker configuration %s", (_, settings, provider) => {
  const text = writeMskWorker(planMm2(aPlanInput('msk-connect', settings)));

  const read = readProperties({ file: 'worker', bytes: Buffer.from(text) });
  const value = (name: string) => read.get(name)?.value;
  expect(['key.converter', 'value.converter', 'header.converter'].map(value)).toEqual([BYTES, BYTES, BYTES]);
  expect(value('offset.storage.topic')).toBe('connect-offsets');
  expect(value('config.providers')).toBe(provider);
});

test('names beyond ASCII are escaped, and mean the same', () => {
  const text = writeConnector(planMm2(aPlanInput('connect', {}, { flow: aFlow({ mm2Connector: 'größe\u202e' }) })));

  expect(text).toMatch(/^[\n -~]*$/);
  expect(JSON.parse(text).name).toBe('größe\u202e');
});
