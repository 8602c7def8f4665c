import { expect, jest, test } from '@jest/globals';
import { ConfigResourceTypes } from 'kafkajs';
import { createTopics, ensureOffsetsTopic } from '../../../../local/world/kafka/create-topics.ts';
import { useKafka } from '../../../kafka-fixture.ts';

jest.setTimeout(30_000);

const kafka = useKafka();

test('topics can be written to as soon as they are created, and are not created twice', async () => {
  const admin = kafka().kafka.admin();
  await admin.connect();
  try {
    for (let n = 0; n < 10; n++) {
      await createTopics(admin, [{ topic: `new-${n}`, numPartitions: 5 }]);
      await kafka().produce(`new-${n}`, [{ key: 'k', value: 'v', partition: 4 }]);
    }

    await expect(createTopics(admin, [{ topic: 'new-0' }])).rejects.toThrow('new-0 exists already');
  } finally {
    await admin.disconnect();
  }
});

test('an offsets topic is as Connect has it, and one that is there is left as it is', async () => {
  const admin = kafka().kafka.admin();
  await admin.connect();
  try {
    // Two at once, as a worker and the function may be.
    const wereThere = await Promise.all([ensureOffsetsTopic(admin, 'offsets'), ensureOffsetsTopic(admin, 'offsets')]);
    expect([...wereThere].sort()).toEqual([false, true]);
    await createTopics(admin, [{ topic: 'narrow', numPartitions: 3 }]);
    expect(await ensureOffsetsTopic(admin, 'narrow')).toBe(true);

    expect(await admin.fetchTopicOffsets('offsets')).toHaveLength(25);
    expect(await admin.fetchTopicOffsets('narrow')).toHaveLength(3);
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: 'offsets', configNames: ['cleanup.policy'] }],
    });
    expect(resources[0]?.configEntries[0]?.configValue).toBe('compact');
  } finally {
    await admin.disconnect();
  }
});
