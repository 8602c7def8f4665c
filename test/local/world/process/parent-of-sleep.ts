// Run by when-this-process-ends.test.ts: starts a process, tells its id, and ends as it is told to.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { killWithThisProcess } from '../../../../local/world/process/kill-with-this-process.ts';
import { temporaryFolder } from '../../../../local/world/process/temporary-folder.ts';

const child = spawn('sleep', ['600'], { detached: true });
killWithThisProcess(child);
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
