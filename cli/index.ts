/** What `bin/mm2-migration.js` runs. */
export { run } from './main.ts';
export { processTerminal } from './terminal.ts';
