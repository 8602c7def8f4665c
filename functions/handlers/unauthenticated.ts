import { unauthenticated } from '../authentication/unauthenticated.ts';
import { createHandler } from '../handler.ts';

export const handler = createHandler('none', ({ tls }) => unauthenticated(tls));
