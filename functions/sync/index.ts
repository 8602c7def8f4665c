import { method } from '#authentication';
import { createHandler } from './handler.ts';

/** The sync function, as Lambda invokes it. */
export const handler = createHandler(method);
