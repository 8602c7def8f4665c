// Run by cluster.test.ts: starts a cluster, tells its process id and folder, and waits to be killed.
import { startCluster } from '../../../../local/world/kafka/cluster.ts';

const { pid, folder } = await startCluster({ name: 'orphan' });
console.log(JSON.stringify({ pid, folder }));
