// Run by guarded-process.test.ts: starts a process, tells its id, and ends as it is told to.
import { once } from 'node:events';
import { spawnGuarded } from '../../../../local/world/process/guarded-process.ts';
import { temporaryFolder } from '../../../../local/world/process/temporary-folder.ts';

const child = spawnGuarded('sleep', ['600'], process.stdout.fd);
const folder = await temporaryFolder('parent-of-sleep');
console.log(JSON.stringify({ pid: child.pid, folder: folder.path }));

const [order] = await once(process.stdin, 'data');
switch (String(order).trim()) {
  case 'exit':
    process.exit(0);
    break;
  case 'throw':
    throw new Error('nobody catches this');
  case 'end the child':
    child.kill();
    await once(child, 'exit');
    await folder.remove();
    process.exit(0);
}
