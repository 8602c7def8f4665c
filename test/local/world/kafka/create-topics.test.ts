import { expect, jest, test } from '@jest/globals';
import { createTopics } from '../../../../local/world/kafka/create-topics.ts';
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
