export { printable } from '../functions/printable.ts';
